/* tcp_extra.c - a system whose TCP has none of it. */
#include "base/base.h"
#include "port/net.h"
#include "port/posix/tcp_extra.h"

void tcp_extra_listen(int fd)
{
	(void)fd;
}

void tcp_extra_connect(int fd)
{
	(void)fd;
}

int tcp_extra_multipath(void)
{
	return 0;
}

int tcp_extra_interface(int fd, const char *name)
{
	(void)fd;
	(void)name;
	return -E_NOSUP;
}

int tcp_extra_mark(int fd, uint32_t mark)
{
	(void)fd;
	(void)mark;
	return -E_NOSUP;
}

int tcp_extra_any_target(int fd, int family)
{
	(void)fd;
	(void)family;
	return -E_NOSUP;
}

int port_tcp_original(int fd, struct addr *out)
{
	(void)fd;
	(void)out;
	return -E_NOSUP;
}

int tcp_extra_notsent(int fd, int octets)
{
	(void)fd;
	(void)octets;
	return -E_NOSUP;
}
