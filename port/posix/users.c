/* users.c - /etc/passwd and /etc/group, line by line, without NSS. */
#include <unistd.h>

#include "base/text.h"
#include "port/posix/lines.h"
#include "port/proc.h"

#define FIELDS 7

static const char *passwd_path = "/etc/passwd", *group_path = "/etc/group";

static bool number(const char *s, uint32_t *out)
{
	uint64_t n;

	if (text_u64(s, strlen(s), UINT32_MAX, &n) < 0)
		return false;
	*out = (uint32_t)n;
	return true;
}

/* Fills out from a passwd line's fields; false when they are no such thing. */
static bool user_from(char *f[FIELDS], struct port_user *out)
{
	return number(f[2], &out->uid) && number(f[3], &out->gid) &&
	    text_copy(out->home, sizeof out->home, f[5]) &&
	    text_copy(out->shell, sizeof out->shell, f[6]);
}

int port_user_find(const char *name, struct port_user *out)
{
	struct lines l;
	char *line, *f[FIELDS];
	int err = lines_open(&l, passwd_path);

	if (err < 0)
		return err == -E_NOENT ? err : -E_IO;
	err = -E_NOENT;
	while (err == -E_NOENT && (line = lines_next(&l)) != NULL) {
		if (lines_cut(line, f, FIELDS) == FIELDS &&
		    strcmp(f[0], name) == 0)
			err = user_from(f, out) ? 0 : -E_IO;
	}
	close(l.fd);
	return err;
}

int port_group_find(const char *name, uint32_t *gid)
{
	struct lines l;
	char *line, *f[FIELDS];
	int err = lines_open(&l, group_path);

	if (err < 0)
		return err == -E_NOENT ? err : -E_IO;
	err = -E_NOENT;
	while (err == -E_NOENT && (line = lines_next(&l)) != NULL) {
		if (lines_cut(line, f, FIELDS) >= 3 && strcmp(f[0], name) == 0)
			err = number(f[2], gid) ? 0 : -E_IO;
	}
	close(l.fd);
	return err;
}

/* Both files have the name first and the id third. */
static bool name_of(const char *path, uint32_t id, char *out, size_t room)
{
	struct lines l;
	char *line, *f[FIELDS];
	bool found = false;

	if (lines_open(&l, path) < 0)
		return false;
	while (!found && (line = lines_next(&l)) != NULL) {
		uint32_t its;

		found = lines_cut(line, f, FIELDS) >= 3 && number(f[2], &its) &&
		    its == id && text_copy(out, room, f[0]);
	}
	close(l.fd);
	return found;
}

bool port_user_name(uint32_t uid, char *out, size_t room)
{
	return name_of(passwd_path, uid, out, room);
}

bool port_group_name(uint32_t gid, char *out, size_t room)
{
	return name_of(group_path, gid, out, room);
}
