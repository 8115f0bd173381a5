/* block.c - AES of a single block, as identity headers want it.
 * Knows no mode: what runs on is in aead.c and stream.c. */
#include <mbedtls/aes.h>

#include "crypto/crypto.h"

static void crypt(const uint8_t *key, size_t key_len, int mode,
    const uint8_t in[16], uint8_t out[16])
{
	mbedtls_aes_context aes;
	int err;

	mbedtls_aes_init(&aes);
	if (mode == MBEDTLS_AES_ENCRYPT)
		err = mbedtls_aes_setkey_enc(&aes, key, (unsigned)key_len * 8);
	else
		err = mbedtls_aes_setkey_dec(&aes, key, (unsigned)key_len * 8);
	err |= mbedtls_aes_crypt_ecb(&aes, mode, in, out);
	ASSERT(err == 0);
	mbedtls_aes_free(&aes);
}

void aes_block_encrypt(const uint8_t *key, size_t key_len,
    const uint8_t in[16], uint8_t out[16])
{
	crypt(key, key_len, MBEDTLS_AES_ENCRYPT, in, out);
}

void aes_block_decrypt(const uint8_t *key, size_t key_len,
    const uint8_t in[16], uint8_t out[16])
{
	crypt(key, key_len, MBEDTLS_AES_DECRYPT, in, out);
}
