/* unix.c - the simulated system has no datagram sockets with a path. */
#include "port/net.h"

int port_unix_open(const char *path)
{
	(void)path;
	return -E_NOSUP;
}

int port_unix_listen(const char *path)
{
	(void)path;
	return -E_NOSUP;
}

int port_unix_accept(int fd)
{
	(void)fd;
	return -E_NOSUP;
}

int port_unix_nameless(void)
{
	return -E_NOSUP;
}

ptrdiff_t port_unix_send(int fd, const struct unix_name *to, const void *mem,
    size_t len)
{
	(void)fd;
	(void)to;
	(void)mem;
	(void)len;
	return -E_NOSUP;
}

ptrdiff_t port_unix_recv(int fd, struct unix_name *from, void *mem, size_t len)
{
	(void)fd;
	(void)from;
	(void)mem;
	(void)len;
	return -E_NOSUP;
}
