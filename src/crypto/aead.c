/* aead.c - AES-GCM and ChaCha20-Poly1305 in place, with a counting nonce.
 * A GCM key schedule is dear to make and large to keep, so the last few used
 * stay ready in a cache; ChaCha20 has none to speak of. */
#include <mbedtls/chachapoly.h>
#include <mbedtls/gcm.h>

#include "base/limits.h"
#include "core/pool.h"
#include "crypto/crypto.h"

/* A ready schedule. On the list of those in use, most recent first. */
struct schedule {
	struct list link;
	mbedtls_gcm_context gcm;
	uint8_t key[KEY_MAX];
	uint8_t key_len;
};

POOL_DEFINE(aead_ctx, struct schedule, LIMIT_AEAD_CTX);
static struct list recent = { &recent, &recent };

void aead_key_set(struct aead_key *k, enum aead_kind kind, const void *key,
    size_t key_len)
{
	ASSERT(key_len <= KEY_MAX);
	memset(k, 0, sizeof(*k));
	memcpy(k->key, key, key_len);
	k->kind = (uint8_t)kind;
	k->key_len = (uint8_t)key_len;
}

static struct schedule *schedule_find(const struct aead_key *k)
{
	struct list *l;
	struct schedule *s;

	for (l = recent.next; l != &recent; l = l->next) {
		s = OWNER(l, struct schedule, link);
		if (s->key_len == k->key_len &&
		    memcmp(s->key, k->key, k->key_len) == 0)
			return s;
	}
	return NULL;
}

static void schedule_drop(struct schedule *s)
{
	list_remove(&s->link);
	mbedtls_gcm_free(&s->gcm);
	pool_put(&aead_ctx, s);
}

static struct schedule *schedule_make(const struct aead_key *k)
{
	struct schedule *s;
	int err;

	if (pool_full(&aead_ctx))
		schedule_drop(OWNER(recent.prev, struct schedule, link));
	s = pool_get(&aead_ctx);
	ASSERT(s != NULL);
	mbedtls_gcm_init(&s->gcm);
	err = mbedtls_gcm_setkey(&s->gcm, MBEDTLS_CIPHER_ID_AES, k->key,
	    k->key_len * 8u);
	ASSERT(err == 0);
	memcpy(s->key, k->key, k->key_len);
	s->key_len = k->key_len;
	list_push_front(&recent, &s->link);
	return s;
}

static mbedtls_gcm_context *gcm_of(const struct aead_key *k)
{
	struct schedule *s = schedule_find(k);

	if (s == NULL)
		return &schedule_make(k)->gcm;
	list_remove(&s->link);
	list_push_front(&recent, &s->link);
	return &s->gcm;
}

bool aead_is_fresh(const struct aead_key *k)
{
	static const uint8_t zeros[AEAD_NONCE];

	return memcmp(k->nonce, zeros, sizeof(zeros)) == 0;
}

static void nonce_count(uint8_t nonce[AEAD_NONCE])
{
	size_t i;

	for (i = 0; i < AEAD_NONCE; i++)
		if (++nonce[i] != 0)
			return;
}

static int chacha(const uint8_t key[32], const uint8_t nonce[AEAD_NONCE],
    bool seal, uint8_t *mem, size_t len)
{
	mbedtls_chachapoly_context ctx;
	int err;

	mbedtls_chachapoly_init(&ctx);
	err = mbedtls_chachapoly_setkey(&ctx, key);
	ASSERT(err == 0);
	if (seal)
		err = mbedtls_chachapoly_encrypt_and_tag(&ctx, len, nonce,
		    NULL, 0, mem, mem, mem + len);
	else
		err = mbedtls_chachapoly_auth_decrypt(&ctx, len, nonce,
		    NULL, 0, mem + len, mem, mem);
	mbedtls_chachapoly_free(&ctx);
	return err;
}

/* The counter is in the 16 octets that make the key: one more block each. */
static int xchacha(const struct aead_key *k, bool seal, uint8_t *mem,
    size_t len)
{
	static const uint8_t zeros[AEAD_NONCE];
	uint8_t first[16] = { 0 }, key[32];
	int err;

	memcpy(first, k->nonce, AEAD_NONCE);
	hchacha20(key, k->key, first);
	err = chacha(key, zeros, seal, mem, len);
	wipe(key, sizeof(key));
	return err;
}

static int gcm(struct aead_key *k, bool seal, uint8_t *mem, size_t len)
{
	if (seal)
		return mbedtls_gcm_crypt_and_tag(gcm_of(k), MBEDTLS_GCM_ENCRYPT,
		    len, k->nonce, AEAD_NONCE, NULL, 0, mem, mem, AEAD_TAG,
		    mem + len);
	return mbedtls_gcm_auth_decrypt(gcm_of(k), len, k->nonce, AEAD_NONCE,
	    NULL, 0, mem + len, AEAD_TAG, mem, mem);
}

static int run(struct aead_key *k, bool seal, uint8_t *mem, size_t len)
{
	int err;

	if (k->kind == AEAD_CHACHA20_POLY1305)
		err = chacha(k->key, k->nonce, seal, mem, len);
	else if (k->kind == AEAD_XCHACHA20_POLY1305)
		err = xchacha(k, seal, mem, len);
	else
		err = gcm(k, seal, mem, len);
	nonce_count(k->nonce);
	return err;
}

void aead_seal(struct aead_key *k, uint8_t *mem, size_t len)
{
	int err = run(k, true, mem, len);

	ASSERT(err == 0);
}

int aead_open(struct aead_key *k, uint8_t *mem, size_t len)
{
	if (run(k, false, mem, len) == 0)
		return 0;
	wipe(mem, len);
	return -E_AUTH;
}

void aead_key_wipe(struct aead_key *k)
{
	struct schedule *s = NULL;

	if (k->kind == AEAD_AES_GCM && k->key_len > 0)
		s = schedule_find(k);
	if (s != NULL)
		schedule_drop(s);
	wipe(k, sizeof(*k));
}
