/* ss_sess.c - the life of a relayed connection, whatever its two sides are.
 * Knows neither SOCKS nor ciphers: ingress and egress do. */
#include "ss_sess.h"

#include "base/text.h"
#include "core/log.h"
#include "core/metrics.h"
#include "ss_serve.h"
#include "ss_sock.h"

POOL_DEFINE(ss_sessions, struct ss_sess, LIMIT_SESSIONS);
struct pool *const ss_sess_pool = &ss_sessions;

METRIC(ss_accepted, "connections accepted");
METRIC(ss_denied, "connections of clients that acl refuses");
METRIC(ss_crowded, "half-open connections that made way for newer ones");
METRIC(ss_relayed, "connections that came to relay octets");
METRIC(ss_replayed, "requests whose salt was seen before");
METRIC(ss_mistimed, "requests of another time than this clock's");
METRIC(ss_unsalted, "requests refused because LIMIT_SALTS was reached");
METRIC(ss_drained, "connections whose request was none: never answered");

static void in_take(struct ss_sess *s)
{
	s->port->ingress->data(s);
}

static void out_payload(struct ss_sess *s)
{
	s->egress->payload(s);
}

static void discard(struct ss_sess *s)
{
	uint8_t *p;

	chan_took(&s->in, chan_data(&s->in, &p));
}

/* The client ended, but it still has to be told. */
static void leave_told(struct ss_sess *s)
{
	if (chan_unsent(&s->in) == 0)
		ss_sess_close(s, 0);
}

static void leave(struct ss_sess *s)
{
	ss_sess_close(s, 0);
}

static void expire(struct ss_sess *s)
{
	ss_sess_close(s, -E_TIMEOUT);
}

static void give_up(struct ss_sess *s)
{
	ss_sess_dial_lost(s, -E_TIMEOUT);
}

/* Limits of a state in ms, at most the configured timeout. */
#define NO_LIMIT 0
#define OF_HANDSHAKE (-1)

#define TO(state) (1u << (state))

static const struct {
	const char *name;
	unsigned next;			/* states allowed after it */
	int32_t limit_ms;
	void (*data)(struct ss_sess *s);	/* the client sent octets */
	void (*end)(struct ss_sess *s);		/* the client ended */
	void (*late)(struct ss_sess *s);	/* the limit has come */
} states[SS_STATES] = {
	[SS_FREE] = { "free", TO(SS_GREET) | TO(SS_REQUEST), NO_LIMIT,
	    NULL, NULL, NULL },
	[SS_GREET] = { "greet",
	    TO(SS_LOGIN) | TO(SS_REQUEST) | TO(SS_REFUSE) | TO(SS_CLOSED),
	    OF_HANDSHAKE, in_take, leave, expire },
	[SS_LOGIN] = { "login", TO(SS_REQUEST) | TO(SS_REFUSE) | TO(SS_CLOSED),
	    OF_HANDSHAKE, in_take, leave, expire },
	[SS_REQUEST] = { "request",
	    TO(SS_PAYLOAD) | TO(SS_RESOLVE) | TO(SS_ASSOCIATE) |
	    TO(SS_REFUSE) | TO(SS_DRAIN) | TO(SS_CLOSED), OF_HANDSHAKE,
	    in_take, leave_told, expire },
	[SS_PAYLOAD] = { "payload",
	    TO(SS_RESOLVE) | TO(SS_REFUSE) | TO(SS_CLOSED), 20, out_payload,
	    out_payload, out_payload },
	[SS_RESOLVE] = { "resolve",
	    TO(SS_PAYLOAD) | TO(SS_RESOLVE) | TO(SS_CONNECT) | TO(SS_REFUSE) |
	    TO(SS_DRAIN) | TO(SS_CLOSED), 30000, NULL, NULL, give_up },
	[SS_CONNECT] = { "connect",
	    TO(SS_RESOLVE) | TO(SS_EXCHANGE) | TO(SS_RELAY) | TO(SS_REFUSE) |
	    TO(SS_DRAIN) | TO(SS_CLOSED), 10000, NULL, NULL, give_up },
	[SS_EXCHANGE] = { "exchange",
	    TO(SS_REQUEST) | TO(SS_REFUSE) | TO(SS_CLOSED), NO_LIMIT,
	    in_take, in_take, NULL },
	[SS_RELAY] = { "relay", TO(SS_DRAIN) | TO(SS_CLOSED), NO_LIMIT,
	    NULL, NULL, NULL },
	[SS_ASSOCIATE] = { "associate", TO(SS_CLOSED), NO_LIMIT,
	    discard, leave, NULL },
	[SS_REFUSE] = { "refuse", TO(SS_CLOSED), 5000, discard, leave_told,
	    expire },
	[SS_DRAIN] = { "drain", TO(SS_CLOSED), OF_HANDSHAKE,
	    NULL, leave, expire },
	[SS_CLOSED] = { "closed", 0, NO_LIMIT, NULL, NULL, NULL },
};

static struct loop *loop_of(const struct ss_sess *s)
{
	return s->port->ss->loop;
}

static void late(struct timer *t)
{
	struct ss_sess *s = OWNER(t, struct ss_sess, deadline);

	states[s->state].late(s);
}

static void arm(struct ss_sess *s)
{
	struct loop *l = loop_of(s);
	int64_t limit_ms = states[s->state].limit_ms;

	if (limit_ms == NO_LIMIT)
		timer_stop(l, &s->deadline);
	else if (limit_ms == OF_HANDSHAKE)
		timer_set(l, &s->deadline, s->due_ms, late);
	else
		timer_set(l, &s->deadline, l->now_ms + MIN(limit_ms,
		    s->port->ss->conf->base.timeout_s * 1000), late);
}

/* SS_DRAIN: it will never show who it is. */
#define HALF (TO(SS_GREET) | TO(SS_LOGIN) | TO(SS_REQUEST) | TO(SS_DRAIN))

static void leave_half(struct ss_sess *s)
{
	ss_half_leave(&s->port->ss->halves, &s->half);
	s->is_half = false;
	/* Others have its place from now on. */
	memset(&s->half, 0, sizeof(s->half));
}

void ss_sess_state(struct ss_sess *s, enum ss_state next)
{
	ASSERT((states[s->state].next & TO(next)) != 0);
	if (s->is_half && (HALF & TO(next)) == 0)
		leave_half(s);
	log_trace("session %d: %s -> %s", s->in.watch.fd,
	    states[s->state].name, states[next].name);
	s->state = (uint8_t)next;
	arm(s);
}

/* ---- what the channels tell ---- */

static void on_in_data(struct chan *c)
{
	struct ss_sess *s = OWNER(c, struct ss_sess, in);

	if (states[s->state].data != NULL)
		states[s->state].data(s);
}

static void on_in_end(struct chan *c, int why)
{
	struct ss_sess *s = OWNER(c, struct ss_sess, in);

	(void)why;
	if (states[s->state].end != NULL)
		states[s->state].end(s);
}

/* What a codec found wrong: counted, and put in words. NULL = it was not the
 * codec. */
static const char *fault_of(const struct ss_sess *s, int why)
{
	switch (why) {
	case -E_AUTH:
	case -E_PROTO:
		return "can not parse header";
	case -E_DENY:
		metric_add(&ss_replayed, 1);
		return "a salt that was used before";
	case -E_RANGE:
		metric_add(&ss_mistimed, 1);
		return loop_of(s)->wall_ms < SS_CLOCK_UNSET_MS ?
		    "clock not set: this machine's" :
		    "clocks more than 30 s apart: this one's or the client's "
		    "is wrong";
	case -E_BUSY:
		metric_add(&ss_unsalted, 1);
		return "too many within a minute (LIMIT_SALTS)";
	default:
		return NULL;
	}
}

/* What does not open is read on without a word; all else is the end. */
static void on_in_fail(struct chan *c, int why)
{
	struct ss_sess *s = OWNER(c, struct ss_sess, in);
	const char *fault = NULL;

	if (s->port->ingress->ciphered && s->state != SS_DRAIN)
		fault = fault_of(s, why);
	if (fault != NULL)
		ss_sess_drain(s, fault);
	else
		ss_sess_close(s, why);
}

static void on_in_sent(struct chan *c)
{
	struct ss_sess *s = OWNER(c, struct ss_sess, in);

	if ((s->state == SS_REFUSE && (c->flags & CHAN_GOT_EOF) != 0) ||
	    (s->state == SS_REQUEST && (c->flags & CHAN_TOLD_END) != 0))
		ss_sess_close(s, 0);
	else if (s->state == SS_GREET || s->state == SS_LOGIN ||
	    s->state == SS_REQUEST || s->state == SS_EXCHANGE)
		in_take(s);	/* there was no buffer for a reply */
}

static void on_joined_end(struct chan *c)
{
	ss_sess_close(OWNER(c, struct ss_sess, in), 0);
}

static void on_in_got(struct chan *c)
{
	ss_sess_pace(OWNER(c, struct ss_sess, in));
}

static const struct chan_ops in_ops = {
	.on_got = on_in_got,
	.on_data = on_in_data,
	.on_end = on_in_end,
	.on_sent = on_in_sent,
	.on_fail = on_in_fail,
	.on_joined_end = on_joined_end,
};

/* ---- from the first octet to the last ---- */

/* The lists have no place for it: gone before it says a word. */
static int deny(int fd, const struct addr *peer)
{
	char text[ADDR_TEXT];

	addr_text(text, sizeof(text), peer);
	log_rated(LOG_WARN, "access denied from %s", text);
	metric_add(&ss_denied, 1);
	port_close(fd);
	return 0;
}

/* Descriptors that listeners leave for names, targets and files. */
#define FDS_RESERVE 32

/* The oldest half-open one goes, where there are too many: who means it is done
 * in a moment, so that a crowd drives out itself. False: there is no room. */
static bool make_way(struct ss *ss, uint16_t row)
{
	bool few = ss->fds_max > 0 &&
	    ss->loop->watches + FDS_RESERVE >= ss->fds_max;
	struct ss_half *x = ss_half_over(&ss->halves, row,
	    few ? 1 : (uint32_t)ss->conf->half_open,
	    (uint32_t)ss->conf->half_open_per_source);

	if (x == NULL)
		return !few;
	metric_add(&ss_crowded, 1);
	log_rated(LOG_WARN, "%u half-open connections: the oldest ends",
	    (unsigned)ss->halves.n);
	ss_sess_close(OWNER(x, struct ss_sess, half), 0);
	return true;
}

int ss_sess_open(struct listener *ls, int fd, const struct addr *peer)
{
	struct ss_port *port = ls->ctx;
	struct ss *ss = port->ss;
	bool ciphered = port->ingress->ciphered;
	char text[ADDR_TEXT];
	struct ss_sess *s;
	uint16_t row;

	if (!ss_gate_admits(&ss->gate, peer))
		return deny(fd, peer);
	row = ss_half_row(&ss->halves, peer);
	if (!make_way(ss, row))
		return -E_FULL;
	s = pool_get(&ss_sessions);
	if (s == NULL)
		return -E_FULL;
	if (chan_open(&s->in, ss->loop, fd, &in_ops,
	    ciphered ? ss_rx_start(&s->rx, &s->tx, &port->key) : NULL,
	    ciphered ? ss_tx_start(&s->tx, &s->rx, &port->key) : NULL) != 0) {
		pool_put(&ss_sessions, s);
		return -E_FULL;
	}
	ss_sock_accepted(ss, fd);
	addr_text(text, sizeof(text), peer);
	log_debug("session %d: accepted from %s", fd, text);
	metric_add(&ss_accepted, 1);
	s->port = port;
	s->egress = port->egress;
	ss_port_hold(port);
	ss_account_begin(port->door->account);
	s->due_ms = ss->loop->now_ms + ss->handshake_ms;
	list_push(&ss->sessions, &s->link);
	ss->sessions_n++;
	s->is_half = true;
	ss_half_add(&ss->halves, &s->half, row);
	ss_sess_state(s, port->ingress->first);
	if (port->ingress->begin != NULL)
		port->ingress->begin(s);
	return 0;
}

int ss_sess_gather(struct ss_sess *s, ss_parse *parse)
{
	size_t had = s->head_len, n;
	uint8_t *p;
	int took;

	n = MIN(chan_data(&s->in, &p), sizeof(s->head) - had);
	if (n > 0)
		memcpy(s->head + had, p, n);
	took = parse(s->head, had + n);
	if (took > 0)
		n = (size_t)took - had;
	s->head_len = (uint16_t)(had + n);
	chan_took(&s->in, n);
	return took;
}

struct ss_addr ss_sess_target(const struct ss_sess *s)
{
	struct ss_addr a;
	int n = ss_addr_parse(&a, s->head, s->head_len);

	ASSERT(n == s->head_len);
	return a;
}

void ss_sess_log_target(const struct ss_sess *s)
{
	char to[SS_ADDR_TEXT], from[ADDR_TEXT];
	struct ss_addr target = ss_sess_target(s);
	struct addr peer;

	if (!log_level_on(LOG_INFO) ||
	    port_peer_addr(s->in.watch.fd, &peer) != 0)
		return;
	ss_addr_text(to, sizeof(to), &target);
	addr_text(from, sizeof(from), &peer);
	log_info("connecting %s from %s", to, from);
}

void ss_sess_relay(struct ss_sess *s)
{
	metric_add(&ss_relayed, 1);
	ss_sess_state(s, SS_RELAY);
	chan_took(&s->in, s->flight);
	chan_idle(&s->in, s->port->ss->conf->idle_s * 1000);
	chan_idle(&s->out, 0);
	chan_join(&s->in, &s->out);
	ss_sess_pace(s);
}

/* ---- limits: in SS_RELAY the deadline is theirs ---- */

#define LOOK_MS 1000		/* at quota and time, however idle */

static void on_pace(struct timer *t)
{
	struct ss_sess *s = OWNER(t, struct ss_sess, deadline);
	struct ss_bill bill = ss_sess_bill(s);

	if (ss_bill_spent(&bill, loop_of(s)->wall_ms))
		ss_sess_close(s, -E_DENY);
	else
		ss_sess_pace(s);
}

/* The moment to look again: after the shorter of two waits. */
static int64_t sooner_ms(int64_t a, int64_t b)
{
	if (a == 0 || b == 0)
		return MIN(MAX(a, b), LOOK_MS);
	return MIN(MIN(a, b), LOOK_MS);
}

void ss_sess_pace(struct ss_sess *s)
{
	struct ss_bill bill = ss_sess_bill(s);
	struct loop *l = loop_of(s);
	int64_t up, down;
	bool spent;

	if (s->state != SS_RELAY)
		return;
	/* A deadline is there: it was limited until now. */
	if (!ss_bill_limited(&bill) && !timer_is_set(&s->deadline)) {
		if (ss_accounts_shared())	/* others tell of them */
			ss_sess_count(s);
		return;
	}
	ss_sess_count(s);
	up = ss_bill_wait_up(&bill, l->now_ms);
	down = ss_bill_wait_down(&bill, l->now_ms);
	spent = ss_bill_spent(&bill, l->wall_ms);
	chan_read(&s->in, up == 0 && !spent);
	chan_read(&s->out, down == 0 && !spent);
	if (!ss_bill_limited(&bill)) {
		timer_stop(l, &s->deadline);
		return;
	}
	if (up == 0 && down == 0)
		up = LOOK_MS;
	timer_set(l, &s->deadline, l->now_ms + (spent ? 0 :
	    sooner_ms(up, down)), on_pace);
}

/* on_bad_request: a request that was cut short gets what a wrong one gets. */
static bool is_reset(const struct ss_sess *s)
{
	return s->port->ingress->ciphered &&
	    s->port->ss->conf->on_bad_request == SS_BAD_RST;
}

void ss_sess_drain(struct ss_sess *s, const char *why)
{
	char from[ADDR_TEXT] = "?";
	struct addr peer;

	if (port_peer_addr(s->in.watch.fd, &peer) == 0)
		addr_text(from, sizeof(from), &peer);
	log_rated(LOG_WARN, "%s when handling connection from %s", why, from);
	metric_add(&ss_drained, 1);
	if (is_reset(s)) {
		ss_sess_close(s, -E_DENY);
		return;
	}
	if (s->state == SS_RESOLVE)
		dns_cancel(&s->ask);
	chan_abort(&s->out);
	if (s->state == SS_RELAY)
		s->due_ms = loop_of(s)->now_ms + s->port->ss->handshake_ms;
	ss_sess_state(s, SS_DRAIN);
	chan_idle(&s->in, 0);
	if (s->port->ss->conf->on_bad_request == SS_BAD_SHUTDOWN_DRAIN)
		(void)port_shutdown_send(s->in.watch.fd);
	chan_drain(&s->in);
}

void ss_sess_give_up(struct ss_sess *s, int why)
{
	char text[SS_ADDR_TEXT + 64];
	struct ss_addr target = ss_sess_target(s);
	size_t n = ss_addr_text(text, sizeof(text), &target);

	text_fmt(text + n, sizeof(text) - n, ": %s", err_text(why));
	if (s->port->ingress->ciphered &&
	    s->port->key.method->kind >= SS_STREAM) {
		ss_sess_drain(s, text);
		return;
	}
	log_rated(LOG_WARN, "%s", text);
	if (s->port->ingress->failed == NULL ||
	    !s->port->ingress->failed(s, why))
		ss_sess_close(s, why);
}

void ss_sess_refuse(struct ss_sess *s, const void *mem, size_t len)
{
	ss_sess_state(s, SS_REFUSE);
	if (chan_write(&s->in, mem, len) != 0) {
		ss_sess_close(s, 0);
		return;
	}
	chan_finish(&s->in);
	chan_read(&s->in, true);
	discard(s);
}

void ss_sess_anew(struct ss_sess *s)
{
	ss_sess_count(s);
	chan_close(&s->out);
	s->out.got = s->out.sent = s->share.down = 0;
	if (s->remote != NULL)
		ss_remote_drop(s->remote);
	s->remote = NULL;
	s->tried = 0;
	s->head_len = s->flight = 0;
	s->egress = s->port->egress;
	chan_idle(&s->in, 0);
	chan_read(&s->in, true);
	s->due_ms = loop_of(s)->now_ms +
	    s->port->ss->conf->base.timeout_s * 1000;
	ss_sess_state(s, SS_REQUEST);
}

void ss_sess_count(struct ss_sess *s)
{
	struct ss_bill bill = ss_sess_bill(s);
	/* `out` is begun anew for each address that is tried. */
	uint64_t down = MAX(s->out.got, s->share.down);

	ss_bill_move(&bill, &s->share, s->in.got, down);
}

struct ss_bill ss_sess_bill(const struct ss_sess *s)
{
	return (struct ss_bill){ .port = s->port->door->account,
		.user = s->user != NULL ? s->user->account : NULL };
}

void ss_sess_meet(struct ss_sess *s, struct ss_user *u)
{
	struct ss_share since = { 0 };

	log_debug("session %d: user=%s", s->in.watch.fd, u->name);
	ss_user_hold(u);
	s->user = u;
	ss_account_begin(u->account);
	ss_account_move(u->account, &since, s->share.up, s->share.down);
}

bool ss_sess_is_of(const struct ss_sess *s, const struct ss_user *u)
{
	return s->user == u || (s->state == SS_REQUEST &&
	    s->port->key.method->kind == SS_2022 &&
	    s->rx.aead.ss == &u->key);
}

static void reap(struct task *t)
{
	struct ss_sess *s = OWNER(t, struct ss_sess, reap);
	struct ss *ss = s->port->ss;

	if (s->user != NULL)
		ss_user_drop(ss, s->user);
	if (s->remote != NULL)
		ss_remote_drop(s->remote);
	ss_port_drop(s->port);
	list_remove(&s->link);
	pool_put(&ss_sessions, s);
	ss->sessions_n--;
	ss_serve_gone(ss);
}

bool ss_sess_was_said(const struct ss_sess *s, int why)
{
	return s->out.sent > 0 && why != -E_REFUSED && why != -E_UNREACH;
}

void ss_sess_close(struct ss_sess *s, int why)
{
	struct loop *l = loop_of(s);
	bool cut = why == -E_DENY || (s->state == SS_RELAY && why != 0) ||
	    (s->state == SS_REQUEST && is_reset(s));
	bool half_made = s->state == SS_CONNECT;
	/* Fast open may have said a part of it; or we stop meanwhile. */
	bool half_said = half_made && (s->out.sent > 0 || why == -E_CLOSED);

	if (s->state == SS_CLOSED)
		return;
	ss_sess_count(s);
	log_debug("session %d: %s, up=%llu down=%llu", s->in.watch.fd,
	    why == 0 ? "ended" : err_text(why),
	    (unsigned long long)s->out.sent, (unsigned long long)s->out.got);
	if (s->state == SS_RESOLVE)
		dns_cancel(&s->ask);
	if (s->state == SS_ASSOCIATE)
		ss_udp_disown(&s->port->ss->udp, s);
	ss_sess_state(s, SS_CLOSED);
	(cut || half_said ? chan_abort : chan_close)(&s->in);
	(cut || half_made ? chan_abort : chan_close)(&s->out);
	memset(&s->reap, 0, sizeof(s->reap));
	s->reap.fn = reap;
	loop_later(l, &s->reap);
}
