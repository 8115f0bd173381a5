/* chan_half.c - one direction of a channel, coded or plain. Knows no descriptor
 * and no owner. */
#include "chan_half.h"

struct half half_rx(struct chan *c)
{
	return (struct half){ c, c->rx, &c->in };
}

struct half half_tx(struct chan *c)
{
	return (struct half){ c, c->tx, &c->out };
}

/* A plain half is a buffer, held while there is something in it. */

static size_t plain_tail(const struct buf *b)
{
	return b->size - b->off - b->len;
}

static ptrdiff_t plain_room(struct buf **b, uint8_t **p)
{
	if (*b == NULL && (*b = buf_get()) == NULL)
		return -E_FULL;
	if ((*b)->off > plain_tail(*b)) {
		memmove((*b)->data, (*b)->data + (*b)->off, (*b)->len);
		(*b)->off = 0;
	}
	*p = (*b)->data + (*b)->off + (*b)->len;
	return (ptrdiff_t)plain_tail(*b);
}

static void plain_put(struct buf **b, size_t n)
{
	if (*b == NULL)
		return;
	ASSERT(n <= plain_tail(*b));
	(*b)->len += (uint32_t)n;
	if ((*b)->len == 0)
		buf_put(b);
}

static void plain_took(struct buf **b, size_t n)
{
	if (n == 0)
		return;
	ASSERT(*b != NULL && n <= (*b)->len);
	(*b)->off += (uint32_t)n;
	(*b)->len -= (uint32_t)n;
	if ((*b)->len == 0)
		buf_put(b);
}

/* Whatever is borrowed between these two is the channel's. */

static void count_begin(struct half h)
{
	h.chan->held = (uint8_t)(h.chan->held - buf_used());
	h.chan->held_big = (h.chan->held_big - buf_big_used()) & 0x7f;
}

static void count_end(struct half h)
{
	h.chan->held = (uint8_t)(h.chan->held + buf_used());
	h.chan->held_big = (h.chan->held_big + buf_big_used()) & 0x7f;
}

ptrdiff_t half_room(struct half h, uint8_t **p)
{
	ptrdiff_t n;

	count_begin(h);
	n = h.codec != NULL ? h.codec->ops->in_room(h.codec, p) :
	    plain_room(h.buf, p);
	count_end(h);
	return n;
}

int half_done(struct half h, size_t n)
{
	int rc = 0;

	count_begin(h);
	if (h.codec != NULL)
		rc = h.codec->ops->in_done(h.codec, n);
	else
		plain_put(h.buf, n);
	count_end(h);
	return rc;
}

int half_end(struct half h)
{
	int rc = 0;

	count_begin(h);
	if (h.codec != NULL)
		rc = h.codec->ops->in_end(h.codec);
	count_end(h);
	return rc;
}

size_t half_data(struct half h, uint8_t **p)
{
	if (h.codec != NULL)
		return h.codec->ops->out_data(h.codec, p);
	if (*h.buf == NULL)
		return 0;
	*p = (*h.buf)->data + (*h.buf)->off;
	return (*h.buf)->len;
}

void half_took(struct half h, size_t n)
{
	count_begin(h);
	if (h.codec != NULL)
		h.codec->ops->out_done(h.codec, n);
	else
		plain_took(h.buf, n);
	count_end(h);
}

void half_close(struct half h)
{
	struct codec **mine = h.buf == &h.chan->in ? &h.chan->rx : &h.chan->tx;

	count_begin(h);
	if (h.codec != NULL)
		h.codec->ops->close(h.codec);
	buf_put(h.buf);
	count_end(h);
	*mine = NULL;
}

int half_move(struct half from, struct half to)
{
	uint8_t *src, *dst;
	size_t have;

	while ((have = half_data(from, &src)) > 0) {
		ptrdiff_t room = half_room(to, &dst);

		if (room <= 0)
			return (int)room;
		have = MIN(have, (size_t)room);
		memcpy(dst, src, have);
		half_took(from, have);
		if (half_done(to, have) != 0)
			return -E_PROTO;
	}
	return 0;
}
