/* poly_32.c - Poly1305 on any processor: words of 32 bits, their products added
 * up in 64, as MIPS and ARM do in one instruction. Source: RFC 8439 2.5. */
#include "src/crypto/alt/poly.h"

#include "src/crypto/alt/madd.h"
#include "src/crypto/alt/words.h"

/* Of h4: five times what is above its lowest two bits. */
static inline uint32_t folded(uint32_t h4)
{
	return (h4 >> 2) + (h4 & ~3u);
}

/*
 * What is above 2^130 counts five times and is added at the bottom, together
 * with the next block: one chain of carries for both. Then h4 is at most 6, and
 * r's words are clamped: each of the sums below is less than 2^64, and h4 after
 * them less than 2^32 / 5 * 4. r[i] for i > 0 is a multiple of 4, so what it
 * carries beyond 2^130 counts r[i] / 4 * 5 times. One sum is finished before
 * the next begins: processors that add products up have one place for it.
 */
void poly_32(uint32_t acc[5], const uint32_t r[4], const uint8_t *in,
    size_t blocks, uint32_t top)
{
	uint32_t r0 = r[0], r1 = r[1], r2 = r[2], r3 = r[3];
	uint32_t s1 = r1 + (r1 >> 2), s2 = r2 + (r2 >> 2), s3 = r3 + (r3 >> 2);
	uint32_t h0 = acc[0], h1 = acc[1], h2 = acc[2], h3 = acc[3];
	uint32_t h4 = acc[4], n0, n1, n2;
	uint64_t d;

	for (; blocks > 0; blocks--, in += POLY_BLOCK) {
		d = (uint64_t)h0 + folded(h4) + word_le(in);
		h0 = (uint32_t)d;
		d = (d >> 32) + h1 + word_le(in + 4);
		h1 = (uint32_t)d;
		d = (d >> 32) + h2 + word_le(in + 8);
		h2 = (uint32_t)d;
		d = (d >> 32) + h3 + word_le(in + 12);
		h3 = (uint32_t)d;
		h4 = (h4 & 3) + (uint32_t)(d >> 32) + top;

		d = (uint64_t)h0 * r0;
		d = madd(d, h1, s3);
		d = madd(d, h2, s2);
		d = madd(d, h3, s1);
		d = upper(d, &n0);
		d = madd(d, h0, r1);
		d = madd(d, h1, r0);
		d = madd(d, h2, s3);
		d = madd(d, h3, s2);
		d = madd(d, h4, s1);
		d = upper(d, &n1);
		d = madd(d, h0, r2);
		d = madd(d, h1, r1);
		d = madd(d, h2, r0);
		d = madd(d, h3, s3);
		d = madd(d, h4, s2);
		d = upper(d, &n2);
		d = madd(d, h0, r3);
		d = madd(d, h1, r2);
		d = madd(d, h2, r1);
		d = madd(d, h3, r0);
		d = madd(d, h4, s3);
		h0 = n0;
		h1 = n1;
		h2 = n2;
		h3 = (uint32_t)d;
		h4 = h4 * r0 + (uint32_t)(d >> 32);
	}
	d = (uint64_t)h0 + folded(h4);
	acc[0] = (uint32_t)d;
	d = (d >> 32) + h1;
	acc[1] = (uint32_t)d;
	d = (d >> 32) + h2;
	acc[2] = (uint32_t)d;
	d = (d >> 32) + h3;
	acc[3] = (uint32_t)d;
	acc[4] = (h4 & 3) + (uint32_t)(d >> 32);
}
