/* ss_udp.c - the sockets of ports and associations: datagrams come in batches
 * and leave in batches. Knows neither ciphers nor targets. */
#include "ss_udp.h"

#include "base/text.h"
#include "core/log.h"
#include "core/metrics.h"
#include "port/rand.h"
#include "ss_names.h"
#include "ss_seen.h"
#include "ss_serve.h"
#include "ss_sock.h"

/* Batches of one descriptor in a turn: others wait no longer. */
#define ROUNDS 4
#define SWEEP_MS 1000

struct slot {
	uint8_t before[SS_UDP_BEFORE];
	uint8_t mem[LIMIT_UDP_OCTETS];
	uint8_t after[SS_PACKET_AFTER];
};

/* Only where what is read has room for the longest. */
#define TRAINS (LIMIT_UDP_OCTETS >= UDP_TRAIN_OCTETS)

/* What was read, and what is to be written by one descriptor: that lies in the
 * same slots. Those of a train have no room between them, and are copied into
 * one that is cut up anew as they come. */
struct ss_udp_batch {
	struct udp_msg in[LIMIT_UDP_BATCH], out[LIMIT_UDP_BATCH];
	size_t out_n;
	int out_fd;
	struct slot slot[LIMIT_UDP_BATCH];
	uint8_t cut[TRAINS ? sizeof(struct slot) : 1];
	size_t cut_at;			/* octets that are taken */
};
_Static_assert(LIMIT_UDP_BATCH <= UDP_BATCH, "more than the port takes");

POOL_DEFINE_RAW(ss_udp_batches, struct ss_udp_batch, 1);
POOL_DEFINE(ss_udp_ghosts, struct ss_ghosts, 1);
/* Not that of connections: datagrams are many, and would push theirs out. */
POOL_DEFINE(ss_udp_salts, struct ss_seen, 1);

METRIC(ss_udp_received, "datagrams received");
METRIC(ss_udp_sent, "datagrams sent");
METRIC(ss_udp_cut, "datagrams longer than LIMIT_UDP_OCTETS");
METRIC(ss_udp_unsent, "datagrams the system did not take");
METRIC(ss_udp_too_long, "datagrams too long for their way");
METRIC(ss_udp_dropped, "datagrams of clients not led on");
METRIC(ss_udp_limited, "datagrams dropped for a rate, quota or time");

/* ---- sending ---- */

/* Nothing that can happen to a datagram is an error of ours. */
static void lost(int why)
{
	metric_add(why == -E_LONG ? &ss_udp_too_long : &ss_udp_unsent, 1);
	if (why != -E_AGAIN)
		log_rated(LOG_DEBUG, "datagram not sent: %s", err_text(why));
}

static void send_all(int fd, const struct udp_msg *m, size_t n)
{
	int rc;

	while (n > 0) {
		rc = port_udp_send_many(fd, m, n);
		if (rc > 0)
			metric_add(&ss_udp_sent, (uint64_t)rc);
		if (rc == -E_AGAIN) {	/* nor would the others go */
			metric_add(&ss_udp_unsent, n);
			return;
		}
		if (rc <= 0) {
			lost(rc);
			rc = 1;
		}
		m += rc;
		n -= (size_t)rc;
	}
}

void ss_udp_flush(struct ss_udp *u)
{
	struct ss_udp_batch *b = u->batch;

	if (b == NULL || b->out_n == 0)
		return;
	send_all(b->out_fd, b->out, b->out_n);
	b->out_n = 0;
}

void ss_udp_send(struct ss_udp *u, int fd, const struct udp_msg *m)
{
	struct ss_udp_batch *b = u->batch;

	if (b == NULL) {
		send_all(fd, m, 1);
		return;
	}
	if (b->out_n == LIMIT_UDP_BATCH || b->out_fd != fd)
		ss_udp_flush(u);
	b->out_fd = fd;
	b->out[b->out_n++] = *m;
}

/* ---- receiving ---- */

static int recv_batch(struct ss_udp_batch *b, int fd)
{
	size_t i;

	for (i = 0; i < LIMIT_UDP_BATCH; i++) {
		b->in[i].mem = b->slot[i].mem;
		b->in[i].len = LIMIT_UDP_OCTETS;
	}
	return port_udp_recv_many(fd, b->in, LIMIT_UDP_BATCH);
}

static void handle(struct ss_port *p, struct ss_assoc *a, struct udp_msg *m)
{
	metric_add(&ss_udp_received, 1);
	if (m->cut)
		metric_add(&ss_udp_cut, 1);
	else if (a != NULL)
		p->udp_side->from_afar(a, m);
	else
		p->udp_side->from_client(p, m);
}

/* Room for one of a train, for as long as the datagrams before it. */
static uint8_t *cut_room(struct ss_udp *u, size_t len)
{
	struct ss_udp_batch *b = u->batch;
	size_t need = SS_UDP_BEFORE + len + SS_PACKET_AFTER;

	if (need > sizeof(b->cut) - b->cut_at) {
		ss_udp_flush(u);	/* nothing of it is needed then */
		b->cut_at = 0;
	}
	b->cut_at += need;
	return b->cut + b->cut_at - len - SS_PACKET_AFTER;
}

static void handle_train(struct ss_udp *u, struct ss_port *p,
    struct ss_assoc *a, const struct udp_msg *train)
{
	struct udp_msg m;
	size_t at;

	for (at = 0; at < train->len; at += train->each) {
		m = *train;
		m.each = 0;
		m.len = MIN(train->each, train->len - at);
		m.mem = cut_room(u, m.len);
		memcpy(m.mem, train->mem + at, m.len);
		handle(p, a, &m);
	}
}

static size_t datagrams_in(const struct udp_msg *m, int n)
{
	size_t sum = 0;
	int i;

	for (i = 0; i < n; i++)
		sum += m[i].each > 0 ?
		    (m[i].len + m[i].each - 1) / m[i].each : 1;
	return sum;
}

/* One batch, to the port's side or the association's. True: there may be more.
 * An error (of a datagram sent before, say) is gone once it was read. */
static bool one_batch(struct ss_udp *u, int fd, struct ss_port *p,
    struct ss_assoc *a)
{
	struct ss_udp_batch *b = u->batch;
	int i, n = recv_batch(b, fd);

	if (n < 0)
		return n != -E_AGAIN;
	ss_random_expect(&u->random, datagrams_in(b->in, n));
	for (i = 0; i < n; i++) {
		if (TRAINS && b->in[i].each > 0 && !b->in[i].cut)
			handle_train(u, p, a, &b->in[i]);
		else
			handle(p, a, &b->in[i]);
	}
	ss_udp_flush(u);
	ss_random_expect(&u->random, 0);
	b->cut_at = 0;
	return n == LIMIT_UDP_BATCH;
}

static void drain(struct ss_udp *u, int fd, struct ss_port *p,
    struct ss_assoc *a)
{
	int round = 0;

	u->batch = pool_get(&ss_udp_batches);
	ASSERT(u->batch != NULL);
	u->batch->out_n = 0;
	u->batch->cut_at = 0;
	while (one_batch(u, fd, p, a) && ++round < ROUNDS)
		;
	pool_put(&ss_udp_batches, u->batch);
	u->batch = NULL;
}

static void on_port(struct watch *w, unsigned got)
{
	struct ss_port *p = OWNER(w, struct ss_port, udp);

	(void)got;
	drain(&p->ss->udp, w->fd, p, NULL);
}

void ss_udp_drain(struct ss_assoc *a, int fd)
{
	drain(&a->port->ss->udp, fd, a->port, a);
}

/* ---- ports ---- */

static bool has_ghosts(struct ss_udp *u)
{
	if (u->ghosts != NULL)
		return true;
	u->ghosts = pool_get(&ss_udp_ghosts);
	if (u->ghosts != NULL)
		ss_ghosts_start(u->ghosts);
	return u->ghosts != NULL;
}

static bool has_salts(struct ss_udp *u)
{
	if (u->seen != NULL)
		return true;
	u->seen = pool_get(&ss_udp_salts);
	if (u->seen != NULL)
		ss_seen_start(u->seen);
	return u->seen != NULL;
}

bool ss_udp_ready(const struct ss_port *p)
{
	struct ss_udp *u = &p->ss->udp;

	if (p->local == NULL && p->key.method->kind == SS_2022)
		return has_ghosts(u);
	if (p->local == NULL && p->key.method->kind == SS_AEAD)
		return has_salts(u);
	return true;
}

void ss_udp_ask_trains(int fd)
{
	if (TRAINS)
		(void)port_udp_trains(fd);
}

int ss_udp_listen(struct ss_port *p, struct addr *at)
{
	struct ss *ss = p->ss;
	struct net_how how;
	int fd, rc;

	if (!ss_udp_ready(p))
		return -E_BUSY;
	p->udp_side = p->local != NULL ? &ss_udp_local : &ss_udp_server;
	ss_sock_udp_listen(ss, at->port, &how);
	if (p->local != NULL && p->local->protocol == SS_REDIR)
		how.flags |= NET_ANY_TARGET;
	fd = port_udp_listen(at, &how);
	ss_sock_said(ss);
	if (fd < 0)
		return fd;
	if (ss->conf->udp.mtu > 0)
		(void)port_net_set(fd, NET_NO_FRAGMENTS, 1);
	ss_udp_ask_trains(fd);
	rc = watch_open(ss->loop, &p->udp, fd, POLL_IN, on_port);
	if (rc != 0)
		port_close(fd);
	return rc;
}

/* All of a kind, of whom there is one: by port, connection or user's key. */
static void end_all(struct ss_udp *u, const struct ss_port *p,
    const struct ss_sess *owner, const struct ss_key *k)
{
	struct ss_assoc *a, *next;

	for (a = ss_assoc_oldest(u); a != NULL; a = next) {
		next = ss_assoc_newer(a);
		if (a->port == p || a->key == k ||
		    (owner != NULL && a->owner == owner))
			ss_assoc_close(a);
	}
}

void ss_udp_move(struct ss_port *to, struct ss_port *from)
{
	end_all(&from->ss->udp, from, NULL, NULL);
	ss_udp_flush(&from->ss->udp);
	to->udp_side = to->local != NULL ? &ss_udp_local : &ss_udp_server;
	watch_move(&to->udp, &from->udp);
}

void ss_udp_unlisten(struct ss_port *p)
{
	if (!watch_is_open(&p->udp))
		return;
	end_all(&p->ss->udp, p, NULL, NULL);
	ss_udp_flush(&p->ss->udp);
	watch_shut(&p->udp);
}

static bool is_any(const struct addr *a)
{
	static const uint8_t zeros[16];

	return memcmp(a->ip, zeros, a->family == 4 ? 4 : 16) == 0;
}

int ss_udp_where(const struct ss_port *p, int fd, struct addr *out)
{
	struct addr bound;

	if (!watch_is_open(&p->udp) ||
	    port_local_addr(p->udp.fd, &bound) != 0)
		return -E_NOSUP;
	if (!is_any(&bound))
		*out = bound;
	else if (port_local_addr(fd, out) != 0)
		return -E_NOSUP;
	out->port = bound.port;
	return 0;
}

void ss_udp_own(struct ss_udp *u, struct ss_sess *s)
{
	memset(&s->udp, 0, sizeof(s->udp));
	list_push(&u->owners, &s->udp);
}

void ss_udp_disown(struct ss_udp *u, struct ss_sess *s)
{
	list_remove(&s->udp);
	end_all(u, NULL, s, NULL);
}

void ss_udp_end_user(struct ss_udp *u, const struct ss_user *user)
{
	end_all(u, NULL, NULL, &user->key);
}

/* ---- what both sides ask ---- */

void ss_udp_drop(const struct ss_port *p, const struct addr *from,
    const char *why)
{
	char text[ADDR_TEXT];

	(void)p;
	metric_add(&ss_udp_dropped, 1);
	addr_text(text, sizeof(text), from);
	log_rated(LOG_WARN, "%s when handling datagram from %s", why, text);
}

static struct ss_bill bill_of(const struct ss_assoc *a)
{
	struct ss_bill b = { .port = a->port->door->account };

	if (a->port->ss->conf->role == SS_SERVER && a->key != &a->port->key)
		b.user = OWNER(a->key, struct ss_user, key)->account;
	return b;
}

/* A rate is kept by dropping: whoever sends faster learns it by that. */
static bool pays(const struct ss_assoc *a, size_t n,
    int64_t (*wait)(const struct ss_bill *b, int64_t now_ms), bool up)
{
	const struct loop *l = a->port->ss->loop;
	struct ss_bill b = bill_of(a);
	struct ss_share none = { 0 };

	if (ss_bill_limited(&b) && (ss_bill_spent(&b, l->wall_ms) ||
	    wait(&b, l->now_ms) > 0)) {
		metric_add(&ss_udp_limited, 1);
		return false;
	}
	ss_bill_move(&b, &none, up ? n : 0, up ? 0 : n);
	return true;
}

bool ss_udp_pays_up(const struct ss_assoc *a, size_t n)
{
	return pays(a, n, ss_bill_wait_up, true);
}

bool ss_udp_pays_down(const struct ss_assoc *a, size_t n)
{
	return pays(a, n, ss_bill_wait_down, false);
}

int64_t ss_udp_keep_ms(const struct ss_udp *u, uint16_t port)
{
	return port == SS_UDP_DOMAIN ? MIN(SS_UDP_SHORT_MS, u->keep_ms) :
	    u->keep_ms;
}

int64_t ss_udp_now_s(const struct ss_udp *u)
{
	return u->ss->loop->wall_ms / 1000;
}

/* ---- from start to end ---- */

static void on_sweep(struct timer *t)
{
	struct ss_udp *u = OWNER(t, struct ss_udp, sweep);

	ss_assocs_sweep(u);
	ss_replies_sweep(u, u->n == 0);
	if (u->n > 0)
		ss_udp_wake(u);
}

/* Runs while there is anything to look at. */
void ss_udp_wake(struct ss_udp *u)
{
	if (!timer_is_set(&u->sweep))
		timer_set(u->ss->loop, &u->sweep, u->ss->loop->now_ms +
		    SWEEP_MS, on_sweep);
}

/* As each program has it, where nothing was said. */
static int64_t keep_s(const struct ss_conf *conf)
{
	if (conf->udp.timeout_s > 0)
		return conf->udp.timeout_s;
	if (conf->flavour == SS_PYTHON)
		return conf->base.timeout_s;
	if (conf->flavour == SS_LIBEV)
		return MAX(conf->base.timeout_s, 10);
	return 300;
}

void ss_udp_limit(struct ss *ss)
{
	const struct ss_udp_conf *conf = &ss->conf->udp;

	ss->udp.keep_ms = keep_s(ss->conf) * 1000;
	ss->udp.max = conf->max_associations > 0 ?
	    (uint32_t)MIN(conf->max_associations, LIMIT_ASSOCS) : LIMIT_ASSOCS;
	/* Of another mark, perhaps. */
	ss_replies_sweep(&ss->udp, true);
}

void ss_udp_start(struct ss *ss)
{
	struct ss_udp *u = &ss->udp;

	u->ss = ss;
	ss_replies_start(&u->replies);
	ss_udp_limit(ss);
	list_init(&u->waits);
	list_init(&u->owners);
	port_rand(u->mix, sizeof(u->mix));
}

void ss_udp_stop(struct ss *ss)
{
	struct ss_udp *u = &ss->udp;

	ASSERT(u->n == 0);
	timer_stop(ss->loop, &u->sweep);
	ss_replies_sweep(u, true);
	ss_names_forget();
	if (u->ghosts != NULL)
		pool_put(&ss_udp_ghosts, u->ghosts);
	if (u->seen != NULL)
		pool_put(&ss_udp_salts, u->seen);
	u->ghosts = NULL;
	u->seen = NULL;
	aes_again_forget();
}
