/* buf.c - the pool of large buffers. */
#include "core/buf.h"

POOL_DEFINE_RAW(bufs, struct buf, LIMIT_BUFS);

struct buf *buf_get(void)
{
	struct buf *b = pool_get(&bufs);

	if (b != NULL)
		b->off = b->len = 0;
	return b;
}

void buf_put(struct buf **b)
{
	if (*b != NULL)
		pool_put(&bufs, *b);
	*b = NULL;
}

void buf_wait(struct pool_waiter *w)
{
	pool_wait(&bufs, w);
}

uint32_t buf_used(void)
{
	return bufs.used;
}

bool buf_starved(void)
{
	return pool_starved(&bufs);
}
