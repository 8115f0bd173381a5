/* t_crypto_blake3.c - BLAKE3 and single blocks of AES by known answers. */
#include "src/crypto/blake3.c"
#include "src/crypto/block.c"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"
#include "tests/vectors/ss_2022.h"

static void same(const uint8_t *mem, const char *hex)
{
	char text[2 * 32 + 1];

	text_hex(text, mem, strlen(hex) / 2);
	assert_string_equal(text, hex);
}

/* Inputs count 0, 1, 2 ...: the form of the published test vectors. */
static void t_hash(void **state)
{
	static const struct {
		size_t len;
		const char *hash;
	} cases[] = {
		{ 0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93ca"
		    "e41f3262" },
		{ 1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0"
		    "f592e213" },
		{ 63, "e9bc37a594daad83be9470df7f7b3798297c3d834ce80ba85d6e207"
		    "627b7db7b" },
		{ 64, "4eed7141ea4a5cd4b788606bd23f46e212af9cacebacdc7d1f4c6dc"
		    "7f2511b98" },
	};
	uint8_t mem[64], out[32];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(mem); i++)
		mem[i] = (uint8_t)i;
	for (i = 0; i < LEN(cases); i++) {
		blake3(out, mem, cases[i].len);
		same(out, cases[i].hash);
	}
}

/* PSK from 00, salt from 80. */
static void t_session_subkeys(void **state)
{
	uint8_t mem[64], out[32];
	size_t i, j, n;

	(void)state;
	for (i = 0; i < LEN(sip022_vectors); i++) {
		n = strlen(sip022_vectors[i].subkey) / 2;
		for (j = 0; j < n; j++) {
			mem[j] = (uint8_t)j;
			mem[n + j] = (uint8_t)(0x80 + j);
		}
		kdf_blake3(out, "shadowsocks 2022 session subkey", mem, 2 * n);
		same(out, sip022_vectors[i].subkey);
	}
}

static void t_identity_headers(void **state)
{
	uint8_t mem[64], psk[32], key[32], out[32];
	size_t i, j, n;

	(void)state;
	for (i = 0; i < LEN(eih_vectors); i++) {
		n = strlen(eih_vectors[i].subkey) / 2;
		for (j = 0; j < n; j++) {
			psk[j] = (uint8_t)j;
			mem[j] = (uint8_t)(0x10 + j);
			mem[n + j] = (uint8_t)(0x80 + j);
		}
		kdf_blake3(key, "shadowsocks 2022 identity subkey", mem,
		    2 * n);
		same(key, eih_vectors[i].subkey);
		blake3(out, psk, n);
		same(out, eih_vectors[i].hash);
		aes_block_encrypt(key, n, out, mem);
		same(mem, eih_vectors[i].header);
		aes_block_decrypt(key, n, mem, mem);
		same(mem, eih_vectors[i].hash);
	}
}

/* FIPS 197, appendix C. */
static void t_aes_block(void **state)
{
	static const char *const cipher[] = {
		"69c4e0d86a7b0430d8cdb78070b4c55a",
		"dda97ca4864cdfe06eaf70a0ec0d7191",
		"8ea2b7ca516745bfeafc49904b496089",
	};
	uint8_t key[32], block[16], out[16];
	size_t i;

	(void)state;
	for (i = 0; i < 32; i++)
		key[i] = (uint8_t)i;
	for (i = 0; i < 16; i++)
		block[i] = (uint8_t)(i * 0x11);
	for (i = 0; i < LEN(cipher); i++) {
		aes_block_encrypt(key, 16 + 8 * i, block, out);
		same(out, cipher[i]);
		aes_block_decrypt(key, 16 + 8 * i, out, out);
		assert_memory_equal(out, block, 16);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_hash),
		cmocka_unit_test(t_session_subkeys),
		cmocka_unit_test(t_identity_headers),
		cmocka_unit_test(t_aes_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
