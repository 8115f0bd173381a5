/* lines.c - files of the system line by line, cut at colons. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "port/posix/errno_map.h"
#include "port/posix/lines.h"

int lines_open(struct lines *l, const char *path)
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

char *lines_next(struct lines *l)
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

size_t lines_cut(char *line, char **f, size_t fields)
{
	size_t n = 0;

	for (size_t i = 0; i < fields; i++)
		f[i] = line + strlen(line);
	while (n < fields) {
		f[n++] = line;
		line = strchr(line, ':');
		if (line == NULL)
			break;
		*line++ = '\0';
	}
	return n;
}
