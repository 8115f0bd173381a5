/* tcp.c - connections of the simulated network, as TCP behaves at the socket:
 * delays, bounded windows, half close, resets, retried SYNs, a backlog. */
#include <stdlib.h>

#include "base/list.h"
#include "port/net.h"
#include "port/sim/inside.h"

#define SEGS 32
#define SYN_RETRY_US 1000000
#define SYN_TRIES 6		/* 1 + 2 + 4 + ... seconds: 63 s */

/* One direction: octets in order, the first of them arrived. */
struct pipe {
	uint8_t *mem;
	uint32_t cap, head, used;
	struct seg {
		uint32_t len;
		int64_t at;	/* arrives */
	} seg[SEGS];
	uint32_t seg_head, segs;
	int64_t fin_at;		/* 0 = none was sent */
};

struct end {
	struct conn *conn;
	bool open;		/* someone holds it, or the listener's queue */
	int64_t up_at;		/* connected */
	int64_t broken_at;	/* RST arrives, connect fails; 0 = not */
	int broken;		/* E_* then */
	bool told;		/* ... and the owner knows */
};

enum stage { WAITS_FOR_DATA, SYN, MADE, FAILED };

struct conn {
	struct list link;	/* of all */
	struct list queue;	/* of those in SYN, or of its listener */
	enum stage stage;
	bool vanished, shows_hup;
	int syn_tries;
	int64_t syn_at;
	struct addr addr[2];	/* who connected, to whom */
	struct end end[2];
	struct pipe pipe[2];	/* from end 0, from end 1 */
};

struct listener_end {
	struct list link;
	struct addr at;
	bool v6_only;
	int backlog, queued;
	struct list queue;
};

static struct list conns, syns, listeners;

static void conn_free(struct conn *c)
{
	list_remove(&c->link);
	list_remove(&c->queue);
	free(c->pipe[0].mem);
	free(c->pipe[1].mem);
	free(c);
}

void tcp_reset(void)
{
	struct list *l;

	if (conns.next == NULL) {
		list_init(&conns);
		list_init(&syns);
		list_init(&listeners);
	}
	while (!list_empty(&conns))
		conn_free(OWNER(conns.next, struct conn, link));
	while ((l = list_pop(&listeners)) != NULL)
		free(OWNER(l, struct listener_end, link));
}

/* ---- pipes ---- */

static void pipe_open(struct pipe *p)
{
	p->cap = between(W.conf.sock_min, W.conf.sock_max);
	p->mem = malloc(p->cap);
}

static struct seg *seg_at(struct pipe *p, uint32_t i)
{
	return &p->seg[(p->seg_head + i) % SEGS];
}

static int64_t pipe_last_at(struct pipe *p)
{
	return p->segs == 0 ? 0 : seg_at(p, p->segs - 1)->at;
}

static void pipe_put(struct pipe *p, const uint8_t *mem, uint32_t len,
    int64_t at)
{
	uint32_t from = (p->head + p->used) % p->cap;
	uint32_t first = MIN(len, p->cap - from);

	memcpy(p->mem + from, mem, first);
	memcpy(p->mem, mem + first, len - first);
	p->used += len;
	at = MAX(at, pipe_last_at(p));
	if (p->segs < SEGS)
		*seg_at(p, p->segs++) = (struct seg){ len, at };
	else
		*seg_at(p, SEGS - 1) = (struct seg){
		    seg_at(p, SEGS - 1)->len + len, at };
}

/* Octets that arrived by the time `by`. */
static uint32_t pipe_ready(struct pipe *p, int64_t by)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->segs && seg_at(p, i)->at <= by; i++)
		n += seg_at(p, i)->len;
	return n;
}

static void pipe_take(struct pipe *p, uint8_t *mem, uint32_t len)
{
	uint32_t first = MIN(len, p->cap - p->head);

	memcpy(mem, p->mem + p->head, first);
	memcpy(mem + first, p->mem, len - first);
	p->head = (p->head + len) % p->cap;
	p->used -= len;
	while (len > 0) {
		struct seg *s = seg_at(p, 0);
		uint32_t n = MIN(s->len, len);

		s->len -= n;
		len -= n;
		if (s->len == 0) {
			p->seg_head = (p->seg_head + 1) % SEGS;
			p->segs--;
		}
	}
}

/* What is under way arrives at `at` instead. */
static void pipe_move(struct pipe *p, int64_t at)
{
	for (uint32_t i = 0; i < p->segs; i++)
		if (seg_at(p, i)->at > W.now_us)
			seg_at(p, i)->at = at;
	if (p->fin_at > W.now_us)
		p->fin_at = at;
}

/* ---- ends ---- */

static int side(const struct end *e)
{
	return e == &e->conn->end[1];
}

static struct end *other(struct end *e)
{
	return &e->conn->end[!side(e)];
}

static struct pipe *rx(struct end *e)
{
	return &e->conn->pipe[!side(e)];
}

static struct pipe *tx(struct end *e)
{
	return &e->conn->pipe[side(e)];
}

static bool is_up(const struct end *e)
{
	return e->conn->stage == MADE && e->up_at <= W.now_us;
}

static bool is_broken(const struct end *e)
{
	return e->broken_at != 0 && e->broken_at <= W.now_us;
}

static uint32_t readable(struct end *e)
{
	int64_t by = is_broken(e) ? e->broken_at : W.now_us;

	return is_up(e) ? pipe_ready(rx(e), by) : 0;
}

static bool at_end(struct end *e)
{
	int64_t fin_at = rx(e)->fin_at;

	return is_up(e) && fin_at != 0 && fin_at <= W.now_us &&
	    !(is_broken(e) && fin_at > e->broken_at);
}

static void break_at(struct end *e, int64_t at, int why)
{
	if (e->conn->vanished || (e->broken_at != 0 && e->broken_at <= at))
		return;
	e->broken_at = at;
	e->broken = why;
}

static int64_t arrival(struct conn *c)
{
	return c->vanished ? NEVER : W.now_us + net_delay();
}

static void send_fin(struct end *e)
{
	struct pipe *p = tx(e);
	int64_t at = arrival(e->conn);

	if (p->fin_at == 0)
		p->fin_at = MAX(at, pipe_last_at(p));
}

static void end_closed(struct end *e)
{
	e->open = false;
	if (!other(e)->open)
		conn_free(e->conn);
}

static void end_abort(struct end *e)
{
	break_at(other(e), W.now_us + net_delay(), E_RESET);
	end_closed(e);
}

/* FIN; but octets nobody will read make it an RST, now or on arrival. */
static void end_close(struct end *e)
{
	struct pipe *p = rx(e);

	if (is_broken(e)) {
		end_closed(e);
		return;
	}
	if (readable(e) > 0) {
		end_abort(e);
		return;
	}
	send_fin(e);
	if (p->used > 0 && !e->conn->vanished)
		break_at(other(e), MAX(pipe_last_at(p), W.now_us) +
		    net_delay(), E_RESET);
	end_closed(e);
}

/* Bad luck: the connection dies under a call. */
static int end_kill(struct end *e, int err)
{
	e->broken_at = W.now_us;
	e->broken = -err;
	e->told = true;
	if (e->conn->stage == SYN)
		list_remove(&e->conn->queue);
	if (e->conn->stage != MADE)
		e->conn->stage = FAILED;
	break_at(other(e), W.now_us + net_delay(), E_RESET);
	return err;
}

/* ---- listening ---- */

bool tcp_has(const struct addr *at)
{
	for (struct list *l = listeners.next; l != &listeners; l = l->next) {
		struct listener_end *s = OWNER(l, struct listener_end, link);
		bool any = net_is_any(&s->at) || net_is_any(at);

		if (s->at.port == at->port && (addr_eq_ip(&s->at, at) ||
		    (any && s->at.family == at->family)))
			return true;
	}
	return false;
}

int port_tcp_listen(struct addr *at, const struct net_how *how)
{
	struct listener_end *s;
	int fd, err = fault(SIM_LISTEN, -1);

	if (err < 0)
		return err;
	if (!fd_room(W.outside))
		return -E_NOFILE;
	err = net_bind(at);
	if (err < 0)
		return err;
	if (tcp_has(at) && !(how != NULL && how->flags & NET_REUSE_PORT))
		return -E_INUSE;
	s = calloc(1, sizeof(*s));
	s->at = *at;
	s->v6_only = how != NULL && how->flags & NET_V6_ONLY;
	s->backlog = how != NULL && how->backlog > 0 ? how->backlog : 1024;
	list_init(&s->queue);
	list_push(&listeners, &s->link);
	fd = fd_new(FD_LISTEN, s, W.outside);
	trace("listen", fd, at->port);
	return fd;
}

/* The first that is due, or when that will be. */
static struct conn *pending(struct listener_end *s, int64_t *next)
{
	*next = NEVER;
	for (struct list *l = s->queue.next; l != &s->queue; l = l->next) {
		struct conn *c = OWNER(l, struct conn, queue);

		if (c->end[1].up_at <= W.now_us)
			return c;
		*next = MIN(*next, c->end[1].up_at);
	}
	return NULL;
}

int port_tcp_accept(int fd, struct addr *peer)
{
	struct listener_end *s = fd_get(fd, FD_LISTEN)->u.listen;
	bool outside = W.fd[fd].outside;
	int err = fault(SIM_ACCEPT, fd);
	int64_t next;
	struct conn *c = pending(s, &next);

	if (c == NULL)
		return -E_AGAIN;
	if (err == -E_CLOSED) {
		list_remove(&c->queue);
		s->queued--;
		end_abort(&c->end[1]);
	}
	if (err < 0)
		return err;
	if (!outside && chance(W.conf.again))
		return -E_AGAIN;
	if (!fd_room(outside))
		return -E_NOFILE;
	list_remove(&c->queue);
	s->queued--;
	*peer = c->addr[0];
	fd = fd_new(FD_TCP, &c->end[1], outside);
	trace("accept", fd, peer->port);
	return fd;
}

static void listener_close(int fd)
{
	struct listener_end *s = fd_get(fd, FD_LISTEN)->u.listen;
	struct list *l;

	while ((l = list_pop(&s->queue)) != NULL)
		end_abort(&OWNER(l, struct conn, queue)->end[1]);
	list_remove(&s->link);
	free(s);
	fd_free(fd);
}

/* ---- connecting ---- */

static struct listener_end *listener_of(const struct addr *to)
{
	struct listener_end *any = NULL;

	for (struct list *l = listeners.next; l != &listeners; l = l->next) {
		struct listener_end *s = OWNER(l, struct listener_end, link);

		if (!net_matches(&s->at, to, s->v6_only))
			continue;
		if (!net_is_any(&s->at))
			return s;
		any = s;
	}
	return any;
}

static void syn_fails(struct conn *c, int why, int64_t at)
{
	c->stage = FAILED;
	list_remove(&c->queue);
	c->end[0].broken_at = at;
	c->end[0].broken = why;
	trace("connect failed", why, at);
}

static void syn_lost(struct conn *c)
{
	c->syn_at += (int64_t)SYN_RETRY_US << c->syn_tries;
	if (++c->syn_tries == SYN_TRIES)
		syn_fails(c, E_TIMEOUT, c->syn_at);
}

static void syn_arrives(struct conn *c)
{
	struct listener_end *s = listener_of(&c->addr[1]);
	int route = net_route(&c->addr[1]);

	if (route == -E_UNREACH) {
		syn_fails(c, E_UNREACH, W.now_us);
	} else if (route < 0 || chance(W.conf.syn_loss) ||
	    (s != NULL && s->queued >= s->backlog)) {
		syn_lost(c);
	} else if (s == NULL) {
		syn_fails(c, E_REFUSED, W.now_us + net_delay());
	} else {
		c->stage = MADE;
		c->end[0].up_at = W.now_us + net_delay();
		c->end[1].up_at = c->end[0].up_at + net_delay();
		c->end[1].open = true;
		pipe_move(&c->pipe[0], c->end[1].up_at);
		list_remove(&c->queue);
		list_push(&s->queue, &c->queue);
		s->queued++;
		trace("connected", c->addr[0].port, c->addr[1].port);
	}
}

void tcp_step(void)
{
	struct list *next;

	for (struct list *l = syns.next; l != &syns; l = next) {
		struct conn *c = OWNER(l, struct conn, queue);

		next = l->next;
		if (c->syn_at <= W.now_us)
			syn_arrives(c);
	}
}

int64_t tcp_step_next(void)
{
	int64_t at = NEVER;

	for (struct list *l = syns.next; l != NULL && l != &syns; l = l->next)
		at = MIN(at, OWNER(l, struct conn, queue)->syn_at);
	return at;
}

static void syn_send(struct conn *c)
{
	c->stage = SYN;
	c->syn_at = W.now_us + net_delay();
	list_push(&syns, &c->queue);
}

static struct conn *conn_new(const struct addr *from, const struct addr *to)
{
	struct conn *c = calloc(1, sizeof(*c));

	c->addr[0] = net_source(from, to);
	c->addr[1] = *to;
	c->end[0].conn = c->end[1].conn = c;
	c->end[0].open = true;
	c->shows_hup = luck(2);
	pipe_open(&c->pipe[0]);
	pipe_open(&c->pipe[1]);
	list_push(&conns, &c->link);
	return c;
}

int port_tcp_connect(const struct addr *to, const struct net_how *how)
{
	struct addr from;
	struct conn *c;
	int fd, err = fault(SIM_CONNECT, -1);

	ASSERT(to->family == 4 || to->family == 6);
	if (err < 0)
		return err;
	if (!fd_room(W.outside))
		return -E_NOFILE;
	if (how != NULL && how->from != NULL) {
		from = *how->from;
		err = net_bind(&from);
		if (err < 0)
			return err;
	}
	if (net_route(to) == -E_UNREACH && luck(2))
		return -E_UNREACH;
	c = conn_new(how != NULL && how->from != NULL ? &from : NULL, to);
	if (how == NULL || !(how->flags & NET_FAST_OPEN) || !W.conf.fast_open)
		syn_send(c);
	fd = fd_new(FD_TCP, &c->end[0], W.outside);
	trace("connect", fd, to->port);
	return fd;
}

/* What broke the connection, once; 0 when nothing did, or it was told. */
static int tell(struct end *e)
{
	if (!is_broken(e) || e->told)
		return 0;
	e->told = true;
	return -e->broken;
}

/* Bad luck, later told than met: false when the other side knows better. */
static bool never_was(struct end *e)
{
	struct conn *c = e->conn;
	struct listener_end *s = listener_of(&c->addr[1]);

	if (c->stage != MADE)
		return true;
	if (!other(e)->open || list_empty(&c->queue) || s == NULL)
		return false;
	list_remove(&c->queue);
	s->queued--;
	other(e)->open = false;
	return true;
}

int port_tcp_connected(int fd)
{
	struct end *e = fd_get(fd, FD_TCP)->u.tcp;
	int err = fault(SIM_CONNECTED, fd);

	return err < 0 && never_was(e) ? end_kill(e, err) : tell(e);
}

/* ---- octets ---- */

static ptrdiff_t receive(struct end *e, uint8_t *mem, size_t len, bool outside)
{
	uint32_t n = readable(e);
	int err;

	if (n == 0) {
		if (at_end(e))
			return 0;
		err = tell(e);
		return err != 0 ? err : e->told ? 0 : -E_AGAIN;
	}
	if (!outside && !is_broken(e) && !at_end(e) && chance(W.conf.again))
		return -E_AGAIN;
	n = (uint32_t)MIN(n, len);
	if (!outside && chance(W.conf.chop))
		n = 1 + luck(n);
	pipe_take(rx(e), mem, n);
	return n;
}

ptrdiff_t port_recv(int fd, void *mem, size_t len)
{
	struct fd *f = fd_get(fd, FD_TCP);
	struct end *e = f->u.tcp;
	int err = fault(SIM_RECV, fd);
	ptrdiff_t n;

	ASSERT(len > 0);
	n = err < 0 ? end_kill(e, err) : receive(e, mem, len, f->outside);
	trace("recv", fd, n);
	return n;
}

static ptrdiff_t transmit(struct end *e, const uint8_t *mem, size_t len,
    bool outside)
{
	struct pipe *p = tx(e);
	uint32_t n = p->cap - p->used;

	if (p->fin_at != 0)
		return -E_CLOSED;
	if (is_broken(e))
		return e->told ? -E_CLOSED : tell(e);
	if (e->conn->stage == WAITS_FOR_DATA)
		syn_send(e->conn);
	else if (!is_up(e))
		return -E_AGAIN;
	if (is_up(e) && !other(e)->open) {	/* nobody is there any more */
		break_at(e, W.now_us + 2 * net_delay(), E_RESET);
		return (ptrdiff_t)len;
	}
	if (n == 0 || (!outside && chance(W.conf.again)))
		return -E_AGAIN;
	n = (uint32_t)MIN(n, len);
	if (!outside && chance(W.conf.chop))
		n = 1 + luck(n);
	pipe_put(p, mem, n, is_up(e) ? arrival(e->conn) : NEVER - 1);
	return n;
}

ptrdiff_t port_send(int fd, const void *mem, size_t len)
{
	struct fd *f = fd_get(fd, FD_TCP);
	struct end *e = f->u.tcp;
	int err = fault(SIM_SEND, fd);
	ptrdiff_t n;

	ASSERT(len > 0);
	n = err < 0 ? end_kill(e, err) : transmit(e, mem, len, f->outside);
	trace("send", fd, n);
	return n;
}

int port_shutdown_send(int fd)
{
	struct end *e = fd_get(fd, FD_TCP)->u.tcp;
	int err = fault(SIM_SHUTDOWN, fd);

	trace("shutdown", fd, err);
	if (err < 0)
		return end_kill(e, err);
	if (is_broken(e))
		return -E_CLOSED;
	if (!is_up(e))
		return -E_AGAIN;
	send_fin(e);
	return 0;
}

int port_shutdown_connected(int fd)
{
	return port_shutdown_send(fd);
}

void port_abort(int fd)
{
	struct end *e = fd_get(fd, FD_TCP)->u.tcp;

	trace("abort", fd, 0);
	end_abort(e);
	fd_free(fd);
}

void tcp_close(int fd)
{
	if (W.fd[fd].kind == FD_LISTEN) {
		listener_close(fd);
		return;
	}
	end_close(fd_get(fd, FD_TCP)->u.tcp);
	fd_free(fd);
}

void sim_vanish(int fd)
{
	struct conn *c = fd_get(fd, FD_TCP)->u.tcp->conn;

	trace("vanish", fd, 0);
	c->vanished = true;
	pipe_move(&c->pipe[0], NEVER);
	pipe_move(&c->pipe[1], NEVER);
}

static int address(int fd, struct addr *out, bool remote)
{
	struct fd *f = fd_get(fd, FD_NONE);
	int err = fault(SIM_ADDR, fd);

	if (err < 0)
		return err;
	if (f->kind == FD_LISTEN && !remote) {
		*out = f->u.listen->at;
		return 0;
	}
	ASSERT(f->kind == FD_TCP);
	if (is_broken(f->u.tcp) && remote)
		return -E_CLOSED;
	*out = f->u.tcp->conn->addr[side(f->u.tcp) ^ remote];
	return 0;
}

int port_tcp_original(int fd, struct addr *out)
{
	(void)fd;
	(void)out;
	return -E_NOSUP;
}

int port_local_addr(int fd, struct addr *out)
{
	return address(fd, out, false);
}

int port_peer_addr(int fd, struct addr *out)
{
	return address(fd, out, true);
}

/* ---- readiness ---- */

static unsigned end_ready(struct end *e)
{
	struct pipe *out = tx(e);
	bool gone = !other(e)->open;
	unsigned ready = 0;

	if (e->conn->stage == WAITS_FOR_DATA)
		return POLL_OUT;
	if (is_broken(e))
		return POLL_IN | POLL_OUT | POLL_ERR;
	if (!is_up(e))
		return 0;
	if (at_end(e) && out->fin_at != 0 && e->conn->shows_hup)
		ready |= POLL_ERR;
	if (readable(e) > 0 || at_end(e))
		ready |= POLL_IN;
	if (gone || out->fin_at != 0 || out->used * 3 <= out->cap * 2)
		ready |= POLL_OUT;
	return ready;
}

unsigned tcp_ready(struct fd *f)
{
	int64_t next;

	if (f->kind == FD_LISTEN)
		return pending(f->u.listen, &next) != NULL ? POLL_IN : 0;
	return end_ready(f->u.tcp);
}

static void sooner(int64_t *best, int64_t at)
{
	if (at > W.now_us)
		*best = MIN(*best, at);
}

int64_t tcp_next(struct fd *f)
{
	struct end *e = f->u.tcp;
	int64_t best = NEVER;

	if (f->kind == FD_LISTEN) {
		pending(f->u.listen, &best);
		return best;
	}
	sooner(&best, e->broken_at);
	if (e->conn->stage != MADE)
		return best;
	sooner(&best, e->up_at);
	sooner(&best, rx(e)->fin_at);
	for (uint32_t i = 0; i < rx(e)->segs; i++)
		sooner(&best, seg_at(rx(e), i)->at);
	return best;
}
