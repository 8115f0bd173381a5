/* stream_key.h - what the files of the stream ciphers share: a ready key, and
 * who computes what. */
#ifndef CRYPTO_STREAM_KEY_H
#define CRYPTO_STREAM_KEY_H

#include <mbedtls/aes.h>
#include <mbedtls/camellia.h>

#include "crypto/crypto.h"

struct stream_key {
	union {
		mbedtls_aes_context aes;
		mbedtls_camellia_context camellia;
		uint8_t raw[KEY_MAX];
	};
	enum stream_kind kind;
};

/* AES and Camellia by blocks of 16 octets. */
void stream_blocks(struct stream_state *s, uint8_t *mem, size_t len,
    bool encrypt);
/* ChaCha20 and Salsa20: XORs what comes next of the key stream. */
void stream_words(struct stream_state *s, uint8_t *mem, size_t len);

/* RC4 keeps 258 octets a direction, of a pool. 0 or -E_FULL; once: one is left
 * for who gives it back at once. */
int stream_rc4_start(struct stream_state *s, const uint8_t iv[16], bool once);
void stream_rc4(struct stream_state *s, uint8_t *mem, size_t len);
void stream_rc4_end(struct stream_state *s);

#endif
