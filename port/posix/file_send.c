/* file_send.c - systems without one call for it, or with one of their own. */
#include "port/file.h"

ptrdiff_t port_file_send(int fd, int64_t off, int to, size_t len)
{
	(void)fd;
	(void)off;
	(void)to;
	(void)len;
	return -E_NOSUP;
}
