/* t_crypto_stream.c - the stream modes against known answers, in every cut. */
#include "src/crypto/stream.c"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"

#define TEXT 150

/* Key and text 00 01 02 ..., IV of ff: the counter wraps at once. */
static const struct {
	enum stream_kind kind;
	size_t key_len, iv_len;
	const char *out;
} vectors[] = {
	{ STREAM_AES_CFB, 16, 16,
	    "3c451d31ca0284246cdea892025db51c901b21476d3ef3f5d10d2b8382c2"
	    "8873274af17ad688a13a" },
	{ STREAM_AES_CFB, 24, 16,
	    "01d9fb991dae97f7240fdd30fe298687d32831bbca475bf4fb24713abbfb"
	    "33f9f39d66645897b073" },
	{ STREAM_AES_CFB, 32, 16,
	    "e998e61e48a276dd5b8e1b70518259e1a7513fcb3279a4d26b3d1107bdf2"
	    "ef0b59932cc51f4ae97b" },
	{ STREAM_AES_CTR, 16, 16,
	    "3c451d31ca0284246cdea892025db51cd6b02924939a4d9577569b79bdd5"
	    "c666536731b6b1e59239" },
	{ STREAM_AES_CTR, 24, 16,
	    "01d9fb991dae97f7240fdd30fe298687817343910866b335db8fcc3c241c"
	    "8818696f1a796f1a8990" },
	{ STREAM_AES_CTR, 32, 16,
	    "e998e61e48a276dd5b8e1b70518259e1e28112a53e5c89c7b1ea8071c133"
	    "699fd07c548d6e9cb9c2" },
	{ STREAM_AES_OFB, 16, 16,
	    "3c451d31ca0284246cdea892025db51cb301eee049eed5cab3bf97ded190"
	    "75c9ae90c7077a4e8771" },
	{ STREAM_AES_OFB, 24, 16,
	    "01d9fb991dae97f7240fdd30fe298687ebba07ef7ab671f737582bc3c5e9"
	    "d72e1185a8b365f794ad" },
	{ STREAM_AES_OFB, 32, 16,
	    "e998e61e48a276dd5b8e1b70518259e1784c7eb08fc140a03793a01342b6"
	    "4b2314e03959651ba8c2" },
	{ STREAM_AES_CFB8, 16, 16,
	    "3c618b00e45f8394aaca47ef3ded2ed245d5f327f9a125fc4585dcd40b86"
	    "583516f9ffe80de55fce" },
	{ STREAM_AES_CFB8, 24, 16,
	    "018da7cf575376b04801a6323bdfb4f826f1e83e702337e8834c7a09da1c"
	    "99ad0cb2d49563e415dc" },
	{ STREAM_AES_CFB8, 32, 16,
	    "e9b293492a7f2216e885f274312d9603075803d370f09ef4652a2957c5b6"
	    "9131af34501d99574c64" },
	{ STREAM_AES_CFB1, 16, 16,
	    "5a0912611842e531c9f3e3b67ff9f03cdcd3603251884fe78df92cb62f69"
	    "e3c3cc017d77b3105324" },
	{ STREAM_AES_CFB1, 24, 16,
	    "2dcb16f8161d507f7088e803cbf12081db18923fee78d0f6fd8c300d6e75"
	    "6c15f8272bcdc844654f" },
	{ STREAM_AES_CFB1, 32, 16,
	    "fffe2f60298a2ba652bfce2f3e477f993956292c27a31458b5a454cb692f"
	    "6948ab218175e241e771" },
	/* From OpenSSL (Camellia, RC4) and libsodium. */
	{ STREAM_CAMELLIA_CFB, 16, 16,
	    "400da59c9e3b9d794fb92dd70244428be5be757b805823d13849b946ed0f"
	    "6b297db202ca7a2d67160eac59a1d8531ac8300b22194a8882d76f9264b3"
	    "d21dcb5e271a5de18b7a733af80aa9bbb1542489769f80271d42ad97a4fe"
	    "b0f8df532670eb93f53da616f421769373846a17be7efb7ee1605cb3ab23"
	    "33942d0a4d5285535ad423b26ebeb7dcf3cc29fef9b46c64ec85a561993e" },
	{ STREAM_CAMELLIA_CFB, 24, 16,
	    "9fd08ce745e9d8f9c72fb66f1cddbd7a8f5f00346c6ed89a5f894ee4f2c0"
	    "b439a7063809b3c3200edc182ebb9da50740355ea7f641a4b1bf82ab3b1d"
	    "fd2dbd30d369aa631389959ee6141870f5e885fa799dce23e3994da328a9"
	    "58ef9f129fa0a37119c3943715573b2106223c79fc3ed210d6e85e3f8a45"
	    "87886590e22fa25b48e8adc97bd2cc3d5646368e640a88f4e07be2c6ea32" },
	{ STREAM_CAMELLIA_CFB, 32, 16,
	    "d081a8fc952f5a7e9a60564f4b65dd07bff91ae7279afdfa554077a89d33"
	    "1011bc59acfbea3eb654370e8347540a5260da410b03b168b7cfb4b54b64"
	    "db4366b89d94a967aa5ed09f28e8fde6e8911c585c839097b9700b8574fd"
	    "9d0a69ccb412d20431de9dd9568ae8ec19fc4cc5be5de67358c32a3b5169"
	    "287763acca5f2cf3a572d022cba0231d3008b6e9d1217ffbe40f50215b95" },
	{ STREAM_CHACHA20, 32, 8,
	    "d584ece6992dc85aa2d92468be2210f73ffae92dc5a8b5baec9f4e24a716"
	    "b485b5aa3da7948653cc88669b8a036b9b33ecac5b1c6ecccd86e6bcd0fa"
	    "f597a03c10c21700e640f46bdb6ab8496789b832d3dec2b5490999649c08"
	    "645aa4060e1d71f09e36617f495af682f5101622e474bb79c0bc7a5c01ea"
	    "fc5386fb1d74cbf2ad12b2e80c56a87d81c744ac70e5764ccce32dd8709b" },
	{ STREAM_CHACHA20_IETF, 32, 12,
	    "2780d3c551ab5738c3a2ad6f245c8eb824f40467acfacb44910903e8dff0"
	    "30f8f0661fd454bdcb812f8a33861f8a4d1d96b5e562773a6be6ab59db82"
	    "5475659a81e21d6624e0fd579ce385181b16fdcd32b9134a1ed8a5b2ee1d"
	    "1429dfb3cbfc0191e0c286008c9be9ab72807a0b0e32456be48850da82e6"
	    "b7ec9f63bbf1ebda3cffc1657d585a81d1689f115d683d632d8cb1d5b9a3" },
	{ STREAM_SALSA20, 32, 8,
	    "fa36d5558b91427d45acc20d6f13fe8b03e50e577d1e6182104ff35263a6"
	    "1fdeee51c8e3d75ddb2cb81ddb5bca297b399efca5330310ba660b556e34"
	    "fc022e33ed441ec3ef64f38553f926663e01bd142b44b499dc76880fdad5"
	    "4aea62eb6bf48d6b1d5db38abb277de9231bab06e74de125c4aa8f79eaae"
	    "9e235fb061ac22b307996be5a2978f440aae09d8d258c2dcfdbf207c555c" },
	{ STREAM_RC4_MD5, 16, 16,
	    "6aa36a0b9abc32eeb70cd86b03a2d883f382abd1891f19bca6e192e56fbc"
	    "29fe082fe0dcbed704cc8e99458b39342f5a376a16e9ea5d48c69a9ba288"
	    "7e444559393f480039badac1f4efdf4320baf679557c39125efcccee7a51"
	    "7d2542501ab418c95c2ef7a1d0a061f4d31119a1db7a986bbba7da1b6cc3"
	    "8f63a9830978d9bcd7b3c1519cc22f23b8994c7b8cf5a1b7aae3179631c6" },
};

static void count_up(uint8_t *mem, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		mem[i] = (uint8_t)i;
}

/* Encrypts and decrypts in pieces of `cut` octets. */
static void both_ways(struct stream_key *key, size_t iv_len, const char *out,
    size_t cut)
{
	uint8_t mem[TEXT], plain[TEXT], iv[16];
	size_t at, len = strlen(out) / 2;
	struct stream_state s;
	char hex[2 * TEXT + 1];

	count_up(plain, len);
	memcpy(mem, plain, len);
	memset(iv, 0xff, sizeof(iv));
	assert_int_equal(stream_start(&s, key, iv, iv_len), 0);
	for (at = 0; at < len; at += cut)
		stream_encrypt(&s, mem + at, MIN(cut, len - at));
	text_hex(hex, mem, len);
	assert_string_equal(hex, out);
	stream_end(&s);
	assert_int_equal(stream_start(&s, key, iv, iv_len), 0);
	for (at = 0; at < len; at += cut)
		stream_decrypt(&s, mem + at, MIN(cut, len - at));
	assert_memory_equal(mem, plain, len);
	stream_end(&s);
	stream_once(key, iv, iv_len, mem, len, true);
	text_hex(hex, mem, len);
	assert_string_equal(hex, out);
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
			both_ways(key, vectors[i].iv_len, vectors[i].out,
			    cut);
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

/* One more direction than there is room for; a datagram always goes. */
static void t_rc4_is_full(void **state)
{
	static struct stream_state s[LIMIT_RC4 + 1];
	static const uint8_t octets[KEY_MAX];
	uint8_t mem[4] = { 0 };
	struct stream_key *key;
	size_t i;

	(void)state;
	assert_int_equal(stream_key_make(&key, STREAM_RC4_MD5, octets, 16), 0);
	for (i = 0; i < LIMIT_RC4; i++)
		assert_int_equal(stream_start(&s[i], key, octets, 16), 0);
	assert_int_equal(stream_start(&s[i], key, octets, 16), -E_FULL);
	stream_once(key, octets, 16, mem, sizeof(mem), true);
	stream_encrypt(&s[0], mem, sizeof(mem));
	assert_memory_equal(mem, octets, sizeof(mem));
	for (i = 0; i < LEN(s); i++)
		stream_end(&s[i]);
	stream_key_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_known_answers),
		cmocka_unit_test(t_table_of_keys_is_full),
		cmocka_unit_test(t_rc4_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
