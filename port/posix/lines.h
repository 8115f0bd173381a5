/* lines.h - files of the system line by line, cut at colons. */
#ifndef POSIX_LINES_H
#define POSIX_LINES_H

#include "base/base.h"

/* A file read through a window of a few lines. */
struct lines {
	int fd;
	bool is_rest;		/* what comes next belongs to a line too long */
	size_t at, have;
	char mem[1024];
};

/* 0, or -E_NOENT, -E_PERM... Close l->fd after it. */
int lines_open(struct lines *l, const char *path);
/*
 * The next line, ended by '\0', or NULL after the last. Of a line longer than
 * the window comes what fits (a group of many members), without the rest.
 */
char *lines_next(struct lines *l);
/* Cuts a line at its colons. Fields found; the rest of f is "". */
size_t lines_cut(char *line, char **f, size_t fields);

#endif
