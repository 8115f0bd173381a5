/* poly1305_alt.h - what <mbedtls/poly1305.h> includes in place of its own
 * context. */
#ifndef CRYPTO_ALT_POLY1305_ALT_H
#define CRYPTO_ALT_POLY1305_ALT_H

#include "poly.h"

typedef struct mbedtls_poly1305_context {
	poly_blocks *run;
	uint32_t r[4], s[4], acc[5];
	uint32_t held_len;
	uint8_t held[POLY_BLOCK];	/* the beginning of a block */
} mbedtls_poly1305_context;

#endif
