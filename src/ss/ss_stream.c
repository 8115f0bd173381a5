/* ss_stream.c - the codecs of the old stream methods: IV, then ciphertext.
 * Knows no socket and no clock. Nothing here is authenticated. */
#include "port/rand.h"
#include "ss_addr.h"
#include "ss_codec.h"
#include "ss_ota.h"

#define IV_MAX 16

_Static_assert(BUF_HEAD >= IV_MAX + OTA_OPENING, "room before a payload");

static struct ss_ota *start_ota(const struct ss_key *k, const uint8_t *iv)
{
	return ss_ota_start(
	    iv, k->method->salt_len, k->master, k->method->key_len);
}

static void out_done(struct buf **b, size_t n)
{
	ss_out_done(*b, n);
	if (*b != NULL && (*b)->len == 0)
		buf_put(b);
}

/* ---- receiving ---- */

static struct ss_stream_rx *rx_of(struct codec *c)
{
	return OWNER(c, struct ss_stream_rx, codec);
}

static ptrdiff_t rx_in_room(struct codec *c, uint8_t **p)
{
	return ss_out_room(&rx_of(c)->buf, p, LIMIT_BUF_PAYLOAD);
}

/* Takes what it still lacks of the IV from the head of n octets. Octets, or
 * -E_BUSY: no more streams of this method can run. */
static ptrdiff_t take_iv(struct ss_stream_rx *r, const uint8_t *mem, size_t n)
{
	size_t iv_len = r->ss->method->salt_len;
	size_t take = MIN(n, iv_len - r->iv_len);

	memcpy(r->iv + r->iv_len, mem, take);
	r->iv_len = (uint8_t)(r->iv_len + take);
	if (take == 0 || r->iv_len < iv_len)
		return (ptrdiff_t)take;
	if (stream_start(&r->state, r->ss->stream, r->iv, iv_len) != 0)
		return -E_BUSY;
	if (r->ss->ota == SS_OTA_IN) {
		r->ota = start_ota(r->ss, r->iv);
		if (r->ota == NULL)
			return -E_BUSY;
	}
	return (ptrdiff_t)take;
}

static int rx_in_done(struct codec *c, size_t n)
{
	struct ss_stream_rx *r = rx_of(c);
	ptrdiff_t skip;
	uint8_t *mem;

	if (r->buf == NULL || r->buf->len > 0)
		return 0;
	mem = r->buf->data + BUF_HEAD;
	skip = take_iv(r, mem, n);
	if (skip < 0)
		return (int)skip;
	r->buf->off = (uint32_t)(BUF_HEAD + skip);
	r->buf->len = (uint32_t)(n - (size_t)skip);
	if (r->buf->len > 0)
		stream_decrypt(&r->state, mem + skip, r->buf->len);
	if (r->ota != NULL) {
		skip = ss_ota_open(r->ota, mem + skip, r->buf->len);
		r->buf->len = skip < 0 ? 0 : (uint32_t)skip;
		if (skip < 0)
			return (int)skip;
	}
	if (r->buf->len == 0)
		buf_put(&r->buf);
	return 0;
}

static int rx_in_end(struct codec *c)
{
	struct ss_stream_rx *r = rx_of(c);

	if (r->ota != NULL && !ss_ota_may_end(r->ota))
		return -E_PROTO;
	return r->iv_len > 0 && r->iv_len < r->ss->method->salt_len ? -E_PROTO
	                                                            : 0;
}

static size_t rx_out_data(struct codec *c, uint8_t **p)
{
	return ss_out_data(rx_of(c)->buf, p);
}

static void rx_out_done(struct codec *c, size_t n)
{
	out_done(&rx_of(c)->buf, n);
}

static void rx_close(struct codec *c)
{
	struct ss_stream_rx *r = rx_of(c);

	buf_put(&r->buf);
	ss_ota_end(&r->ota);
	stream_end(&r->state);
}

struct codec *ss_stream_rx_start(struct ss_stream_rx *r, const struct ss_key *k)
{
	static const struct codec_ops ops = {
		rx_in_room,
		rx_in_done,
		rx_in_end,
		rx_out_data,
		rx_out_done,
		rx_close,
	};

	memset(r, 0, sizeof(*r));
	r->codec.ops = &ops;
	r->ss = k;
	return &r->codec;
}

/* ---- sending ---- */

static struct ss_stream_tx *tx_of(struct codec *c)
{
	return OWNER(c, struct ss_stream_tx, codec);
}

static ptrdiff_t tx_in_room(struct codec *c, uint8_t **p)
{
	return ss_out_room(&tx_of(c)->buf, p, LIMIT_BUF_PAYLOAD);
}

/* The IV goes right before the first octets, into the same write. */
static int tx_start(struct ss_stream_tx *t)
{
	size_t iv_len = t->ss->method->salt_len;
	struct buf *b = t->buf;

	b->off -= (uint32_t)iv_len;
	b->len += (uint32_t)iv_len;
	port_rand(b->data + b->off, iv_len);
	if (stream_start(&t->state, t->ss->stream, b->data + b->off, iv_len) !=
	    0)
		return -E_BUSY;
	if (t->ss->ota == SS_OTA_OUT) {
		t->ota = start_ota(t->ss, b->data + b->off);
		if (t->ota == NULL)
			return -E_BUSY;
	}
	t->started = true;
	return 0;
}

/* n octets of plaintext begin with the address header, which is there at once:
 * it moves to the front, so that its tag and a chunk's head have room. */
static ptrdiff_t make_room(struct buf *b, size_t n)
{
	uint8_t *mem = b->data + BUF_HEAD;
	struct ss_addr ignored;
	int header = ss_addr_parse(&ignored, mem, n);
	size_t more;

	if (header <= 0)
		return -E_PROTO;
	more = n > (size_t)header ? OTA_OPENING : OTA_TAG;
	memmove(mem - more, mem, (size_t)header);
	b->off -= (uint32_t)more;
	b->len += (uint32_t)more;
	return header;
}

static int seal_first(struct ss_stream_tx *t, size_t n)
{
	ptrdiff_t header = make_room(t->buf, n);
	uint8_t *mem = t->buf->data + t->buf->off;

	if (header < 0)
		return (int)header;
	if (tx_start(t) != 0)
		return -E_BUSY;
	ss_ota_seal_header(t->ota, mem, (size_t)header, mem + header);
	if (n > (size_t)header)
		ss_ota_seal_chunk(t->ota, t->buf->data + BUF_HEAD + header,
		    n - (size_t)header);
	return 0;
}

static int seal(struct ss_stream_tx *t, size_t n)
{
	if (t->ss->ota != SS_OTA_OUT)
		return t->started ? 0 : tx_start(t);
	if (!t->started)
		return seal_first(t, n);
	ss_ota_seal_chunk(t->ota, t->buf->data + BUF_HEAD, n);
	t->buf->off -= OTA_CHUNK;
	t->buf->len += OTA_CHUNK;
	return 0;
}

static int tx_in_done(struct codec *c, size_t n)
{
	struct ss_stream_tx *t = tx_of(c);
	size_t clear; /* the IV */
	int rc;

	if (t->buf == NULL || t->buf->len > 0)
		return 0;
	if (n == 0) {
		buf_put(&t->buf);
		return 0;
	}
	t->buf->off = BUF_HEAD;
	t->buf->len = (uint32_t)n;
	clear = t->started ? 0 : t->ss->method->salt_len;
	rc = seal(t, n);
	if (rc != 0)
		return rc;
	stream_encrypt(
	    &t->state, t->buf->data + t->buf->off + clear, t->buf->len - clear);
	return 0;
}

static int tx_in_end(struct codec *c)
{
	(void)c;
	return 0;
}

static size_t tx_out_data(struct codec *c, uint8_t **p)
{
	return ss_out_data(tx_of(c)->buf, p);
}

static void tx_out_done(struct codec *c, size_t n)
{
	out_done(&tx_of(c)->buf, n);
}

static void tx_close(struct codec *c)
{
	struct ss_stream_tx *t = tx_of(c);

	buf_put(&t->buf);
	ss_ota_end(&t->ota);
	stream_end(&t->state);
}

struct codec *ss_stream_tx_start(struct ss_stream_tx *t, const struct ss_key *k)
{
	static const struct codec_ops ops = {
		tx_in_room,
		tx_in_done,
		tx_in_end,
		tx_out_data,
		tx_out_done,
		tx_close,
	};

	memset(t, 0, sizeof(*t));
	t->codec.ops = &ops;
	t->ss = k;
	return &t->codec;
}
