/* ref_cipher.c - ciphers as mbedTLS computes them itself. */
#include <crypto/mbedtls_config.h>

#include "mbedtls_ref.h"

#include "crypto/tls.h"
#include "ref_cipher.h"

void tls_arena_use(struct tls_arena *a, struct tls_arena *also);

void ref_chacha(const uint8_t key[32], const uint8_t nonce[12],
    uint32_t counter, const uint8_t *in, uint8_t *out, size_t len)
{
	ASSERT(ref_chacha20_crypt(key, nonce, counter, len, in, out) == 0);
}

void ref_poly(const uint8_t key[32], const uint8_t *in, size_t len,
    uint8_t mac[16])
{
	ASSERT(ref_poly1305_mac(key, in, len, mac) == 0);
}

void ref_gcm(const uint8_t *key, size_t key_len, const uint8_t iv[12],
    const uint8_t *aad, size_t aad_len, const uint8_t *in, uint8_t *out,
    size_t len, uint8_t tag[16])
{
	static _Alignas(16) uint8_t mem[4096];
	static struct tls_arena arena;
	mbedtls_gcm_context ctx;

	/* The generic cipher layer below it allocates its context. */
	if (arena.mem == NULL)
		tls_arena_open(&arena, mem, sizeof(mem));
	tls_arena_use(&arena, NULL);
	ref_gcm_init(&ctx);
	ASSERT(ref_gcm_setkey(&ctx, MBEDTLS_CIPHER_ID_AES, key,
	    (unsigned)key_len * 8) == 0);
	ASSERT(ref_gcm_crypt_and_tag(&ctx, MBEDTLS_GCM_ENCRYPT, len, iv, 12,
	    aad, aad_len, in, out, 16, tag) == 0);
	ref_gcm_free(&ctx);
}
