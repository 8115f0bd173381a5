/* gcm_wide.h - AES-GCM for processors that multiply without carry, for whoever
 * includes it and has their instructions: eight blocks are encrypted side by
 * side, and their products are added up before they are reduced once. No branch
 * or address depends on key or text.
 * Source: NIST SP 800-38D; Gueron, Kounavis, "Carry-Less Multiplication and Its
 * Usage for Computing the GCM Mode".
 *
 * Before it: block, load and store; expand, the schedule of a key; encrypt, of
 * n blocks; times_low and times_high, of the halves of two blocks. */
#define WIDE 8		/* blocks of a pass */

typedef uint64_t pair __attribute__((vector_size(16)));
typedef uint32_t quad __attribute__((vector_size(16)));
typedef uint8_t octets __attribute__((vector_size(16)));

static inline block mix(block a, block b)
{
	return (block)((pair)a ^ (pair)b);
}

static inline block zero(void)
{
	return (block)(pair){ 0, 0 };
}

/* GHASH takes the bits of a block the other way round. */
static inline block turned(block b)
{
	return (block)__builtin_shufflevector((octets)b, (octets)b, 15, 14, 13,
	    12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
}

static inline block swapped(block b)
{
	return (block)__builtin_shufflevector((pair)b, (pair)b, 1, 0);
}

/* By 64 bits. */
static inline block up(block b)
{
	return (block)__builtin_shufflevector((pair)b, (pair){ 0 }, 2, 0);
}

static inline block down(block b)
{
	return (block)__builtin_shufflevector((pair)b, (pair){ 0 }, 1, 2);
}

static inline block next(block counter)
{
	return (block)((quad)counter + (quad){ 1, 0, 0, 0 });
}

/* ---- GHASH ---- */

/* The three parts of a product, after Karatsuba, not yet reduced. */
struct sum {
	block lo, mid, hi;
};

static inline block folded(block h)
{
	return mix(h, swapped(h));
}

static inline void add_product(struct sum *s, block a, block h, block h_folded)
{
	s->lo = mix(s->lo, times_low(a, h));
	s->hi = mix(s->hi, times_high(a, h));
	s->mid = mix(s->mid, times_low(folded(a), h_folded));
}

#define POLY UINT64_C(0xc200000000000000)

/* Twice 64 bits, from below, modulo x^128 + x^7 + x^2 + x + 1, turned round. */
static inline block reduced(const struct sum *s)
{
	const block poly = (block)(pair){ POLY, 0 };
	block mid = mix(s->mid, mix(s->lo, s->hi));
	block lo = mix(s->lo, up(mid)), hi = mix(s->hi, down(mid));

	lo = mix(swapped(lo), times_low(lo, poly));
	lo = mix(swapped(lo), times_low(lo, poly));
	return mix(hi, lo);
}

static inline block product(block a, block h, block h_folded)
{
	struct sum s = { zero(), zero(), zero() };

	add_product(&s, a, h, h_folded);
	return reduced(&s);
}

/* h * x: as bits are turned, the products come out one place too low. */
static block doubled(block h)
{
	pair p = (pair)h, over = (pair){ 0, 0 } - (p[1] >> 63);

	p = p << 1 | (pair)up((block)(p >> 63));
	return (block)(p ^ (over & (pair){ 1, POLY }));
}

/* y and then the eight blocks at b, each by its power of h. */
static inline block hash_wide(const struct gcm_wide *g, block y,
    const block b[WIDE])
{
	struct sum s = { zero(), zero(), zero() };
	int i;

	for (i = 0; i < WIDE; i++) {
		block a = turned(b[i]);

		if (i == 0)
			a = mix(a, y);
		add_product(&s, a, load(g->power[WIDE - 1 - i]),
		    load(g->folded[WIDE - 1 - i]));
	}
	return reduced(&s);
}

/* Up to eight blocks, the last filled up with zeros. */
static block hash_rest(const struct gcm_wide *g, block y, const uint8_t *mem,
    size_t len)
{
	struct sum s = { zero(), zero(), zero() };
	uint8_t last[16] = { 0 };
	size_t left = (len + 15) / 16;

	for (; len >= 16; len -= 16, mem += 16) {
		left--;
		add_product(&s, mix(y, turned(load(mem))),
		    load(g->power[left]), load(g->folded[left]));
		y = zero();
	}
	if (len > 0) {
		memcpy(last, mem, len);
		add_product(&s, mix(y, turned(load(last))),
		    load(g->power[0]), load(g->folded[0]));
	}
	return reduced(&s);
}

/* Of any length: what comes with a text is short. */
static block hash(const struct gcm_wide *g, block y, const uint8_t *mem,
    size_t len)
{
	size_t n;

	for (; len > 0; len -= n, mem += n) {
		n = MIN(len, WIDE * 16);
		y = hash_rest(g, y, mem, n);
	}
	return y;
}

/* ---- both ---- */

static void set(union gcm_key *to, const uint8_t *key, size_t key_len)
{
	struct gcm_wide *g = &to->wide;
	block h = zero();
	int i;

	g->rounds = (int)key_len / 4 + 6;
	expand(g->round, key, key_len);
	encrypt(g, &h, 1);
	h = doubled(turned(h));
	/* From two powers half as high: three after one another, not seven. */
	for (i = 0; i < WIDE; i++) {
		if (i > 0)
			h = product(load(g->power[i / 2]),
			    load(g->power[(i - 1) / 2]),
			    load(g->folded[(i - 1) / 2]));
		store(g->power[i], h);
		store(g->folded[i], folded(h));
	}
}

/* Eight blocks of key stream, the counter moved on. */
static inline void stream_wide(const struct gcm_wide *g, block *counter,
    block b[WIDE])
{
	int i;

	for (i = 0; i < WIDE; i++) {
		b[i] = turned(*counter);
		*counter = next(*counter);
	}
	encrypt(g, b, WIDE);
}

/* The rest, less than eight blocks. */
static __attribute__((noinline)) void stream_rest(const struct gcm_wide *g,
    block counter, uint8_t *out, const uint8_t *in, size_t len)
{
	uint8_t stream[WIDE * 16];
	const uint8_t *at = stream;
	block b[WIDE];

	stream_wide(g, &counter, b);
	memcpy(stream, b, sizeof(stream));
	for (; len >= 16; len -= 16, at += 16, in += 16, out += 16)
		store(out, mix(load(in), load(at)));
	for (; len > 0; len--)
		*out++ = *in++ ^ *at++;
	wipe(b, sizeof(b));
	wipe(stream, sizeof(stream));
}

static void run(const union gcm_key *key, bool seal, const uint8_t iv[12],
    const struct gcm_text *t, uint8_t tag[16])
{
	const struct gcm_wide *g = &key->wide;
	const uint8_t *in = t->in;
	uint8_t *out = t->out, start[16];
	size_t left = t->len;
	block counter, first, y, b[WIDE], text[WIDE];
	int i;

	memcpy(start, iv, 12);
	memcpy(start + 12, "\0\0\0\1", 4);
	first = load(start);
	counter = next(turned(first));
	encrypt(g, &first, 1);
	y = hash(g, zero(), t->aad, t->aad_len);
	for (; left >= sizeof(b); left -= sizeof(b)) {
		stream_wide(g, &counter, b);
		for (i = 0; i < WIDE; i++) {
			text[i] = load(in + 16 * i);
			b[i] = mix(b[i], text[i]);
			store(out + 16 * i, b[i]);
		}
		y = hash_wide(g, y, seal ? b : text);
		in += sizeof(b);
		out += sizeof(b);
	}
	if (!seal)
		y = hash(g, y, in, left);
	if (left > 0)
		stream_rest(g, counter, out, in, left);
	if (seal)
		y = hash(g, y, out, left);
	y = mix(y, (block)(pair){ (uint64_t)t->len * 8,
	    (uint64_t)t->aad_len * 8 });
	y = product(y, load(g->power[0]), load(g->folded[0]));
	store(tag, mix(turned(y), first));
}
