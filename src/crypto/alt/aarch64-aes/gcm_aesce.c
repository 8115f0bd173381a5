/* gcm_aesce.c - what gcm_wide.h needs of ARMv8's AES and PMULL instructions. */
#include <arm_neon.h>

#include "port/cpu.h"
#include "src/crypto/alt/ways.h"
#include "src/crypto/alt/words.h"

typedef uint8x16_t block;

static inline block load(const void *at)
{
	return vld1q_u8(at);
}

static inline void store(void *at, block b)
{
	vst1q_u8(at, b);
}

/* SubWord of FIPS 197 5.2: with all columns the same, AESE turns no rows. */
static uint32_t substituted(uint32_t word)
{
	block b = vaeseq_u8(vreinterpretq_u8_u32(vdupq_n_u32(word)),
	    vdupq_n_u8(0));

	return vgetq_lane_u32(vreinterpretq_u32_u8(b), 0);
}

/* Words as they lie in memory: RotWord goes to the right. */
static void expand(uint8_t to[15][16], const uint8_t *key, size_t key_len)
{
	size_t i, n = key_len / 4;
	uint32_t w[60] = { 0 }, word, rcon = 1;

	for (i = 0; i < n; i++)
		w[i] = word_le(key + 4 * i);
	for (; i < 4 * (n + 7); i++) {
		word = w[i - 1];
		if (i % n == 0) {
			word = substituted(word);
			word = (word >> 8 | word << 24) ^ rcon;
			rcon = rcon << 1 ^ (rcon >> 7) * 0x11b;
		} else if (n == 8 && i % n == 4) {
			word = substituted(word);
		}
		w[i] = w[i - n] ^ word;
	}
	memcpy(to, w, 16 * (n + 7));
	wipe(w, sizeof(w));
}

static inline void encrypt(const struct gcm_wide *g, block *b, int n)
{
	block k;
	int i, r;

	for (r = 0; r < g->rounds - 1; r++) {
		k = load(g->round[r]);
		for (i = 0; i < n; i++)
			b[i] = vaesmcq_u8(vaeseq_u8(b[i], k));
	}
	k = load(g->round[r]);
	for (i = 0; i < n; i++)
		b[i] = veorq_u8(vaeseq_u8(b[i], k), load(g->round[r + 1]));
}

static inline block times_low(block a, block b)
{
	return vreinterpretq_u8_p128(vmull_p64(
	    vgetq_lane_p64(vreinterpretq_p64_u8(a), 0),
	    vgetq_lane_p64(vreinterpretq_p64_u8(b), 0)));
}

static inline block times_high(block a, block b)
{
	return vreinterpretq_u8_p128(vmull_high_p64(vreinterpretq_p64_u8(a),
	    vreinterpretq_p64_u8(b)));
}

#include "src/crypto/alt/gcm_wide.h"

static bool there(void)
{
	return port_cpu_has(CPU_AES | CPU_PMULL);
}

const struct gcm_way gcm_aesce = { "aesce", there, set, run };
