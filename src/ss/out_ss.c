/* out_ss.c - egress of sslocal: an encrypted connection to a server, whose
 * first write carries salt, address header and the first octets together.
 * Knows not how the client speaks. */
#include "core/log.h"
#include "http_head.h"
#include "ss_serve.h"
#include "ss_sess.h"

/* Address header and the octets that ride with it: about one segment. */
#define FLIGHT_MAX 1400

/* Protocols whose server speaks first: nothing to wait for. */
static bool server_speaks_first(uint16_t port)
{
	static const uint16_t ports[] = { 21, 22, 25, 110, 143, 3306 };
	size_t i;

	for (i = 0; i < LEN(ports); i++)
		if (ports[i] == port)
			return true;
	return false;
}

/* ---- which server ---- */

/* While there are others, one that does not answer costs no more. */
#define ONE_OF_MANY_MS 3000

static void dial(struct ss_sess *s)
{
	const struct ss_remote *r = s->remote;
	struct ss_addr to = { .ip = r->ip };

	if (r->via.family != 0) {
		to.ip = r->via;
	} else if (r->is_name) {
		to.name = r->host;
		to.name_len = strlen(r->host);
		to.ip.port = r->port;
	}
	ss_sess_dial(s, &to, s->port->ss->conf->prefer_ipv6 ? DNS_V6_FIRST :
	    DNS_V4_FIRST);
}

/* False: all that there are were tried. */
static bool dial_next(struct ss_sess *s)
{
	struct ss_remote *r = ss_remote_pick(s->port->ss, SS_FOR_TCP,
	    s->tried);

	if (r == NULL)
		return false;
	ss_remote_hold(r);
	if (s->remote != NULL)
		ss_remote_drop(s->remote);
	s->remote = r;
	s->tried |= UINT64_C(1) << r->at;
	s->asked_anew = false;
	dial(s);
	return true;
}

static void payload(struct ss_sess *s)
{
	if (!dial_next(s))
		ss_sess_give_up(s, -E_NOADDR);
}

/* What took a connection before comes first. */
static void order(struct ss_sess *s)
{
	const struct ss_remote *r = s->remote;
	struct loop *l = s->port->ss->loop;
	struct addr a;
	size_t i;

	if (r->via.family == 0 && s->to_n > 1) {
		i = 0;
		while (i < s->to_n && !addr_eq_ip(&s->to[i], &r->good))
			i++;
		if (i < s->to_n) {
			a = s->to[i];
			memmove(&s->to[1], &s->to[0], i * sizeof(a));
			s->to[0] = a;
		}
	}
	if (ss_remote_has_others(s->port->ss, SS_FOR_TCP, s->tried))
		timer_set(l, &s->deadline, l->now_ms + ONE_OF_MANY_MS,
		    s->deadline.fn);
}

/* The name's answer was old, or it leads nowhere now: what served last, then
 * another server. What is wrong here is not the server's fault. */
static bool lost(struct ss_sess *s, int why)
{
	struct ss_remote *r = s->remote;

	if (why == -E_NOFILE || why == -E_NOMEM || why == -E_FULL)
		return false;
	if (ss_sess_was_said(s, why)) {
		ss_remote_bad(r, why);
		return false;
	}
	if (r->is_name && r->via.family == 0 && !s->asked_anew &&
	    s->state == SS_CONNECT && s->from_cache) {
		s->asked_anew = true;
		dns_forget(r->host, strlen(r->host));
		dial(s);
		return true;
	}
	if (s->state == SS_RESOLVE && r->good.family != 0) {
		struct ss_addr to = { .ip = r->good };

		s->asked_anew = true;
		ss_sess_dial(s, &to, DNS_V4_FIRST);
		return true;
	}
	ss_remote_bad(r, why);
	return dial_next(s);
}

static void made(struct ss_sess *s)
{
	ss_remote_good(s->remote, s->remote->via.family == 0 ?
	    &s->to[s->to_at - 1] : NULL);
}

/* ---- a connection ---- */

static void start(struct ss_sess *s)
{
	struct ss_addr target = ss_sess_target(s);
	uint8_t *p;

	ss_sess_state(s, SS_PAYLOAD);
	if (chan_data(&s->in, &p) > 0 || s->port->ingress->at_once ||
	    server_speaks_first(target.ip.port))
		payload(s);
}

/* A router without a battery starts in 1970. The server will not answer, so
 * this is the place to say why; it is looked at anew each time. */
static void warn_unset_clock(const struct ss_sess *s)
{
	const struct ss_method *m = s->remote->key.method;

	if (m->kind == SS_2022 &&
	    s->port->ss->loop->wall_ms < SS_CLOCK_UNSET_MS)
		log_rated(LOG_WARN, "clock not set: a server refuses %s until "
		    "it is", m->name);
}

static int begun(struct ss_sess *s)
{
	uint8_t flight[SS_ADDR_MAX + LIMIT_HTTP_HEAD + HTTP_FORWARD_MORE], *p;
	const struct ss_ingress *in = s->port->ingress;
	size_t room = sizeof(flight) - s->head_len, first = 0;
	size_t n = chan_data(&s->in, &p);
	int rc;

	warn_unset_clock(s);
	memcpy(flight, s->head, s->head_len);
	if (in->first_octets != NULL)
		first = in->first_octets(s, flight + s->head_len, room);
	n = first > 0 ? 0 : MIN(n, (size_t)FLIGHT_MAX - s->head_len);
	if (n > 0)
		memcpy(flight + s->head_len, p, n);
	rc = chan_write(&s->out, flight, s->head_len + first + n);
	s->flight = rc == 0 ? (uint16_t)n : 0;
	return rc;
}

const struct ss_egress ss_out_ss = {
	.ciphered = true,
	.start = start,
	.payload = payload,
	.order = order,
	.lost = lost,
	.made = made,
	.begun = begun,
};
