/* sockaddr.h - struct addr to and from the system's socket addresses. */
#ifndef POSIX_SOCKADDR_H
#define POSIX_SOCKADDR_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/addr.h"

union sockaddr_any {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Fills sa; octets of it, 0 when a has no family. */
socklen_t sockaddr_from(union sockaddr_any *sa, const struct addr *a);
/* v4-mapped becomes IPv4; family 0 for anything but internet addresses. */
void sockaddr_to(struct addr *a, const union sockaddr_any *sa);
/*
 * A socket (SOCK_STREAM, SOCK_DGRAM) of a's family: not blocking, closed on
 * exec. An IPv6 one takes IPv4 as well unless v6_only. fd or error.
 */
int sockaddr_socket(const struct addr *a, int type, bool v6_only);
/* The same of a protocol that is not the type's own. */
int sockaddr_socket_of(const struct addr *a, int type, int protocol,
    bool v6_only);
/* Binds fd to *at and stores the port there when it was 0. 0 or error. */
int sockaddr_bind(int fd, struct addr *at);

#endif
