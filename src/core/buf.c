/* buf.c - the two pools of large buffers. */
#include "core/buf.h"

struct small {
	struct buf buf;
	uint8_t mem[BUF_OCTETS];
};

struct big {
	struct buf buf;
	uint8_t mem[BUF_BIG_OCTETS];
};

POOL_DEFINE_RAW(bufs, struct small, LIMIT_BUFS);
POOL_DEFINE_RAW(big_bufs, struct big, LIMIT_BIG_BUFS);

static struct pool *refused = &bufs;	/* the last one that had none */

struct buf *buf_get(void)
{
	struct small *s = pool_get(&bufs);

	if (s == NULL) {
		refused = &bufs;
		return NULL;
	}
	s->buf = (struct buf){ .size = BUF_OCTETS, .data = s->mem };
	return &s->buf;
}

void buf_put(struct buf **b)
{
	if (*b != NULL && (*b)->size == BUF_OCTETS)
		pool_put(&bufs, OWNER(*b, struct small, buf));
	else if (*b != NULL)
		pool_put(&big_bufs, OWNER(*b, struct big, buf));
	*b = NULL;
}

int buf_grow(struct buf **b, const uint8_t *from, size_t len)
{
	struct big *big = pool_get(&big_bufs);

	if (big == NULL) {
		refused = &big_bufs;
		return -E_FULL;
	}
	big->buf = (struct buf){ .size = BUF_BIG_OCTETS, .data = big->mem };
	memcpy(big->mem, from, len);
	buf_put(b);
	*b = &big->buf;
	return 0;
}

void buf_wait(struct pool_waiter *w)
{
	pool_wait(refused, w);
}

void buf_spare(void)
{
	pool_spare(&bufs);
	pool_spare(&big_bufs);
}

uint32_t buf_used(void)
{
	return bufs.used;
}

bool buf_starved(void)
{
	return pool_starved(&bufs);
}

uint32_t buf_big_used(void)
{
	return big_bufs.used;
}

bool buf_big_starved(void)
{
	return pool_starved(&big_bufs);
}
