/* poly_neon.h - Poly1305 with NEON, four blocks at once, for whoever includes
 * it: two sums, each of every second block, that meet at the end. Limbs of 26
 * bits. No branch or address depends on key or text.
 * Source: RFC 8439 2.5; for sums side by side: Bernstein, Schwabe,
 * "NEON crypto".
 *
 * Before it: NAME; PLAIN, a way without vectors; FEW, the number of blocks
 * below which it is the better one, at least 6. */
#include <arm_neon.h>

#include "poly.h"

/* A number in each lane, as five limbs. */
struct limbs {
	uint32x2_t l[5];
};

/* Sums of products of limbs, not yet carried. */
struct sums {
	uint64x2_t d[5];
};

/* A power of r: words 0 to 4 are its limbs, 5 to 8 five times limbs 1 to 4. */
struct power {
	uint32x2_t w[5];
};

struct powers {
	uint32_t word[5], limb[10];
	struct power r1, r2, r4;
};

/* What word holds by now. */
static void power_set(struct power *to, struct powers *p)
{
	int i;

	poly_split(p->limb, p->word);
	for (i = 1; i < 5; i++)
		p->limb[i + 4] = p->limb[i] * 5;
	memcpy(to->w, p->limb, sizeof(to->w));
}

/* Each from the one before it and r. */
static void powers_set(struct powers *p, const uint32_t r[4])
{
	static const uint8_t zeros[2 * POLY_BLOCK];

	memcpy(p->word, r, 4 * sizeof(r[0]));
	p->word[4] = p->limb[9] = 0;
	power_set(&p->r1, p);
	PLAIN(p->word, r, zeros, 1, 0);
	power_set(&p->r2, p);
	PLAIN(p->word, r, zeros, 2, 0);
	power_set(&p->r4, p);
}

/* Four blocks, at any address: 0 and 1 to lo; 2 and 3 to hi, to which products
 * are added. */
static inline void load(struct limbs *lo, struct sums *hi, const uint8_t *in,
    uint32x4_t top)
{
	const uint32x4_t mask = vdupq_n_u32(POLY_26);
	uint32x4x4_t w = vld4q_u32((const uint32_t *)(const void *)in);
	uint32x4_t m[5];
	int i;

	m[0] = w.val[0];
	m[1] = vsriq_n_u32(vshlq_n_u32(w.val[1], 6), w.val[0], 26);
	m[2] = vsriq_n_u32(vshlq_n_u32(w.val[2], 12), w.val[1], 20);
	m[3] = vsriq_n_u32(vshlq_n_u32(w.val[3], 18), w.val[2], 14);
	m[4] = vorrq_u32(vshrq_n_u32(w.val[3], 8), top);
	for (i = 0; i < 4; i++)
		m[i] = vandq_u32(m[i], mask);
	for (i = 0; i < 5; i++) {
		lo->l[i] = vget_low_u32(m[i]);
		hi->d[i] = vmovl_u32(vget_high_u32(m[i]));
	}
}

/* d + h0 * word a of a power + h1 * word b ... */
#define TIMES(d, h, p, n) vmlal_lane_u32(d, h, (p)->w[(n) / 2], (n) % 2)
#define ROW(d, h, p, a, b, c, e, f) TIMES(TIMES(TIMES(TIMES(TIMES(d, \
	(h)->l[0], p, a), (h)->l[1], p, b), (h)->l[2], p, c), \
	(h)->l[3], p, e), (h)->l[4], p, f)

/* s + h * p. What is at or above 2^130 counts five times. */
static inline void add_product(struct sums *s, const struct limbs *h,
    const struct power *p)
{
	s->d[0] = ROW(s->d[0], h, p, 0, 8, 7, 6, 5);
	s->d[1] = ROW(s->d[1], h, p, 1, 0, 8, 7, 6);
	s->d[2] = ROW(s->d[2], h, p, 2, 1, 0, 8, 7);
	s->d[3] = ROW(s->d[3], h, p, 3, 2, 1, 0, 8);
	s->d[4] = ROW(s->d[4], h, p, 4, 3, 2, 1, 0);
}

#define CARRY(to, from) (to = vsraq_n_u64(to, from, 26), \
	from = vandq_u64(from, mask))

/*
 * Limbs of h are below 2^28, those of a block and of a power below 2^26 (limb 4
 * of a power 2^27): the sums stay below 2^60, and what is carried out of limb 4
 * below 2^32. Then those of h are below 2^26 + 2^9.
 */
static inline void carry(struct limbs *h, const struct sums *s)
{
	const uint64x2_t mask = vdupq_n_u64(POLY_26);
	uint64x2_t d0 = s->d[0], d1 = s->d[1], d2 = s->d[2], d3 = s->d[3];
	uint64x2_t d4 = s->d[4];
	uint32x2_t over;

	CARRY(d1, d0);
	CARRY(d4, d3);
	CARRY(d2, d1);
	over = vshrn_n_u64(d4, 26);
	d4 = vandq_u64(d4, mask);
	d0 = vmlal_n_u32(d0, over, 5);
	CARRY(d3, d2);
	CARRY(d1, d0);
	CARRY(d4, d3);
	h->l[0] = vmovn_u64(d0);
	h->l[1] = vmovn_u64(d1);
	h->l[2] = vmovn_u64(d2);
	h->l[3] = vmovn_u64(d3);
	h->l[4] = vmovn_u64(d4);
}

/* The number of lane 0 as plain words. */
static void join(uint32_t acc[5], const struct limbs *h)
{
	static const uint8_t at[5] = { 0, 26, 20, 14, 8 };
	uint64_t c = vget_lane_u32(h->l[0], 0);
	int i;

	for (i = 1; i < 5; i++) {
		c += (uint64_t)vget_lane_u32(h->l[i], 0) << at[i];
		acc[i - 1] = (uint32_t)c;
		c >>= 32;
	}
	acc[4] = (uint32_t)c;
}

void NAME(uint32_t acc[5], const uint32_t r[4], const uint8_t *in,
    size_t blocks, uint32_t top)
{
	const uint32x4_t high = vdupq_n_u32(top << 24);
	struct powers p;
	struct limbs h, m;
	struct sums s;
	uint32_t start[5];
	int i;

	if (blocks < FEW) {
		PLAIN(acc, r, in, blocks, top);
		return;
	}
	powers_set(&p, r);
	poly_split(start, acc);
	load(&h, &s, in, high);
	for (i = 0; i < 5; i++)
		h.l[i] = vadd_u32(h.l[i],
		    vset_lane_u32(start[i], vdup_n_u32(0), 0));
	in += 2 * POLY_BLOCK;
	for (blocks -= 2; blocks >= 4; blocks -= 4) {
		load(&m, &s, in, high);
		add_product(&s, &h, &p.r4);
		add_product(&s, &m, &p.r2);
		carry(&h, &s);
		in += 4 * POLY_BLOCK;
	}
	/* Lane 0 by r^2, lane 1 by r. */
	for (i = 0; i < 5; i++) {
		m.l[i] = vrev64_u32(h.l[i]);
		s.d[i] = vdupq_n_u64(0);
	}
	add_product(&s, &h, &p.r2);
	add_product(&s, &m, &p.r1);
	carry(&h, &s);
	join(acc, &h);
	wipe(&p, sizeof(p));
	if (blocks > 0)
		PLAIN(acc, r, in, blocks, top);
}
