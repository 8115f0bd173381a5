/* text_file.h - a text file, one line after another in constant memory, or
 * whole. */
#ifndef CORE_TEXT_FILE_H
#define CORE_TEXT_FILE_H

#include "port/file.h"

struct text_file {
	int fd;
	int64_t off;
	size_t at, n;
	char mem[1024];
};

/* 0, or port_file_open's errors. */
int text_file_open(struct text_file *l, const char *path);
void text_file_close(struct text_file *l);
/*
 * The next line without its end and with a terminator; what has no room is
 * left out. Octets, -E_CLOSED: there is none, or port_file_read's errors.
 */
ptrdiff_t text_file_next(struct text_file *l, char *line, size_t room);

/* All of a short one: octets, -E_LONG when they fill the room, or
 * port_file_open's and port_file_read's errors. */
ptrdiff_t text_file_read(const char *path, void *mem, size_t room);

#endif
