/* udp.c - datagrams of the simulated network: lost, doubled and overtaken. */
#include <stdlib.h>

#include "base/list.h"
#include "port/net.h"
#include "port/sim/inside.h"

#define UDP_MAX 65507
#define UDP_QUEUE 64

struct udp {
	struct list link;
	struct addr at;
	bool as;		/* speaks for another: hears nothing */
	bool any_target;	/* takes what the house sends to anyone */
	bool trains;
	struct list queue;
	int queued;
};

struct dgram {
	struct list link;
	struct addr from, to;
	int64_t due;
	size_t len;
	uint8_t data[];
};

static struct list sockets;

void udp_reset(void)
{
	struct list *l;

	if (sockets.next == NULL)
		list_init(&sockets);
	while ((l = list_pop(&sockets)) != NULL) {
		struct udp *u = OWNER(l, struct udp, link);

		while ((l = list_pop(&u->queue)) != NULL)
			free(OWNER(l, struct dgram, link));
		free(u);
	}
}

static struct udp *find(const struct addr *to)
{
	for (struct list *l = sockets.next; l != &sockets; l = l->next) {
		struct udp *u = OWNER(l, struct udp, link);

		if (!u->as && net_matches(&u->at, to, true))
			return u;
	}
	return NULL;
}

/* The transparent proxy of who lives in 192.168.0.0/16 or fd00::/16. */
static struct udp *proxy_of(const struct addr *from)
{
	if (from->family == 4 ? from->ip[0] != 192 || from->ip[1] != 168 :
	    from->ip[0] != 0xfd || from->ip[1] != 0)
		return NULL;
	for (struct list *l = sockets.next; l != &sockets; l = l->next)
		if (OWNER(l, struct udp, link)->any_target)
			return OWNER(l, struct udp, link);
	return NULL;
}

bool udp_has(const struct addr *at)
{
	for (struct list *l = sockets.next; l != &sockets; l = l->next) {
		struct udp *u = OWNER(l, struct udp, link);

		if (!u->as && u->at.port == at->port &&
		    (addr_eq_ip(&u->at, at) || net_is_any(&u->at) ||
		    net_is_any(at)))
			return true;
	}
	return false;
}

int port_udp_listen(struct addr *at, const struct net_how *how)
{
	int fd = port_udp_open(at);

	if (fd >= 0)
		fd_get(fd, FD_UDP)->u.udp->any_target =
		    (how->flags & NET_ANY_TARGET) != 0;
	return fd;
}

int port_udp_open_as(const struct addr *from)
{
	struct addr any = { .family = from->family };
	int fd = port_udp_open(&any);

	if (fd < 0)
		return fd;
	fd_get(fd, FD_UDP)->u.udp->at = *from;
	fd_get(fd, FD_UDP)->u.udp->as = true;
	return fd;
}

int port_udp_open(struct addr *at)
{
	struct udp *u;
	int fd, err = fault(SIM_UDP_OPEN, -1);

	if (err < 0)
		return err;
	if (at == NULL || at->family == 0)
		return -E_INVAL;
	if (!fd_room(W.outside))
		return -E_NOFILE;
	err = net_bind(at);
	if (err < 0)
		return err;
	if (udp_has(at))
		return -E_INUSE;
	u = calloc(1, sizeof(*u));
	u->at = *at;
	list_init(&u->queue);
	list_push(&sockets, &u->link);
	fd = fd_new(FD_UDP, u, W.outside);
	trace("udp", fd, at->port);
	return fd;
}

static void deliver(struct udp *u, const struct addr *from,
    const struct addr *to, const void *mem, size_t len)
{
	struct dgram *d;

	if (chance(W.conf.udp_loss) || u->queued == UDP_QUEUE)
		return;
	d = malloc(sizeof(*d) + len);
	d->from = *from;
	d->to = *to;
	d->due = W.now_us + net_delay();
	if (chance(W.conf.udp_late))
		d->due += luck(1000000);
	d->len = len;
	memcpy(d->data, mem, len);
	list_push(&u->queue, &d->link);
	u->queued++;
}

static ptrdiff_t send_from(int fd, const struct addr *local,
    const struct addr *to, const void *mem, size_t len)
{
	struct udp *u = fd_get(fd, FD_UDP)->u.udp;
	struct udp *other = find(to);
	bool was = W.outside;
	struct addr from;
	int err = fault(SIM_UDP_SEND, fd);

	trace("udp_send", fd, (int64_t)len);
	if (err < 0)
		return err;
	if (len > UDP_MAX)
		return -E_LONG;
	if (net_route(to) == -E_UNREACH)
		return -E_UNREACH;
	W.outside = W.fd[fd].outside;
	from = net_source(&u->at, to);
	W.outside = was;
	if (local != NULL && local->family == to->family) {
		from = *local;
		from.port = u->at.port;
	}
	if (u->as)
		from = u->at;
	else if (W.fd[fd].outside && proxy_of(&from) != NULL)
		other = proxy_of(&from);
	if (other == NULL || net_route(to) < 0)
		return (ptrdiff_t)len;
	deliver(other, &from, to, mem, len);
	if (chance(W.conf.udp_twice))
		deliver(other, &from, to, mem, len);
	return (ptrdiff_t)len;
}

ptrdiff_t port_udp_send(int fd, const struct addr *to, const void *mem,
    size_t len)
{
	return send_from(fd, NULL, to, mem, len);
}

int port_udp_send_many(int fd, const struct udp_msg *m, size_t n)
{
	size_t i;
	ptrdiff_t rc = 0;

	ASSERT(n <= UDP_BATCH);
	for (i = 0; i < n && rc >= 0; i++)
		rc = send_from(fd, &m[i].local, &m[i].peer, m[i].mem, m[i].len);
	return i > 1 || rc >= 0 ? (int)i - (rc < 0) : (int)rc;
}

/* The earliest, if it is due. */
static struct dgram *first_due(struct udp *u)
{
	struct dgram *best = NULL;

	for (struct list *l = u->queue.next; l != &u->queue; l = l->next) {
		struct dgram *d = OWNER(l, struct dgram, link);

		if (d->due <= W.now_us && (best == NULL || d->due < best->due))
			best = d;
	}
	return best;
}

static void take(struct udp *u, struct udp_msg *m, struct dgram *d)
{
	memcpy(m->mem + m->len, d->data, d->len);
	m->len += d->len;
	list_remove(&d->link);
	u->queued--;
	free(d);
}

/* Those that follow and are alike come with the first. */
static void join(struct udp *u, struct udp_msg *m, size_t room)
{
	size_t each = m->len, last = each;
	struct dgram *d;

	while (each > 0 && last == each && (d = first_due(u)) != NULL &&
	    addr_eq(&d->from, &m->peer) && addr_eq(&d->to, &m->local) &&
	    d->len > 0 && d->len <= each && d->len <= room - m->len) {
		last = d->len;
		m->each = each;
		take(u, m, d);
	}
}

static int recv_one(int fd, struct udp_msg *m)
{
	struct udp *u = fd_get(fd, FD_UDP)->u.udp;
	int err = fault(SIM_UDP_RECV, fd);
	struct dgram *d = first_due(u);
	size_t room = m->len;

	if (err < 0)
		return err;
	if (d == NULL)
		return -E_AGAIN;
	m->cut = room < d->len;
	d->len = MIN(room, d->len);
	m->peer = d->from;
	m->local = d->to;
	m->each = 0;
	m->len = 0;
	take(u, m, d);
	if (u->trains && !m->cut)
		join(u, m, room);
	trace("udp_recv", fd, (int64_t)m->len);
	return 0;
}

/* By chance, so that both are seen. */
int port_udp_trains(int fd)
{
	if (chance(W.conf.udp_no_trains))
		return -E_NOSUP;
	fd_get(fd, FD_UDP)->u.udp->trains = true;
	return 0;
}

ptrdiff_t port_udp_recv(int fd, struct addr *from, void *mem, size_t len)
{
	struct udp_msg m = { .mem = mem, .len = len };
	int err = recv_one(fd, &m);

	if (err < 0)
		return err;
	*from = m.peer;
	return (ptrdiff_t)m.len;
}

int port_udp_recv_many(int fd, struct udp_msg *m, size_t n)
{
	size_t i;
	int rc = 0;

	ASSERT(n <= UDP_BATCH);
	for (i = 0; i < n && rc == 0; i++)
		rc = recv_one(fd, &m[i]);
	return i > 1 || rc == 0 ? (int)i - (rc < 0) : rc;
}

unsigned udp_ready(struct fd *f)
{
	return POLL_OUT | (first_due(f->u.udp) != NULL ? POLL_IN : 0);
}

int64_t udp_next(struct fd *f)
{
	struct udp *u = f->u.udp;
	int64_t at = NEVER;

	for (struct list *l = u->queue.next; l != &u->queue; l = l->next) {
		struct dgram *d = OWNER(l, struct dgram, link);

		if (d->due > W.now_us)
			at = MIN(at, d->due);
	}
	return at;
}

void udp_close(int fd)
{
	struct udp *u = fd_get(fd, FD_UDP)->u.udp;
	struct list *l;

	while ((l = list_pop(&u->queue)) != NULL)
		free(OWNER(l, struct dgram, link));
	list_remove(&u->link);
	free(u);
	fd_free(fd);
}
