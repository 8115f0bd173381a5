/* ss_aead.c - the AEAD codecs: an opening, then chunks of sealed length and
 * payload. Knows no socket and no clock. Source: SIP004.
 *
 * A chunk is released when its tag was checked, so all of it must fit. A buffer
 * does for what we send and for SIP004; a larger one of SIP022 waits for a big
 * buffer once its length is known. */
#include "base/endian.h"
#include "port/rand.h"
#include "ss_2022.h"
#include "ss_seen.h"

#define LEN_CHUNK (2 + AEAD_TAG)

_Static_assert(BUF_HEAD >= SS_SALT_MAX + LEN_CHUNK, "no room before a payload");
_Static_assert(LIMIT_BUF_PAYLOAD >= SS_CHUNK_MAX, "no room for a chunk");
_Static_assert(SS_STASH >= SS_SALT_MAX && SS_STASH >= LEN_CHUNK,
    "who has not proved anything must not hold a buffer");

static void session_key(struct aead_key *out, const struct ss_key *k,
    const uint8_t *salt)
{
	const struct ss_method *m = k->method;
	uint8_t subkey[KEY_MAX];

	kdf_hkdf_sha1(subkey, m->key_len, k->master, m->key_len, salt,
	    m->salt_len, "ss-subkey");
	aead_key_set(out, (enum aead_kind)m->cipher, subkey, m->key_len);
	wipe(subkey, sizeof(subkey));
}

/* ---- SIP004: the salt is all of the opening ---- */

static size_t salt_at_once(const struct ss_aead_rx *r)
{
	(void)r;
	return 0;
}

static size_t salt_needs(const struct ss_aead_rx *r)
{
	return r->ss->method->salt_len;
}

/* A server keeps the salt of a request until its first chunk has opened, in
 * the key of the direction it answers in, which has none yet. */
static int salt_open(struct ss_aead_rx *r, uint8_t *mem)
{
	if (r->ss->seen != NULL)
		memcpy(r->reply->key.key, mem, r->ss->method->salt_len);
	session_key(&r->key, r->ss, mem);
	r->stage = RX_LENGTH;
	return 0;
}

static void seal_chunk(struct ss_aead_tx *t, size_t n)
{
	uint8_t *payload = t->buf->data + BUF_HEAD;

	t->buf->off = BUF_HEAD - LEN_CHUNK;
	t->buf->len = (uint32_t)(LEN_CHUNK + n + AEAD_TAG);
	put_u16be(payload - LEN_CHUNK, (uint16_t)n);
	aead_seal(&t->key, payload - LEN_CHUNK, 2);
	aead_seal(&t->key, payload, n);
}

/* The salt goes right before the first chunk, into the same write. */
static void salt_send(struct ss_aead_tx *t, size_t n)
{
	size_t len = t->ss->method->salt_len;
	uint8_t *salt = t->buf->data + BUF_HEAD - LEN_CHUNK - len;

	port_rand(salt, len);
	ss_key_prefix(t->ss, salt);
	if (t->ss->seen != NULL)
		ss_seen_mark(salt, t->ss->master, len);
	session_key(&t->key, t->ss, salt);
	seal_chunk(t, n);
	t->buf->off -= (uint32_t)len;
	t->buf->len += (uint32_t)len;
}

static const struct ss_opening salt_opening = {
	.chunk_max = SS_CHUNK_MAX,
	.first_max = SS_CHUNK_MAX,
	.at_once = salt_at_once,
	.needs = salt_needs,
	.open = salt_open,
	.send = salt_send,
};

static const struct ss_opening *opening_of(const struct ss_key *k)
{
	return k->method->kind == SS_2022 ? &ss_2022_opening : &salt_opening;
}

/* ---- receiving ---- */

static struct ss_aead_rx *rx_of(struct codec *c)
{
	return OWNER(c, struct ss_aead_rx, codec);
}

static size_t rx_needs(const struct ss_aead_rx *r)
{
	switch (r->stage) {
	case RX_LENGTH:
		return LEN_CHUNK;
	case RX_PAYLOAD:
		return (size_t)r->chunk_len + AEAD_TAG;
	default:
		return r->opening->needs(r);
	}
}

static size_t rx_at_once(const struct ss_aead_rx *r)
{
	return r->stage == RX_SALT ? r->opening->at_once(r) : 0;
}

static ptrdiff_t rx_offer(struct ss_aead_rx *r, uint8_t **p)
{
	bool starved = r->buf->size > BUF_OCTETS ? buf_big_starved() :
	    buf_starved();

	r->raw_off = 0;
	*p = r->buf->data + r->raw_len;
	if (starved)	/* to where the buffer can be given back */
		return (ptrdiff_t)(MAX(rx_needs(r), rx_at_once(r)) -
		    r->raw_len);
	return (ptrdiff_t)(r->buf->size - r->raw_len);
}

static ptrdiff_t rx_in_room(struct codec *c, uint8_t **p)
{
	struct ss_aead_rx *r = rx_of(c);
	int rc = 0;

	if (r->buf == NULL) {
		r->buf = buf_get();
		if (r->buf == NULL)
			return -E_FULL;
		memcpy(r->buf->data, r->stash, r->stash_len);
		r->raw_off = 0;
		r->raw_len = r->stash_len;
	}
	if (r->buf->len > 0)
		return 0;
	if (rx_needs(r) > r->buf->size)
		rc = buf_grow(&r->buf, r->buf->data + r->raw_off, r->raw_len);
	else if (r->raw_off > 0)
		memmove(r->buf->data, r->buf->data + r->raw_off, r->raw_len);
	return rc != 0 ? rc : rx_offer(r, p);
}

/* Gives the buffer back once what is left in it fits the codec. */
static void rx_settle(struct ss_aead_rx *r)
{
	if (r->buf->len > 0 || r->raw_len > SS_STASH)
		return;
	memcpy(r->stash, r->buf->data + r->raw_off, r->raw_len);
	r->stash_len = (uint8_t)r->raw_len;
	buf_put(&r->buf);
}

/* It has opened for the first time: is it a request, and a new one? */
static int check_salt(const struct ss_aead_rx *r)
{
	const struct ss_key *k = r->ss;
	const uint8_t *salt = r->reply->key.key;
	size_t len = k->method->salt_len;

	if (ss_seen_is_marked(salt, k->master, len))
		return -E_DENY;
	return ss_seen_add(k->seen, salt, len);
}

static int open_length(struct ss_aead_rx *r, uint8_t *mem)
{
	bool first = r->ss->seen != NULL && aead_is_fresh(&r->key);
	int err = aead_open(&r->key, mem, 2);

	if (err == 0 && first)
		err = check_salt(r);
	if (err != 0)
		return err;
	r->chunk_len = get_u16be(mem);
	if (r->chunk_len > r->opening->chunk_max)
		return -E_PROTO;
	r->stage = RX_PAYLOAD;
	return 0;
}

/* Over the tags and lengths between. */
void ss_aead_deliver(struct ss_aead_rx *r, const uint8_t *mem, size_t len)
{
	struct buf *b = r->buf;

	if (b->len == 0)
		b->off = (uint32_t)(mem - b->data);
	else
		memmove(b->data + b->off + b->len, mem, len);
	b->len += (uint32_t)len;
}

static int open_payload(struct ss_aead_rx *r, uint8_t *mem)
{
	int err = aead_open(&r->key, mem, r->chunk_len);

	if (err != 0)
		return err;
	ss_aead_deliver(r, mem, r->chunk_len);
	r->stage = RX_LENGTH;
	return 0;
}

static int rx_open_next(struct ss_aead_rx *r)
{
	uint8_t *mem = r->buf->data + r->raw_off;

	switch (r->stage) {
	case RX_LENGTH:
		return open_length(r, mem);
	case RX_PAYLOAD:
		return open_payload(r, mem);
	default:
		return r->opening->open(r, mem);
	}
}

static int rx_in_done(struct codec *c, size_t n)
{
	struct ss_aead_rx *r = rx_of(c);
	size_t need;
	int err;

	if (r->buf == NULL)
		return 0;
	if (r->raw_len == 0 && n > 0 && n < rx_at_once(r))
		return -E_PROTO;
	r->raw_len += (uint32_t)n;
	while (r->raw_len >= (need = rx_needs(r))) {
		err = rx_open_next(r);
		if (err != 0)
			return err;
		r->raw_off += (uint32_t)need;
		r->raw_len -= (uint32_t)need;
	}
	rx_settle(r);
	return 0;
}

static int rx_in_end(struct codec *c)
{
	struct ss_aead_rx *r = rx_of(c);
	bool partial = r->buf != NULL ? r->raw_len > 0 : r->stash_len > 0;

	return partial || r->stage > RX_LENGTH ? -E_PROTO : 0;
}

static size_t rx_out_data(struct codec *c, uint8_t **p)
{
	return ss_out_data(rx_of(c)->buf, p);
}

static void rx_out_done(struct codec *c, size_t n)
{
	struct ss_aead_rx *r = rx_of(c);

	ss_out_done(r->buf, n);
	if (r->buf != NULL)
		rx_settle(r);
}

static void rx_close(struct codec *c)
{
	struct ss_aead_rx *r = rx_of(c);

	buf_put(&r->buf);
	aead_key_wipe(&r->key);
	wipe(r->stash, sizeof(r->stash));
	r->stash_len = 0;
}

struct codec *ss_aead_rx_start(struct ss_aead_rx *r, const struct ss_key *k)
{
	static const struct codec_ops ops = {
		rx_in_room, rx_in_done, rx_in_end, rx_out_data, rx_out_done,
		rx_close,
	};

	memset(r, 0, sizeof(*r));
	r->codec.ops = &ops;
	r->ss = k;
	r->opening = opening_of(k);
	r->stage = RX_SALT;
	return &r->codec;
}

/* ---- sending ---- */

static struct ss_aead_tx *tx_of(struct codec *c)
{
	return OWNER(c, struct ss_aead_tx, codec);
}

static ptrdiff_t tx_in_room(struct codec *c, uint8_t **p)
{
	struct ss_aead_tx *t = tx_of(c);

	return ss_out_room(&t->buf, p, t->started ? SS_CHUNK_MAX :
	    opening_of(t->ss)->first_max);
}

static int tx_in_done(struct codec *c, size_t n)
{
	struct ss_aead_tx *t = tx_of(c);

	if (t->buf == NULL || t->buf->len > 0)
		return 0;
	if (n == 0) {
		buf_put(&t->buf);
		return 0;
	}
	ASSERT(n <= SS_CHUNK_MAX);
	if (t->started)
		seal_chunk(t, n);
	else
		opening_of(t->ss)->send(t, n);
	t->started = true;
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
	struct ss_aead_tx *t = tx_of(c);

	ss_out_done(t->buf, n);
	if (t->buf != NULL && t->buf->len == 0)
		buf_put(&t->buf);
}

static void tx_close(struct codec *c)
{
	struct ss_aead_tx *t = tx_of(c);

	buf_put(&t->buf);
	aead_key_wipe(&t->key);
}

struct codec *ss_aead_tx_start(struct ss_aead_tx *t, const struct ss_key *k)
{
	static const struct codec_ops ops = {
		tx_in_room, tx_in_done, tx_in_end, tx_out_data, tx_out_done,
		tx_close,
	};

	memset(t, 0, sizeof(*t));
	t->codec.ops = &ops;
	t->ss = k;
	return &t->codec;
}
