/* ss_dial.c - from a name or address to an open connection: looks it up, tries
 * the addresses one after another. Knows not what will be said there. */
#include "core/log.h"
#include "ss_serve.h"
#include "ss_sess.h"

static void connect_next(struct ss_sess *s, int why);

/* ---- the connection ---- */

static int write_head(struct ss_sess *s)
{
	const struct ss_egress *egress = s->port->egress;
	int rc = egress->begun != NULL ? egress->begun(s) : 0;

	s->head_due = rc == -E_FULL;
	return s->head_due ? 0 : rc;
}

/* Connected, and perhaps there is a buffer now. */
static void on_out_open(struct chan *c)
{
	struct ss_sess *s = OWNER(c, struct ss_sess, out);
	int rc = s->head_due ? write_head(s) : 0;

	if (rc != 0)
		connect_next(s, rc);
	else if (!s->head_due)
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
	else
		ss_sess_close(s, why);
}

static void on_out_got(struct chan *c)
{
	ss_sess_pace(OWNER(c, struct ss_sess, out));
}

static const struct chan_ops out_ops = {
	.on_got = on_out_got,
	.on_open = on_out_open,
	.on_sent = on_out_open,
	.on_fail = on_out_fail,
};

/* Each address gets its share of what is left of the state's time. */
static int64_t share_ms(const struct ss_sess *s)
{
	int64_t left = s->deadline.at_ms - s->port->ss->loop->now_ms;

	return MAX(left / (s->to_n - s->to_at), 1);
}

static int connect_one(struct ss_sess *s, const struct addr *to)
{
	struct ss_port *port = s->port;
	bool ciphered = port->egress->ciphered;
	struct net_how how = { 0 };
	int rc;

	if (ciphered && port->ss->conf->sock.fast_open)
		how.flags = NET_FAST_OPEN;
	rc = chan_connect(&s->out, port->ss->loop, to, &how, share_ms(s),
	    &out_ops, ciphered ? ss_rx_start(&s->rx, &s->tx, &port->key) : NULL,
	    ciphered ? ss_tx_start(&s->tx, &s->rx, &port->key) : NULL);
	if (rc != 0)
		return rc;
	(void)port_net_set(s->out.watch.fd, NET_NO_DELAY, 1);
	return write_head(s);
}

/* why: of the address before. */
static void connect_next(struct ss_sess *s, int why)
{
	char text[ADDR_TEXT];

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
	}
	ss_sess_give_up(s, why);
}

/* ---- the addresses ---- */

/* Keeps in s->to what the egress lets through. list may be s->to. */
static void resolved(struct ss_sess *s, const struct addr *list, size_t n)
{
	const struct ss_egress *egress = s->port->egress;
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
	ss_sess_state(s, SS_CONNECT);
	connect_next(s, 0);
}

static void on_dns(struct dns_ask *ask, int status, const struct addr *list,
    size_t n)
{
	struct ss_sess *s = OWNER(ask, struct ss_sess, ask);

	if (status != 0)
		ss_sess_give_up(s, status);
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
	if (to->name == NULL) {
		resolved(s, &to->ip, 1);
		return;
	}
	rc = dns_ask(&s->ask, to->name, to->name_len, prefer, on_dns, s->to,
	    &n);
	if (rc < 0)
		ss_sess_give_up(s, rc);
	else if (rc == 1)
		resolved(s, s->to, n);
}
