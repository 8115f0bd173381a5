/* t_crypto_kdf.c - hashes and key derivation against known answers. */
#include "src/crypto/hash.c"
#include "src/crypto/kdf.c"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"
#include "tests/vectors/ss_tcp.h"

static void same(const uint8_t *mem, size_t len, const char *hex)
{
	char text[2 * 255 + 1];

	text_hex(text, mem, len);
	assert_string_equal(text, hex);
}

static void t_hashes(void **state)
{
	uint8_t out[20], long_key[80];

	(void)state;
	md5(out, "abc", 3);
	same(out, 16, "900150983cd24fb0d6963f7d28e17f72");
	sha1(out, "abc", 3);
	same(out, 20, "a9993e364706816aba3e25717850c26c9cd0d89d");
	/* RFC 2202, test cases 1 and 6. */
	memset(long_key, 0x0b, 20);
	hmac_sha1(out, long_key, 20, "Hi There", 8);
	same(out, 20, "b617318655057264e28bc0b6fb378c8ef146be00");
	memset(long_key, 0xaa, 80);
	hmac_sha1(out, long_key, 80,
	    "Test Using Larger Than Block-Size Key - Hash Key First", 54);
	same(out, 20, "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

static void t_bytes_to_key(void **state)
{
	uint8_t key[KEY_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < LEN(kdf_vectors); i++) {
		kdf_bytes_to_key(key, kdf_vectors[i].key_len,
		    kdf_vectors[i].password);
		same(key, kdf_vectors[i].key_len, kdf_vectors[i].key);
	}
}

/* RFC 5869, test cases 4 and 6: more than one block, and no salt. */
static void t_hkdf(void **state)
{
	static const uint8_t salt[13] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
		12 };
	uint8_t ikm[22], out[42];

	(void)state;
	memset(ikm, 0x0b, sizeof(ikm));
	kdf_hkdf_sha1(out, 42, ikm, 11, salt, 13,
	    "\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9");
	same(out, 42, "085a01ea1b10f36933068b56efa5ad81a4f14b822f5b091568a9cdd4"
	    "f155fda2c22e422478d305f3f896");
	kdf_hkdf_sha1(out, 42, ikm, 22, NULL, 0, "");
	same(out, 42, "0ac1af7002b3d761d1e55298da9d0506b9ae52057220a306e07b6b87"
	    "e8df21d0ea00033de03984d34918");
}

static void t_subkeys(void **state)
{
	uint8_t key[KEY_MAX], salt[KEY_MAX], out[KEY_MAX];
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(salt); i++)
		salt[i] = (uint8_t)i;
	for (i = 0; i < LEN(flight_vectors); i++) {
		n = strlen(flight_vectors[i].subkey) / 2;
		kdf_bytes_to_key(key, n, "barfoo!");
		kdf_hkdf_sha1(out, n, key, n, salt, n, "ss-subkey");
		same(out, n, flight_vectors[i].subkey);
	}
}

static const struct {
	size_t password_len, salt_len;
	char password, salt;
	uint32_t rounds;
	const char *out;
} pbkdf2_vectors[] = {
	{ 8, 4, 0, 0, 1, "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d5"
	    "13554e1c8cf252c02d470a285a0501bad999bfe943c08f050235d7d68b1da55e"
	    "63f73b60a57fce" },
	{ 8, 4, 0, 0, 1000, "afe6c5530785b6cc6b1c6453384731bd5ee432ee549fd42f"
	    "b6695779ad8a1c5bf59de69c48f774efc4007d5298f9033c0241d5ab69305e7b"
	    "64eceeb8d834cfec" },
	{ 200, 300, 'p', 's', 3, "8fc849202bf0a25dfb41e7819909b01b1dcc3c27cce4"
	    "037c475f4c96023ac1528861bab1251faad742c8330a308b6cd3a137b8c130bd"
	    "354bdae4664e38bf84d0" },
};

static void t_pbkdf2(void **state)
{
	char password[200], salt[300];
	uint8_t whole[64], sliced[64];
	struct pbkdf2 p;
	size_t i;

	(void)state;
	for (i = 0; i < LEN(pbkdf2_vectors); i++) {
		memset(password, pbkdf2_vectors[i].password, sizeof(password));
		memset(salt, pbkdf2_vectors[i].salt, sizeof(salt));
		if (pbkdf2_vectors[i].password == 0) {
			memcpy(password, "password", 8);
			memcpy(salt, "salt", 4);
		}
		kdf_pbkdf2_sha512(whole, password,
		    pbkdf2_vectors[i].password_len, salt,
		    pbkdf2_vectors[i].salt_len, pbkdf2_vectors[i].rounds);
		same(whole, 64, pbkdf2_vectors[i].out);
		pbkdf2_start(&p, password, pbkdf2_vectors[i].password_len,
		    salt, pbkdf2_vectors[i].salt_len, pbkdf2_vectors[i].rounds);
		while (!pbkdf2_step(&p, 7, sliced))
			;
		assert_memory_equal(whole, sliced, 64);
		assert_int_equal(p.u[0], 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_hashes),
		cmocka_unit_test(t_bytes_to_key),
		cmocka_unit_test(t_hkdf),
		cmocka_unit_test(t_subkeys),
		cmocka_unit_test(t_pbkdf2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
