/* chacha.h - the ways to compute blocks of ChaCha20, one for each kind of
 * processor. */
#ifndef CRYPTO_ALT_CHACHA_H
#define CRYPTO_ALT_CHACHA_H

#include "base/base.h"

#define CHACHA_BLOCK 64

/*
 * XORs whole blocks of key stream to in, which may be out. s is the state of
 * RFC 8439 2.3; its counter s[12] has moved on by as many blocks.
 */
typedef void chacha_blocks(uint32_t s[16], uint8_t *out, const uint8_t *in,
    size_t blocks);

chacha_blocks chacha_c;		/* any processor */
chacha_blocks chacha_sse2, chacha_avx2, chacha_avx512, chacha_neon;

#endif
