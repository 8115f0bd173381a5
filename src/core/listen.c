/* listen.c - listening sockets: accept while there is room, pause when not.
 * Knows nothing of what a connection is for. */
#include "core/listen.h"

#define ACCEPTS 16		/* in one turn */
#define RETRY_MS 100

static void take_connections(struct listener *ls);

static void resume(struct listener *ls)
{
	if (!ls->paused)
		return;
	ls->paused = false;
	timer_stop(ls->watch.loop, &ls->retry);
	pool_unwait(&ls->waiter);
	take_connections(ls);
}

static void on_room(struct pool_waiter *w)
{
	resume(OWNER(w, struct listener, waiter));
}

static void on_retry(struct timer *t)
{
	resume(OWNER(t, struct listener, retry));
}

static bool no_room(const struct listener *ls)
{
	return ls->pool != NULL && pool_full(ls->pool);
}

/* The backlog holds the others meanwhile. */
static void pause_accepting(struct listener *ls)
{
	struct loop *l = ls->watch.loop;

	ls->paused = true;
	ls->pauses++;
	if (no_room(ls)) {
		ls->waiter.fn = on_room;
		pool_wait(ls->pool, &ls->waiter);
	} else {
		timer_set(l, &ls->retry, l->now_ms + RETRY_MS, on_retry);
	}
}

/* False: no more now; the listener may be closed or paused. */
static bool take_one(struct listener *ls)
{
	struct addr peer = { 0 };
	int fd;

	if (no_room(ls)) {
		pause_accepting(ls);
		return false;
	}
	fd = ls->by_path ? port_unix_accept(ls->watch.fd) :
	    port_tcp_accept(ls->watch.fd, &peer);
	if (fd == -E_CLOSED)
		return true;
	if (fd == -E_AGAIN)
		return false;
	if (fd < 0) {
		pause_accepting(ls);
		return false;
	}
	ls->accepted++;
	if (ls->fn(ls, fd, &peer) == 0)
		return watch_is_open(&ls->watch);
	port_close(fd);
	if (watch_is_open(&ls->watch))
		pause_accepting(ls);
	return false;
}

static void take_connections(struct listener *ls)
{
	struct loop *l = ls->watch.loop;
	int n = 0;

	while (n < ACCEPTS && take_one(ls))
		n++;
	if (!watch_is_open(&ls->watch))
		return;
	if (watch_want(&ls->watch, ls->paused ? 0 : POLL_IN) == 0 || ls->paused)
		return;
	ls->paused = true;
	timer_set(l, &ls->retry, l->now_ms + RETRY_MS, on_retry);
}

static void on_ready(struct watch *w, unsigned got)
{
	(void)got;
	take_connections(OWNER(w, struct listener, watch));
}

int listen_open(struct listener *ls, struct loop *l, const struct addr *at,
    const struct net_how *how, struct pool *pool, listen_fn *fn, void *ctx)
{
	int fd, rc;

	*ls = (struct listener){
	    .pool = pool, .fn = fn, .ctx = ctx, .at = *at };
	fd = port_tcp_listen(&ls->at, how);
	if (fd < 0)
		return fd;
	rc = watch_open(l, &ls->watch, fd, POLL_IN, on_ready);
	if (rc != 0)
		port_close(fd);
	return rc;
}

int listen_open_path(struct listener *ls, struct loop *l, const char *path,
    struct pool *pool, listen_fn *fn, void *ctx)
{
	int fd, rc;

	*ls = (struct listener){ .pool = pool, .fn = fn, .ctx = ctx,
		.by_path = true };
	fd = port_unix_listen(path);
	if (fd < 0)
		return fd;
	rc = watch_open(l, &ls->watch, fd, POLL_IN, on_ready);
	if (rc != 0)
		port_close(fd);
	return rc;
}

void listen_close(struct listener *ls)
{
	if (!watch_is_open(&ls->watch))
		return;
	timer_stop(ls->watch.loop, &ls->retry);
	pool_unwait(&ls->waiter);
	watch_shut(&ls->watch);
}

void listen_move(struct listener *to, struct listener *from, void *ctx)
{
	struct loop *l = from->watch.loop;

	*to = (struct listener){ .pool = from->pool, .fn = from->fn,
	    .ctx = ctx, .at = from->at, .paused = from->paused,
	    .by_path = from->by_path, .accepted = from->accepted,
	    .pauses = from->pauses };
	timer_stop(l, &from->retry);
	pool_unwait(&from->waiter);
	watch_move(&to->watch, &from->watch);
	if (to->paused)
		timer_set(l, &to->retry, l->now_ms, on_retry);
}
