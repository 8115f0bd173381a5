/* gcm_aesni.c - what gcm_wide.h needs of AES-NI and PCLMULQDQ. */
#include <immintrin.h>

#include "src/crypto/alt/ways.h"

typedef __m128i block;

static inline block load(const void *at)
{
	return _mm_loadu_si128((const block *)at);
}

static inline void store(void *at, block b)
{
	_mm_storeu_si128((block *)at, b);
}

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

static void expand(uint8_t to[15][16], const uint8_t *key, size_t key_len)
{
	block k[15];

	if (key_len == 16)
		expand_128(k, key);
	else if (key_len == 24)
		expand_192(k, key);
	else
		expand_256(k, key);
	memcpy(to, k, (key_len / 4 + 7) * sizeof(block));
	wipe(k, sizeof(k));
}

static inline void encrypt(const struct gcm_wide *g, block *b, int n)
{
	block k = load(g->round[0]);
	int i, r;

	for (i = 0; i < n; i++)
		b[i] = _mm_xor_si128(b[i], k);
	for (r = 1; r < g->rounds; r++) {
		k = load(g->round[r]);
		for (i = 0; i < n; i++)
			b[i] = _mm_aesenc_si128(b[i], k);
	}
	k = load(g->round[r]);
	for (i = 0; i < n; i++)
		b[i] = _mm_aesenclast_si128(b[i], k);
}

static inline block times_low(block a, block b)
{
	return _mm_clmulepi64_si128(a, b, 0x00);
}

static inline block times_high(block a, block b)
{
	return _mm_clmulepi64_si128(a, b, 0x11);
}

#include "src/crypto/alt/gcm_wide.h"

static bool there(void)
{
	return __builtin_cpu_supports("aes") != 0 &&
	    __builtin_cpu_supports("pclmul") != 0 &&
	    __builtin_cpu_supports("ssse3") != 0;
}

const struct gcm_way gcm_aesni = { "aesni", there, set, run };
