/* pool.c - fixed numbers of equal objects over static memory. Knows nothing of
 * what is in them. */
#include "core/pool.h"
#include "port/child.h"

static struct pool *pools;	/* every pool used so far */
static struct list mark;	/* in pool_wake: end of this turn's waiters */

void pool_list(struct pool *p)
{
	if (p->waiters.next != NULL)
		return;
	list_init(&p->waiters);
	p->next = pools;
	pools = p;
}

struct pool *pool_first(void)
{
	return pools;
}

static bool exhausted(const struct pool *p)
{
	return p->used >= p->count || (p->limit != 0 && p->used >= p->limit);
}

/* What comes back belongs to those who wait, not to whoever asks next. */
bool pool_full(const struct pool *p)
{
	return exhausted(p) ||
	    (list_empty(&mark) && !list_empty(&p->waiters));
}

bool pool_starved(const struct pool *p)
{
	return exhausted(p) && !list_empty(&p->waiters);
}

static void *take(struct pool *p)
{
	void *obj = p->free;

	if (obj == NULL)
		return (char *)p->mem + (size_t)p->fresh++ * p->item;
	memcpy(&p->free, obj, sizeof(p->free));
	memset(obj, 0, sizeof(p->free));
	return obj;
}

void *pool_get(struct pool *p)
{
	pool_list(p);
	if (pool_full(p)) {
		p->refused++;
		return NULL;
	}
	p->used++;
	p->peak = MAX(p->peak, p->used);
	return take(p);
}

void pool_put(struct pool *p, void *obj)
{
	size_t off = (size_t)((char *)obj - (char *)p->mem);

	ASSERT(p->used > 0);
	ASSERT(off % p->item == 0 && off / p->item < p->fresh);
	if (!p->raw)
		memset(obj, 0, p->item);
	memcpy(obj, &p->free, sizeof(p->free));
	p->free = obj;
	p->used--;
}

void pool_spare(struct pool *p)
{
	ASSERT(p->raw);
	if (p->used > 0 || p->fresh == 0)
		return;
	port_pages_drop(p->mem, (size_t)p->fresh * p->item);
	p->fresh = 0;
	p->free = NULL;
}

void pool_wait(struct pool *p, struct pool_waiter *w)
{
	pool_list(p);
	if (list_empty(&w->link))
		list_push(&p->waiters, &w->link);
}

void pool_unwait(struct pool_waiter *w)
{
	list_remove(&w->link);
}

/* Whoever waits again comes behind the mark: next turn. */
static void wake(struct pool *p)
{
	list_push(&p->waiters, &mark);
	while (p->waiters.next != &mark && !exhausted(p)) {
		struct list *first = list_pop(&p->waiters);
		struct pool_waiter *w = OWNER(first, struct pool_waiter, link);

		w->fn(w);
	}
	list_remove(&mark);
}

void pool_wake(void)
{
	for (struct pool *p = pools; p != NULL; p = p->next)
		if (!list_empty(&p->waiters))
			wake(p);
}
