/* tcp_extra.c - TCP of Linux: fast open (3.7; connect 4.11), several paths,
 * marks of packets and of what is unsent. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "port/posix/errno_map.h"
#include "port/posix/tcp_extra.h"

#define FAST_OPEN_QUEUE 256

static int set(int fd, int option, int value)
{
	return setsockopt(fd, IPPROTO_TCP, option, &value, sizeof value);
}

void tcp_extra_listen(int fd)
{
	(void)set(fd, TCP_FASTOPEN, FAST_OPEN_QUEUE);
}

void tcp_extra_connect(int fd)
{
	(void)set(fd, TCP_FASTOPEN_CONNECT, 1);
}

int tcp_extra_multipath(void)
{
	return 262;		/* IPPROTO_MPTCP, 5.6 */
}

int tcp_extra_interface(int fd, const char *name)
{
	return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name,
	    (socklen_t)strlen(name) + 1) < 0 ? sys_fail() : 0;
}

int tcp_extra_mark(int fd, uint32_t mark)
{
	return setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof mark) < 0 ?
	    sys_fail() : 0;
}

int tcp_extra_notsent(int fd, int octets)
{
	return set(fd, TCP_NOTSENT_LOWAT, octets) < 0 ? sys_fail() : 0;
}
