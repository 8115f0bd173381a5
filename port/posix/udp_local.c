/* udp_local.c - the local address of a datagram: IP_PKTINFO of Linux,
 * IP_SENDSRCADDR of the BSDs, and RFC 3542 for IPv6. */
#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>

#include "port/posix/errno_map.h"
#include "port/posix/sockaddr.h"
#include "port/posix/udp_local.h"
#include "port/posix/udp_train.h"

#if defined(IP_SENDSRCADDR)
#define V4_ASK IP_RECVDSTADDR
#define V4_TELL IP_SENDSRCADDR
struct v4_told {
	struct in_addr addr;
};
#else
#define V4_ASK IP_PKTINFO
#define V4_TELL IP_PKTINFO
struct v4_told {
	int interface;
	struct in_addr addr, header;	/* in_pktinfo, by roles */
};
#endif

#define ROOM (UDP_CONTROL - UDP_TRAIN_CONTROL)
_Static_assert(ROOM >= CMSG_SPACE(sizeof(struct in6_pktinfo)) &&
    ROOM >= CMSG_SPACE(sizeof(struct v4_told)) &&
    ROOM >= CMSG_SPACE(sizeof(struct sockaddr_in6)), "too little room");

/* An IPv6 socket tells it of IPv4 as well, as a mapped address. */
void udp_local_ask(int fd, uint8_t family)
{
	int on = 1;

	if (family == 4)
		(void)setsockopt(fd, IPPROTO_IP, V4_ASK, &on, sizeof on);
	else
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on,
		    sizeof on);
}

#if defined(IP_TRANSPARENT)
/* Of <linux/in.h> and <linux/in6.h>; as options, and as what they bring. */
#define TARGET_V4 20
#define TARGET_V6 74

/* An IPv6 socket takes both. */
void udp_local_ask_target(int fd, uint8_t family)
{
	int on = 1;

	(void)setsockopt(fd, IPPROTO_IP, TARGET_V4, &on, sizeof on);
	if (family == 6)
		(void)setsockopt(fd, IPPROTO_IPV6, TARGET_V6, &on, sizeof on);
}

static void read_target(struct addr *out, const struct cmsghdr *c)
{
	union sockaddr_any sa;
	bool v6 = c->cmsg_level == IPPROTO_IPV6;

	memcpy(&sa, CMSG_DATA(c), v6 ? sizeof sa.v6 : sizeof sa.v4);
	sockaddr_to(out, &sa);
	addr_unmap(out);
}

static bool is_target(const struct cmsghdr *c)
{
	return (c->cmsg_level == IPPROTO_IP && c->cmsg_type == TARGET_V4) ||
	    (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == TARGET_V6);
}
#else
void udp_local_ask_target(int fd, uint8_t family)
{
	(void)fd;
	(void)family;
}

static void read_target(struct addr *out, const struct cmsghdr *c)
{
	(void)out;
	(void)c;
}

static bool is_target(const struct cmsghdr *c)
{
	(void)c;
	return false;
}
#endif

static void read_v4(struct addr *out, const struct cmsghdr *c)
{
	struct v4_told told;

	memcpy(&told, CMSG_DATA(c), sizeof told);
	out->family = 4;
	memcpy(out->ip, &told.addr, 4);
}

static void read_v6(struct addr *out, const struct cmsghdr *c)
{
	struct in6_pktinfo told;

	memcpy(&told, CMSG_DATA(c), sizeof told);
	out->family = 6;
	memcpy(out->ip, &told.ipi6_addr, 16);
	addr_unmap(out);
}

void udp_local_read(struct addr *out, struct msghdr *h)
{
	struct cmsghdr *c;

	memset(out, 0, sizeof *out);
	for (c = CMSG_FIRSTHDR(h); c != NULL; c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == V4_ASK)
			read_v4(out, c);
		if (c->cmsg_level == IPPROTO_IPV6 &&
		    c->cmsg_type == IPV6_PKTINFO)
			read_v6(out, c);
		if (is_target(c))
			read_target(out, c);
	}
}

static void put(struct msghdr *h, int level, int type, const void *what,
    size_t len)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(h);

	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), what, len);
	h->msg_controllen = CMSG_SPACE(len);
}

void udp_local_write(struct msghdr *h, const struct addr *local)
{
	struct v4_told v4 = { 0 };
	struct in6_pktinfo v6 = { 0 };

	if (local->family == 4) {
		memcpy(&v4.addr, local->ip, 4);
		put(h, IPPROTO_IP, V4_TELL, &v4, sizeof v4);
	} else if (local->family == 6) {
		memcpy(&v6.ipi6_addr, local->ip, 16);
		put(h, IPPROTO_IPV6, IPV6_PKTINFO, &v6, sizeof v6);
	} else {
		h->msg_control = NULL;
		h->msg_controllen = 0;
	}
}

#if defined(IP_MTU_DISCOVER)
int udp_local_whole(int fd, int yes)
{
	int v4 = yes ? IP_PMTUDISC_DO : IP_PMTUDISC_WANT, v6 = v4;

	/* An IPv4 socket knows nothing of the second. */
	(void)setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &v6, sizeof v6);
	return setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &v4,
	    sizeof v4) < 0 ? sys_fail() : 0;
}
#else
int udp_local_whole(int fd, int yes)
{
	int rc = setsockopt(fd, IPPROTO_IPV6, IPV6_DONTFRAG, &yes,
	    sizeof yes);

#if defined(IP_DONTFRAG)
	rc &= setsockopt(fd, IPPROTO_IP, IP_DONTFRAG, &yes, sizeof yes);
#endif
	return rc < 0 ? sys_fail() : 0;
}
#endif
