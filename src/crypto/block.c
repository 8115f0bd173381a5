/* block.c - AES of a single block, as identity headers and the headers of
 * datagrams want it. Knows no mode: what runs on is in aead.c and stream.c. */
#include <mbedtls/aes.h>

#include "core/pool.h"
#include "crypto/crypto.h"

static void set_key(mbedtls_aes_context *aes, const uint8_t *key,
    size_t key_len, int mode)
{
	int err;

	mbedtls_aes_init(aes);
	if (mode == MBEDTLS_AES_ENCRYPT)
		err = mbedtls_aes_setkey_enc(aes, key, (unsigned)key_len * 8);
	else
		err = mbedtls_aes_setkey_dec(aes, key, (unsigned)key_len * 8);
	ASSERT(err == 0);
}

static void crypt(const uint8_t *key, size_t key_len, int mode,
    const uint8_t in[16], uint8_t out[16])
{
	mbedtls_aes_context aes;
	int err;

	set_key(&aes, key, key_len, mode);
	err = mbedtls_aes_crypt_ecb(&aes, mode, in, out);
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

/* ---- keys that come again: their schedules stay ready ---- */

struct block_schedule {
	struct list link;	/* most recently used first */
	mbedtls_aes_context aes;
	uint8_t key[KEY_MAX];
	uint8_t key_len, mode;
};

POOL_DEFINE(aes_blocks, struct block_schedule, LIMIT_AES_BLOCKS);
static struct list recent = { &recent, &recent };

static struct block_schedule *find(const uint8_t *key, size_t key_len,
    int mode)
{
	struct block_schedule *s;
	struct list *l;

	for (l = recent.next; l != &recent; l = l->next) {
		s = OWNER(l, struct block_schedule, link);
		if (s->mode == mode && s->key_len == key_len &&
		    memcmp(s->key, key, key_len) == 0)
			return s;
	}
	return NULL;
}

static void drop(struct block_schedule *s)
{
	list_remove(&s->link);
	mbedtls_aes_free(&s->aes);
	pool_put(&aes_blocks, s);
}

static struct block_schedule *make(const uint8_t *key, size_t key_len,
    int mode)
{
	struct block_schedule *s;

	if (pool_full(&aes_blocks))
		drop(OWNER(recent.prev, struct block_schedule, link));
	s = pool_get(&aes_blocks);
	ASSERT(s != NULL);
	set_key(&s->aes, key, key_len, mode);
	memcpy(s->key, key, key_len);
	s->key_len = (uint8_t)key_len;
	s->mode = (uint8_t)mode;
	list_push_front(&recent, &s->link);
	return s;
}

static void crypt_again(const uint8_t *key, size_t key_len, int mode,
    const uint8_t in[16], uint8_t out[16])
{
	struct block_schedule *s = find(key, key_len, mode);
	int err;

	if (s == NULL)
		s = make(key, key_len, mode);
	list_remove(&s->link);
	list_push_front(&recent, &s->link);
	err = mbedtls_aes_crypt_ecb(&s->aes, mode, in, out);
	ASSERT(err == 0);
}

void aes_again_encrypt(const uint8_t *key, size_t key_len,
    const uint8_t in[16], uint8_t out[16])
{
	crypt_again(key, key_len, MBEDTLS_AES_ENCRYPT, in, out);
}

void aes_again_decrypt(const uint8_t *key, size_t key_len,
    const uint8_t in[16], uint8_t out[16])
{
	crypt_again(key, key_len, MBEDTLS_AES_DECRYPT, in, out);
}

void aes_again_forget(void)
{
	while (!list_empty(&recent))
		drop(OWNER(recent.next, struct block_schedule, link));
}
