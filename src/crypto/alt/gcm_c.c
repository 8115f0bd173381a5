/* gcm_c.c - AES-GCM on any processor: mbedTLS's AES, and GHASH by two tables of
 * sixteen rows, an octet at a time. Its addresses depend on what is hashed, as
 * those of mbedTLS's own do. Source: NIST SP 800-38D; for the tables McGrew,
 * Viega, "The Galois/Counter Mode of Operation", 4.1. */
#include <mbedtls/gcm.h>

#include "words.h"

/* What the octet that is shifted out at the end puts into the first two. */
static const uint16_t reduction[256] = {
	0x0000, 0x01c2, 0x0384, 0x0246, 0x0708, 0x06ca, 0x048c, 0x054e,
	0x0e10, 0x0fd2, 0x0d94, 0x0c56, 0x0918, 0x08da, 0x0a9c, 0x0b5e,
	0x1c20, 0x1de2, 0x1fa4, 0x1e66, 0x1b28, 0x1aea, 0x18ac, 0x196e,
	0x1230, 0x13f2, 0x11b4, 0x1076, 0x1538, 0x14fa, 0x16bc, 0x177e,
	0x3840, 0x3982, 0x3bc4, 0x3a06, 0x3f48, 0x3e8a, 0x3ccc, 0x3d0e,
	0x3650, 0x3792, 0x35d4, 0x3416, 0x3158, 0x309a, 0x32dc, 0x331e,
	0x2460, 0x25a2, 0x27e4, 0x2626, 0x2368, 0x22aa, 0x20ec, 0x212e,
	0x2a70, 0x2bb2, 0x29f4, 0x2836, 0x2d78, 0x2cba, 0x2efc, 0x2f3e,
	0x7080, 0x7142, 0x7304, 0x72c6, 0x7788, 0x764a, 0x740c, 0x75ce,
	0x7e90, 0x7f52, 0x7d14, 0x7cd6, 0x7998, 0x785a, 0x7a1c, 0x7bde,
	0x6ca0, 0x6d62, 0x6f24, 0x6ee6, 0x6ba8, 0x6a6a, 0x682c, 0x69ee,
	0x62b0, 0x6372, 0x6134, 0x60f6, 0x65b8, 0x647a, 0x663c, 0x67fe,
	0x48c0, 0x4902, 0x4b44, 0x4a86, 0x4fc8, 0x4e0a, 0x4c4c, 0x4d8e,
	0x46d0, 0x4712, 0x4554, 0x4496, 0x41d8, 0x401a, 0x425c, 0x439e,
	0x54e0, 0x5522, 0x5764, 0x56a6, 0x53e8, 0x522a, 0x506c, 0x51ae,
	0x5af0, 0x5b32, 0x5974, 0x58b6, 0x5df8, 0x5c3a, 0x5e7c, 0x5fbe,
	0xe100, 0xe0c2, 0xe284, 0xe346, 0xe608, 0xe7ca, 0xe58c, 0xe44e,
	0xef10, 0xeed2, 0xec94, 0xed56, 0xe818, 0xe9da, 0xeb9c, 0xea5e,
	0xfd20, 0xfce2, 0xfea4, 0xff66, 0xfa28, 0xfbea, 0xf9ac, 0xf86e,
	0xf330, 0xf2f2, 0xf0b4, 0xf176, 0xf438, 0xf5fa, 0xf7bc, 0xf67e,
	0xd940, 0xd882, 0xdac4, 0xdb06, 0xde48, 0xdf8a, 0xddcc, 0xdc0e,
	0xd750, 0xd692, 0xd4d4, 0xd516, 0xd058, 0xd19a, 0xd3dc, 0xd21e,
	0xc560, 0xc4a2, 0xc6e4, 0xc726, 0xc268, 0xc3aa, 0xc1ec, 0xc02e,
	0xcb70, 0xcab2, 0xc8f4, 0xc936, 0xcc78, 0xcdba, 0xcffc, 0xce3e,
	0x9180, 0x9042, 0x9204, 0x93c6, 0x9688, 0x974a, 0x950c, 0x94ce,
	0x9f90, 0x9e52, 0x9c14, 0x9dd6, 0x9898, 0x995a, 0x9b1c, 0x9ade,
	0x8da0, 0x8c62, 0x8e24, 0x8fe6, 0x8aa8, 0x8b6a, 0x892c, 0x88ee,
	0x83b0, 0x8272, 0x8034, 0x81f6, 0x84b8, 0x857a, 0x873c, 0x86fe,
	0xa9c0, 0xa802, 0xaa44, 0xab86, 0xaec8, 0xaf0a, 0xad4c, 0xac8e,
	0xa7d0, 0xa612, 0xa454, 0xa596, 0xa0d8, 0xa11a, 0xa35c, 0xa29e,
	0xb5e0, 0xb422, 0xb664, 0xb7a6, 0xb2e8, 0xb32a, 0xb16c, 0xb0ae,
	0xbbf0, 0xba32, 0xb874, 0xb9b6, 0xbcf8, 0xbd3a, 0xbf7c, 0xbebe,
};

/* A block as four words, the first octet highest. */
struct field {
	uint32_t w[4];
};

static struct field field_of(const uint8_t mem[16])
{
	return (struct field){ { word_be(mem), word_be(mem + 4),
	    word_be(mem + 8), word_be(mem + 12) } };
}

static inline void add(struct field *z, const uint32_t row[4])
{
	z->w[0] ^= row[0];
	z->w[1] ^= row[1];
	z->w[2] ^= row[2];
	z->w[3] ^= row[3];
}

/* times x: a shift to the right, as the first bit is that of x^0. */
static struct field times_x(struct field f)
{
	uint32_t out = f.w[3] & 1;

	f.w[3] = f.w[3] >> 1 | f.w[2] << 31;
	f.w[2] = f.w[2] >> 1 | f.w[1] << 31;
	f.w[1] = f.w[1] >> 1 | f.w[0] << 31;
	f.w[0] = f.w[0] >> 1 ^ (0xe1000000u & (0 - out));
	return f;
}

/* Row n is the four bits n times h; the highest is x^0. Returns h * x^4. */
static struct field fill(uint32_t table[16][4], struct field h)
{
	int bit, n;

	memset(table[0], 0, sizeof(table[0]));
	for (bit = 8; bit > 0; bit >>= 1) {
		memcpy(table[bit], h.w, sizeof(h.w));
		h = times_x(h);
	}
	for (n = 1; n < 16; n++) {
		struct field sum = { { 0, 0, 0, 0 } };

		for (bit = 8; bit > 0; bit >>= 1)
			if ((n & bit) != 0)
				add(&sum, table[bit]);
		memcpy(table[n], sum.w, sizeof(sum.w));
	}
	return h;
}

/* z * x^8 + octet * h */
static inline void step(const struct gcm_tables *t, struct field *z,
    unsigned octet)
{
	uint32_t out = z->w[3] & 0xff;

	z->w[3] = z->w[3] >> 8 | z->w[2] << 24;
	z->w[2] = z->w[2] >> 8 | z->w[1] << 24;
	z->w[1] = z->w[1] >> 8 | z->w[0] << 24;
	z->w[0] = z->w[0] >> 8 ^ (uint32_t)reduction[out] << 16;
	add(z, t->high[octet >> 4]);
	add(z, t->low[octet & 15]);
}

static inline void step_word(const struct gcm_tables *t, struct field *z,
    uint32_t word)
{
	step(t, z, word & 0xff);
	step(t, z, word >> 8 & 0xff);
	step(t, z, word >> 16 & 0xff);
	step(t, z, word >> 24);
}

/* y = (y + block) * h */
static void hash_block(const struct gcm_tables *t, struct field *y,
    const uint8_t block[16])
{
	struct field x = field_of(block), z = { { 0, 0, 0, 0 } };

	add(&x, y->w);
	step_word(t, &z, x.w[3]);
	step_word(t, &z, x.w[2]);
	step_word(t, &z, x.w[1]);
	step_word(t, &z, x.w[0]);
	*y = z;
}

/* Filled up with zeros. */
static void hash(const struct gcm_tables *t, struct field *y,
    const uint8_t *mem, size_t len)
{
	uint8_t last[16] = { 0 };

	for (; len >= 16; len -= 16, mem += 16)
		hash_block(t, y, mem);
	if (len == 0)
		return;
	memcpy(last, mem, len);
	hash_block(t, y, last);
}

static void encrypt(const struct gcm_tables *t, const uint8_t in[16],
    uint8_t out[16])
{
	/* It never fails, and asks nothing before each block. */
	int err = mbedtls_internal_aes_encrypt((mbedtls_aes_context *)&t->aes,
	    in, out);

	ASSERT(err == 0);
}

static void set(union gcm_key *k, const uint8_t *key, size_t key_len)
{
	struct gcm_tables *t = &k->tables;
	uint8_t h[16] = { 0 };
	int err;

	mbedtls_aes_init(&t->aes);
	err = mbedtls_aes_setkey_enc(&t->aes, key, (unsigned)key_len * 8);
	ASSERT(err == 0);
	encrypt(t, h, h);
	(void)fill(t->low, fill(t->high, field_of(h)));
	wipe(h, sizeof(h));
}

/* One block, or less at the end: four words at once where all are there. */
static void cross(uint8_t *out, const uint8_t *in, const uint8_t stream[16],
    size_t len)
{
	size_t i;

	if (len == 16) {
		cross_word(out, in, stream);
		cross_word(out + 4, in + 4, stream + 4);
		cross_word(out + 8, in + 8, stream + 8);
		cross_word(out + 12, in + 12, stream + 12);
		return;
	}
	for (i = 0; i < len; i++)
		out[i] = in[i] ^ stream[i];
}

static void set_lengths(uint8_t at[8], uint64_t octets)
{
	set_word_be(at, (uint32_t)(octets >> 29));
	set_word_be(at + 4, (uint32_t)(octets << 3));
}

static void run(const union gcm_key *k, bool seal, const uint8_t iv[12],
    const struct gcm_text *text, uint8_t tag[16])
{
	const struct gcm_tables *t = &k->tables;
	uint8_t counter[16], lengths[16];
	uint8_t stream[16] __attribute__((aligned(4)));
	struct field y = { { 0, 0, 0, 0 } };
	size_t at, n;
	uint32_t count = 1;

	memcpy(counter, iv, 12);
	hash(t, &y, text->aad, text->aad_len);
	if (!seal)
		hash(t, &y, text->in, text->len);
	for (at = 0; at < text->len; at += n) {
		n = MIN(text->len - at, 16);
		set_word_be(counter + 12, ++count);
		encrypt(t, counter, stream);
		cross(text->out + at, text->in + at, stream, n);
	}
	if (seal)
		hash(t, &y, text->out, text->len);
	set_lengths(lengths, text->aad_len);
	set_lengths(lengths + 8, text->len);
	hash_block(t, &y, lengths);
	set_word_be(counter + 12, 1);
	encrypt(t, counter, stream);
	for (n = 0; n < 4; n++)
		set_word_be(tag + 4 * n, word_be(stream + 4 * n) ^ y.w[n]);
	wipe(stream, sizeof(stream));
}

const struct gcm_way gcm_c = { .name = "c", .set = set, .run = run };
