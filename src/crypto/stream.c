/* stream.c - the stream ciphers of the old methods: keys, and which of them a
 * stream is of. Knows nothing of where an IV comes from. */
#include "base/limits.h"
#include "core/pool.h"
#include "stream_key.h"

/* One per server port, and one for a client beside it in a test. */
POOL_DEFINE(stream_keys, struct stream_key, LIMIT_LISTENERS + 1);

int stream_key_make(struct stream_key **out, enum stream_kind kind,
    const uint8_t *key, size_t key_len)
{
	struct stream_key *k = pool_get(&stream_keys);
	int err = 0;

	*out = k;
	if (k == NULL)
		return -E_FULL;
	k->kind = kind;
	if (kind == STREAM_CAMELLIA_CFB) {
		mbedtls_camellia_init(&k->camellia);
		err = mbedtls_camellia_setkey_enc(&k->camellia, key,
		    (unsigned)key_len * 8);
	} else if (kind >= STREAM_CHACHA20) {
		memcpy(k->raw, key, key_len);
	} else {
		mbedtls_aes_init(&k->aes);
		err = mbedtls_aes_setkey_enc(&k->aes, key,
		    (unsigned)key_len * 8);
	}
	ASSERT(err == 0);
	return 0;
}

void stream_key_free(struct stream_key *k)
{
	if (k == NULL)
		return;
	wipe(k, sizeof(*k));
	pool_put(&stream_keys, k);
}

static int start(struct stream_state *s, struct stream_key *key,
    const uint8_t *iv, size_t iv_len, bool once)
{
	ASSERT(iv_len <= sizeof(s->iv));
	memset(s, 0, sizeof(*s));
	s->key = key;
	if (key->kind == STREAM_RC4_MD5)
		return stream_rc4_start(s, iv, once);
	memcpy(s->iv, iv, iv_len);
	return 0;
}

int stream_start(struct stream_state *s, struct stream_key *key,
    const uint8_t *iv, size_t iv_len)
{
	return start(s, key, iv, iv_len, false);
}

void stream_end(struct stream_state *s)
{
	if (s->key != NULL && s->key->kind == STREAM_RC4_MD5)
		stream_rc4_end(s);
	wipe(s, sizeof(*s));
}

static void run(struct stream_state *s, uint8_t *mem, size_t len, bool encrypt)
{
	if (s->key->kind == STREAM_RC4_MD5)
		stream_rc4(s, mem, len);
	else if (s->key->kind >= STREAM_CHACHA20)
		stream_words(s, mem, len);
	else
		stream_blocks(s, mem, len, encrypt);
}

void stream_once(struct stream_key *key, const uint8_t *iv, size_t iv_len,
    uint8_t *mem, size_t len, bool encrypt)
{
	struct stream_state s;
	int rc = start(&s, key, iv, iv_len, true);

	ASSERT(rc == 0);
	run(&s, mem, len, encrypt);
	stream_end(&s);
}

void stream_encrypt(struct stream_state *s, uint8_t *mem, size_t len)
{
	run(s, mem, len, true);
}

void stream_decrypt(struct stream_state *s, uint8_t *mem, size_t len)
{
	run(s, mem, len, false);
}
