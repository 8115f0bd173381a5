/* chacha_wide.h - ChaCha20 of WIDE blocks at a time, for whoever includes it:
 * word i of all of them is one vector. No branch or address depends on them.
 * Source: RFC 8439. */
#include "chacha.h"

typedef uint32_t vec __attribute__((vector_size(4 * WIDE)));
typedef uint32_t quad __attribute__((vector_size(16)));
typedef uint8_t octets __attribute__((vector_size(4 * WIDE)));

static inline vec all(uint32_t x)
{
	return x - (vec){ 0 };
}

static inline vec rotate(vec x, int n)
{
	return (x << n) | (x >> (32 - n));
}

#define STEP(a, b, d, turn) (a += b, d ^= a, d = turn(d))
#define TURN12(x) rotate(x, 12)
#define TURN7(x) rotate(x, 7)
#define QUARTER(a, b, c, d) (STEP(a, b, d, TURN16), STEP(c, d, b, TURN12), \
	STEP(a, b, d, TURN8), STEP(c, d, b, TURN7))

/* XORs the four words of one vector's lanes, each to its block. */
static inline void put_lanes(uint8_t *out, const uint8_t *in, vec v)
{
	quad part, text;
	size_t i;

	for (i = 0; i < WIDE / 4; i++) {
		memcpy(&part, (const uint8_t *)&v + 16 * i, sizeof(part));
		memcpy(&text, in + 4 * CHACHA_BLOCK * i, sizeof(text));
		text ^= part;
		memcpy(out + 4 * CHACHA_BLOCK * i, &text, sizeof(text));
	}
}

/* Four words of all blocks: from one vector a word to one vector a block. */
static inline void put_words(uint8_t *out, const uint8_t *in, vec a, vec b,
    vec c, vec d)
{
	vec ab = LOW(a, b), cd = LOW(c, d);
	vec ab2 = HIGH(a, b), cd2 = HIGH(c, d);

	put_lanes(out, in, LOW_PAIR(ab, cd));
	put_lanes(out + CHACHA_BLOCK, in + CHACHA_BLOCK, HIGH_PAIR(ab, cd));
	put_lanes(out + 2 * CHACHA_BLOCK, in + 2 * CHACHA_BLOCK,
	    LOW_PAIR(ab2, cd2));
	put_lanes(out + 3 * CHACHA_BLOCK, in + 3 * CHACHA_BLOCK,
	    HIGH_PAIR(ab2, cd2));
}

static void pass(const uint32_t s[16], uint8_t *out, const uint8_t *in)
{
	vec x0 = all(s[0]), x1 = all(s[1]), x2 = all(s[2]), x3 = all(s[3]);
	vec x4 = all(s[4]), x5 = all(s[5]), x6 = all(s[6]), x7 = all(s[7]);
	vec x8 = all(s[8]), x9 = all(s[9]), x10 = all(s[10]), x11 = all(s[11]);
	vec x12 = all(s[12]) + COUNT, x13 = all(s[13]), x14 = all(s[14]);
	vec x15 = all(s[15]);
	int i;

	for (i = 0; i < 10; i++) {
		QUARTER(x0, x4, x8, x12);
		QUARTER(x1, x5, x9, x13);
		QUARTER(x2, x6, x10, x14);
		QUARTER(x3, x7, x11, x15);
		QUARTER(x0, x5, x10, x15);
		QUARTER(x1, x6, x11, x12);
		QUARTER(x2, x7, x8, x13);
		QUARTER(x3, x4, x9, x14);
	}
	put_words(out, in, x0 + s[0], x1 + s[1], x2 + s[2], x3 + s[3]);
	put_words(out + 16, in + 16, x4 + s[4], x5 + s[5], x6 + s[6],
	    x7 + s[7]);
	put_words(out + 32, in + 32, x8 + s[8], x9 + s[9], x10 + s[10],
	    x11 + s[11]);
	put_words(out + 48, in + 48, x12 + (s[12] + COUNT), x13 + s[13],
	    x14 + s[14], x15 + s[15]);
}

void NAME(uint32_t s[16], uint8_t *out, const uint8_t *in, size_t blocks)
{
	uint8_t rest[WIDE * CHACHA_BLOCK];

	for (; blocks >= WIDE; blocks -= WIDE, s[12] += WIDE) {
		pass(s, out, in);
		out += WIDE * CHACHA_BLOCK;
		in += WIDE * CHACHA_BLOCK;
	}
	if (blocks <= 1) {
		chacha_c(s, out, in, blocks);
		return;
	}
	memcpy(rest, in, blocks * CHACHA_BLOCK);
	pass(s, rest, rest);
	memcpy(out, rest, blocks * CHACHA_BLOCK);
	s[12] += (uint32_t)blocks;
	wipe(rest, sizeof(rest));
}
