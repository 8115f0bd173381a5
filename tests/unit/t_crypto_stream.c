/* t_crypto_stream.c - the stream modes against known answers, in every cut. */
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
	{ STREAM_AES_OFB, 16, "3c451d31ca0284246cdea892025db51cb301eee049ee"
	    "d5cab3bf97ded19075c9ae90c7077a4e8771" },
	{ STREAM_AES_OFB, 24, "01d9fb991dae97f7240fdd30fe298687ebba07ef7ab6"
	    "71f737582bc3c5e9d72e1185a8b365f794ad" },
	{ STREAM_AES_OFB, 32, "e998e61e48a276dd5b8e1b70518259e1784c7eb08fc1"
	    "40a03793a01342b64b2314e03959651ba8c2" },
	{ STREAM_AES_CFB8, 16, "3c618b00e45f8394aaca47ef3ded2ed245d5f327f9a1"
	    "25fc4585dcd40b86583516f9ffe80de55fce" },
	{ STREAM_AES_CFB8, 24, "018da7cf575376b04801a6323bdfb4f826f1e83e7023"
	    "37e8834c7a09da1c99ad0cb2d49563e415dc" },
	{ STREAM_AES_CFB8, 32, "e9b293492a7f2216e885f274312d9603075803d370f0"
	    "9ef4652a2957c5b69131af34501d99574c64" },
	{ STREAM_AES_CFB1, 16, "5a0912611842e531c9f3e3b67ff9f03cdcd360325188"
	    "4fe78df92cb62f69e3c3cc017d77b3105324" },
	{ STREAM_AES_CFB1, 24, "2dcb16f8161d507f7088e803cbf12081db18923fee78"
	    "d0f6fd8c300d6e756c15f8272bcdc844654f" },
	{ STREAM_AES_CFB1, 32, "fffe2f60298a2ba652bfce2f3e477f993956292c27a3"
	    "1458b5a454cb692f6948ab218175e241e771" },
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
