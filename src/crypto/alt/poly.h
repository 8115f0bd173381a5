/* poly.h - the ways to add blocks to a Poly1305, one for each kind of
 * processor. */
#ifndef CRYPTO_ALT_POLY_H
#define CRYPTO_ALT_POLY_H

#include "base/base.h"

#define POLY_BLOCK 16

/*
 * acc = (acc + block) * r mod 2^130 - 5 for each block (RFC 8439 2.5.1).
 *
 *   acc  words of 32 bits, the lowest first; below 2^131
 *   r    clamped
 *   top  1, or 0: the last block was filled up and brings its own
 */
typedef void poly_blocks(uint32_t acc[5], const uint32_t r[4],
    const uint8_t *in, size_t blocks, uint32_t top);

/* A number below 2^132 in words of 32 bits, as limbs of 26. */
#define POLY_26 0x3ffffffu
static inline void poly_split(uint32_t out[5], const uint32_t w[5])
{
	out[0] = w[0] & POLY_26;
	out[1] = (w[0] >> 26 | w[1] << 6) & POLY_26;
	out[2] = (w[1] >> 20 | w[2] << 12) & POLY_26;
	out[3] = (w[2] >> 14 | w[3] << 18) & POLY_26;
	out[4] = w[3] >> 8 | w[4] << 24;
}

poly_blocks poly_32;		/* any processor, by 32 x 32 -> 64 bits */
poly_blocks poly_64;		/* by 64 x 64 -> 128 bits */
poly_blocks poly_avx2, poly_neon;

#endif
