/* names_tx.c - an answer with its length before it (RFC 1035 4.2.2), held until
 * it was looked at. Knows no connection, and not what is in it. */
#include "names_tx.h"

#include "base/endian.h"

#define SIZE 2

_Static_assert(SIZE + NAMES_LOOK <= LIMIT_BUF_PAYLOAD, "what is held has room");

static struct names_tx *tx_of(struct codec *c)
{
	return OWNER(c, struct names_tx, codec);
}

static ptrdiff_t tx_in_room(struct codec *c, uint8_t **p)
{
	struct names_tx *t = tx_of(c);
	struct buf *b;

	if (t->buf == NULL)
		t->buf = buf_get();
	b = t->buf;
	if (b == NULL)
		return -E_FULL;
	if (t->passed && b->len > 0)
		return 0;
	*p = b->data + b->len;
	return (ptrdiff_t)MIN(t->sized ? t->left : SIZE - b->len,
	    b->size - b->len);
}

static int tx_in_done(struct codec *c, size_t n)
{
	struct names_tx *t = tx_of(c);

	if (t->buf == NULL)
		return 0;
	t->buf->len += (uint32_t)n;
	if (t->sized)
		t->left -= (uint32_t)n;
	if (!t->sized && t->buf->len == SIZE) {
		t->sized = true;
		t->left = get_u16be(t->buf->data);
	}
	if (t->buf->len == 0)
		buf_put(&t->buf);
	return 0;
}

static int tx_in_end(struct codec *c)
{
	return names_tx_over(tx_of(c)) ? 0 : -E_PROTO;
}

static size_t tx_out_data(struct codec *c, uint8_t **p)
{
	struct names_tx *t = tx_of(c);

	if (t->buf == NULL || !t->passed)
		return 0;
	*p = t->buf->data + t->buf->off;
	return t->buf->len;
}

static void tx_out_done(struct codec *c, size_t n)
{
	struct names_tx *t = tx_of(c);

	if (n == 0)
		return;
	ASSERT(t->buf != NULL && n <= t->buf->len);
	t->buf->off += (uint32_t)n;
	t->buf->len -= (uint32_t)n;
	if (t->buf->len == 0)
		buf_put(&t->buf);
}

static void tx_close(struct codec *c)
{
	buf_put(&tx_of(c)->buf);
}

static const struct codec_ops tx_ops = {
	.in_room = tx_in_room,
	.in_done = tx_in_done,
	.in_end = tx_in_end,
	.out_data = tx_out_data,
	.out_done = tx_out_done,
	.close = tx_close,
};

struct codec *names_tx_start(struct names_tx *t)
{
	*t = (struct names_tx){ .codec.ops = &tx_ops };
	return &t->codec;
}

bool names_tx_held(const struct names_tx *t, const uint8_t **m, size_t *len)
{
	if (!t->sized || t->passed ||
	    (t->left > 0 && t->buf->len < SIZE + NAMES_LOOK))
		return false;
	*m = t->buf->data + SIZE;
	*len = t->buf->len - SIZE;
	return true;
}

void names_tx_pass(struct names_tx *t)
{
	t->passed = true;
}

bool names_tx_over(const struct names_tx *t)
{
	return t->passed && t->left == 0 && t->buf == NULL;
}
