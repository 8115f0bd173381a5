/* out_local.c - egress of sslocal: through a server, or right there where the
 * lists say so. A name that they leave to its addresses is looked up first.
 * Knows neither how. */
#include "ss_serve.h"
#include "ss_sess.h"

static void go(struct ss_sess *s, enum ss_way way)
{
	s->egress = way == SS_DIRECT ? &ss_out_bypass : &ss_out_ss;
	s->egress->start(s);
}

/* No answer decides as no list does. */
static void on_dns(struct dns_ask *ask, int status, const struct addr *list,
    size_t n)
{
	struct ss_sess *s = OWNER(ask, struct ss_sess, ask);

	go(s, ss_gate_way_addr(&s->port->ss->gate, list,
	    status == 0 ? n : 0));
}

static enum dns_prefer prefer(const struct ss_sess *s)
{
	return s->port->ss->conf->prefer_ipv6 ? DNS_V6_FIRST : DNS_V4_FIRST;
}

static void look_up(struct ss_sess *s, const struct ss_addr *target)
{
	size_t n = 0;
	int rc;

	ss_sess_state(s, SS_RESOLVE);
	rc = dns_ask(&s->ask, target->name, target->name_len, prefer(s),
	    on_dns, s->to, &n);
	if (rc != 0)
		go(s, ss_gate_way_addr(&s->port->ss->gate, s->to,
		    rc == 1 ? n : 0));
}

static void start(struct ss_sess *s)
{
	struct ss_addr target = ss_sess_target(s);
	enum ss_way way = ss_gate_way(&s->port->ss->gate, &target);

	if (way == SS_BY_ADDRESS)
		look_up(s, &target);
	else
		go(s, way);
}

static bool is_well(const struct ss_sess *s)
{
	struct ss_addr target = ss_sess_target(s);

	return ss_gate_way(&s->port->ss->gate, &target) == SS_PROXIED &&
	    ss_remote_any_well(s->port->ss);
}

const struct ss_egress ss_out_local = { .start = start, .is_well = is_well };

/* ---- right there ---- */

static void start_bypass(struct ss_sess *s)
{
	struct ss_addr target = ss_sess_target(s);

	ss_sess_dial(s, &target, prefer(s));
}

const struct ss_egress ss_out_bypass = { .start = start_bypass };
