/* gcm_neon.h - AES-GCM with mbedTLS's AES, and GHASH from NEON's products of
 * octets without carry, for whoever includes it: the products of up to eight
 * blocks are added up before they are put together and reduced once. No branch
 * or address of GHASH depends on key or text.
 * Source: NIST SP 800-38D; for words from octets: Camara, Gouvea, Lopez,
 * Dahab, "Fast Software Polynomial Multiplication on ARM Processors Using the
 * NEON Engine"; for the order of bits: Gueron, Kounavis, "Carry-Less
 * Multiplication and Its Usage for Computing the GCM Mode". */
#include <arm_neon.h>

#include "ways.h"
#include "words.h"

#define WIDE 8		/* blocks that are hashed at once */

/* Two words of 64 bits, the lower first. */
typedef uint64x2_t pair;

/* ---- products of 64 bits ---- */

/*
 * Sums of products of octets a[i] and b[j], two octets each: at lane i of turn
 * k those whose j is i + k or i - k, modulo 8.
 */
struct sums {
	pair turn[5];
};

static inline pair times(uint8x8_t a, uint8x8_t b)
{
	return vreinterpretq_u64_p16(vmull_p8(vreinterpret_p8_u8(a),
	    vreinterpret_p8_u8(b)));
}

#define TURN(a, k) vext_u8(a, a, k)
#define BOTH(a, b, k) (times(TURN(a, k), b) ^ times(a, TURN(b, k)))

static inline void add_product(struct sums *s, uint8x8_t a, uint8x8_t b)
{
	s->turn[0] ^= times(a, b);
	s->turn[1] ^= BOTH(a, b, 1);
	s->turn[2] ^= BOTH(a, b, 2);
	s->turn[3] ^= BOTH(a, b, 3);
	s->turn[4] ^= times(a, TURN(b, 4));
}

/* Lane i of turn k belongs k octets higher; the last k lanes, which went over
 * the end, 8 octets lower than that. */
#define OVER(k) vcreate_u8(~UINT64_C(0) << (64 - 16 * (k)))
#define PLACED(x, k) vreinterpretq_u64_u8(vextq_u8(vdupq_n_u8(0), \
	folded(vreinterpretq_u8_u64(x), OVER(k)), 16 - (k)))

static inline uint8x16_t folded(uint8x16_t x, uint8x8_t over)
{
	over = vand_u8(over, vget_high_u8(x));
	return veorq_u8(x, vcombine_u8(over, over));
}

static inline pair whole(const struct sums *s)
{
	return s->turn[0] ^ PLACED(s->turn[1], 1) ^ PLACED(s->turn[2], 2) ^
	    PLACED(s->turn[3], 3) ^ PLACED(s->turn[4], 4);
}

/* ---- GHASH ---- */

/* Its bits are the other way round, and so are its octets here. */
static inline uint8x8_t half(const uint8_t *mem)
{
	return vrev64_u8(vld1_u8(mem));
}

/* What of a block and of a power is multiplied, after Karatsuba. */
enum part { LOW, HIGH, SUM };

static inline uint8x8_t part_of(const uint8_t *block, enum part part)
{
	if (part == LOW)
		return half(block + 8);
	if (part == HIGH)
		return half(block);
	return veor_u8(half(block), half(block + 8));
}

/* The sum of n blocks, each by its power of h; y is added to the first. */
static inline pair product(const struct gcm_octets *g, uint8x8_t y,
    const uint8_t *mem, size_t n, enum part part)
{
	struct sums s = { { { 0 } } };

	for (; n > 0; n--, mem += 16) {
		add_product(&s, veor_u8(y, part_of(mem, part)),
		    vcreate_u8(g->power[n - 1][part]));
		y = vdup_n_u8(0);
	}
	return whole(&s);
}

/* Times x^63 + x^62 + x^57, the lower and the higher word of it. */
#define LOWER(x) (x << 63 ^ x << 62 ^ x << 57)
#define HIGHER(x) (x >> 1 ^ x >> 2 ^ x >> 7)

/* y and n blocks, 1 to WIDE, modulo x^128 + x^7 + x^2 + x + 1. */
static pair hash_some(const struct gcm_octets *g, pair y, const uint8_t *mem,
    size_t n)
{
	uint8x8_t y0 = vreinterpret_u8_u64(vget_low_u64(y));
	uint8x8_t y1 = vreinterpret_u8_u64(vget_high_u64(y));
	pair lo = product(g, y0, mem, n, LOW);
	pair hi = product(g, y1, mem, n, HIGH);
	pair mid = product(g, veor_u8(y0, y1), mem, n, SUM) ^ lo ^ hi;
	pair zero = vdupq_n_u64(0), first, both;

	lo ^= vextq_u64(zero, mid, 1);
	hi ^= vextq_u64(mid, zero, 1);
	/* Word 0 goes into word 1, and both of them into hi. */
	first = vextq_u64(zero, lo, 1);
	both = lo ^ LOWER(first);
	return hi ^ both ^ HIGHER(both) ^ vextq_u64(LOWER(both), zero, 1);
}

/* Filled up with zeros. */
static pair hash(const struct gcm_octets *g, pair y, const uint8_t *mem,
    size_t len)
{
	uint8_t last[16] = { 0 };
	size_t n;

	for (; len >= 16; len -= 16 * n, mem += 16 * n) {
		n = MIN(len / 16, WIDE);
		y = hash_some(g, y, mem, n);
	}
	if (len == 0)
		return y;
	memcpy(last, mem, len);
	return hash_some(g, y, last, 1);
}

/* ---- both ---- */

static void block_of(uint8_t out[16], pair y)
{
	uint8x16_t b = vrev64q_u8(vreinterpretq_u8_u64(y));

	vst1q_u8(out, vextq_u8(b, b, 8));
}

static void power_set(uint64_t power[3], pair p)
{
	power[LOW] = vgetq_lane_u64(p, 0);
	power[HIGH] = vgetq_lane_u64(p, 1);
	power[SUM] = power[LOW] ^ power[HIGH];
}

static void set(union gcm_key *k, const uint8_t *key, size_t key_len)
{
	struct gcm_octets *g = &k->octets;
	uint8_t h[16] = { 0 };
	uint64_t lo, hi, over;
	int err, i;

	mbedtls_aes_init(&g->aes);
	err = mbedtls_aes_setkey_enc(&g->aes, key, (unsigned)key_len * 8);
	ASSERT(err == 0);
	gcm_encrypt(&g->aes, h, h);
	hi = (uint64_t)word_be(h) << 32 | word_be(h + 4);
	lo = (uint64_t)word_be(h + 8) << 32 | word_be(h + 12);
	/* Times x: with bits turned, products come out one place too low. */
	over = 0 - (hi >> 63);
	hi = (hi << 1 | lo >> 63) ^ (over & UINT64_C(0xc200000000000000));
	lo = lo << 1 ^ (over & 1);
	power_set(g->power[0], vcombine_u64(vcreate_u64(lo), vcreate_u64(hi)));
	memset(h, 0, sizeof(h));
	for (i = 1; i < WIDE; i++)
		power_set(g->power[i], hash_some(g, vcombine_u64(
		    vcreate_u64(g->power[i - 1][LOW]),
		    vcreate_u64(g->power[i - 1][HIGH])), h, 1));
}

/* One block, or less at the end. */
static void cross(uint8_t *out, const uint8_t *in, const uint8_t stream[16],
    size_t len)
{
	size_t i;

	if (len == 16) {
		vst1q_u8(out, veorq_u8(vld1q_u8(in), vld1q_u8(stream)));
		return;
	}
	for (i = 0; i < len; i++)
		out[i] = in[i] ^ stream[i];
}

static void run(const union gcm_key *k, bool seal, const uint8_t iv[12],
    const struct gcm_text *t, uint8_t tag[16])
{
	const struct gcm_octets *g = &k->octets;
	uint8_t counter[16], stream[16], lengths[16];
	pair y = hash(g, vdupq_n_u64(0), t->aad, t->aad_len);
	uint32_t count = 1;
	size_t at, n;

	memcpy(counter, iv, 12);
	if (!seal)
		y = hash(g, y, t->in, t->len);
	for (at = 0; at < t->len; at += n) {
		n = MIN(t->len - at, 16);
		set_word_be(counter + 12, ++count);
		gcm_encrypt(&g->aes, counter, stream);
		cross(t->out + at, t->in + at, stream, n);
	}
	if (seal)
		y = hash(g, y, t->out, t->len);
	block_of(lengths, vcombine_u64(vcreate_u64((uint64_t)t->len * 8),
	    vcreate_u64((uint64_t)t->aad_len * 8)));
	block_of(tag, hash_some(g, y, lengths, 1));
	set_word_be(counter + 12, 1);
	gcm_encrypt(&g->aes, counter, stream);
	cross(tag, tag, stream, 16);
	wipe(stream, sizeof(stream));
}
