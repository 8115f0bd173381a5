/* t_crypto_stream.c - CFB and CTR against known answers, in every cut. */
#include "src/crypto/stream.c"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"

#define TEXT 40

/* Key and text 00 01 02 ..., IV of ff: the counter wraps at once. */
static const struct {
	enum stream_kind kind;
	size_t key_len;
	const char *out;
} vectors[] = {
	{ STREAM_AES_CFB, 16, "3c451d31ca0284246cdea892025db51c901b21476d3ef3f5"
	    "d10d2b8382c28873274af17ad688a13a" },
	{ STREAM_AES_CFB, 24, "01d9fb991dae97f7240fdd30fe298687d32831bbca475bf4"
	    "fb24713abbfb33f9f39d66645897b073" },
	{ STREAM_AES_CFB, 32, "e998e61e48a276dd5b8e1b70518259e1a7513fcb3279a4d2"
	    "6b3d1107bdf2ef0b59932cc51f4ae97b" },
	{ STREAM_AES_CTR, 16, "3c451d31ca0284246cdea892025db51cd6b02924939a4d95"
	    "77569b79bdd5c666536731b6b1e59239" },
	{ STREAM_AES_CTR, 24, "01d9fb991dae97f7240fdd30fe298687817343910866b335"
	    "db8fcc3c241c8818696f1a796f1a8990" },
	{ STREAM_AES_CTR, 32, "e998e61e48a276dd5b8e1b70518259e1e28112a53e5c89c7"
	    "b1ea8071c133699fd07c548d6e9cb9c2" },
};

static void count_up(uint8_t *mem, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		mem[i] = (uint8_t)i;
}

/* Encrypts and decrypts in pieces of `cut` octets. */
static void both_ways(struct stream_key *key, const char *out, size_t cut)
{
	uint8_t mem[TEXT], plain[TEXT], iv[16];
	struct stream_state s;
	char hex[2 * TEXT + 1];
	size_t at;

	count_up(plain, TEXT);
	memcpy(mem, plain, TEXT);
	memset(iv, 0xff, sizeof(iv));
	stream_start(&s, key, iv);
	for (at = 0; at < TEXT; at += cut)
		stream_encrypt(&s, mem + at, MIN(cut, TEXT - at));
	text_hex(hex, mem, TEXT);
	assert_string_equal(hex, out);
	stream_start(&s, key, iv);
	for (at = 0; at < TEXT; at += cut)
		stream_decrypt(&s, mem + at, MIN(cut, TEXT - at));
	assert_memory_equal(mem, plain, TEXT);
}

static void t_known_answers(void **state)
{
	struct stream_key *key;
	uint8_t octets[KEY_MAX];
	size_t i, cut;

	(void)state;
	count_up(octets, sizeof(octets));
	for (i = 0; i < LEN(vectors); i++) {
		assert_int_equal(stream_key_make(&key, vectors[i].kind, octets,
		    vectors[i].key_len), 0);
		for (cut = 1; cut <= TEXT; cut++)
			both_ways(key, vectors[i].out, cut);
		stream_key_free(key);
	}
	assert_int_equal(stream_keys.used, 0);
}

static void t_table_of_keys_is_full(void **state)
{
	static struct stream_key *keys[LIMIT_LISTENERS + 2];
	static const uint8_t octets[KEY_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < LIMIT_LISTENERS + 1; i++)
		assert_int_equal(stream_key_make(&keys[i], STREAM_AES_CTR,
		    octets, 16), 0);
	assert_int_equal(stream_key_make(&keys[i], STREAM_AES_CTR, octets, 16),
	    -E_FULL);
	for (i = 0; i < LEN(keys); i++)
		stream_key_free(keys[i]);
	assert_int_equal(stream_keys.used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_known_answers),
		cmocka_unit_test(t_table_of_keys_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
