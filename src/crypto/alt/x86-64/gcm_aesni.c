/* gcm_aesni.c - AES-GCM with AES-NI and PCLMULQDQ: eight blocks are encrypted
 * side by side, and their products are added up before they are reduced once.
 * Source: NIST SP 800-38D; Gueron, Kounavis, "Carry-Less Multiplication and Its
 * Usage for Computing the GCM Mode". */
#include <immintrin.h>

#include "src/crypto/alt/ways.h"

#define WIDE 8		/* blocks of a pass */

typedef __m128i block;

static inline block load(const void *at)
{
	return _mm_loadu_si128((const block *)at);
}

static inline void store(void *at, block b)
{
	_mm_storeu_si128((block *)at, b);
}

/* GHASH takes the bits of a block the other way round. */
static inline block turned(block b)
{
	return _mm_shuffle_epi8(b, _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
	    10, 11, 12, 13, 14, 15));
}

/* ---- AES ---- */

static inline block spread(block b)
{
	b = _mm_xor_si128(b, _mm_slli_si128(b, 4));
	return _mm_xor_si128(b, _mm_slli_si128(b, 8));
}

/* FIPS 197 5.2. The instruction takes its constant at compile time. */
#define FULL(b, of, rcon) _mm_xor_si128(spread(b), _mm_shuffle_epi32( \
	_mm_aeskeygenassist_si128(of, rcon), 0xff))
#define HALF(b, of) _mm_xor_si128(spread(b), _mm_shuffle_epi32( \
	_mm_aeskeygenassist_si128(of, 0), 0xaa))

static void expand_128(block k[11], const uint8_t *key)
{
	k[0] = load(key);
	k[1] = FULL(k[0], k[0], 0x01);
	k[2] = FULL(k[1], k[1], 0x02);
	k[3] = FULL(k[2], k[2], 0x04);
	k[4] = FULL(k[3], k[3], 0x08);
	k[5] = FULL(k[4], k[4], 0x10);
	k[6] = FULL(k[5], k[5], 0x20);
	k[7] = FULL(k[6], k[6], 0x40);
	k[8] = FULL(k[7], k[7], 0x80);
	k[9] = FULL(k[8], k[8], 0x1b);
	k[10] = FULL(k[9], k[9], 0x36);
}

static void expand_256(block k[15], const uint8_t *key)
{
	k[0] = load(key);
	k[1] = load(key + 16);
	k[2] = FULL(k[0], k[1], 0x01);
	k[3] = HALF(k[1], k[2]);
	k[4] = FULL(k[2], k[3], 0x02);
	k[5] = HALF(k[3], k[4]);
	k[6] = FULL(k[4], k[5], 0x04);
	k[7] = HALF(k[5], k[6]);
	k[8] = FULL(k[6], k[7], 0x08);
	k[9] = HALF(k[7], k[8]);
	k[10] = FULL(k[8], k[9], 0x10);
	k[11] = HALF(k[9], k[10]);
	k[12] = FULL(k[10], k[11], 0x20);
	k[13] = HALF(k[11], k[12]);
	k[14] = FULL(k[12], k[13], 0x40);
}

/* Six words of the schedule, from the six before: hi holds the last two. */
#define NEXT_192(lo, hi, rcon) do { \
	block t_ = _mm_shuffle_epi32( \
	    _mm_aeskeygenassist_si128(hi, rcon), 0x55); \
	lo = _mm_xor_si128(spread(lo), t_); \
	hi = _mm_xor_si128(_mm_xor_si128(hi, _mm_slli_si128(hi, 4)), \
	    _mm_shuffle_epi32(lo, 0xff)); \
	store(w, lo); \
	_mm_storel_epi64((block *)(w + 16), hi); \
	w += 24; \
} while (0)

static void expand_192(block k[13], const uint8_t *key)
{
	uint8_t mem[9 * 24], *w = mem;
	block lo = load(key), hi = _mm_loadl_epi64((const block *)(key + 16));

	store(w, lo);
	_mm_storel_epi64((block *)(w + 16), hi);
	w += 24;
	NEXT_192(lo, hi, 0x01);
	NEXT_192(lo, hi, 0x02);
	NEXT_192(lo, hi, 0x04);
	NEXT_192(lo, hi, 0x08);
	NEXT_192(lo, hi, 0x10);
	NEXT_192(lo, hi, 0x20);
	NEXT_192(lo, hi, 0x40);
	NEXT_192(lo, hi, 0x80);
	memcpy(k, mem, 13 * 16);
	wipe(mem, sizeof(mem));
}

static inline block encrypt(const struct gcm_wide *g, block b)
{
	int i;

	b = _mm_xor_si128(b, load(g->round[0]));
	for (i = 1; i < g->rounds; i++)
		b = _mm_aesenc_si128(b, load(g->round[i]));
	return _mm_aesenclast_si128(b, load(g->round[i]));
}

/* ---- GHASH ---- */

/* The three parts of a product, after Karatsuba, not yet reduced. */
struct sum {
	block lo, mid, hi;
};

static inline void add_product(struct sum *s, block a, block h, block folded)
{
	block half = _mm_xor_si128(a, _mm_shuffle_epi32(a, 0x4e));

	s->lo = _mm_xor_si128(s->lo, _mm_clmulepi64_si128(a, h, 0x00));
	s->hi = _mm_xor_si128(s->hi, _mm_clmulepi64_si128(a, h, 0x11));
	s->mid = _mm_xor_si128(s->mid,
	    _mm_clmulepi64_si128(half, folded, 0x00));
}

/* Twice 64 bits, from below, modulo x^128 + x^7 + x^2 + x + 1, turned round. */
static inline block reduced(const struct sum *s)
{
	const block poly = _mm_set_epi64x(0, (long long)0xc200000000000000);
	block mid = _mm_xor_si128(s->mid, _mm_xor_si128(s->lo, s->hi));
	block lo = _mm_xor_si128(s->lo, _mm_slli_si128(mid, 8));
	block hi = _mm_xor_si128(s->hi, _mm_srli_si128(mid, 8));

	lo = _mm_xor_si128(_mm_shuffle_epi32(lo, 0x4e),
	    _mm_clmulepi64_si128(lo, poly, 0x00));
	lo = _mm_xor_si128(_mm_shuffle_epi32(lo, 0x4e),
	    _mm_clmulepi64_si128(lo, poly, 0x00));
	return _mm_xor_si128(hi, lo);
}

static inline block folded(block h)
{
	return _mm_xor_si128(h, _mm_shuffle_epi32(h, 0x4e));
}

static inline block product(block a, block h)
{
	struct sum s = { _mm_setzero_si128(), _mm_setzero_si128(),
		_mm_setzero_si128() };

	add_product(&s, a, h, folded(h));
	return reduced(&s);
}

/* h * x: as bits are turned, the products come out one place too low. */
static block doubled(block h)
{
	block carry = _mm_srli_epi64(h, 63);
	block over = _mm_shuffle_epi32(_mm_srai_epi32(h, 31), 0xff);

	h = _mm_or_si128(_mm_slli_epi64(h, 1), _mm_slli_si128(carry, 8));
	return _mm_xor_si128(h, _mm_and_si128(over,
	    _mm_set_epi64x((long long)0xc200000000000000, 1)));
}

/* y and then the eight blocks at b, each by its power of h. */
static inline block hash_wide(const struct gcm_wide *g, block y,
    const block b[WIDE])
{
	struct sum s = { _mm_setzero_si128(), _mm_setzero_si128(),
		_mm_setzero_si128() };
	int i;

	for (i = 0; i < WIDE; i++) {
		block a = turned(b[i]);

		if (i == 0)
			a = _mm_xor_si128(a, y);
		add_product(&s, a, load(g->power[WIDE - 1 - i]),
		    load(g->folded[WIDE - 1 - i]));
	}
	return reduced(&s);
}

/* Filled up with zeros. */
static block hash(const struct gcm_wide *g, block y, const uint8_t *mem,
    size_t len)
{
	uint8_t last[16] = { 0 };
	block b[WIDE], h = load(g->power[0]);
	int i;

	for (; len >= sizeof(b); len -= sizeof(b), mem += sizeof(b)) {
		for (i = 0; i < WIDE; i++)
			b[i] = load(mem + 16 * i);
		y = hash_wide(g, y, b);
	}
	for (; len >= 16; len -= 16, mem += 16)
		y = product(_mm_xor_si128(y, turned(load(mem))), h);
	if (len == 0)
		return y;
	memcpy(last, mem, len);
	return product(_mm_xor_si128(y, turned(load(last))), h);
}

/* ---- both ---- */

static void set(union gcm_key *to, const uint8_t *key, size_t key_len)
{
	struct gcm_wide *g = &to->wide;
	block k[15], h, power;
	int i;

	g->rounds = (int)key_len / 4 + 6;
	if (key_len == 16)
		expand_128(k, key);
	else if (key_len == 24)
		expand_192(k, key);
	else
		expand_256(k, key);
	memcpy(g->round, k, (size_t)(g->rounds + 1) * sizeof(block));
	h = doubled(turned(encrypt(g, _mm_setzero_si128())));
	power = h;
	for (i = 0; i < WIDE; i++) {
		store(g->power[i], power);
		store(g->folded[i], folded(power));
		power = product(power, h);
	}
	wipe(k, sizeof(k));
}

/* Eight blocks of key stream, the counter moved on. */
static inline void stream_wide(const struct gcm_wide *g, block *counter,
    block b[WIDE])
{
	const block one = _mm_set_epi32(0, 0, 0, 1);
	block k = load(g->round[0]);
	int i, r;

	for (i = 0; i < WIDE; i++) {
		b[i] = _mm_xor_si128(turned(*counter), k);
		*counter = _mm_add_epi32(*counter, one);
	}
	for (r = 1; r < g->rounds; r++) {
		k = load(g->round[r]);
		for (i = 0; i < WIDE; i++)
			b[i] = _mm_aesenc_si128(b[i], k);
	}
	k = load(g->round[r]);
	for (i = 0; i < WIDE; i++)
		b[i] = _mm_aesenclast_si128(b[i], k);
}

/* The rest, less than eight blocks. */
static void stream_rest(const struct gcm_wide *g, block counter,
    uint8_t *out, const uint8_t *in, size_t len)
{
	uint8_t stream[WIDE * 16];
	block b[WIDE];
	size_t i;

	stream_wide(g, &counter, b);
	memcpy(stream, b, sizeof(stream));
	for (i = 0; i < len; i++)
		out[i] = in[i] ^ stream[i];
	wipe(b, sizeof(b));
	wipe(stream, sizeof(stream));
}

static void run(const union gcm_key *key, bool seal, const uint8_t iv[12],
    const struct gcm_text *t, uint8_t tag[16])
{
	const struct gcm_wide *g = &key->wide;
	const uint8_t *in = t->in;
	uint8_t *out = t->out, start[16];
	size_t left = t->len;
	block counter, first, y, b[WIDE], text[WIDE];
	int i;

	memcpy(start, iv, 12);
	memcpy(start + 12, "\0\0\0\1", 4);
	first = encrypt(g, load(start));
	counter = _mm_add_epi32(turned(load(start)), _mm_set_epi32(0, 0, 0, 1));
	y = hash(g, _mm_setzero_si128(), t->aad, t->aad_len);
	for (; left >= sizeof(b); left -= sizeof(b)) {
		stream_wide(g, &counter, b);
		for (i = 0; i < WIDE; i++) {
			text[i] = load(in + 16 * i);
			b[i] = _mm_xor_si128(b[i], text[i]);
			store(out + 16 * i, b[i]);
		}
		y = hash_wide(g, y, seal ? b : text);
		in += sizeof(b);
		out += sizeof(b);
	}
	if (!seal)
		y = hash(g, y, in, left);
	if (left > 0)
		stream_rest(g, counter, out, in, left);
	if (seal)
		y = hash(g, y, out, left);
	y = _mm_xor_si128(y, _mm_set_epi64x((long long)t->aad_len * 8,
	    (long long)t->len * 8));
	y = product(y, load(g->power[0]));
	store(tag, _mm_xor_si128(turned(y), first));
}

static bool there(void)
{
	return __builtin_cpu_supports("aes") != 0 &&
	    __builtin_cpu_supports("pclmul") != 0 &&
	    __builtin_cpu_supports("ssse3") != 0;
}

const struct gcm_way gcm_aesni = { "aesni", there, set, run };
