/* chacha20_alt.h - what <mbedtls/chacha20.h> includes in place of its own
 * context. */
#ifndef CRYPTO_ALT_CHACHA20_ALT_H
#define CRYPTO_ALT_CHACHA20_ALT_H

#include "chacha.h"

typedef struct mbedtls_chacha20_context {
	chacha_blocks *run;
	uint32_t state[16];
	uint8_t rest[CHACHA_BLOCK];	/* key stream not used yet: its end */
	uint32_t rest_len;
} mbedtls_chacha20_context;

#endif
