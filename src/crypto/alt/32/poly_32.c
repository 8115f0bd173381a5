/* poly_32.c - Poly1305 on any processor: words of 32 bits, their products added
 * up in 64, as MIPS and ARM do in one instruction. Source: RFC 8439 2.5. */
#include "src/crypto/alt/poly.h"

#include "base/endian.h"

/*
 * acc is kept below 2^131 and r's words are clamped: each of the sums below is
 * less than 2^64. r[i] for i > 0 is a multiple of 4, so what it carries beyond
 * 2^130 counts r[i] / 4 * 5 times.
 */
void poly_32(uint32_t acc[5], const uint32_t r[4], const uint8_t *in,
    size_t blocks, uint32_t top)
{
	uint32_t r0 = r[0], r1 = r[1], r2 = r[2], r3 = r[3];
	uint32_t s1 = r1 + (r1 >> 2), s2 = r2 + (r2 >> 2), s3 = r3 + (r3 >> 2);
	uint32_t h0 = acc[0], h1 = acc[1], h2 = acc[2], h3 = acc[3];
	uint32_t h4 = acc[4];
	uint64_t d0, d1, d2, d3;

	for (; blocks > 0; blocks--, in += POLY_BLOCK) {
		d0 = (uint64_t)h0 + get_u32le(in);
		d1 = (uint64_t)h1 + get_u32le(in + 4) + (d0 >> 32);
		d2 = (uint64_t)h2 + get_u32le(in + 8) + (d1 >> 32);
		d3 = (uint64_t)h3 + get_u32le(in + 12) + (d2 >> 32);
		h0 = (uint32_t)d0;
		h1 = (uint32_t)d1;
		h2 = (uint32_t)d2;
		h3 = (uint32_t)d3;
		h4 += (uint32_t)(d3 >> 32) + top;

		d0 = (uint64_t)h0 * r0 + (uint64_t)h1 * s3 +
		    (uint64_t)h2 * s2 + (uint64_t)h3 * s1;
		d1 = (uint64_t)h0 * r1 + (uint64_t)h1 * r0 +
		    (uint64_t)h2 * s3 + (uint64_t)h3 * s2 + h4 * s1;
		d2 = (uint64_t)h0 * r2 + (uint64_t)h1 * r1 +
		    (uint64_t)h2 * r0 + (uint64_t)h3 * s3 + h4 * s2;
		d3 = (uint64_t)h0 * r3 + (uint64_t)h1 * r2 +
		    (uint64_t)h2 * r1 + (uint64_t)h3 * r0 + h4 * s3;
		h4 *= r0;

		d1 += d0 >> 32;
		d2 += d1 >> 32;
		d3 += d2 >> 32;
		h4 += (uint32_t)(d3 >> 32);
		d0 = (uint64_t)(uint32_t)d0 + (h4 >> 2) + (h4 & ~3u);
		h4 &= 3;
		d1 = (d1 & UINT32_MAX) + (d0 >> 32);
		d2 = (d2 & UINT32_MAX) + (d1 >> 32);
		d3 = (d3 & UINT32_MAX) + (d2 >> 32);
		h0 = (uint32_t)d0;
		h1 = (uint32_t)d1;
		h2 = (uint32_t)d2;
		h3 = (uint32_t)d3;
		h4 += (uint32_t)(d3 >> 32);
	}
	acc[0] = h0;
	acc[1] = h1;
	acc[2] = h2;
	acc[3] = h3;
	acc[4] = h4;
}
