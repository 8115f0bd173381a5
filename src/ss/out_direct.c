/* out_direct.c - egress of ssserver: plain connections to the target, where
 * the gate lets them through. Knows not how the client speaks. */
#include "ss_serve.h"
#include "ss_sess.h"

static void start(struct ss_sess *s)
{
	struct ss_addr target = ss_sess_target(s);

	if (target.name != NULL && ss_gate_name(&s->port->ss->gate,
	    target.name, target.name_len) == SS_SAYS_NO) {
		ss_sess_drain(s, "forbidden name");
		return;
	}
	ss_sess_dial(s, &target, s->port->ss->conf->prefer_ipv6 ?
	    DNS_V6_FIRST : DNS_V4_FIRST);
}

/* Judged by address, after every name was looked up. */
static bool allows(const struct ss_sess *s, const struct addr *a)
{
	struct ss_addr target = ss_sess_target(s);
	const struct ss_gate *g = &s->port->ss->gate;

	return ss_gate_addr(g, target.name == NULL ? SS_SAYS_NOTHING :
	    ss_gate_name(g, target.name, target.name_len), a);
}

const struct ss_egress ss_out_direct = {
	.ciphered = false,
	.start = start,
	.allows = allows,
};
