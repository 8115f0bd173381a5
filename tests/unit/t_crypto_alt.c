/* t_crypto_alt.c - every way that this processor has to compute AES-GCM,
 * ChaCha20 and Poly1305 against mbedTLS's own C code: keys, lengths, alignments
 * and cuts at random, in place and not. Published vectors: t_crypto_aead.c.
 * SIM_SEEDS=n makes it n hundred cases for each. */
#include <mbedtls/chacha20.h>
#include <mbedtls/gcm.h>
#include <mbedtls/poly1305.h>

#include "base/endian.h"
#include "src/crypto/alt/ways.h"
#include "tests/lib/codec_feed.h"
#include "tests/lib/ref_cipher.h"

#define LEN_MAX 2300

static uint64_t seed = 88172645463325252u;
static uint8_t in[LEN_MAX + 16], out[LEN_MAX + 16], want[LEN_MAX + 16];

static void fill(uint8_t *mem, size_t len)
{
	/* Carries show with many ones. */
	bool ones = test_random(&seed) % 8 == 0;

	for (size_t i = 0; i < len; i++)
		mem[i] = ones ? 0xff : (uint8_t)test_random(&seed);
}

static size_t some_len(void)
{
	static const size_t edges[] = { 0, 1, 15, 16, 17, 63, 64, 65, 127, 128,
		129, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025, 1400 };

	if (test_random(&seed) % 2 != 0)
		return edges[test_random(&seed) % LEN(edges)];
	return test_random(&seed) % (LEN_MAX + 1);
}

static unsigned cases(void)
{
	return test_seeds(20) * 100;
}

static bool usable(bool (*there)(void))
{
	return there == NULL || there();
}

/* ---- ChaCha20 */

static void chacha_case(chacha_blocks *run)
{
	uint8_t key[32], nonce[12], *to = out + test_random(&seed) % 16;
	const uint8_t *from = in + test_random(&seed) % 16;
	uint32_t counter = test_random(&seed) % 2 != 0 ? 1 :
	    0xffffff00u - test_random(&seed);
	size_t len = some_len(), at = 0, n;
	mbedtls_chacha20_context ctx;

	fill(key, sizeof(key));
	fill(nonce, sizeof(nonce));
	fill(in, sizeof(in));
	ref_chacha(key, nonce, counter, from, want, len);
	mbedtls_chacha20_init(&ctx);
	ctx.run = run;
	mbedtls_chacha20_setkey(&ctx, key);
	mbedtls_chacha20_starts(&ctx, nonce, counter);
	if (test_random(&seed) % 2 != 0) {
		memmove(to, from, len);
		from = to;
	}
	for (; at < len; at += n) {
		n = test_random(&seed) % 2 != 0 ? len - at :
		    1 + test_random(&seed) % (len - at);
		mbedtls_chacha20_update(&ctx, n, from + at, to + at);
	}
	assert_memory_equal(to, want, len);
	mbedtls_chacha20_free(&ctx);
}

static void t_chacha(void **state)
{
	const struct chacha_way *w = chacha_ways;
	unsigned i;

	(void)state;
	for (;; w++) {
		print_message("chacha %s%s\n", w->name,
		    usable(w->there) ? "" : ": this processor has it not");
		for (i = 0; usable(w->there) && i < cases(); i++)
			chacha_case(w->run);
		if (w->there == NULL)
			break;
	}
	for (i = 0; i < cases(); i++)
		chacha_case(chacha_c);
}

/* ---- Poly1305 */

static void poly_case(poly_blocks *run)
{
	uint8_t key[32], mac[16], right[16];
	const uint8_t *from = in + test_random(&seed) % 16;
	size_t len = some_len(), at = 0, n;
	mbedtls_poly1305_context ctx;

	fill(key, sizeof(key));
	fill(in, sizeof(in));
	ref_poly(key, from, len, right);
	mbedtls_poly1305_init(&ctx);
	ctx.run = run;
	mbedtls_poly1305_starts(&ctx, key);
	for (; at < len; at += n) {
		n = test_random(&seed) % 2 != 0 ? len - at :
		    1 + test_random(&seed) % (len - at);
		mbedtls_poly1305_update(&ctx, from + at, n);
	}
	mbedtls_poly1305_finish(&ctx, mac);
	assert_memory_equal(mac, right, sizeof(mac));
	mbedtls_poly1305_free(&ctx);
}

/* RFC 8439 A.3, test vector 3: long enough for the ways of several blocks. */
static void poly_published(poly_blocks *run)
{
	static const char text[] = "Any submission to the IETF intended by the "
	    "Contributor for publication as all or part of an IETF Internet-Dra"
	    "ft or RFC and any statement made within the context of an IETF act"
	    "ivity is considered an \"IETF Contribution\". Such statements incl"
	    "ude oral statements in IETF sessions, as well as written and elect"
	    "ronic communications made at any time or place, which are addresse"
	    "d to";
	static const uint8_t key[32] = { 0x36, 0xe5, 0xf6, 0xb5, 0xc5, 0xe0,
		0x60, 0x70, 0xf0, 0xef, 0xca, 0x96, 0x22, 0x7a, 0x86, 0x3e };
	static const uint8_t right[16] = { 0xf3, 0x47, 0x7e, 0x7c, 0xd9, 0x54,
		0x17, 0xaf, 0x89, 0xa6, 0xb8, 0x79, 0x4c, 0x31, 0x0c, 0xf0 };
	mbedtls_poly1305_context ctx;
	uint8_t mac[16];

	mbedtls_poly1305_init(&ctx);
	ctx.run = run;
	mbedtls_poly1305_starts(&ctx, key);
	mbedtls_poly1305_update(&ctx, (const uint8_t *)text, sizeof(text) - 1);
	mbedtls_poly1305_finish(&ctx, mac);
	assert_memory_equal(mac, right, sizeof(mac));
	mbedtls_poly1305_free(&ctx);
}

/* A number of 130 bits and more by octets: slow, and without a carry that is
 * put off. The last octet takes what the others do not. */
#define OCTETS 17

static void plain_carry(uint32_t h[OCTETS])
{
	uint32_t c = 0;
	size_t i;

	for (i = 0; i < OCTETS - 1; i++) {
		c += h[i];
		h[i] = c & 0xff;
		c >>= 8;
	}
	h[i] += c;
	c = (h[i] >> 2) * 5;
	h[i] &= 3;
	for (i = 0; i < OCTETS; i++) {
		c += h[i];
		h[i] = c & 0xff;
		c >>= 8;
	}
}

static void plain_block(uint32_t h[OCTETS], const uint32_t r[OCTETS],
    const uint8_t *block, uint32_t top)
{
	uint32_t product[OCTETS] = { 0 };
	size_t i, j;

	for (i = 0; i < OCTETS - 1; i++)
		h[i] += block[i];
	h[i] += top;
	/* 2^136 is 5 * 2^6 modulo 2^130 - 5. */
	for (i = 0; i < OCTETS; i++)
		for (j = 0; j < OCTETS; j++)
			product[(i + j) % OCTETS] += h[i] * r[j] *
			    (i + j < OCTETS ? 1 : 5 << 6);
	plain_carry(product);
	memcpy(h, product, sizeof(product));
}

static void plain_set(uint32_t h[OCTETS], const uint32_t *word, size_t n)
{
	size_t i;

	for (i = 0; i < OCTETS; i++)
		h[i] = i / 4 < n ? word[i / 4] >> 8 * (i % 4) & 0xff : 0;
}

/* The one number below 2^130 - 5. */
static void plain_reduce(uint32_t h[OCTETS])
{
	uint32_t more[OCTETS];

	plain_carry(h);
	memcpy(more, h, sizeof(more));
	more[0] += 5;
	for (size_t i = 0; i < OCTETS - 1; i++) {
		more[i + 1] += more[i] >> 8;
		more[i] &= 0xff;
	}
	if (more[OCTETS - 1] > 3) {
		memcpy(h, more, sizeof(more));
		h[OCTETS - 1] &= 3;
	}
}

static uint32_t some_word(uint32_t mask)
{
	static const uint32_t edges[] = { 0, 1, 0xffffffffu, 0xfffffffcu,
		0xfffffffbu, 0x3ffffffu, 0xfc000000u, 0x80000000u };
	size_t i = test_random(&seed) % (2 * LEN(edges));

	return (i < LEN(edges) ? edges[i] : (uint32_t)test_random(&seed)) &
	    mask;
}

/* Any number that may be there before, and each in the least favourable place:
 * all ones, the modulus and what is beside it, the largest r. */
static void poly_edge(poly_blocks *run)
{
	uint32_t acc[5], r[4], h[OCTETS], by[OCTETS], now[OCTETS];
	uint32_t top = test_random(&seed) % 8 != 0;
	size_t i, blocks = test_random(&seed) % 48;
	bool most = test_random(&seed) % 2 != 0;

	if (test_random(&seed) % 32 == 0)
		blocks = test_random(&seed) % (LEN_MAX / POLY_BLOCK);
	for (i = 0; i < 4; i++) {
		r[i] = i == 0 ? 0x0fffffffu : 0x0ffffffcu;
		r[i] = most ? r[i] : some_word(r[i]);
		acc[i] = some_word(0xffffffffu);
	}
	acc[4] = some_word(test_random(&seed) % 2 != 0 ? 3 : 7);
	for (i = 0; i < blocks * POLY_BLOCK; i += 4) {
		uint32_t w = most && test_random(&seed) % 16 != 0 ?
		    0xffffffffu : some_word(0xffffffffu);

		memcpy(in + i, &w, sizeof(w));
	}
	plain_set(h, acc, 5);
	h[OCTETS - 1] = acc[4];
	plain_set(by, r, 4);
	for (i = 0; i < blocks; i++)
		plain_block(h, by, in + i * POLY_BLOCK, top);
	run(acc, r, in, blocks, top);
	assert_true(acc[4] < 8);
	plain_set(now, acc, 5);
	plain_reduce(now);
	plain_reduce(h);
	assert_memory_equal(now, h, sizeof(h));
}

static void t_poly(void **state)
{
	const struct poly_way *w = poly_ways;
	unsigned i;

	(void)state;
	for (;; w++) {
		print_message("poly %s%s\n", w->name,
		    usable(w->there) ? "" : ": this processor has it not");
		for (i = 0; usable(w->there) && i < cases(); i++) {
			poly_case(w->run);
			poly_edge(w->run);
		}
		if (usable(w->there))
			poly_published(w->run);
		if (w->there == NULL)
			break;
	}
}

/* ---- AES-GCM */

static void gcm_case(const struct gcm_way *way)
{
	uint8_t key[32], iv[12], tag[16], right[16];
	size_t key_len = 16 + 8 * (test_random(&seed) % 3);
	size_t len = some_len(), aad_len = test_random(&seed) % 8 == 0 ?
	    test_random(&seed) % 400 : test_random(&seed) % 3 * 13;
	uint8_t *to = out + test_random(&seed) % 16;
	const uint8_t *from = in + test_random(&seed) % 16;
	mbedtls_gcm_context ctx;

	fill(key, sizeof(key));
	fill(iv, sizeof(iv));
	fill(in, sizeof(in));
	ref_gcm(key, key_len, iv, in, aad_len, from, want, len, right);
	mbedtls_gcm_init(&ctx);
	ctx.way = way;
	way->set(&ctx.key, key, key_len);
	if (test_random(&seed) % 2 != 0) {
		memmove(to, from, len);
		from = to;
	}
	assert_int_equal(mbedtls_gcm_crypt_and_tag(&ctx, MBEDTLS_GCM_ENCRYPT,
	    len, iv, 12, in, aad_len, from, to, 16, tag), 0);
	assert_memory_equal(to, want, len);
	assert_memory_equal(tag, right, 16);
	memcpy(want, to, len);
	tag[test_random(&seed) % 16] ^= 1 << test_random(&seed) % 8;
	assert_int_equal(mbedtls_gcm_auth_decrypt(&ctx, len, iv, 12, in,
	    aad_len, tag, 16, want, to), MBEDTLS_ERR_GCM_AUTH_FAILED);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(to[i], 0);
	assert_int_equal(mbedtls_gcm_auth_decrypt(&ctx, len, iv, 12, in,
	    aad_len, right, 16, want, want), 0);
	if (from != to)
		assert_memory_equal(want, from, len);
	mbedtls_gcm_free(&ctx);
}

static void t_gcm(void **state)
{
	const struct gcm_way *const *w = gcm_ways;
	unsigned i;

	(void)state;
	for (;; w++) {
		bool here = usable((*w)->there);

		print_message("gcm %s%s\n", (*w)->name,
		    here ? "" : ": this processor has it not");
		for (i = 0; here && i < cases(); i++)
			gcm_case(*w);
		if ((*w)->there == NULL)
			break;
	}
}

/* What is not offered is refused, whoever asks. */
static void t_refused(void **state)
{
	mbedtls_gcm_context ctx;
	uint8_t mem[16] = { 0 };
	size_t n;

	(void)state;
	mbedtls_gcm_init(&ctx);
	assert_int_not_equal(mbedtls_gcm_crypt_and_tag(&ctx,
	    MBEDTLS_GCM_ENCRYPT, 0, mem, 12, NULL, 0, mem, mem, 16, mem), 0);
	assert_int_not_equal(mbedtls_gcm_setkey(&ctx, MBEDTLS_CIPHER_ID_AES,
	    mem, 129), 0);
	assert_int_not_equal(mbedtls_gcm_setkey(&ctx,
	    MBEDTLS_CIPHER_ID_CAMELLIA, mem, 128), 0);
	assert_int_equal(mbedtls_gcm_setkey(&ctx, MBEDTLS_CIPHER_ID_AES, mem,
	    128), 0);
	assert_int_not_equal(mbedtls_gcm_crypt_and_tag(&ctx,
	    MBEDTLS_GCM_ENCRYPT, 0, mem, 11, NULL, 0, mem, mem, 16, mem), 0);
	assert_int_not_equal(mbedtls_gcm_crypt_and_tag(&ctx,
	    MBEDTLS_GCM_ENCRYPT, 0, mem, 12, NULL, 0, mem, mem, 3, mem), 0);
	assert_int_not_equal(mbedtls_gcm_starts(&ctx, MBEDTLS_GCM_ENCRYPT, mem,
	    12), 0);
	assert_int_not_equal(mbedtls_gcm_update_ad(&ctx, mem, 1), 0);
	assert_int_not_equal(mbedtls_gcm_update(&ctx, mem, 1, mem, 1, &n), 0);
	assert_int_not_equal(mbedtls_gcm_finish(&ctx, mem, 0, &n, mem, 16), 0);
	mbedtls_gcm_free(&ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_chacha),
		cmocka_unit_test(t_poly),
		cmocka_unit_test(t_gcm),
		cmocka_unit_test(t_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
