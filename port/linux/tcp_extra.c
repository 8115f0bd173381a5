/* tcp_extra.c - TCP of Linux: fast open (3.7; connect 4.11), several paths,
 * marks of packets and of what is unsent. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "port/posix/errno_map.h"
#include "port/net.h"
#include "port/posix/sockaddr.h"
#include "port/posix/tcp_extra.h"

#define FAST_OPEN_QUEUE 256

/* Of <linux/netfilter_ipv4.h> and its like for IPv6; of <linux/in6.h>. */
#define OPTION_ORIGINAL 80
#define OPTION_IPV6_TRANSPARENT 75

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

/* An IPv6 socket may stand for both. */
int tcp_extra_any_target(int fd, int family)
{
	int on = 1;

	if (family == 6)
		(void)setsockopt(fd, IPPROTO_IPV6, OPTION_IPV6_TRANSPARENT, &on,
		    sizeof on);
	return setsockopt(fd, IPPROTO_IP, IP_TRANSPARENT, &on, sizeof on) < 0 ?
	    sys_fail() : 0;
}

int port_tcp_original(int fd, struct addr *out)
{
	union sockaddr_any sa;
	socklen_t len = sizeof sa.v4;

	if (getsockopt(fd, IPPROTO_IP, OPTION_ORIGINAL, &sa, &len) < 0) {
		len = sizeof sa.v6;
		if (getsockopt(fd, IPPROTO_IPV6, OPTION_ORIGINAL, &sa,
		    &len) < 0)
			return errno == ENOENT ? -E_NOENT : sys_fail();
	}
	sockaddr_to(out, &sa);
	addr_unmap(out);
	return 0;
}

int tcp_extra_notsent(int fd, int octets)
{
	return set(fd, TCP_NOTSENT_LOWAT, octets) < 0 ? sys_fail() : 0;
}
