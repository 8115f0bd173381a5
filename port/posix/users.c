/* users.c - /etc/passwd and /etc/group, line by line, without NSS. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/text.h"
#include "port/posix/errno_map.h"
#include "port/proc.h"

#define FIELDS 7

static const char *passwd_path = "/etc/passwd", *group_path = "/etc/group";

/* A file read through a window of a few lines. */
struct lines {
	int fd;
	bool is_rest;		/* what comes next belongs to a line too long */
	size_t at, have;
	char mem[1024];
};

static int lines_open(struct lines *l, const char *path)
{
	l->at = l->have = 0;
	l->is_rest = false;
	do
		l->fd = open(path, O_RDONLY | O_CLOEXEC);
	while (l->fd < 0 && errno == EINTR);
	return l->fd < 0 ? sys_fail() : 0;
}

/* Moves what is left to the front and reads behind it. Octets read. */
static size_t lines_fill(struct lines *l)
{
	ssize_t n;

	memmove(l->mem, l->mem + l->at, l->have - l->at);
	l->have -= l->at;
	l->at = 0;
	do
		n = read(l->fd, l->mem + l->have, sizeof l->mem - l->have);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return 0;
	l->have += (size_t)n;
	return (size_t)n;
}

/*
 * The next line, ended by '\0', or NULL after the last. Of a line longer than
 * the window comes what fits (a group of many members), without the rest.
 */
static char *lines_next(struct lines *l)
{
	for (;;) {
		char *line = l->mem + l->at;
		char *end = memchr(line, '\n', l->have - l->at);
		bool is_rest = l->is_rest;

		if (end != NULL) {
			*end = '\0';
			l->at = (size_t)(end - l->mem) + 1;
			l->is_rest = false;
		} else if (l->have - l->at == sizeof l->mem) {
			l->mem[sizeof l->mem - 1] = '\0';
			l->at = l->have;
			l->is_rest = true;
		} else if (lines_fill(l) > 0) {
			continue;
		} else if (l->at == l->have) {
			return NULL;
		} else {
			line = l->mem;
			l->mem[l->have] = '\0';
			l->at = l->have;
		}
		if (!is_rest)
			return line;
	}
}

/* Cuts a line at its colons. Fields found; the rest of f is "". */
static size_t cut(char *line, char *f[FIELDS])
{
	size_t n = 0;

	for (size_t i = 0; i < FIELDS; i++)
		f[i] = line + strlen(line);
	while (n < FIELDS) {
		f[n++] = line;
		line = strchr(line, ':');
		if (line == NULL)
			break;
		*line++ = '\0';
	}
	return n;
}

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
		if (cut(line, f) == FIELDS && strcmp(f[0], name) == 0)
			err = user_from(f, out) ? 0 : -E_IO;
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

		found = cut(line, f) >= 3 && number(f[2], &its) &&
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
