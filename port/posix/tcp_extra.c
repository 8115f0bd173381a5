/* tcp_extra.c - a system whose TCP has none of it. */
#include "base/base.h"
#include "port/posix/tcp_extra.h"

void tcp_extra_listen(int fd)
{
	(void)fd;
}

void tcp_extra_connect(int fd)
{
	(void)fd;
}

int tcp_extra_notsent(int fd, int octets)
{
	(void)fd;
	(void)octets;
	return -E_NOSUP;
}
