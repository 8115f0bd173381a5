/* file_send.c - sendfile(2) of Linux; some file systems do not know it. */
#include <errno.h>
#include <sys/sendfile.h>

#include "port/file.h"
#include "port/posix/errno_map.h"

ptrdiff_t port_file_send(int fd, int64_t off, int to, size_t len)
{
	off_t at = off;
	ssize_t n;

	do
		n = sendfile(to, fd, &at, len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? sys_fail() : n;
}
