/* sockaddr.c - internet addresses between base and the system, and the sockets
 * that both TCP and UDP start from. */
#include <errno.h>
#include <unistd.h>

#include "port/posix/errno_map.h"
#include "port/posix/sockaddr.h"

socklen_t sockaddr_from(union sockaddr_any *sa, const struct addr *a)
{
	memset(sa, 0, sizeof *sa);
	if (a->family == 4) {
		sa->v4.sin_family = AF_INET;
		sa->v4.sin_port = htons(a->port);
		memcpy(&sa->v4.sin_addr, a->ip, 4);
		return sizeof sa->v4;
	}
	if (a->family == 6) {
		sa->v6.sin6_family = AF_INET6;
		sa->v6.sin6_port = htons(a->port);
		sa->v6.sin6_scope_id = a->scope;
		memcpy(&sa->v6.sin6_addr, a->ip, 16);
		return sizeof sa->v6;
	}
	return 0;
}

void sockaddr_to(struct addr *a, const union sockaddr_any *sa)
{
	memset(a, 0, sizeof *a);
	if (sa->any.sa_family == AF_INET) {
		a->family = 4;
		a->port = ntohs(sa->v4.sin_port);
		memcpy(a->ip, &sa->v4.sin_addr, 4);
	} else if (sa->any.sa_family == AF_INET6) {
		a->family = 6;
		a->port = ntohs(sa->v6.sin6_port);
		a->scope = sa->v6.sin6_scope_id;
		memcpy(a->ip, &sa->v6.sin6_addr, 16);
		addr_unmap(a);
	}
}

int sockaddr_socket_of(const struct addr *a, int type, int protocol,
    bool v6_only)
{
	int fd, only = v6_only;

	if (a->family != 4 && a->family != 6)
		return -E_INVAL;
	fd = socket(a->family == 4 ? AF_INET : AF_INET6,
	    type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		return sys_fail();
	/* Refused where the system has no mapped addresses: then v6 only. */
	if (a->family == 6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only,
		    sizeof only);
	return fd;
}

int sockaddr_socket(const struct addr *a, int type, bool v6_only)
{
	return sockaddr_socket_of(a, type, 0, v6_only);
}

int sockaddr_bind(int fd, struct addr *at)
{
	union sockaddr_any sa;
	socklen_t len = sockaddr_from(&sa, at);

	if (bind(fd, &sa.any, len) < 0)
		return sys_fail();
	if (at->port != 0)
		return 0;
	len = sizeof sa;
	if (getsockname(fd, &sa.any, &len) < 0)
		return sys_fail();
	at->port = ntohs(at->family == 4 ? sa.v4.sin_port : sa.v6.sin6_port);
	return 0;
}
