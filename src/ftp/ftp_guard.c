/* ftp_guard.c - addresses of clients, in a table of buckets. The number of
 * sessions bounds those that count; the others go, the oldest first. */
#include "ftp_guard.h"

void guard_open(struct guards *g, uint32_t key)
{
	for (size_t i = 0; i < GUARD_BUCKETS; i++)
		list_init(&g->bucket[i]);
	list_init(&g->idle);
	g->used = 0;
	g->key = key;
}

/* What one client has. */
static struct addr guard_of(const struct addr *peer)
{
	struct addr a = { .family = peer->family };

	memcpy(a.ip, peer->ip, peer->family == 4 ? 4 : 8);
	return a;
}

static struct list *guard_bucket(struct guards *g, const struct addr *a)
{
	uint32_t h = g->key;

	for (size_t i = 0; i < 8; i++)
		h = (h ^ a->ip[i]) * 16777619u;
	return &g->bucket[(h ^ h >> 16) & (GUARD_BUCKETS - 1)];
}

/* As many sessions as there are fit twice: one is idle, or unused. */
static struct guard *guard_new(struct guards *g)
{
	struct list *old;

	if (g->used < GUARD_MAX)
		return &g->guard[g->used++];
	old = list_pop(&g->idle);
	ASSERT(old != NULL);
	list_remove(&OWNER(old, struct guard, idle)->link);
	return OWNER(old, struct guard, idle);
}

struct guard *guard_enter(struct guards *g, const struct addr *peer)
{
	struct addr ip = guard_of(peer);
	struct list *bucket = guard_bucket(g, &ip), *i;
	struct guard *a;

	for (i = bucket->next; i != bucket; i = i->next) {
		a = OWNER(i, struct guard, link);
		if (addr_eq_ip(&a->ip, &ip)) {
			list_remove(&a->idle);
			a->live++;
			return a;
		}
	}
	a = guard_new(g);
	*a = (struct guard){ .ip = ip, .live = 1 };
	list_push(bucket, &a->link);
	return a;
}

void guard_leave(struct guards *g, struct guard *a)
{
	ASSERT(a->live > 0);
	if (--a->live == 0)
		list_push(&g->idle, &a->idle);
}

static void guard_forgive(struct guard *a, int64_t now_ms)
{
	int64_t n = (now_ms - a->failed_ms) / GUARD_FORGIVE_MS;

	if (a->fails == 0 || n == 0)
		return;
	a->fails -= (uint32_t)MIN(n, (int64_t)a->fails);
	a->failed_ms += n * GUARD_FORGIVE_MS;
}

/* Twice as long each time. */
static int64_t guard_wait(const struct guard *a)
{
	uint32_t over = a->fails > GUARD_FREE ? a->fails - GUARD_FREE : 0;

	return over == 0 ? 0 :
	    MIN(INT64_C(250) << MIN(over, 16), GUARD_WAIT_MAX_MS);
}

int64_t guard_turn(struct guard *a, int64_t now_ms)
{
	int64_t at = MAX(now_ms, a->next_ms);

	guard_forgive(a, now_ms);
	a->next_ms = at + guard_wait(a);
	return at;
}

void guard_failed(struct guard *a, int64_t now_ms)
{
	guard_forgive(a, now_ms);
	a->fails++;
	a->failed_ms = now_ms;
	a->next_ms = MAX(a->next_ms, now_ms + guard_wait(a));
}
