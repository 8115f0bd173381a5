/* codec_frame.c - frames: length (2), payload ^ 0x5a, sum of the payload. */
#include "codec_frame.h"
#include "base/endian.h"

static struct frame_codec *frame_of(struct codec *c)
{
	return OWNER(c, struct frame_codec, codec);
}

static uint8_t turn(uint8_t *out, const uint8_t *mem, size_t len)
{
	uint8_t sum = 1;

	for (size_t i = 0; i < len; i++) {
		sum = (uint8_t)(sum + mem[i]);
		out[i] = mem[i] ^ 0x5a;
	}
	return sum;
}

size_t frame_make(uint8_t *out, const void *mem, size_t len)
{
	put_u16be(out, (uint16_t)len);
	out[2 + len] = turn(out + 2, mem, len);
	return len + FRAME_EXTRA;
}

static size_t out_data(struct codec *c, uint8_t **p)
{
	struct frame_codec *f = frame_of(c);

	if (f->buf == NULL)
		return 0;
	*p = f->buf->data + f->buf->off;
	return f->buf->len;
}

static void settle(struct frame_codec *f)
{
	if (f->buf != NULL && f->buf->len == 0 && f->raw_len == 0)
		buf_put(&f->buf);
}

static void out_done(struct codec *c, size_t n)
{
	struct frame_codec *f = frame_of(c);

	if (n == 0)
		return;
	ASSERT(f->buf != NULL && n <= f->buf->len);
	f->buf->off += (uint32_t)n;
	f->buf->len -= (uint32_t)n;
	settle(f);
}

static void close_codec(struct codec *c)
{
	struct frame_codec *f = frame_of(c);

	buf_put(&f->buf);
	f->raw_len = 0;
	f->closed = true;
}

static ptrdiff_t tx_room(struct codec *c, uint8_t **p)
{
	struct frame_codec *f = frame_of(c);

	if (f->buf != NULL && f->buf->len > 0)
		return 0;
	if (f->buf == NULL && (f->buf = buf_get()) == NULL)
		return -E_FULL;
	*p = f->buf->data + 2;
	return FRAME_MAX;
}

static int tx_done(struct codec *c, size_t n)
{
	struct frame_codec *f = frame_of(c);
	uint8_t *d;

	if (f->buf == NULL || f->buf->len > 0)
		return 0;
	d = f->buf->data;
	if (n > 0) {
		put_u16be(d, (uint16_t)n);
		d[2 + n] = turn(d + 2, d + 2, n);
		f->buf->off = 0;
		f->buf->len = (uint32_t)n + FRAME_EXTRA;
	}
	settle(f);
	return 0;
}

static int tx_end(struct codec *c)
{
	(void)c;
	return 0;
}

/* Octets that are missing to the length, or to the end of the frame. */
static size_t missing(const struct frame_codec *f)
{
	size_t len = FRAME_EXTRA;

	if (f->raw_len < 2)
		return 2 - f->raw_len;
	len += get_u16be(f->buf->data + f->raw_off);
	return len - f->raw_len;
}

static ptrdiff_t rx_room(struct codec *c, uint8_t **p)
{
	struct frame_codec *f = frame_of(c);

	if (f->buf == NULL && (f->buf = buf_get()) == NULL)
		return -E_FULL;
	if (f->buf->len > 0)
		return 0;
	memmove(f->buf->data, f->buf->data + f->raw_off, f->raw_len);
	f->raw_off = 0;
	*p = f->buf->data + f->raw_len;
	if (buf_starved())
		return (ptrdiff_t)missing(f);
	return (ptrdiff_t)(BUF_OCTETS - f->raw_len);
}

static int open_frame(struct frame_codec *f, size_t len)
{
	uint8_t *raw = f->buf->data + f->raw_off;
	uint8_t *to = f->buf->data + f->buf->off + f->buf->len;
	uint8_t check = raw[2 + len], sum = 1;

	for (size_t i = 0; i < len; i++) {
		to[i] = raw[2 + i] ^ 0x5a;
		sum = (uint8_t)(sum + to[i]);
	}
	f->buf->len += (uint32_t)len;
	return sum == check ? 0 : -E_AUTH;
}

static int rx_done(struct codec *c, size_t n)
{
	struct frame_codec *f = frame_of(c);
	int rc = 0;

	if (f->buf == NULL)
		return 0;
	f->raw_len += n;
	if (f->buf->len == 0)
		f->buf->off = 0;
	while (rc == 0 && f->raw_len >= 2) {
		size_t len = get_u16be(f->buf->data + f->raw_off);

		if (len > FRAME_MAX)
			return -E_PROTO;
		if (f->raw_len < len + FRAME_EXTRA)
			break;
		rc = open_frame(f, len);
		f->raw_off += len + FRAME_EXTRA;
		f->raw_len -= len + FRAME_EXTRA;
	}
	settle(f);
	return rc;
}

static int rx_end(struct codec *c)
{
	return frame_of(c)->raw_len > 0 ? -E_PROTO : 0;
}

struct codec *frame_tx(struct frame_codec *f)
{
	static const struct codec_ops ops = {
		tx_room, tx_done, tx_end, out_data, out_done, close_codec,
	};

	*f = (struct frame_codec){ .codec = { &ops } };
	return &f->codec;
}

struct codec *frame_rx(struct frame_codec *f)
{
	static const struct codec_ops ops = {
		rx_room, rx_done, rx_end, out_data, out_done, close_codec,
	};

	*f = (struct frame_codec){ .codec = { &ops } };
	return &f->codec;
}
