/* udp_train.c - UDP_SEGMENT (Linux 4.18) and UDP_GRO (5.0). Source: udp(7),
 * net/ipv4/udp.c, net/ipv4/udp_offload.c. */
#include "port/linux/udp_train.h"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>

#include "port/posix/errno_map.h"

/* qemu-user, as a processor with its highest octet first, hands these control
 * messages on as they are, and all of a train would arrive as one datagram.
 * Such processors are those of old routers, whose network devices make no
 * checksums: then the kernel has no trains either. */
#define TURNED (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)

/* Whether it knows of the younger one: all that do have both. */
bool udp_train_can(int fd)
{
	int on;
	socklen_t len = sizeof on;

	return !TURNED && getsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, &len) == 0;
}

int port_udp_trains(int fd)
{
	int on = 1;

	if (TURNED)
		return -E_NOSUP;
	return setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof on) < 0 ?
	    sys_fail() : 0;
}

/* An empty one would be lost at the end of a train. */
static bool fits(const struct udp_msg *first, const struct udp_msg *m)
{
	return m->len > 0 && m->len <= first->len &&
	    addr_eq(&m->peer, &first->peer) &&
	    addr_eq_ip(&m->local, &first->local);
}

size_t udp_train_len(const struct udp_msg *m, size_t n)
{
	size_t i, octets = m->len;

	for (i = 1; i < n && i < UDP_TRAIN && fits(m, &m[i]); i++) {
		octets += m[i].len;
		if (octets > UDP_TRAIN_OCTETS)
			break;
		if (m[i].len < m->len)
			return i + 1;
	}
	return i;
}

void udp_train_put(struct msghdr *h, void *control, size_t each)
{
	uint16_t size = (uint16_t)each;
	struct cmsghdr *c = (struct cmsghdr *)(void *)
	    ((char *)control + h->msg_controllen);

	c->cmsg_level = IPPROTO_UDP;
	c->cmsg_type = UDP_SEGMENT;
	c->cmsg_len = CMSG_LEN(sizeof size);
	memcpy(CMSG_DATA(c), &size, sizeof size);
	h->msg_control = control;
	h->msg_controllen += CMSG_SPACE(sizeof size);
}

size_t udp_train_read(struct msghdr *h)
{
	struct cmsghdr *c;
	int each = 0;

	for (c = CMSG_FIRSTHDR(h); c != NULL; c = CMSG_NXTHDR(h, c))
		if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO)
			memcpy(&each, CMSG_DATA(c), sizeof each);
	return each > 0 ? (size_t)each : 0;
}
