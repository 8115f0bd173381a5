/* dents.c - getdents of the BSDs. */
#include "port/posix/dents.h"

ssize_t dents_read(int fd, void *mem, size_t len)
{
	return getdents(fd, mem, len);
}

bool dents_live(const struct dirent *d)
{
	return d->d_fileno != 0;
}
