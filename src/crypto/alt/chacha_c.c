/* chacha_c.c - ChaCha20 on any processor: all sixteen words in registers where
 * there are enough of them, as MIPS, RISC-V and AArch64 have.
 * Source: RFC 8439. */
#include "chacha.h"

#include "words.h"

static inline uint32_t rotate(uint32_t x, int n)
{
	return (x << n) | (x >> (32 - n));
}

#define STEP(a, b, d, n) (a += b, d = rotate(d ^ a, n))
#define QUARTER(a, b, c, d) (STEP(a, b, d, 16), STEP(c, d, b, 12), \
	STEP(a, b, d, 8), STEP(c, d, b, 7))

#define COLUMNS() do { \
	QUARTER(x0, x4, x8, x12); \
	QUARTER(x1, x5, x9, x13); \
	QUARTER(x2, x6, x10, x14); \
	QUARTER(x3, x7, x11, x15); \
} while (0)
#define DIAGONALS() do { \
	QUARTER(x0, x5, x10, x15); \
	QUARTER(x1, x6, x11, x12); \
	QUARTER(x2, x7, x8, x13); \
	QUARTER(x3, x4, x9, x14); \
} while (0)

/* The words are as little-endian in memory, whatever the processor is. */
static inline void put_word(uint8_t *out, const uint8_t *in, uint32_t word)
{
	set_word_le(out, word_le(in) ^ word);
}

/* Three columns of the first round have no part of the counter: they are the
 * same for all blocks. */
static void three_columns(uint32_t t[16], const uint32_t s[16])
{
	int i;

	for (i = 1; i < 4; i++) {
		uint32_t a = s[i], b = s[4 + i], c = s[8 + i], d = s[12 + i];

		QUARTER(a, b, c, d);
		t[i] = a;
		t[4 + i] = b;
		t[8 + i] = c;
		t[12 + i] = d;
	}
}

static void one(const uint32_t s[16], const uint32_t t[16], uint8_t *out,
    const uint8_t *in)
{
	uint32_t x0 = s[0], x1 = t[1], x2 = t[2], x3 = t[3];
	uint32_t x4 = s[4], x5 = t[5], x6 = t[6], x7 = t[7];
	uint32_t x8 = s[8], x9 = t[9], x10 = t[10], x11 = t[11];
	uint32_t x12 = s[12], x13 = t[13], x14 = t[14], x15 = t[15];
	int i;

	QUARTER(x0, x4, x8, x12);
	for (i = 0; i < 9; i++) {
		DIAGONALS();
		COLUMNS();
	}
	DIAGONALS();
	put_word(out, in, x0 + s[0]);
	put_word(out + 4, in + 4, x1 + s[1]);
	put_word(out + 8, in + 8, x2 + s[2]);
	put_word(out + 12, in + 12, x3 + s[3]);
	put_word(out + 16, in + 16, x4 + s[4]);
	put_word(out + 20, in + 20, x5 + s[5]);
	put_word(out + 24, in + 24, x6 + s[6]);
	put_word(out + 28, in + 28, x7 + s[7]);
	put_word(out + 32, in + 32, x8 + s[8]);
	put_word(out + 36, in + 36, x9 + s[9]);
	put_word(out + 40, in + 40, x10 + s[10]);
	put_word(out + 44, in + 44, x11 + s[11]);
	put_word(out + 48, in + 48, x12 + s[12]);
	put_word(out + 52, in + 52, x13 + s[13]);
	put_word(out + 56, in + 56, x14 + s[14]);
	put_word(out + 60, in + 60, x15 + s[15]);
}

void chacha_c(uint32_t s[16], uint8_t *out, const uint8_t *in, size_t blocks)
{
	uint32_t t[16];

	if (blocks == 0)
		return;
	three_columns(t, s);
	for (; blocks > 0; blocks--, s[12]++) {
		/* Read from there each time: a second copy is not wiped. */
		__asm__("" : : "r"(t) : "memory");
		one(s, t, out, in);
		out += CHACHA_BLOCK;
		in += CHACHA_BLOCK;
	}
	wipe(t, sizeof(t));
}
