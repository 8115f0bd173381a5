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

/* The largest and smallest numbers that poly.h allows, against bit by bit. */

/* a = n * a + b modulo 2^130 - 5, n 1 or 2: below it. */
static void slow_add(uint32_t a[5], uint32_t n, const uint32_t b[5])
{
	uint32_t less[5];
	uint64_t c = 0;
	int i, times;

	for (i = 0; i < 5; i++) {
		c += (uint64_t)n * a[i] + b[i];
		a[i] = (uint32_t)c;
		c >>= 32;
	}
	for (times = 0; times < 8; times++) {
		for (c = 5, i = 0; i < 5; i++) {
			c += a[i];
			less[i] = (uint32_t)c;
			c >>= 32;
		}
		/* a - p = a + 5 - 2^130 */
		if (less[4] < 4)
			return;
		less[4] -= 4;
		memcpy(a, less, sizeof(less));
	}
	fail();
}

static void slow_poly(uint32_t acc[5], const uint32_t r[4],
    const uint8_t *mem, size_t blocks, uint32_t top)
{
	static const uint32_t zero[5];
	uint32_t h[5] = { 0 };
	int bit;

	slow_add(acc, 1, zero);
	for (; blocks > 0; blocks--, mem += POLY_BLOCK) {
		for (bit = 0; bit < 4; bit++)
			h[bit] = get_u32le(mem + 4 * bit);
		h[4] = top;
		slow_add(h, 1, acc);
		memset(acc, 0, sizeof(h));
		for (bit = 127; bit >= 0; bit--)
			slow_add(acc, 2, (r[bit / 32] >> bit % 32 & 1) != 0 ?
			    h : zero);
	}
}

static uint32_t some_word(void)
{
	static const uint32_t words[] = { 0xffffffffu, 0xffffffffu, 0,
		0xfffffffbu, 0xfffffffau, 1, 0x80000000u };
	size_t n = test_random(&seed) % (LEN(words) + 1);

	return n < LEN(words) ? words[n] : (uint32_t)test_random(&seed);
}

static void poly_edge(poly_blocks *run)
{
	static const uint32_t zero[5];
	size_t i, blocks = 1 + test_random(&seed) % 24;
	uint32_t acc[5], right[5], r[4], top = test_random(&seed) % 4 != 0;
	bool ones = test_random(&seed) % 2 != 0;

	for (i = 0; i < 4; i++) {
		r[i] = (ones ? 0xffffffffu : some_word()) &
		    (i == 0 ? 0x0fffffffu : 0x0ffffffcu);
		acc[i] = some_word();
	}
	acc[4] = test_random(&seed) % 2 != 0 ? 3 : test_random(&seed) % 8;
	for (i = 0; i < blocks * POLY_BLOCK; i += 4)
		put_u32le(in + i, ones ? 0xffffffffu : some_word());
	memcpy(right, acc, sizeof(acc));
	run(acc, r, in, blocks, top);
	assert_true(acc[4] < 8);
	slow_poly(right, r, in, blocks, top);
	slow_add(acc, 1, zero);
	assert_memory_equal(acc, right, sizeof(acc));
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
			if (i % 16 == 0)
				poly_edge(w->run);
		}
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
