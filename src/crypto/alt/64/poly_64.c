/* poly_64.c - Poly1305 where two words of 64 bits are multiplied at once.
 * Source: RFC 8439 2.5. */
#include "src/crypto/alt/poly.h"

#include "base/endian.h"

__extension__ typedef unsigned __int128 wide;

/*
 * acc is kept below 2^131 and r's words are clamped: no sum below overflows.
 * r1 is a multiple of 4, so what it carries beyond 2^130 counts r1 / 4 * 5
 * times.
 */
void poly_64(uint32_t acc[5], const uint32_t r[4], const uint8_t *in,
    size_t blocks, uint32_t top)
{
	uint64_t r0 = r[0] | (uint64_t)r[1] << 32;
	uint64_t r1 = r[2] | (uint64_t)r[3] << 32, s1 = r1 + (r1 >> 2);
	uint64_t h0 = acc[0] | (uint64_t)acc[1] << 32;
	uint64_t h1 = acc[2] | (uint64_t)acc[3] << 32, h2 = acc[4];
	wide d0, d1;

	for (; blocks > 0; blocks--, in += POLY_BLOCK) {
		d0 = (wide)h0 + get_u64le(in);
		d1 = (wide)h1 + get_u64le(in + 8) + (uint64_t)(d0 >> 64);
		h0 = (uint64_t)d0;
		h1 = (uint64_t)d1;
		h2 += (uint64_t)(d1 >> 64) + top;

		d0 = (wide)h0 * r0 + (wide)h1 * s1;
		d1 = (wide)h0 * r1 + (wide)h1 * r0 + h2 * s1 +
		    (uint64_t)(d0 >> 64);
		h2 = h2 * r0 + (uint64_t)(d1 >> 64);
		d0 = (wide)(uint64_t)d0 + (h2 >> 2) + (h2 & ~UINT64_C(3));
		d1 = (wide)(uint64_t)d1 + (uint64_t)(d0 >> 64);
		h0 = (uint64_t)d0;
		h1 = (uint64_t)d1;
		h2 = (h2 & 3) + (uint64_t)(d1 >> 64);
	}
	acc[0] = (uint32_t)h0;
	acc[1] = (uint32_t)(h0 >> 32);
	acc[2] = (uint32_t)h1;
	acc[3] = (uint32_t)(h1 >> 32);
	acc[4] = (uint32_t)h2;
}
