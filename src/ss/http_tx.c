/* http_tx.c - one answer of a web server: its head is held until it is whole.
 * Knows no connection. */
#include "http_tx.h"

#include "http_head.h"

_Static_assert(2 * LIMIT_HTTP_HEAD + HTTP_FORWARD_MORE <= BUF_OCTETS,
    "heads grow when they are written anew");

static struct http_tx *tx_of(struct codec *c)
{
	return OWNER(c, struct http_tx, codec);
}

static ptrdiff_t tx_in_room(struct codec *c, uint8_t **p)
{
	struct http_tx *t = tx_of(c);
	struct buf *b;

	if (t->buf == NULL)
		t->buf = buf_get();
	b = t->buf;
	if (b == NULL)
		return -E_FULL;
	if (t->ready > 0)
		return 0;
	if (b->off > 0) {
		memmove(b->data, b->data + b->off, b->len);
		b->off = 0;
	}
	*p = b->data + b->len;
	/* What heads grow by, all of them that come at once, has room too. */
	return (ptrdiff_t)(t->headless ? b->size : LIMIT_HTTP_HEAD) - b->len;
}

static bool has_no_body(const struct http_tx *t, const struct http_head *h)
{
	return t->to_head || h->status < 200 || h->status == 204 ||
	    h->status == 304;
}

static void begin_body(struct http_tx *t, const struct http_head *h)
{
	if (has_no_body(t, h))
		http_body_start(&t->body, HTTP_LENGTH, 0);
	else if (h->chunked)
		http_body_start(&t->body, HTTP_CHUNKED, 0);
	else if (h->has_length)
		http_body_start(&t->body, HTTP_LENGTH, h->length);
	else
		http_body_start(&t->body, HTTP_TO_END, 0);
	t->headless = h->status >= 200;
	t->over = t->headless && t->body.over;
	t->keep_alive = t->keep_alive && t->body.kind != HTTP_TO_END;
}

/* The head of `took` octets, behind what is ready, is replaced. */
static void put_head(struct http_tx *t, const struct http_head *h, size_t took)
{
	char head[LIMIT_HTTP_HEAD + HTTP_FORWARD_MORE];
	struct buf *b = t->buf;
	uint8_t *at = b->data + b->off + t->ready;
	size_t n = 0;

	if (h->status >= 200 || !t->old_client)
		n = http_forward_response(h, at, t->keep_alive, head);
	memmove(at + n, at + took, b->len - t->ready - took);
	if (n > 0)
		memcpy(at, head, n);
	b->len = (uint32_t)(b->len - took + n);
	t->ready += (uint32_t)n;
}

static int take_heads(struct http_tx *t)
{
	struct buf *b = t->buf;

	while (!t->headless && b->len > t->ready) {
		const uint8_t *at = b->data + b->off + t->ready;
		size_t len = MIN(b->len - t->ready, LIMIT_HTTP_HEAD);
		struct http_head h;
		int took = http_response(&h, at, len);

		if (took == 0)
			return len == LIMIT_HTTP_HEAD ? -E_LONG : 0;
		/* Nobody asked for another protocol. */
		if (took > 0 && h.status == 101)
			return -E_PROTO;
		if (took < 0)
			return took;
		begin_body(t, &h);
		put_head(t, &h, (size_t)took);
	}
	return 0;
}

/* What comes behind the end of the answer is not passed on. */
static int take_body(struct http_tx *t)
{
	struct buf *b = t->buf;
	ptrdiff_t n;

	if (!t->headless || b->len == t->ready)
		return 0;
	n = http_body_take(&t->body, b->data + b->off + t->ready,
	    b->len - t->ready);
	if (n < 0)
		return (int)n;
	t->ready += (uint32_t)n;
	t->over = t->body.over;
	if (t->over)
		b->len = t->ready;
	return 0;
}

static int tx_in_done(struct codec *c, size_t n)
{
	struct http_tx *t = tx_of(c);
	int rc = 0;

	if (t->buf == NULL)
		return 0;
	t->buf->len += (uint32_t)n;
	if (n > 0 && !t->over)
		rc = take_heads(t);
	if (n > 0 && rc == 0)
		rc = take_body(t);
	if (t->over)
		t->buf->len = t->ready;
	if (t->buf->len == 0)
		buf_put(&t->buf);
	return rc;
}

/* The server ended: that may have been the end of the answer. */
static int tx_in_end(struct codec *c)
{
	struct http_tx *t = tx_of(c);

	if (t->headless && t->body.kind == HTTP_TO_END)
		t->over = true;
	return t->over ? 0 : -E_PROTO;
}

static size_t tx_out_data(struct codec *c, uint8_t **p)
{
	struct http_tx *t = tx_of(c);

	if (t->buf == NULL || t->ready == 0)
		return 0;
	*p = t->buf->data + t->buf->off;
	return t->ready;
}

static void tx_out_done(struct codec *c, size_t n)
{
	struct http_tx *t = tx_of(c);

	if (n == 0)
		return;
	ASSERT(t->buf != NULL && n <= t->ready);
	t->begun = true;
	t->buf->off += (uint32_t)n;
	t->buf->len -= (uint32_t)n;
	t->ready -= (uint32_t)n;
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

struct codec *http_tx_start(struct http_tx *t, bool to_head, bool old_client,
    bool keep_alive)
{
	*t = (struct http_tx){ .codec.ops = &tx_ops, .to_head = to_head,
		.old_client = old_client, .keep_alive = keep_alive };
	return &t->codec;
}
