/* t_crypto_aead.c - seal and open, the counting nonce, and the cache of
 * schedules: more keys than it has room for, in any order. */
#include "src/crypto/aead.c"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"

#define KEYS (LIMIT_AEAD_CTX + 3)

static void key_n(struct aead_key *k, enum aead_kind kind, uint8_t n)
{
	uint8_t key[KEY_MAX];

	memset(key, n, sizeof(key));
	aead_key_set(k, kind, key, sizeof(key));
}

/* GCM test case 13 of its authors: key, nonce and text of nothing. */
static void t_known_answer(void **state)
{
	static const uint8_t zeros[32];
	struct aead_key k;
	uint8_t mem[16];
	char hex[33];

	(void)state;
	aead_key_set(&k, AEAD_AES_GCM, zeros, 32);
	aead_seal(&k, mem, 0);
	text_hex(hex, mem, 16);
	assert_string_equal(hex, "530f8afbc74536b9a963b4f1c4cb738b");
	assert_int_equal(k.nonce[0], 1);
	aead_key_wipe(&k);
}

/* From libsodium: the second nonce of a stream, which is what counts here. */
static void t_xchacha(void **state)
{
	uint8_t key[32], mem[150 + AEAD_TAG], plain[150];
	struct aead_key k;
	char hex[33];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)i;
	for (i = 0; i < sizeof(plain); i++)
		plain[i] = (uint8_t)i;
	memcpy(mem, plain, sizeof(plain));
	aead_key_set(&k, AEAD_XCHACHA20_POLY1305, key, 32);
	k.nonce[0] = 1;
	aead_seal(&k, mem, sizeof(plain));
	text_hex(hex, mem, 16);
	assert_string_equal(hex, "ba0279549d188d805a8e2262f56be951");
	text_hex(hex, mem + sizeof(plain), 16);
	assert_string_equal(hex, "b2f31444c8efc466f5127decae7e72b6");
	assert_int_equal(k.nonce[0], 2);
	k.nonce[0] = 1;
	assert_int_equal(aead_open(&k, mem, sizeof(plain)), 0);
	assert_memory_equal(mem, plain, sizeof(plain));
	aead_key_wipe(&k);
}

static void t_nonce_carries(void **state)
{
	uint8_t nonce[AEAD_NONCE] = { 0xff, 0xff, 0x07 };

	(void)state;
	nonce_count(nonce);
	assert_int_equal(nonce[0], 0);
	assert_int_equal(nonce[1], 0);
	assert_int_equal(nonce[2], 8);
}

static void seal_and_open(enum aead_kind kind)
{
	static const uint8_t wiped[5];
	struct aead_key up, down, bad;
	uint8_t mem[5 + AEAD_TAG];
	int round;

	key_n(&up, kind, 7);
	key_n(&down, kind, 7);
	for (round = 0; round < 3; round++) {
		memcpy(mem, "hello", 5);
		aead_seal(&up, mem, 5);
		assert_memory_not_equal(mem, "hello", 5);
		assert_int_equal(aead_open(&down, mem, 5), 0);
		assert_memory_equal(mem, "hello", 5);
	}
	bad = down;
	aead_seal(&up, mem, 5);
	mem[5 + 3] ^= 1;
	assert_int_equal(aead_open(&bad, mem, 5), -E_AUTH);
	assert_memory_equal(mem, wiped, 5);
	aead_key_wipe(&up);
	aead_key_wipe(&down);
	aead_key_wipe(&bad);
}

static void t_seal_and_open(void **state)
{
	(void)state;
	seal_and_open(AEAD_AES_GCM);
	seal_and_open(AEAD_CHACHA20_POLY1305);
}

/* The schedules go and come back; the answers stay. */
static void t_cache(void **state)
{
	struct aead_key k[KEYS];
	uint8_t first[KEYS][AEAD_TAG], again[AEAD_TAG];
	unsigned i;

	(void)state;
	for (i = 0; i < KEYS; i++) {
		key_n(&k[i], AEAD_AES_GCM, (uint8_t)i);
		aead_seal(&k[i], first[i], 0);
	}
	assert_int_equal(aead_ctx.used, LIMIT_AEAD_CTX);
	for (i = KEYS; i-- > 0;) {
		k[i].nonce[0] = 0;
		aead_seal(&k[i], again, 0);
		assert_memory_equal(first[i], again, AEAD_TAG);
	}
	/* The least recently used ones are gone, the latest is there. */
	assert_non_null(schedule_find(&k[0]));
	assert_null(schedule_find(&k[KEYS - 1]));
	for (i = 0; i < KEYS; i++)
		aead_key_wipe(&k[i]);
	assert_int_equal(aead_ctx.used, 0);
	assert_true(list_empty(&recent));
}

/* A prefix of a longer key is another key. */
static void t_length_of_key(void **state)
{
	static const uint8_t zeros[32];
	struct aead_key a, b;
	uint8_t tag_a[AEAD_TAG], tag_b[AEAD_TAG];

	(void)state;
	aead_key_set(&a, AEAD_AES_GCM, zeros, 32);
	aead_key_set(&b, AEAD_AES_GCM, zeros, 16);
	aead_seal(&a, tag_a, 0);
	aead_seal(&b, tag_b, 0);
	assert_memory_not_equal(tag_a, tag_b, AEAD_TAG);
	aead_key_wipe(&a);
	aead_key_wipe(&b);
	aead_key_wipe(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_known_answer),
		cmocka_unit_test(t_xchacha),
		cmocka_unit_test(t_nonce_carries),
		cmocka_unit_test(t_seal_and_open),
		cmocka_unit_test(t_cache),
		cmocka_unit_test(t_length_of_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
