/* tcp.c - listening, accepting, connecting. What then flows is net.c's. */
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "port/net.h"
#include "port/posix/errno_map.h"
#include "port/posix/sockaddr.h"
#include "port/posix/tcp_extra.h"

#define BACKLOG 1024

static int turn_on(int fd, int option)
{
	int on = 1;

	return setsockopt(fd, SOL_SOCKET, option, &on, sizeof on) < 0 ?
	    sys_fail() : 0;
}

/* err closes fd; anything else passes it on. */
static int fd_or(int fd, int err)
{
	if (err < 0)
		close(fd);
	return err < 0 ? err : fd;
}

static void note(const struct net_how *how, unsigned what, int err)
{
	if (err < 0 && how->refused != NULL)
		*how->refused |= what;
}

/* With several paths where that is wished and can be had. */
static int stream_socket(const struct addr *a, const struct net_how *how)
{
	bool v6_only = how->flags & NET_V6_ONLY;
	int fd = -1;

	if (how->flags & NET_MPTCP) {
		if (tcp_extra_multipath() != 0)
			fd = sockaddr_socket_of(a, SOCK_STREAM,
			    tcp_extra_multipath(), v6_only);
		note(how, NET_NOT_MPTCP, fd);
	}
	return fd >= 0 ? fd : sockaddr_socket(a, SOCK_STREAM, v6_only);
}

static int listen_at(int fd, struct addr *at, const struct net_how *how)
{
	int err = turn_on(fd, SO_REUSEADDR);

	if (err == 0 && (how->flags & NET_REUSE_PORT))
		err = turn_on(fd, SO_REUSEPORT);
	if (err == 0 && (how->flags & NET_ANY_TARGET))
		err = tcp_extra_any_target(fd, at->family);
	port_net_wish(fd, how);
	if (err == 0)
		err = sockaddr_bind(fd, at);
	if (err < 0)
		return err;
	if (how->flags & NET_FAST_OPEN)
		tcp_extra_listen(fd);
	return listen(fd, how->backlog > 0 ? how->backlog : BACKLOG) < 0 ?
	    sys_fail() : 0;
}

int port_tcp_listen(struct addr *at, const struct net_how *how)
{
	static const struct net_how plain;
	int fd;

	if (how == NULL)
		how = &plain;
	fd = stream_socket(at, how);
	return fd < 0 ? fd : fd_or(fd, listen_at(fd, at, how));
}

/* Linux hands errors of the new connection's network to accept. */
static int accept_err(int number)
{
	switch (sys_err(number)) {
	case -E_AGAIN:
		return -E_AGAIN;
	case -E_NOFILE:
		return -E_NOFILE;
	case -E_NOMEM:
		return -E_NOMEM;
	case -E_INVAL:
		return -E_IO;		/* no listening socket: our own fault */
	default:
		return -E_CLOSED;
	}
}

int port_tcp_accept(int fd, struct addr *peer)
{
	union sockaddr_any sa;
	socklen_t len;
	int got;

	do {
		len = sizeof sa;
		got = accept4(fd, &sa.any, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return accept_err(errno);
	/* Some systems leave the address empty when it was reset meanwhile. */
	if (len == 0)
		return fd_or(got, -E_CLOSED);
	sockaddr_to(peer, &sa);
	return got;
}

static int connect_from(int fd, const struct addr *to,
    const struct net_how *how)
{
	union sockaddr_any sa;
	socklen_t len;

	port_net_wish(fd, how);
	if (how->from != NULL && how->from->family != 0) {
		struct addr from = *how->from;
		int err = 0;

		/* A port that is named may serve several peers. */
		if (from.port != 0)
			err = turn_on(fd, SO_REUSEADDR);
		if (err == 0)
			err = sockaddr_bind(fd, &from);
		if (err < 0)
			return err;
	}
	if (how->flags & NET_FAST_OPEN)
		tcp_extra_connect(fd);
	len = sockaddr_from(&sa, to);
	if (connect(fd, &sa.any, len) < 0 && errno != EINPROGRESS &&
	    errno != EINTR)
		return sys_fail();
	return 0;
}

int port_tcp_connect(const struct addr *to, const struct net_how *how)
{
	static const struct net_how plain;
	int fd;

	if (how == NULL)
		how = &plain;
	fd = stream_socket(to, how);
	return fd < 0 ? fd : fd_or(fd, connect_from(fd, to, how));
}

/*
 * Who has a peer is connected; to the others a read says why not. (So does
 * SO_ERROR, but emulators hand out their host's numbers there.) A connect that
 * fast open put off until the first octets has neither peer nor error yet.
 */
int port_tcp_connected(int fd)
{
	union sockaddr_any sa;
	socklen_t len = sizeof sa;
	char c;

	if (getpeername(fd, &sa.any, &len) == 0 ||
	    recv(fd, &c, 1, MSG_PEEK) >= 0)
		return 0;
	return sys_fail() == -E_AGAIN ? 0 : sys_fail();
}
