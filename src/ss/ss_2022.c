/* ss_2022.c - how a stream of SIP022 begins: salt, identity headers, the header
 * with type and time, the first payload. What follows is ss_aead.c's.
 * Knows no socket; clocks are numbers that someone else sets.
 *
 * The salt of a request comes back in the response. Until that is made (or
 * opened) it lies in the key of the direction it answers in, which has none
 * yet: a session needs no room for it. */
#include "ss_2022.h"

#include "base/endian.h"
#include "port/rand.h"
#include "ss_addr.h"

#define TYPE_REQUEST 0
#define TYPE_RESPONSE 1

#define HEADER (1 + 8 + 2)	/* type | time u64be | length u16be */
#define PADDING_MAX 900
#define IDENTITY SS_IDENTITY

_Static_assert(BUF_HEAD >= SS_SALT_MAX + SS_IPSK_MAX * IDENTITY + HEADER +
    AEAD_TAG, "no room before a request");
_Static_assert(BUF_HEAD >= 2 * SS_SALT_MAX + HEADER + AEAD_TAG,
    "no room before a response");
_Static_assert(SS_STASH >= HEADER + AEAD_TAG,
    "who has not proved anything must not hold a buffer");
_Static_assert(BUF_BIG_OCTETS >= 0xffff + AEAD_TAG, "no room for a chunk");

static const char identity_context[] = "shadowsocks 2022 identity subkey";

static void derive(uint8_t out[32], const char *context, const uint8_t *psk,
    const uint8_t *salt, size_t len)
{
	uint8_t mem[2 * KEY_MAX];

	memcpy(mem, psk, len);
	memcpy(mem + len, salt, len);
	kdf_blake3(out, context, mem, 2 * len);
	wipe(mem, sizeof(mem));
}

static void session_key(struct aead_key *out, const struct ss_key *k,
    const uint8_t *salt)
{
	const struct ss_method *m = k->method;
	uint8_t subkey[32];

	derive(subkey, "shadowsocks 2022 session subkey", k->master, salt,
	    m->key_len);
	aead_key_set(out, (enum aead_kind)m->cipher, subkey, m->key_len);
	wipe(subkey, sizeof(subkey));
}

static bool is_server(const struct ss_key *k)
{
	return k->shared->replay != NULL;
}

static uint64_t now_s(const struct ss_key *k)
{
	return (uint64_t)MAX(*k->shared->wall_ms, 0) / 1000;
}

/* ---- receiving ---- */

static int check_time(const struct ss_key *k, uint64_t then_s)
{
	uint64_t now = now_s(k);
	uint64_t apart = now > then_s ? now - then_s : then_s - now;

	return apart <= SS_CLOCK_S ? 0 : -E_RANGE;
}

/* Opens a header and checks what both have: type, time, length at the end. */
static int open_header(struct ss_aead_rx *r, uint8_t *mem, size_t len,
    uint8_t type)
{
	int rc = aead_open(&r->key, mem, len);

	if (rc != 0)
		return rc;
	if (mem[0] != type)
		return -E_PROTO;
	r->chunk_len = get_u16be(mem + len - 2);
	return check_time(r->ss, get_u64be(mem + 1));
}

static int open_request(struct ss_aead_rx *r, uint8_t *mem)
{
	const struct ss_2022 *shared = r->ss->shared;
	int rc = open_header(r, mem, HEADER, TYPE_REQUEST);

	if (rc != 0)
		return rc;
	r->stage = RX_FIRST;
	return ss_replay_add(shared->replay, r->reply->key.key,
	    r->ss->method->salt_len, *shared->now_ms);
}

/* address | length of padding u16be | padding | payload: the middle goes, and
 * what is left looks like the first chunk of SIP004. */
static int open_first(struct ss_aead_rx *r, uint8_t *mem)
{
	int rc = aead_open(&r->key, mem, r->chunk_len), head;
	struct ss_addr ignored;
	size_t padding;

	if (rc != 0)
		return rc;
	head = ss_addr_parse(&ignored, mem, r->chunk_len);
	if (head <= 0 || head + 2 > r->chunk_len)
		return -E_PROTO;
	padding = get_u16be(mem + head);
	if ((size_t)head + 2 + padding > r->chunk_len)
		return -E_PROTO;
	if (padding == 0 && head + 2 == r->chunk_len)
		return -E_PROTO;
	memmove(mem + 2 + padding, mem, (size_t)head);
	ss_aead_deliver(r, mem + 2 + padding, r->chunk_len - 2 - padding);
	r->stage = RX_LENGTH;
	return 0;
}

/* salt | sealed: type, time, salt of the request, length of the payload. */
static int open_response(struct ss_aead_rx *r, uint8_t *mem)
{
	size_t len = r->ss->method->salt_len;
	uint8_t ours[SS_SALT_MAX];
	int rc;

	memcpy(ours, r->key.key, len);
	session_key(&r->key, r->ss, mem);
	rc = open_header(r, mem + len, HEADER + len, TYPE_RESPONSE);
	if (rc == 0 && memcmp(mem + len + 1 + 8, ours, len) != 0)
		rc = -E_AUTH;
	r->stage = RX_PAYLOAD;
	return rc;
}

static size_t at_once(const struct ss_aead_rx *r)
{
	const struct ss_2022 *shared = r->ss->shared;

	if (!is_server(r->ss) || shared->in_pieces)
		return 0;
	return r->ss->method->salt_len + (shared->who != NULL ? IDENTITY : 0) +
	    HEADER + AEAD_TAG;
}

static size_t needs(const struct ss_aead_rx *r)
{
	size_t salt_len = r->ss->method->salt_len;

	if (!is_server(r->ss))
		return 2 * salt_len + HEADER + AEAD_TAG;
	switch (r->stage) {
	case RX_SALT:
		return salt_len;
	case RX_IDENTITY:
		return IDENTITY;
	case RX_HEADER:
		return HEADER + AEAD_TAG;
	default:
		return (size_t)r->chunk_len + AEAD_TAG;
	}
}

static int open_salt(struct ss_aead_rx *r, const uint8_t *salt)
{
	memcpy(r->reply->key.key, salt, r->ss->method->salt_len);
	if (r->ss->shared->who != NULL) {
		r->stage = RX_IDENTITY;
		return 0;
	}
	session_key(&r->key, r->ss, salt);
	r->stage = RX_HEADER;
	return 0;
}

/* From here on both directions are the user's. */
static int open_identity(struct ss_aead_rx *r, const uint8_t *mem)
{
	const uint8_t *salt = r->reply->key.key;
	const struct ss_key *k = r->ss;
	uint8_t key[32], hash[IDENTITY];

	derive(key, identity_context, k->master, salt, k->method->key_len);
	aes_block_decrypt(key, k->method->key_len, mem, hash);
	wipe(key, sizeof(key));
	k = k->shared->who(k, hash);
	if (k == NULL)
		return -E_AUTH;
	r->ss = r->reply->ss = k;
	session_key(&r->key, k, salt);
	r->stage = RX_HEADER;
	return 0;
}

static int open_next(struct ss_aead_rx *r, uint8_t *mem)
{
	if (!is_server(r->ss))
		return open_response(r, mem);
	switch (r->stage) {
	case RX_SALT:
		return open_salt(r, mem);
	case RX_IDENTITY:
		return open_identity(r, mem);
	case RX_HEADER:
		return open_request(r, mem);
	default:
		return open_first(r, mem);
	}
}

/* ---- sending ---- */

static uint8_t *put_header(const struct ss_key *k, uint8_t *at, uint8_t type)
{
	*at = type;
	put_u64be(at + 1, now_s(k));
	return at + 1 + 8;
}

/* One for each identity key: who is meant by it, told by the hash of the key
 * behind it in the chain. */
static void put_identities(const struct ss_key *k, uint8_t *at,
    const uint8_t *salt)
{
	const struct ss_2022 *shared = k->shared;
	size_t i, len = k->method->key_len;
	uint8_t key[32], hash[32];

	for (i = 0; i < shared->ipsk_n; i++) {
		derive(key, identity_context, shared->ipsk[i], salt, len);
		blake3(hash, i + 1 < shared->ipsk_n ? shared->ipsk[i + 1] :
		    k->master, len);
		aes_block_encrypt(key, len, hash, at + i * IDENTITY);
	}
	wipe(key, sizeof(key));
}

/* Who has nothing to send yet must not be known by the length of that. */
static size_t some_padding(size_t payload_len)
{
	uint32_t r;

	if (payload_len > 0)
		return 0;
	port_rand(&r, sizeof(r));
	return 1 + r % PADDING_MAX;
}

/* Makes room behind the address; returns octets of the whole. */
static size_t pad(uint8_t *mem, size_t n)
{
	struct ss_addr ignored;
	int head = ss_addr_parse(&ignored, mem, n);
	size_t padding, payload_len;

	ASSERT(head > 0);	/* all of it comes in the first write */
	payload_len = n - (size_t)head;
	padding = some_padding(payload_len);
	mem += head;
	memmove(mem + 2 + padding, mem, payload_len);
	put_u16be(mem, (uint16_t)padding);
	memset(mem + 2, 0, padding);
	return n + 2 + padding;
}

static void send_request(struct ss_aead_tx *t, size_t n)
{
	const struct ss_key *k = t->ss;
	size_t len = k->method->salt_len;
	size_t before = len + k->shared->ipsk_n * IDENTITY + HEADER + AEAD_TAG;
	uint8_t *first = t->buf->data + BUF_HEAD, *salt = first - before;
	uint8_t *header = first - HEADER - AEAD_TAG;

	n = pad(first, n);
	port_rand(salt, len);
	ss_key_prefix(k, salt);
	memcpy(t->reply->key.key, salt, len);
	put_identities(k, salt + len, salt);
	session_key(&t->key, k, salt);
	put_u16be(put_header(k, header, TYPE_REQUEST), (uint16_t)n);
	aead_seal(&t->key, header, HEADER);
	aead_seal(&t->key, first, n);
	t->buf->off = (uint32_t)(BUF_HEAD - before);
	t->buf->len = (uint32_t)(before + n + AEAD_TAG);
}

static void send_response(struct ss_aead_tx *t, size_t n)
{
	const struct ss_key *k = t->ss;
	size_t len = k->method->salt_len;
	size_t before = len + HEADER + len + AEAD_TAG;
	uint8_t *first = t->buf->data + BUF_HEAD, *salt = first - before;
	uint8_t *at = put_header(k, salt + len, TYPE_RESPONSE);

	memcpy(at, t->key.key, len);
	put_u16be(at + len, (uint16_t)n);
	port_rand(salt, len);
	session_key(&t->key, k, salt);
	aead_seal(&t->key, salt + len, HEADER + len);
	aead_seal(&t->key, first, n);
	t->buf->off = (uint32_t)(BUF_HEAD - before);
	t->buf->len = (uint32_t)(before + n + AEAD_TAG);
}

static void send_first(struct ss_aead_tx *t, size_t n)
{
	if (is_server(t->ss))
		send_response(t, n);
	else
		send_request(t, n);
}

const struct ss_opening ss_2022_opening = {
	.chunk_max = 0xffff,
	.first_max = SS_CHUNK_MAX - 2 - PADDING_MAX,
	.at_once = at_once,
	.needs = needs,
	.open = open_next,
	.send = send_first,
};
