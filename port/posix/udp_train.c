/* udp_train.c - for systems that have no trains. */
#include "port/posix/udp_train.h"

int port_udp_trains(int fd)
{
	(void)fd;
	return -E_NOSUP;
}

size_t udp_train_read(struct msghdr *h)
{
	(void)h;
	return 0;
}
