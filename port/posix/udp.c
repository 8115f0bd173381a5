/* udp.c - whole datagrams. */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "port/net.h"
#include "port/posix/errno_map.h"
#include "port/posix/sockaddr.h"
#include "port/posix/tcp_extra.h"
#include "port/posix/udp_local.h"

int port_udp_open(struct addr *at)
{
	int err, fd;

	if (at == NULL)
		return -E_INVAL;
	fd = sockaddr_socket(at, SOCK_DGRAM, false);
	if (fd < 0)
		return fd;
	err = sockaddr_bind(fd, at);
	if (err < 0) {
		close(fd);
		return err;
	}
	return fd;
}

static bool is_any(const struct addr *a)
{
	static const uint8_t zeros[16];

	return memcmp(a->ip, zeros, a->family == 4 ? 4 : 16) == 0;
}

static int share(int fd)
{
	int on = 1;

	return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ?
	    sys_fail() : 0;
}

/* Alone at its port, which sockets of others' addresses may have as well from
 * then on. */
static int bind_for_others(int fd, struct addr *at)
{
	int err = tcp_extra_any_target(fd, at->family);

	udp_local_ask_target(fd, at->family);
	if (err == 0)
		err = sockaddr_bind(fd, at);
	return err == 0 ? share(fd) : err;
}

static int bind_shared(int fd, struct addr *at, const struct net_how *how)
{
	int on = 1;

	port_net_wish(fd, how);
	if ((how->flags & NET_REUSE_PORT) != 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0)
		return sys_fail();
	if ((how->flags & NET_ANY_TARGET) != 0)
		return bind_for_others(fd, at);
	if (is_any(at))
		udp_local_ask(fd, at->family);
	return sockaddr_bind(fd, at);
}

int port_udp_open_as(const struct addr *from)
{
	int fd = sockaddr_socket(from, SOCK_DGRAM, true), err, least = 0;
	struct addr at = *from;

	if (fd < 0)
		return fd;
	/* What comes in here is nobody's. */
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
	err = share(fd);
	if (err == 0)
		err = tcp_extra_any_target(fd, at.family);
	if (err == 0)
		err = sockaddr_bind(fd, &at);
	if (err < 0)
		close(fd);
	return err < 0 ? err : fd;
}

int port_udp_listen(struct addr *at, const struct net_how *how)
{
	int fd = sockaddr_socket(at, SOCK_DGRAM,
	    (how->flags & NET_V6_ONLY) != 0);
	int err = fd < 0 ? fd : bind_shared(fd, at, how);

	if (fd >= 0 && err < 0)
		close(fd);
	return err < 0 ? err : fd;
}

static ssize_t send_to(int fd, const struct addr *to, const void *mem,
    size_t len)
{
	union sockaddr_any sa;
	socklen_t sa_len = sockaddr_from(&sa, to);
	ssize_t n;

	do
		n = sendto(fd, mem, len, MSG_NOSIGNAL, &sa.any, sa_len);
	while (n < 0 && errno == EINTR);
	return n;
}

/* The way an IPv6 socket knows an IPv4 peer. */
static struct addr mapped(const struct addr *v4)
{
	struct addr a = { .family = 6, .port = v4->port };

	a.ip[10] = a.ip[11] = 0xff;
	memcpy(a.ip + 12, v4->ip, 4);
	return a;
}

ptrdiff_t port_udp_send(int fd, const struct addr *to, const void *mem,
    size_t len)
{
	ssize_t n = send_to(fd, to, mem, len);

	if (n < 0 && to->family == 4 &&
	    (errno == EAFNOSUPPORT || errno == EINVAL)) {
		struct addr as_v6 = mapped(to);

		n = send_to(fd, &as_v6, mem, len);
	}
	return n < 0 ? sys_fail() : n;
}

ptrdiff_t port_udp_recv(int fd, struct addr *from, void *mem, size_t len)
{
	union sockaddr_any sa;
	socklen_t sa_len;
	ssize_t n;

	do {
		sa_len = sizeof sa;
		n = recvfrom(fd, mem, len, 0, &sa.any, &sa_len);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return sys_fail();
	sockaddr_to(from, &sa);
	return n;
}
