/* listen.h - listening sockets that pause when there is no room, never spin. */
#ifndef CORE_LISTEN_H
#define CORE_LISTEN_H

#include "base/addr.h"
#include "core/loop.h"
#include "core/pool.h"
#include "port/net.h"

struct listener;

/*
 * A new connection: the owner takes fd (0), or refuses for now with -E_FULL:
 * the fd is then closed by the listener and accepting pauses.
 */
typedef int listen_fn(struct listener *ls, int fd, const struct addr *peer);

struct listener {
	struct watch watch;
	struct timer retry;		/* after -E_NOFILE, -E_NOMEM */
	struct pool_waiter waiter;
	struct pool *pool;		/* pause while it is full; or NULL */
	listen_fn *fn;
	void *ctx;			/* the owner's */
	struct addr at;			/* with the bound port */
	bool paused, by_path;
	uint64_t accepted, pauses;
};

/*
 * Opens, binds, listens. Accepting pauses while `pool` is full (resumes by
 * pool_wait) and for 100 ms after the descriptor table was full; the backlog
 * holds the others. At most 16 accepts per turn, so that sessions go on.
 * 0 or port_tcp_listen's and watch_open's errors.
 */
int listen_open(struct listener *ls, struct loop *l, const struct addr *at,
    const struct net_how *how, struct pool *pool, listen_fn *fn, void *ctx);
/* By a path, for this user only: port_unix_listen's errors. `at` is none. */
int listen_open_path(struct listener *ls, struct loop *l, const char *path,
    struct pool *pool, listen_fn *fn, void *ctx);
void listen_close(struct listener *ls);
/* `from` is closed, and what waits in its backlog comes to `to`, with another
 * owner. Cannot fail. */
void listen_move(struct listener *to, struct listener *from, void *ctx);

#endif
