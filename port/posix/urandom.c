/* urandom.c - /dev/urandom kept open: a chroot does not take it away. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "port/posix/urandom.h"

static int urandom = -1;

int urandom_open(void)
{
	if (urandom >= 0)
		return 0;
	do
		urandom = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	while (urandom < 0 && errno == EINTR);
	return urandom < 0 ? -E_NOSUP : 0;
}

void urandom_read(void *mem, size_t len)
{
	uint8_t *at = mem;

	if (urandom_open() < 0)
		port_panic(__FILE__, __LINE__, "no source of randomness");
	while (len > 0) {
		ssize_t n = read(urandom, at, len);

		if (n > 0) {
			at += n;
			len -= (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			port_panic(__FILE__, __LINE__, "/dev/urandom");
		}
	}
}
