/* hash.c - MD5, SHA-1 and HMAC-SHA1, in one call each or in pieces.
 * Knows no protocol: what is hashed, and why, is the caller's. */
#include <mbedtls/md5.h>
#include <mbedtls/sha1.h>

#include "crypto/crypto.h"

#define SHA1_BLOCK 64

void md5(uint8_t out[16], const void *mem, size_t len)
{
	int err = mbedtls_md5(mem, len, out);

	ASSERT(err == 0);
}

void sha1(uint8_t out[20], const void *mem, size_t len)
{
	int err = mbedtls_sha1(mem, len, out);

	ASSERT(err == 0);
}

/* SHA-1 of a block of key^fill, then mem. */
static void keyed(uint8_t out[20], const uint8_t key[SHA1_BLOCK], uint8_t fill,
    const void *mem, size_t len)
{
	mbedtls_sha1_context ctx;
	uint8_t block[SHA1_BLOCK];
	size_t i;
	int err;

	for (i = 0; i < sizeof(block); i++)
		block[i] = key[i] ^ fill;
	mbedtls_sha1_init(&ctx);
	err = mbedtls_sha1_starts(&ctx);
	err |= mbedtls_sha1_update(&ctx, block, sizeof(block));
	err |= mbedtls_sha1_update(&ctx, mem, len);
	err |= mbedtls_sha1_finish(&ctx, out);
	ASSERT(err == 0);
	mbedtls_sha1_free(&ctx);
	wipe(block, sizeof(block));
}

void hmac_sha1(uint8_t out[20], const void *key, size_t key_len,
    const void *mem, size_t len)
{
	uint8_t padded[SHA1_BLOCK] = { 0 }, inner[20];

	if (key_len > sizeof(padded))
		sha1(padded, key, key_len);
	else if (key_len > 0)
		memcpy(padded, key, key_len);
	keyed(inner, padded, 0x36, mem, len);
	keyed(out, padded, 0x5c, inner, sizeof(inner));
	wipe(padded, sizeof(padded));
	wipe(inner, sizeof(inner));
}

static mbedtls_sha1_context *ctx_of(struct hmac_sha1 *h)
{
	_Static_assert(sizeof(h->ctx) >= sizeof(mbedtls_sha1_context), "room");
	return (mbedtls_sha1_context *)(void *)h->ctx;
}

void hmac_sha1_start(struct hmac_sha1 *h, const void *key, size_t key_len)
{
	uint8_t block[SHA1_BLOCK];
	size_t i;
	int err;

	ASSERT(key_len <= SHA1_BLOCK);
	memset(h->key, 0, sizeof(h->key));
	memcpy(h->key, key, key_len);
	for (i = 0; i < sizeof(block); i++)
		block[i] = h->key[i] ^ 0x36;
	mbedtls_sha1_init(ctx_of(h));
	err = mbedtls_sha1_starts(ctx_of(h));
	err |= mbedtls_sha1_update(ctx_of(h), block, sizeof(block));
	ASSERT(err == 0);
	wipe(block, sizeof(block));
}

void hmac_sha1_add(struct hmac_sha1 *h, const void *mem, size_t len)
{
	int err = mbedtls_sha1_update(ctx_of(h), mem, len);

	ASSERT(err == 0);
}

void hmac_sha1_end(struct hmac_sha1 *h, uint8_t out[20])
{
	uint8_t inner[20];
	int err = mbedtls_sha1_finish(ctx_of(h), inner);

	ASSERT(err == 0);
	keyed(out, h->key, 0x5c, inner, sizeof(inner));
	wipe(h, sizeof(*h));
}
