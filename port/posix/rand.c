/* rand.c - randomness where /dev/urandom is all there is. */
#include "port/posix/urandom.h"
#include "port/rand.h"

int port_rand_open(void)
{
	return urandom_open();
}

void port_rand(void *mem, size_t len)
{
	urandom_read(mem, len);
}
