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

/* Judged by address, after every name was looked up. */
static bool allows(const struct ss_sess *s, const struct addr *a)
{
	const struct ss_conf *conf = s->port->ss->conf;
	size_t i;

	for (i = 0; i < conf->forbidden_n; i++)
		if (net_has(&conf->forbidden[i], a))
			return false;
	return true;
}

const struct ss_egress ss_out_direct = {
	.ciphered = false,
	.start = start,
	.allows = allows,
};
