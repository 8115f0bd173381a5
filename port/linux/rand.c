/* rand.c - getrandom(2); kernels before 3.17 lack it and get /dev/urandom. */
#include <errno.h>
#include <sys/random.h>

#include "port/posix/urandom.h"
#include "port/rand.h"

static bool no_getrandom;

int port_rand_open(void)
{
	char probe;

	if (getrandom(&probe, 1, GRND_NONBLOCK) < 0 && errno != EAGAIN)
		no_getrandom = true;
	return no_getrandom ? urandom_open() : 0;
}

/* Early at boot the first call waits for the kernel's pool. */
void port_rand(void *mem, size_t len)
{
	uint8_t *at = mem;

	while (len > 0 && !no_getrandom) {
		ssize_t n = getrandom(at, len, 0);

		if (n > 0) {
			at += n;
			len -= (size_t)n;
		} else if (errno != EINTR) {
			no_getrandom = true;
		}
	}
	if (len > 0)
		urandom_read(at, len);
}
