/* ss_assoc.c - the table of associations, their sockets and their end. Knows no
 * datagram. */
#include "ss_assoc.h"

#include "base/endian.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/pool.h"
#include "ss_serve.h"
#include "ss_sock.h"

POOL_DEFINE(ss_assocs, struct ss_assoc, LIMIT_ASSOCS);
/* Most of a server's have one; a client's that saw a restart two. */
POOL_DEFINE(ss_assoc_rxs, struct ss_assoc_rx, LIMIT_ASSOCS + LIMIT_ASSOCS / 8);
struct pool *const ss_assoc_pool = &ss_assocs;

METRIC(ss_assocs_opened, "UDP associations begun");
METRIC(ss_assocs_pushed, "UDP associations ended early for newer ones");
METRIC(ss_assocs_refused, "UDP associations refused: LIMIT_GHOSTS");

/* ---- places ---- */

static struct ss_assoc *assoc_at(ss_assoc_no no)
{
	return no != 0 ? &pool_ss_assocs_mem[no - 1] : NULL;
}

static ss_assoc_no number_of(const struct ss_assoc *a)
{
	return (ss_assoc_no)(a - pool_ss_assocs_mem + 1);
}

/* ---- by use ---- */

struct ss_assoc *ss_assoc_oldest(const struct ss_udp *u)
{
	return assoc_at(u->oldest);
}

struct ss_assoc *ss_assoc_newer(const struct ss_assoc *a)
{
	return assoc_at(a->newer);
}

static void use_newest(struct ss_udp *u, struct ss_assoc *a)
{
	a->older = u->newest;
	a->newer = 0;
	*(u->newest != 0 ? &assoc_at(u->newest)->newer : &u->oldest) =
	    number_of(a);
	u->newest = number_of(a);
}

static void use_over(struct ss_udp *u, const struct ss_assoc *a)
{
	*(a->older != 0 ? &assoc_at(a->older)->newer : &u->oldest) = a->newer;
	*(a->newer != 0 ? &assoc_at(a->newer)->older : &u->newest) = a->older;
}

/* ---- rows ---- */

static uint64_t mixed(const struct ss_udp *u, uint64_t x, uint64_t y)
{
	x = (x ^ u->mix[0]) * (u->mix[1] | 1);
	x = (x ^ x >> 32 ^ y) * (u->mix[1] | 1);
	return x ^ x >> 32;
}

static ss_assoc_no *row_of_peer(struct ss_udp *u,
    const struct ss_port *p, const struct addr *peer)
{
	uint64_t x = mixed(u, get_u64be(peer->ip), get_u64be(peer->ip + 8));

	x = mixed(u, x, (uint64_t)peer->port << 16 | p->listener.at.port);
	return &u->row[(uint32_t)(x >> 16) % SS_UDP_ROWS];
}

static ss_assoc_no *row_of_session(struct ss_udp *u,
    const uint8_t *session)
{
	uint64_t x = mixed(u, get_u64be(session), 0);

	return &u->row[(uint32_t)(x >> 16) % SS_UDP_ROWS];
}

/* A server's are found by their session, where they have one. */
static bool has_session(const struct ss_assoc *a)
{
	return a->port->ss->conf->role == SS_SERVER &&
	    a->key->method->kind == SS_2022;
}

static ss_assoc_no *row_of(struct ss_udp *u, const struct ss_assoc *a)
{
	return has_session(a) ? row_of_session(u, a->rx->session) :
	    row_of_peer(u, a->port, &a->peer);
}

struct ss_assoc *ss_assoc_by_peer(struct ss_udp *u, const struct ss_port *p,
    const struct addr *peer)
{
	struct ss_assoc *a = assoc_at(*row_of_peer(u, p, peer));

	while (a != NULL && (a->port != p || !addr_eq(&a->peer, peer)))
		a = assoc_at(a->row_next);
	return a;
}

struct ss_assoc *ss_assoc_by_session(struct ss_udp *u,
    const uint8_t session[SS_SESSION_ID])
{
	struct ss_assoc *a = assoc_at(*row_of_session(u, session));

	while (a != NULL && (a->rx == NULL ||
	    memcmp(a->rx->session, session, SS_SESSION_ID) != 0))
		a = assoc_at(a->row_next);
	return a;
}

/* ---- sessions of the other side ---- */

struct ss_assoc_rx *ss_assoc_rx_get(void)
{
	return pool_get(&ss_assoc_rxs);
}

void ss_assoc_rx_put(const struct ss_method *m, struct ss_assoc_rx **rx)
{
	if (*rx == NULL)
		return;
	ss_packet_key_wipe(m, (*rx)->key);
	pool_put(&ss_assoc_rxs, *rx);
	*rx = NULL;
}

/* ---- sockets ---- */

static void on_v4(struct watch *w, unsigned got)
{
	struct ss_assoc *a = OWNER(w, struct ss_assoc, out[SS_OUT_V4]);

	(void)got;
	ss_udp_drain(a, w->fd);
}

static void on_v6(struct watch *w, unsigned got)
{
	struct ss_assoc *a = OWNER(w, struct ss_assoc, out[SS_OUT_V6]);

	(void)got;
	ss_udp_drain(a, w->fd);
}

static struct addr source_of(const struct ss_assoc *a, uint8_t family)
{
	const struct ss_sock_conf *sock = &a->port->ss->conf->sock;
	struct addr at = family == 4 ? sock->out4 : sock->out6;

	at.family = family;
	at.port = 0;
	return at;
}

/* Marks and the like: a client's server is known, targets are many. */
static void wish(struct ss_assoc *a, int fd, uint8_t family)
{
	struct ss *ss = a->port->ss;
	struct addr to = { .family = family };
	struct net_how how;

	if (a->server != NULL && a->server->family == family)
		to = *a->server;
	ss_sock_udp_out(ss, &to, &how);
	port_net_wish(fd, &how);
	ss_sock_said(ss);
}

static int open_socket(struct ss_assoc *a, struct watch *w, uint8_t family)
{
	struct ss *ss = a->port->ss;
	struct addr at = source_of(a, family);
	int fd = port_udp_open(&at), rc;

	if (fd < 0)
		return fd;
	wish(a, fd, family);
	if (ss->conf->udp.mtu > 0)
		(void)port_net_set(fd, NET_NO_FRAGMENTS, 1);
	ss_udp_ask_trains(fd);
	rc = watch_open(ss->loop, w, fd, POLL_IN,
	    family == 4 ? on_v4 : on_v6);
	if (rc != 0)
		port_close(fd);
	return rc == 0 ? fd : rc;
}

static void close_sockets(struct ss_assoc *a)
{
	int i;

	for (i = 0; i < SS_OUTS; i++) {
		if (!watch_is_open(&a->out[i]))
			continue;
		ss_udp_flush(&a->port->ss->udp);
		watch_shut(&a->out[i]);
	}
}

static bool has_socket(const struct ss_assoc *a)
{
	return watch_is_open(&a->out[SS_OUT_V4]) ||
	    watch_is_open(&a->out[SS_OUT_V6]);
}

/* No descriptor is left: those of whoever needed his the longest ago go. He
 * stays, and gets others when he needs them. */
static bool push_socket(struct ss_udp *u, const struct ss_assoc *but)
{
	struct ss_assoc *a;

	for (a = ss_assoc_oldest(u); a != NULL; a = ss_assoc_newer(a)) {
		if (a == but || !has_socket(a))
			continue;
		close_sockets(a);
		return true;
	}
	return false;
}

int ss_assoc_socket(struct ss_assoc *a, uint8_t family)
{
	struct watch *w = &a->out[family == 4 ? SS_OUT_V4 : SS_OUT_V6];
	int rc;

	if (watch_is_open(w))
		return w->fd;
	rc = open_socket(a, w, family);
	if (rc == -E_NOFILE && push_socket(&a->port->ss->udp, a))
		rc = open_socket(a, w, family);
	return rc;
}

/* ---- from the first datagram to the last ---- */

/* A server that forgot a session would take its packets again. */
static int remember(struct ss_udp *u, const struct ss_assoc *a)
{
	int64_t now_ms = u->ss->loop->now_ms;
	struct ss_ghost ghost;

	if (!has_session(a) || a->rx->seen_ms + SS_GHOST_MS <= now_ms)
		return 0;
	ghost.next = a->rx->window.next;
	ghost.tx_next = a->tx.next;
	memcpy(ghost.tx_session, a->tx.session, SS_SESSION_ID);
	return ss_ghost_add(u->ghosts, a->rx->session, &ghost, now_ms);
}

static void assoc_free(struct ss_udp *u, struct ss_assoc *a)
{
	const struct ss_method *m = a->key->method;
	ss_assoc_no *at = row_of(u, a);

	while (*at != number_of(a))
		at = &assoc_at(*at)->row_next;
	*at = a->row_next;
	use_over(u, a);
	u->n--;
	close_sockets(a);
	ss_udp_forget_waits(a);
	a->port->udp_side->gone(a);
	if (m->kind == SS_2022)
		ss_packet_key_wipe(m, a->tx.key);
	ss_assoc_rx_put(m, &a->rx);
	ss_assoc_rx_put(m, &a->old);
	pool_put(&ss_assocs, a);
}

void ss_assoc_close(struct ss_assoc *a)
{
	struct ss_udp *u = &a->port->ss->udp;

	(void)remember(u, a);
	assoc_free(u, a);
}

/* Room for one more. False: nobody may go. */
static bool make_room(struct ss_udp *u)
{
	struct ss_assoc *a = ss_assoc_oldest(u);

	if (u->n < u->max && !pool_full(&ss_assocs) &&
	    !pool_full(&ss_assoc_rxs))
		return true;
	if (a == NULL)
		return false;
	if (remember(u, a) != 0) {
		metric_add(&ss_assocs_refused, 1);
		log_rated(LOG_WARN, "more UDP sessions within a minute than "
		    "LIMIT_GHOSTS");
		return false;
	}
	metric_add(&ss_assocs_pushed, 1);
	assoc_free(u, a);
	return true;
}

struct ss_assoc *ss_assoc_open(struct ss_port *p, const struct addr *peer,
    const uint8_t *session)
{
	struct ss_udp *u = &p->ss->udp;
	struct ss_assoc *a = make_room(u) ? pool_get(&ss_assocs) : NULL;
	ss_assoc_no *row;

	if (a == NULL)
		return NULL;
	if (session != NULL) {
		a->rx = ss_assoc_rx_get();
		if (a->rx == NULL) {
			pool_put(&ss_assocs, a);
			return NULL;
		}
		memcpy(a->rx->session, session, SS_SESSION_ID);
	}
	a->port = p;
	a->peer = *peer;
	a->key = &p->key;
	row = row_of(u, a);
	a->row_next = *row;
	*row = number_of(a);
	use_newest(u, a);
	u->n++;
	ss_udp_wake(u);
	metric_add(&ss_assocs_opened, 1);
	return a;
}

void ss_assoc_used(struct ss_assoc *a, int64_t keep_ms)
{
	struct ss_udp *u = &a->port->ss->udp;

	a->close_ms = MAX(a->close_ms, u->ss->loop->now_ms + keep_ms);
	use_over(u, a);
	use_newest(u, a);
}

struct addr ss_assoc_local(const struct ss_assoc *a)
{
	struct addr local = { .family = a->local_family };

	memcpy(local.ip, a->local_ip, sizeof(local.ip));
	return local;
}

void ss_assoc_set_local(struct ss_assoc *a, const struct addr *local)
{
	a->local_family = local->family;
	memcpy(a->local_ip, local->ip, sizeof(a->local_ip));
}

/* One that cannot be remembered yet stays, without its sockets. */
void ss_assocs_sweep(struct ss_udp *u)
{
	int64_t now_ms = u->ss->loop->now_ms;
	struct ss_assoc *a, *next;

	for (a = ss_assoc_oldest(u); a != NULL; a = next) {
		next = ss_assoc_newer(a);
		if (a->close_ms > now_ms)
			continue;
		if (remember(u, a) == 0)
			assoc_free(u, a);
		else
			close_sockets(a);
	}
}
