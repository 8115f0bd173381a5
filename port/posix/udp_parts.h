/* udp_parts.h - a struct udp_msg as the system's calls want it. */
#ifndef POSIX_UDP_PARTS_H
#define POSIX_UDP_PARTS_H

#include <sys/socket.h>
#include <sys/uio.h>

#include "port/net.h"
#include "port/posix/sockaddr.h"
#include "port/posix/udp_local.h"

struct udp_parts {
	union sockaddr_any sa;
	struct iovec iov;
	union {
		struct cmsghdr align;
		char room[UDP_CONTROL];
	} control;
};

/* h refers to p and m. */
void udp_parts_to_recv(struct msghdr *h, struct udp_parts *p,
    const struct udp_msg *m);
void udp_parts_to_send(struct msghdr *h, struct udp_parts *p,
    const struct udp_msg *m);
/* Received: n octets. */
void udp_parts_got(struct udp_msg *m, struct msghdr *h, size_t n);

/* One by one, for systems and kernels that have nothing better; as
 * port_udp_recv_many and port_udp_send_many. */
int udp_each_recv(int fd, struct udp_msg *m, size_t n);
int udp_each_send(int fd, const struct udp_msg *m, size_t n);

#endif
