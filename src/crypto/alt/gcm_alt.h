/* gcm_alt.h - what <mbedtls/gcm.h> includes in place of its own context, and
 * the ways to compute AES-GCM, one for each kind of processor. */
#ifndef CRYPTO_ALT_GCM_ALT_H
#define CRYPTO_ALT_GCM_ALT_H

#include <mbedtls/aes.h>

#include "base/base.h"

/* What is sealed or opened: out may be in, or lie apart from it. */
struct gcm_text {
	const uint8_t *aad;
	size_t aad_len;
	const uint8_t *in;
	uint8_t *out;
	size_t len;
};

/* A key for processors that multiply without carry: rounds of AES, powers of
 * the hash key, and their halves added up. */
struct gcm_wide {
	int rounds;
	uint8_t round[15][16];
	uint8_t power[8][16], folded[8][16];
};

/* For those that multiply octets so: of powers of the hash key the lower half,
 * the higher, and both added up. */
struct gcm_octets {
	mbedtls_aes_context aes;
	uint64_t power[8][3];
};

/* For the others: multiples of the hash key by four bits each, those of an
 * octet's higher half and of its lower: rows of four words. */
struct gcm_tables {
	uint32_t rows[2 * 16 * 4];
	mbedtls_aes_context aes;
};

/* In memory of any alignment for uint64_t. */
union gcm_key {
	struct gcm_wide wide;
	struct gcm_octets octets;
	struct gcm_tables tables;
};

/* By mbedTLS's AES. It never fails, and asks nothing before each block. */
static inline void gcm_encrypt(const mbedtls_aes_context *aes,
    const uint8_t in[16], uint8_t out[16])
{
	int err = mbedtls_internal_aes_encrypt((mbedtls_aes_context *)aes, in,
	    out);

	ASSERT(err == 0);
}

struct gcm_way {
	const char *name;	/* aes...: by instructions for AES */
	bool (*there)(void);	/* NULL: on every processor of its kind */
	/* key_len 16, 24 or 32. */
	void (*set)(union gcm_key *k, const uint8_t *key, size_t key_len);
	void (*run)(const union gcm_key *k, bool seal, const uint8_t iv[12],
	    const struct gcm_text *t, uint8_t tag[16]);
};

typedef struct mbedtls_gcm_context {
	const struct gcm_way *way;
	union gcm_key key;
} mbedtls_gcm_context;

#endif
