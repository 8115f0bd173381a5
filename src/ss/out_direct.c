/* out_direct.c - egress of ssserver: plain connections to the target, but for
 * those that are forbidden. Knows not how the client speaks. */
#include "ss_serve.h"
#include "ss_sess.h"

static void start(struct ss_sess *s)
{
	struct ss_addr target = ss_sess_target(s);

	ss_sess_dial(s, &target, s->port->ss->conf->prefer_ipv6 ?
	    DNS_V6_FIRST : DNS_V4_FIRST);
}

/* 0.0.0.0 and :: lead to this machine as its loopback addresses do. */
static void name_loopback(struct addr *a)
{
	static const uint8_t zeros[16];

	if (memcmp(a->ip, zeros, a->family == 4 ? 4 : 16) != 0)
		return;
	a->ip[a->family == 4 ? 3 : 15] = 1;
	if (a->family == 4)
		a->ip[0] = 127;
}

static bool is_forbidden(const struct ss_conf *conf, struct addr a)
{
	size_t i;

	addr_unmap(&a);
	name_loopback(&a);
	for (i = 0; i < conf->forbidden_n; i++)
		if (net_has(&conf->forbidden[i], &a))
			return true;
	return false;
}

/* Judged by address, after every name was looked up. */
static bool allows(const struct ss_sess *s, const struct addr *a)
{
	return !is_forbidden(s->port->ss->conf, *a);
}

const struct ss_egress ss_out_direct = {
	.ciphered = false,
	.start = start,
	.allows = allows,
};
