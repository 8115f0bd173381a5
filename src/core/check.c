/* check.c - what can be seen of a machine before a service starts on it. Knows
 * no service. */
#include "core/check.h"

#include "base/text.h"
#include "core/log.h"
#include "core/opt.h"
#include "port/file.h"
#include "port/net.h"
#include "port/proc.h"
#include "port/time.h"

/* 2026-01-01: this program is not older. Routers without a clock of their own
 * start in 1970. */
#define BUILT_MS 1767225600000

/* What stands before the last `from`: a file of FILE#SECTION, a folder. */
static void part_of(char *out, size_t room, const char *path, char from)
{
	char *end;

	text_copy(out, room, path);
	end = strrchr(out, from);
	if (end != NULL)
		end[end == out && from == '/'] = '\0';
	else if (from == '/')
		text_copy(out, room, ".");
}

void check_file_of(char *out, size_t room, const char *path)
{
	if (opt_is_section(path))
		part_of(out, room, path, '#');
	else
		text_copy(out, room, path);
}

void check_is_secret(const char *path)
{
	char file[PORT_PATH_MAX];
	struct file_info info;

	check_file_of(file, sizeof(file), path);
	if (port_path_info(PORT_FS, file, true, &info) == 0 &&
	    (info.mode & 0004) != 0)
		log_warn("%s: everybody can read the secrets in it", file);
}

void check_clock(const char *why)
{
	if (port_wall_ms() < BUILT_MS)
		log_warn("the clock of this machine is not set; %s", why);
}

int check_can_read(const char *key, const char *path)
{
	int fd;

	if (path == NULL || path[0] == '\0')
		return 0;
	fd = port_file_open(PORT_FS, path, FILE_READ, 0);
	if (fd >= 0) {
		port_file_close(fd);
		return 0;
	}
	log_error("%s: %s: %s", key, path, err_text(fd));
	return 1;
}

int check_can_make(const char *key, const char *path)
{
	char folder[PORT_PATH_MAX];
	struct file_info info;
	int rc;

	if (path == NULL || path[0] == '\0')
		return 0;
	part_of(folder, sizeof(folder), path, '/');
	rc = port_path_info(PORT_FS, folder, true, &info);
	if (rc == 0 && info.type == FILE_DIR)
		return 0;
	log_error("%s: %s: its folder: %s", key, path,
	    err_text(rc < 0 ? rc : -E_NOTDIR));
	return 1;
}

int check_user(const char *key, const char *name)
{
	struct port_user user;

	if (name[0] == '\0' || port_user_find(name, &user) == 0)
		return 0;
	log_error("%s: there is no user %s", key, name);
	return 1;
}

static int bound(const struct addr *at, const char *kind, int fd)
{
	char text[ADDR_TEXT];

	if (fd >= 0)
		return 0;
	addr_text(text, sizeof(text), at);
	if (fd == -E_INUSE) {
		log_warn("%s %s is taken: by another program, or by this "
		    "service as it runs", kind, text);
		return 0;
	}
	log_error("%s %s cannot be had: %s", kind, text, err_text(fd));
	return 1;
}

int check_port(const struct addr *at, bool tcp, bool udp)
{
	struct addr a = *at, b = *at;
	int errors = 0;

	if (tcp)
		errors += bound(at, "TCP", port_tcp_listen(&a, NULL));
	if (udp)
		errors += bound(at, "UDP", port_udp_open(&b));
	return errors;
}
