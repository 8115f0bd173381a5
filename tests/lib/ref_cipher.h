/* ref_cipher.h - ciphers as mbedTLS computes them itself, to compare ours
 * with. */
#ifndef TESTS_REF_CIPHER_H
#define TESTS_REF_CIPHER_H

#include "base/base.h"

void ref_chacha(const uint8_t key[32], const uint8_t nonce[12],
    uint32_t counter, const uint8_t *in, uint8_t *out, size_t len);
void ref_poly(const uint8_t key[32], const uint8_t *in, size_t len,
    uint8_t mac[16]);
/* Seals. key_len 16, 24 or 32. */
void ref_gcm(const uint8_t *key, size_t key_len, const uint8_t iv[12],
    const uint8_t *aad, size_t aad_len, const uint8_t *in, uint8_t *out,
    size_t len, uint8_t tag[16]);

#endif
