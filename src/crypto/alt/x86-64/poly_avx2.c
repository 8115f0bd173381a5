/* poly_avx2.c - Poly1305, four blocks at a time, with AVX2: four sums, each of
 * every fourth block, that meet at the end. Limbs of 26 bits.
 * Source: RFC 8439 2.5; for the four sums: Bernstein, Schwabe,
 * "NEON crypto". */
#include <immintrin.h>

#include "src/crypto/alt/poly.h"

/* Below it, what powers of r cost is more than is gained. */
#define FEW 16

/* A lane is one sum. */
typedef uint64_t vec __attribute__((vector_size(32)));

static inline vec product(vec a, vec b)
{
	return (vec)_mm256_mul_epu32((__m256i)a, (__m256i)b);
}

/* a block * r, by way of the plain one: what r^n is, from r^(n-1). */
static void power(uint32_t acc[5], const uint32_t r[4])
{
	static const uint8_t zeros[POLY_BLOCK];

	poly_64(acc, r, zeros, 1, 0);
}

/* Blocks 0, 2, 1, 3 of in, one a lane. */
static inline void load(vec m[5], const uint8_t *in, vec top)
{
	vec a, b, lo, hi;

	memcpy(&a, in, sizeof(a));
	memcpy(&b, in + 32, sizeof(b));
	lo = (vec)_mm256_unpacklo_epi64((__m256i)a, (__m256i)b);
	hi = (vec)_mm256_unpackhi_epi64((__m256i)a, (__m256i)b);
	m[0] = lo & POLY_26;
	m[1] = (lo >> 26) & POLY_26;
	m[2] = (lo >> 52 | hi << 12) & POLY_26;
	m[3] = (hi >> 14) & POLY_26;
	m[4] = hi >> 40 | top;
}

/* h * r, carried so far that it can be multiplied again. s = 5 * r. */
static inline void multiply(vec h[5], const vec r[5], const vec s[5])
{
	vec d0, d1, d2, d3, d4, c;

	d0 = product(h[0], r[0]) + product(h[1], s[4]) +
	    product(h[2], s[3]) + product(h[3], s[2]) + product(h[4], s[1]);
	d1 = product(h[0], r[1]) + product(h[1], r[0]) +
	    product(h[2], s[4]) + product(h[3], s[3]) + product(h[4], s[2]);
	d2 = product(h[0], r[2]) + product(h[1], r[1]) +
	    product(h[2], r[0]) + product(h[3], s[4]) + product(h[4], s[3]);
	d3 = product(h[0], r[3]) + product(h[1], r[2]) +
	    product(h[2], r[1]) + product(h[3], r[0]) + product(h[4], s[4]);
	d4 = product(h[0], r[4]) + product(h[1], r[3]) +
	    product(h[2], r[2]) + product(h[3], r[1]) + product(h[4], r[0]);
	d1 += d0 >> 26;
	d4 += d3 >> 26;
	d0 &= POLY_26;
	d3 &= POLY_26;
	d2 += d1 >> 26;
	c = d4 >> 26;
	d0 += c + (c << 2);
	d1 &= POLY_26;
	d4 &= POLY_26;
	d3 += d2 >> 26;
	d1 += d0 >> 26;
	h[0] = d0 & POLY_26;
	h[1] = d1;
	h[2] = d2 & POLY_26;
	d4 += d3 >> 26;
	h[3] = d3 & POLY_26;
	h[4] = d4;
}

static inline void times_five(vec s[5], const vec r[5])
{
	for (int i = 0; i < 5; i++)
		s[i] = r[i] + (r[i] << 2);
}

/* One lane holds a number of its own; their sum, as plain words. */
static void join(uint32_t acc[5], const vec h[5])
{
	uint64_t l[5], c = 0;
	int i;

	for (i = 0; i < 5; i++)
		l[i] = h[i][0] + h[i][1] + h[i][2] + h[i][3];
	for (i = 0; i < 5; i++) {
		l[i] += c;
		c = l[i] >> 26;
		l[i] &= POLY_26;
	}
	l[0] += c * 5;
	l[1] += l[0] >> 26;
	l[0] &= POLY_26;
	l[2] += l[1] >> 26;
	l[1] &= POLY_26;
	acc[0] = (uint32_t)(l[0] | l[1] << 26);
	acc[1] = (uint32_t)(l[1] >> 6 | l[2] << 20);
	l[3] += l[2] >> 26;
	l[2] &= POLY_26;
	acc[1] = (uint32_t)(l[1] >> 6 | l[2] << 20);
	l[4] += l[3] >> 26;
	l[3] &= POLY_26;
	acc[2] = (uint32_t)(l[2] >> 12 | l[3] << 14);
	acc[3] = (uint32_t)(l[3] >> 18 | l[4] << 8);
	acc[4] = (uint32_t)(l[4] >> 24);
}

void poly_avx2(uint32_t acc[5], const uint32_t r[4], const uint8_t *in,
    size_t blocks, uint32_t top)
{
	uint32_t of[4][5], p[5] = { r[0], r[1], r[2], r[3], 0 }, start[5];
	vec h[5], m[5], r4[5], s4[5], high = (vec){ 0 } + ((uint64_t)top << 24);
	int i;

	if (blocks < FEW) {
		poly_64(acc, r, in, blocks, top);
		return;
	}
	for (i = 0; i < 4; i++) {
		poly_split(of[i], p);
		power(p, r);
	}
	for (i = 0; i < 5; i++)
		r4[i] = (vec){ 0 } + of[3][i];
	times_five(s4, r4);
	poly_split(start, acc);
	load(h, in, high);
	for (i = 0; i < 5; i++)
		h[i] += (vec){ start[i], 0, 0, 0 };
	in += 4 * POLY_BLOCK;
	for (blocks -= 4; blocks >= 4; blocks -= 4) {
		multiply(h, r4, s4);
		load(m, in, high);
		for (i = 0; i < 5; i++)
			h[i] += m[i];
		in += 4 * POLY_BLOCK;
	}
	/* The lanes hold blocks 0, 2, 1, 3 of four. */
	for (i = 0; i < 5; i++)
		r4[i] = (vec){ of[3][i], of[1][i], of[2][i], of[0][i] };
	times_five(s4, r4);
	multiply(h, r4, s4);
	join(acc, h);
	wipe(of, sizeof(of));
	if (blocks > 0)
		poly_64(acc, r, in, blocks, top);
}
