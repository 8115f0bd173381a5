/* kdf.c - keys from passwords and from other keys.
 * Knows no method names; pbkdf2 comes in slices so that a loop can go on. */
#include <mbedtls/md5.h>
#include <mbedtls/sha512.h>

#include "base/endian.h"
#include "crypto/crypto.h"

#define SHA512_BLOCK 128

/* The state between two blocks: mbedTLS has no other door to it. */
#define STATE MBEDTLS_PRIVATE(state)

void kdf_bytes_to_key(uint8_t *key, size_t key_len, const char *password)
{
	mbedtls_md5_context ctx;
	uint8_t digest[16];
	size_t at, n;
	int err;

	ASSERT(key_len >= 1 && key_len <= KEY_MAX);
	for (at = 0; at < key_len; at += n) {
		n = MIN(sizeof(digest), key_len - at);
		mbedtls_md5_init(&ctx);
		err = mbedtls_md5_starts(&ctx);
		if (at > 0)
			err |= mbedtls_md5_update(&ctx, digest, sizeof(digest));
		err |= mbedtls_md5_update(&ctx, (const uint8_t *)password,
		    strlen(password));
		err |= mbedtls_md5_finish(&ctx, digest);
		ASSERT(err == 0);
		mbedtls_md5_free(&ctx);
		memcpy(key + at, digest, n);
	}
	wipe(digest, sizeof(digest));
}

void kdf_hkdf_sha1(uint8_t *out, size_t out_len, const void *ikm,
    size_t ikm_len, const void *salt, size_t salt_len, const char *info)
{
	uint8_t prk[20], t[20], input[20 + 64 + 1];
	size_t info_len = strlen(info), t_len = 0, at, n;
	uint8_t count = 1;

	ASSERT(info_len <= 64 && out_len >= 1 && out_len <= 255 * 20);
	hmac_sha1(prk, salt, salt_len, ikm, ikm_len);
	for (at = 0; at < out_len; at += n) {
		n = MIN(sizeof(t), out_len - at);
		memcpy(input, t, t_len);
		memcpy(input + t_len, info, info_len);
		input[t_len + info_len] = count++;
		hmac_sha1(t, prk, sizeof(prk), input, t_len + info_len + 1);
		t_len = sizeof(t);
		memcpy(out + at, t, n);
	}
	wipe(prk, sizeof(prk));
	wipe(t, sizeof(t));
	wipe(input, sizeof(input));
}

/* One SHA-512 compression: state after block, which follows state. */
static void compress(uint64_t state[8], const uint8_t block[SHA512_BLOCK])
{
	mbedtls_sha512_context ctx;
	int err;

	mbedtls_sha512_init(&ctx);
	err = mbedtls_sha512_starts(&ctx, 0);
	memcpy(ctx.STATE, state, sizeof(ctx.STATE));
	err |= mbedtls_internal_sha512_process(&ctx, block);
	ASSERT(err == 0);
	memcpy(state, ctx.STATE, sizeof(ctx.STATE));
	mbedtls_sha512_free(&ctx);
}

/* State after the block key^fill, from which every HMAC of this key goes on. */
static void key_state(uint64_t state[8], const uint8_t key[SHA512_BLOCK],
    uint8_t fill)
{
	mbedtls_sha512_context ctx;
	uint8_t block[SHA512_BLOCK];
	size_t i;
	int err;

	for (i = 0; i < sizeof(block); i++)
		block[i] = key[i] ^ fill;
	mbedtls_sha512_init(&ctx);
	err = mbedtls_sha512_starts(&ctx, 0);
	memcpy(state, ctx.STATE, sizeof(ctx.STATE));
	mbedtls_sha512_free(&ctx);
	ASSERT(err == 0);
	compress(state, block);
	wipe(block, sizeof(block));
}

/* SHA-512 of one key block (already in `from`) and the 64 octets of mem. */
static void digest_after_key(uint8_t out[64], const uint64_t from[8],
    const uint8_t mem[64])
{
	uint8_t block[SHA512_BLOCK] = { 0 };
	uint64_t state[8];
	size_t i;

	memcpy(block, mem, 64);
	block[64] = 0x80;
	put_u64be(block + SHA512_BLOCK - 8, (SHA512_BLOCK + 64) * 8);
	memcpy(state, from, sizeof(state));
	compress(state, block);
	for (i = 0; i < 8; i++)
		put_u64be(out + 8 * i, state[i]);
	wipe(block, sizeof(block));
	wipe(state, sizeof(state));
}

/* u = HMAC(password, u). */
static void pbkdf2_round(struct pbkdf2 *p)
{
	uint8_t inner[64];

	digest_after_key(inner, p->inner, p->u);
	digest_after_key(p->u, p->outer, inner);
	wipe(inner, sizeof(inner));
}

/* u = HMAC(password, salt | 1): the only round whose input has any length. */
static void pbkdf2_first(struct pbkdf2 *p, const uint8_t key[SHA512_BLOCK],
    const void *salt, size_t salt_len)
{
	static const uint8_t block_number[4] = { 0, 0, 0, 1 };
	mbedtls_sha512_context ctx;
	uint8_t pad[SHA512_BLOCK], inner[64];
	size_t i;
	int err;

	for (i = 0; i < sizeof(pad); i++)
		pad[i] = key[i] ^ 0x36;
	mbedtls_sha512_init(&ctx);
	err = mbedtls_sha512_starts(&ctx, 0);
	err |= mbedtls_sha512_update(&ctx, pad, sizeof(pad));
	err |= mbedtls_sha512_update(&ctx, salt, salt_len);
	err |= mbedtls_sha512_update(&ctx, block_number, sizeof(block_number));
	err |= mbedtls_sha512_finish(&ctx, inner);
	ASSERT(err == 0);
	mbedtls_sha512_free(&ctx);
	digest_after_key(p->u, p->outer, inner);
	wipe(pad, sizeof(pad));
	wipe(inner, sizeof(inner));
}

void pbkdf2_start(struct pbkdf2 *p, const char *password, size_t len,
    const void *salt, size_t salt_len, uint32_t rounds)
{
	uint8_t key[SHA512_BLOCK] = { 0 };
	int err = 0;

	ASSERT(rounds >= 1);
	if (len > sizeof(key))
		err = mbedtls_sha512((const uint8_t *)password, len, key, 0);
	else
		memcpy(key, password, len);
	ASSERT(err == 0);
	key_state(p->inner, key, 0x36);
	key_state(p->outer, key, 0x5c);
	pbkdf2_first(p, key, salt, salt_len);
	memcpy(p->t, p->u, sizeof(p->t));
	p->left = rounds - 1;
	wipe(key, sizeof(key));
}

bool pbkdf2_step(struct pbkdf2 *p, uint32_t max, uint8_t out[64])
{
	size_t i;

	for (; max > 0 && p->left > 0; max--, p->left--) {
		pbkdf2_round(p);
		for (i = 0; i < sizeof(p->t); i++)
			p->t[i] ^= p->u[i];
	}
	if (p->left > 0)
		return false;
	memcpy(out, p->t, sizeof(p->t));
	wipe(p, sizeof(*p));
	return true;
}

void kdf_pbkdf2_sha512(uint8_t out[64], const char *password, size_t len,
    const void *salt, size_t salt_len, uint32_t rounds)
{
	struct pbkdf2 p;

	pbkdf2_start(&p, password, len, salt, salt_len, rounds);
	while (!pbkdf2_step(&p, UINT32_MAX, out))
		;
}
