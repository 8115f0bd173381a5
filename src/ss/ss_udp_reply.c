/* ss_udp_reply.c - a table of sockets by whom they speak for. Knows neither
 * clients nor datagrams. */
#include "ss_udp_reply.h"

#include "core/log.h"
#include "core/pool.h"
#include "ss_serve.h"
#include "ss_sock.h"

struct ss_reply {
	struct list lru, link;
	struct addr from;
	int fd;
	int64_t used_ms;
};
POOL_DEFINE(ss_replies, struct ss_reply, LIMIT_UDP_REPLIES);

void ss_replies_start(struct ss_replies *r)
{
	list_init(&r->lru);
	for (size_t i = 0; i < SS_REPLY_ROWS; i++)
		list_init(&r->row[i]);
}

/* Whoever fills a row by choosing its targets slows down its own answers. */
static struct list *row_of(struct ss_replies *r, const struct addr *from)
{
	uint32_t sum = from->port;

	for (size_t i = 0; i < sizeof(from->ip); i++)
		sum = sum * 31 + from->ip[i];
	return &r->row[(sum ^ sum >> 11) % SS_REPLY_ROWS];
}

static struct ss_reply *find(struct ss_replies *r, const struct addr *from)
{
	struct list *row = row_of(r, from), *l;

	for (l = row->next; l != row; l = l->next)
		if (addr_eq(&OWNER(l, struct ss_reply, link)->from, from))
			return OWNER(l, struct ss_reply, link);
	return NULL;
}

static void drop(struct ss_udp *u, struct ss_reply *s)
{
	ss_udp_flush(u);	/* something may be queued for it */
	port_close(s->fd);
	list_remove(&s->lru);
	list_remove(&s->link);
	pool_put(&ss_replies, s);
}

static bool drop_oldest(struct ss_udp *u)
{
	if (list_empty(&u->replies.lru))
		return false;
	drop(u, OWNER(u->replies.lru.next, struct ss_reply, lru));
	return true;
}

static int open_as(struct ss_udp *u, const struct addr *from)
{
	struct net_how how;
	int fd;

	do
		fd = port_udp_open_as(from);
	while (fd == -E_NOFILE && drop_oldest(u));
	if (fd < 0)
		return fd;
	/* Marked as all that we send: nobody shall lead it back to us. */
	ss_sock_udp_out(u->ss, from, &how);
	how.interface = NULL;
	port_net_wish(fd, &how);
	return fd;
}

int ss_reply_socket(struct ss_udp *u, const struct addr *from)
{
	struct ss_reply *s = find(&u->replies, from);
	int fd;

	if (s == NULL) {
		/* Ours would take what is for somebody here. */
		if (from->port == 0 || port_addr_is_own(from))
			return -E_DENY;
		if (pool_full(&ss_replies) && !drop_oldest(u))
			return -E_FULL;
		fd = open_as(u, from);
		if (fd < 0)
			return fd;
		s = pool_get(&ss_replies);
		s->from = *from;
		s->fd = fd;
		list_push(row_of(&u->replies, from), &s->link);
	} else {
		list_remove(&s->lru);
	}
	list_push(&u->replies.lru, &s->lru);
	s->used_ms = u->ss->loop->now_ms;
	return s->fd;
}

void ss_replies_sweep(struct ss_udp *u, bool all)
{
	struct list *lru = &u->replies.lru;

	while (!list_empty(lru) && (all || u->ss->loop->now_ms -
	    OWNER(lru->next, struct ss_reply, lru)->used_ms >= SS_REPLY_MS))
		(void)drop_oldest(u);
}
