/* net.c - addresses and routes of the simulated network, and what sockets of
 * both kinds have in common. */
#include "port/file.h"
#include "port/net.h"
#include "port/sim/inside.h"

static uint16_t last_port;

void net_reset(void)
{
	last_port = 40000;
	tcp_reset();
	udp_reset();
}

int64_t net_delay(void)
{
	return between(W.conf.delay_us_min, W.conf.delay_us_max);
}

static bool starts(const struct addr *a, uint8_t b0, uint8_t b1, uint8_t b2)
{
	return a->family == 4 && a->ip[0] == b0 && a->ip[1] == b1 &&
	    a->ip[2] == b2;
}

static bool all_zeros(const uint8_t *p, size_t len)
{
	while (len > 0 && p[len - 1] == 0)
		len--;
	return len == 0;
}

static bool is_loopback(const struct addr *a)
{
	if (a->family == 4)
		return a->ip[0] == 127;
	return all_zeros(a->ip, 15) && a->ip[15] == 1;
}

static struct addr inside_addr(const struct addr *like)
{
	struct addr a = { .family = like->family };

	if (a.family == 4)
		memcpy(a.ip, "\300\250\001\001", 4);	/* 192.168.1.1 */
	else
		memcpy(a.ip, "\375\0\0\0\0\0\0\0\0\0\0\0\0\0\0\001", 16);
	return a;
}

static bool is_inside(const struct addr *a)
{
	struct addr own = inside_addr(a);

	return is_loopback(a) || addr_eq_ip(a, &own);
}

bool net_is_any(const struct addr *a)
{
	return all_zeros(a->ip, a->family == 4 ? 4 : 16);
}

int net_route(const struct addr *to)
{
	if (starts(to, 192, 0, 2))
		return -E_UNREACH;
	return starts(to, 198, 51, 100) ? -E_TIMEOUT : 0;
}

int net_bind(struct addr *at)
{
	ASSERT(at->family == 4 || at->family == 6);
	if (starts(at, 203, 0, 113))
		return -E_NOADDR;
	if (W.outside) {
		ASSERT(!net_is_any(at));
	} else if (!net_is_any(at) && !is_inside(at)) {
		return -E_NOADDR;
	} else if (at->port != 0 && at->port < 1024 && port_uid() != 0) {
		return -E_PERM;
	}
	for (int tries = 0; at->port == 0; tries++) {
		ASSERT(tries < 65536);
		last_port = last_port == 65535 ? 40000 :
		    (uint16_t)(last_port + 1);
		at->port = last_port;
		if (tcp_has(at) || udp_has(at))
			at->port = 0;
	}
	return 0;
}

static struct addr loopback(uint8_t family)
{
	struct addr a = { .family = family };

	a.ip[family == 4 ? 3 : 15] = 1;
	if (family == 4)
		a.ip[0] = 127;
	return a;
}

bool port_addr_is_own(const struct addr *a)
{
	return net_is_any(a) || is_inside(a);
}

struct addr net_source(const struct addr *bound, const struct addr *to)
{
	struct addr a = inside_addr(to);

	if (bound != NULL && !net_is_any(bound))
		a = *bound;
	else if (is_loopback(to))
		a = loopback(to->family);
	else if (W.outside)
		a.ip[1] = 10;		/* 192.10.1.1, fd0a::1 */
	a.port = bound != NULL ? bound->port : 0;
	if (a.port == 0)
		a.port = (uint16_t)(1024 + luck(30000));
	return a;
}

bool net_matches(const struct addr *at, const struct addr *to, bool v6_only)
{
	if (at->port != to->port)
		return false;
	if (!net_is_any(at))
		return addr_eq_ip(at, to);
	if (at->family == 4 || v6_only)
		return at->family == to->family && is_inside(to);
	return is_inside(to);
}

void port_close(int fd)
{
	struct fd *f = fd_get(fd, FD_NONE);

	trace("close", fd, 0);
	if (f->kind == FD_UDP)
		udp_close(fd);
	else if (f->kind == FD_PAIR)
		pair_close(fd);
	else if (f->kind == FD_FILE)
		port_file_close(fd);
	else
		tcp_close(fd);
}

/* One call stands for all wishes: they are refused together. */
void port_net_wish(int fd, const struct net_how *how)
{
	fd_get(fd, FD_NONE);
	if (fault(SIM_NET_SET, fd) < 0 && how->refused != NULL)
		*how->refused |= NET_NOT_MARK;
}

int port_net_set(int fd, enum net_option what, int value)
{
	fd_get(fd, FD_NONE);
	ASSERT((unsigned)what <= NET_DSCP);
	if (value < 0)
		return -E_RANGE;
	return fault(SIM_NET_SET, fd);
}
