/* gcm_c.c - AES-GCM on any processor: mbedTLS's AES, and GHASH by two tables of
 * sixteen rows, an octet at a time. Its addresses depend on what is hashed, as
 * those of mbedTLS's own do. Source: NIST SP 800-38D; for the tables McGrew,
 * Viega, "The Galois/Counter Mode of Operation", 4.1. */
#include <mbedtls/gcm.h>

#include "words.h"

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

/* Where the second sixteen rows begin, of four words each. */
#define LOW 64

/* Row n is the four bits n times h; the highest is x^0. Returns h * x^4. */
static struct field fill(uint32_t rows[LOW], struct field h)
{
	int bit, n;

	memset(rows, 0, 16);
	for (bit = 8; bit > 0; bit >>= 1) {
		memcpy(rows + 4 * bit, h.w, sizeof(h.w));
		h = times_x(h);
	}
	for (n = 1; n < 16; n++) {
		struct field sum = { { 0, 0, 0, 0 } };

		for (bit = 8; bit > 0; bit >>= 1)
			if ((n & bit) != 0)
				add(&sum, rows + 4 * bit);
		memcpy(rows + 4 * n, sum.w, sizeof(sum.w));
	}
	return h;
}

/* z += octet * h, of the lowest octet of word. */
static inline void add_octet(const struct gcm_tables *t, uint32_t z[4],
    uint32_t word)
{
	const uint32_t *high = t->rows + (word >> 4 & 15) * 4;
	const uint32_t *low = t->rows + (word & 15) * 4;

	z[0] ^= high[0];
	z[1] ^= high[1];
	z[2] ^= high[2];
	z[3] ^= high[3];
	z[0] ^= low[LOW];
	z[1] ^= low[LOW + 1];
	z[2] ^= low[LOW + 2];
	z[3] ^= low[LOW + 3];
	/* Or compilers load all rows of a turn first, and have no room. */
	__asm__("" : "+r"(z[0]), "+r"(z[1]), "+r"(z[2]), "+r"(z[3]) : :
	    "memory");
}

/* times x^8 */
static inline void shift_octet(uint32_t z[8])
{
	z[7] = z[7] >> 8 | z[6] << 24;
	z[6] = z[6] >> 8 | z[5] << 24;
	z[5] = z[5] >> 8 | z[4] << 24;
	z[4] = z[4] >> 8 | z[3] << 24;
	z[3] = z[3] >> 8 | z[2] << 24;
	z[2] = z[2] >> 8 | z[1] << 24;
	z[1] = z[1] >> 8 | z[0] << 24;
	z[0] >>= 8;
}

/* What a word four places on puts into z: x^128 = x^7 + x^2 + x + 1. */
static inline void fold(uint32_t z[2], uint32_t over)
{
	z[0] ^= over ^ over >> 1 ^ over >> 2 ^ over >> 7;
	z[1] ^= over << 31 ^ over << 30 ^ over << 25;
}

/* y * h: one octet of each word, then the next, so that the whole is shifted
 * three times; the words of the block are one place apart. */
static inline struct field times_h(const struct gcm_tables *t, struct field y)
{
	uint32_t z[8] = { 0 };
	int i;

	for (i = 0;; i++) {
		add_octet(t, z, y.w[0]);
		add_octet(t, z + 1, y.w[1]);
		add_octet(t, z + 2, y.w[2]);
		add_octet(t, z + 3, y.w[3]);
		if (i == 3)
			break;
		shift_octet(z);
		y.w[0] >>= 8;
		y.w[1] >>= 8;
		y.w[2] >>= 8;
		y.w[3] >>= 8;
	}
	fold(z + 3, z[7]);
	fold(z + 2, z[6]);
	fold(z + 1, z[5]);
	fold(z, z[4]);
	return (struct field){ { z[0], z[1], z[2], z[3] } };
}

/* y = (y + block) * h for each block, the last filled up with zeros. */
static void hash(const struct gcm_tables *t, struct field *y,
    const uint8_t *mem, size_t len)
{
	uint8_t last[16] = { 0 };
	struct field sum = *y, block;

	while (len > 0) {
		if (len < 16) {
			mem = memcpy(last, mem, len);
			len = 16;
		}
		block = field_of(mem);
		add(&sum, block.w);
		sum = times_h(t, sum);
		mem += 16;
		len -= 16;
	}
	*y = sum;
}

static void set(union gcm_key *k, const uint8_t *key, size_t key_len)
{
	struct gcm_tables *t = &k->tables;
	uint8_t h[16] = { 0 };
	int err;

	mbedtls_aes_init(&t->aes);
	err = mbedtls_aes_setkey_enc(&t->aes, key, (unsigned)key_len * 8);
	ASSERT(err == 0);
	gcm_encrypt(&t->aes, h, h);
	(void)fill(t->rows + LOW, fill(t->rows, field_of(h)));
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
		gcm_encrypt(&t->aes, counter, stream);
		cross(text->out + at, text->in + at, stream, n);
	}
	if (seal)
		hash(t, &y, text->out, text->len);
	set_lengths(lengths, text->aad_len);
	set_lengths(lengths + 8, text->len);
	hash(t, &y, lengths, sizeof(lengths));
	set_word_be(counter + 12, 1);
	gcm_encrypt(&t->aes, counter, stream);
	for (n = 0; n < 4; n++)
		set_word_be(tag + 4 * n, word_be(stream + 4 * n) ^ y.w[n]);
	wipe(stream, sizeof(stream));
}

const struct gcm_way gcm_c = { .name = "c", .set = set, .run = run };
