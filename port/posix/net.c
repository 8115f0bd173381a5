/* net.c - octets through connected sockets, their ends and their options. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "port/net.h"
#include "port/posix/errno_map.h"
#include "port/posix/sockaddr.h"
#include "port/posix/tcp_extra.h"
#include "port/posix/udp_local.h"

ptrdiff_t port_recv(int fd, void *mem, size_t len)
{
	ssize_t n;

	do
		n = recv(fd, mem, len, 0);
	while (n < 0 && errno == EINTR);
	return n < 0 ? sys_fail() : n;
}

ptrdiff_t port_send(int fd, const void *mem, size_t len)
{
	ssize_t n;

	do
		n = send(fd, mem, len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? sys_fail() : n;
}

/* Neither connected nor failed. */
static bool is_connecting(int fd)
{
	union sockaddr_any sa;
	socklen_t len = sizeof sa;
	char c;

	return getpeername(fd, &sa.any, &len) < 0 &&
	    recv(fd, &c, 1, MSG_PEEK) < 0 && sys_fail() == -E_AGAIN;
}

/*
 * Linux takes the shutdown of a connect under way for its end, and drops what
 * fast open has sent. One that waits for its first octets starts with none, or
 * it would wait, writable, for ever.
 */
int port_shutdown_send(int fd)
{
	if (is_connecting(fd)) {
		(void)send(fd, "", 0, MSG_NOSIGNAL);
		return -E_AGAIN;
	}
	return port_shutdown_connected(fd);
}

int port_shutdown_connected(int fd)
{
	return shutdown(fd, SHUT_WR) < 0 ? -E_CLOSED : 0;
}

void port_close(int fd)
{
	(void)close(fd);
}

void port_abort(int fd)
{
	static const struct linger at_once = { .l_onoff = 1 };

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	(void)close(fd);
}

typedef int name_fn(int fd, struct sockaddr *sa, socklen_t *len);

static int addr_of(name_fn *name, int fd, struct addr *out)
{
	union sockaddr_any sa;
	socklen_t len = sizeof sa;

	if (name(fd, &sa.any, &len) < 0)
		return -E_CLOSED;
	sockaddr_to(out, &sa);
	return 0;
}

int port_local_addr(int fd, struct addr *out)
{
	return addr_of(getsockname, fd, out);
}

int port_peer_addr(int fd, struct addr *out)
{
	return addr_of(getpeername, fd, out);
}

static int set(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof value) < 0)
		return errno == EINVAL ? -E_RANGE : sys_fail();
	return 0;
}

static int keep_alive(int fd, int idle_s)
{
	int err = set(fd, SOL_SOCKET, SO_KEEPALIVE, idle_s > 0);

	if (err < 0 || idle_s == 0)
		return err;
	return set(fd, IPPROTO_TCP, TCP_KEEPIDLE, idle_s);
}

/* Of both families: an IPv6 socket may carry IPv4. */
static int dscp(int fd, int code)
{
	int v4, v6;

	if (code > 63)
		return -E_RANGE;
	v4 = set(fd, IPPROTO_IP, IP_TOS, code << 2);
	v6 = set(fd, IPPROTO_IPV6, IPV6_TCLASS, code << 2);
	return v4 == 0 || v6 == 0 ? 0 : v4;
}

int port_net_set(int fd, enum net_option what, int value)
{
	if (value < 0)
		return -E_RANGE;
	switch (what) {
	case NET_NO_DELAY:
		return set(fd, IPPROTO_TCP, TCP_NODELAY, value);
	case NET_KEEP_ALIVE:
		return keep_alive(fd, value);
	case NET_SEND_BUF:
		return set(fd, SOL_SOCKET, SO_SNDBUF, value);
	case NET_RECV_BUF:
		return set(fd, SOL_SOCKET, SO_RCVBUF, value);
	case NET_NOTSENT_LOWAT:
		return tcp_extra_notsent(fd, value);
	case NET_DSCP:
		return dscp(fd, value);
	case NET_OOB_INLINE:
		return set(fd, SOL_SOCKET, SO_OOBINLINE, value);
	case NET_NO_FRAGMENTS:
		return udp_local_whole(fd, value);
	}
	return -E_NOSUP;
}
