/* ss_dial.c - from a name or address to an open connection: looks it up, tries
 * the addresses one after another. Knows not what will be said there. */
#include "core/log.h"
#include "http_head.h"
#include "ss_serve.h"
#include "ss_sock.h"
#include "ss_sess.h"

static void connect_next(struct ss_sess *s, int why);

/* ---- the connection ---- */

/* What a target without any head of ours is to get. */
static int say_first(struct ss_sess *s)
{
	uint8_t mem[LIMIT_HTTP_HEAD + HTTP_FORWARD_MORE];
	const struct ss_ingress *in = s->port->ingress;

	if (in->first_octets == NULL)
		return 0;
	return chan_write(&s->out, mem, in->first_octets(s, mem, sizeof(mem)));
}

static int write_head(struct ss_sess *s)
{
	const struct ss_egress *egress = s->egress;
	int rc = egress->begun != NULL ? egress->begun(s) : say_first(s);

	s->head_due = rc == -E_FULL;
	return s->head_due ? 0 : rc;
}

/* Fast open counts as connected before a word was said. */
static bool is_said(struct ss_sess *s)
{
	return !s->head_due && (!s->port->ss->conf->sock.fast_open ||
	    chan_unsent(&s->out) == 0);
}

/* Connected, or perhaps there is a buffer now, or all was sent. */
static void on_out_open(struct chan *c)
{
	struct ss_sess *s = OWNER(c, struct ss_sess, out);
	int rc = s->head_due ? write_head(s) : 0;

	if (rc != 0) {
		connect_next(s, rc);
		return;
	}
	if (!is_said(s))
		return;
	if (s->egress->made != NULL)
		s->egress->made(s);
	chan_idle(&s->out, 0);
	if (s->port->ingress->opened == NULL || !s->port->ingress->opened(s))
		ss_sess_relay(s);
}

static void on_out_fail(struct chan *c, int why)
{
	struct ss_sess *s = OWNER(c, struct ss_sess, out);

	if (why == -E_RANGE)
		log_rated(LOG_WARN, "clocks more than 30 s apart: this one's "
		    "or the server's is wrong");
	if (s->state == SS_CONNECT)
		connect_next(s, why);
	else if (s->state != SS_EXCHANGE || !s->port->ingress->failed(s, why))
		ss_sess_close(s, why);
}

static void on_out_got(struct chan *c)
{
	ss_sess_pace(OWNER(c, struct ss_sess, out));
}

static void on_out_sent(struct chan *c)
{
	struct ss_sess *s = OWNER(c, struct ss_sess, out);

	if (s->state == SS_CONNECT)
		on_out_open(c);
	else if (s->state == SS_EXCHANGE)
		s->port->ingress->data(s);
}

static void on_out_data(struct chan *c)
{
	struct ss_sess *s = OWNER(c, struct ss_sess, out);

	if (s->state == SS_EXCHANGE)
		s->port->ingress->data(s);
}

static void on_out_end(struct chan *c, int why)
{
	(void)why;
	on_out_data(c);
}

static const struct chan_ops out_ops = {
	.on_got = on_out_got,
	.on_open = on_out_open,
	.on_data = on_out_data,
	.on_end = on_out_end,
	.on_sent = on_out_sent,
	.on_fail = on_out_fail,
};

/* With another family behind it, an address has this long at first. */
#define HURRY_MS 300

/* Each address gets its share of what is left of the state's time. */
static int64_t share_ms(const struct ss_sess *s)
{
	int64_t left = s->deadline.at_ms - s->port->ss->loop->now_ms;

	left /= s->to_n - s->to_at;
	if (s->hurry > 0)
		left = MIN(left, HURRY_MS);
	return MAX(left, 1);
}

static int connect_one(struct ss_sess *s, const struct addr *to)
{
	bool ciphered = s->egress->ciphered;
	struct loop *l = s->port->ss->loop;
	const struct ss_key *k = ciphered ? &s->remote->key : NULL;
	int64_t ms = share_ms(s);
	struct ss *ss = s->port->ss;
	struct net_how how;
	int rc;

	ss_sock_out(ss, to, &how);
	if (ciphered && ss->conf->sock.fast_open)
		how.flags |= NET_FAST_OPEN;
	rc = chan_connect(&s->out, l, to, &how, ms, &out_ops,
	    ciphered ? ss_rx_start(&s->rx, &s->tx, k) : NULL,
	    ciphered ? ss_tx_start(&s->tx, &s->rx, k) : NULL);
	ss_sock_said(ss);
	if (rc != 0)
		return rc;
	if ((how.flags & NET_FAST_OPEN) != 0)
		chan_idle(&s->out, ms);
	return write_head(s);
}

/* The one that was cut short gets another chance, after all others. */
static void put_last(struct ss_sess *s)
{
	struct addr slow = s->to[--s->to_at];

	memmove(&s->to[s->to_at], &s->to[s->to_at + 1],
	    (s->to_n - s->to_at - 1u) * sizeof(slow));
	s->to[s->to_n - 1] = slow;
}

/* why: of the address before. */
static void connect_next(struct ss_sess *s, int why)
{
	char text[ADDR_TEXT];

	if (ss_sess_was_said(s, why)) {
		ss_sess_dial_lost(s, why);
		return;
	}
	if (s->hurry > 0 && s->to_at > 0) {
		s->hurry--;
		if (why == -E_TIMEOUT)
			put_last(s);
	}
	while (s->to_at < s->to_n) {
		const struct addr *to = &s->to[s->to_at];

		chan_close(&s->out);
		why = connect_one(s, to);
		addr_text(text, sizeof(text), to);
		log_debug("session %d: to %s: %s", s->in.watch.fd, text,
		    why == 0 ? "begun" : err_text(why));
		s->to_at++;
		if (why == 0)
			return;
		if (s->hurry > 0)
			s->hurry--;
	}
	ss_sess_dial_lost(s, why);
}

/* ---- the addresses ---- */

/* One of each family in turn, the first stays the first; each has HURRY_MS
 * once before any of them gets all the time there is. */
static void mix_families(struct ss_sess *s)
{
	size_t i, k;

	for (i = 1; i < s->to_n; i++) {
		for (k = i; k < s->to_n &&
		    s->to[k].family == s->to[i - 1].family; k++)
			;
		if (k < s->to_n && k > i) {
			struct addr a = s->to[k];

			memmove(&s->to[i + 1], &s->to[i], (k - i) * sizeof(a));
			s->to[i] = a;
		}
		if (k < s->to_n)
			s->hurry = s->to_n;
	}
}

/* Keeps in s->to what the egress lets through. list may be s->to. */
static void resolved(struct ss_sess *s, const struct addr *list, size_t n)
{
	const struct ss_egress *egress = s->egress;
	struct addr a;
	size_t i;

	for (i = 0; i < n; i++) {
		a = list[i];
		a.port = s->to_port;
		addr_unmap(&a);
		if (egress->allows == NULL || egress->allows(s, &a))
			s->to[s->to_n++] = a;
	}
	if (s->to_n == 0) {
		ss_sess_drain(s, "forbidden target");
		return;
	}
	mix_families(s);
	ss_sess_state(s, SS_CONNECT);
	if (egress->order != NULL)
		egress->order(s);
	connect_next(s, 0);
}

static void on_dns(struct dns_ask *ask, int status, const struct addr *list,
    size_t n)
{
	struct ss_sess *s = OWNER(ask, struct ss_sess, ask);

	if (status != 0)
		ss_sess_dial_lost(s, status);
	else
		resolved(s, list, MIN(n, DNS_ADDRS));
}

void ss_sess_dial(struct ss_sess *s, const struct ss_addr *to,
    enum dns_prefer prefer)
{
	size_t n = 0;
	int rc;

	ss_sess_state(s, SS_RESOLVE);
	chan_read(&s->in, false);
	s->to_port = to->ip.port;
	s->to_n = s->to_at = s->hurry = 0;
	s->from_cache = false;
	s->out.sent = 0;
	if (to->name == NULL) {
		resolved(s, &to->ip, 1);
		return;
	}
	rc = dns_ask(&s->ask, to->name, to->name_len, prefer, on_dns, s->to,
	    &n);
	s->from_cache = rc == 1;
	if (rc < 0)
		ss_sess_dial_lost(s, rc);
	else if (rc == 1)
		resolved(s, s->to, n);
}

void ss_sess_dial_lost(struct ss_sess *s, int why)
{
	const struct ss_egress *egress = s->egress;

	if (s->state == SS_RESOLVE)
		dns_cancel(&s->ask);
	chan_abort(&s->out);
	if (egress->lost == NULL || !egress->lost(s, why))
		ss_sess_give_up(s, why);
}
