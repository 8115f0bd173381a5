/* tls_priv.h - what the opaque parts of crypto/tls.h hold. */
#ifndef CRYPTO_TLS_PRIV_H
#define CRYPTO_TLS_PRIV_H

#include "crypto/tls.h"

#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ticket.h>
#include <mbedtls/x509_crt.h>

struct tls_shared_state {
	mbedtls_x509_crt cert, ca;
	mbedtls_pk_context key;
	bool has_cert, has_ca;
};

struct tls_state {
	mbedtls_ssl_context ssl;
	mbedtls_ssl_config conf;
	mbedtls_ssl_ticket_context tickets;
	struct tls *parent;
	struct tls_shared *shared;
	struct tls_arena *arena;
	const char *sni;
	const char *alpn[2];
	int why;
	bool opened, named;
	uint8_t reuse;
};

static inline struct tls_shared_state *shared_of(const struct tls_shared *sh)
{
	return (struct tls_shared_state *)(void *)sh->state;
}

static inline struct tls_state *state_of(const struct tls *t)
{
	return (struct tls_state *)(void *)t->state;
}

/* The arenas that mbedTLS's calls use until the next tls_arena_use: allocate
 * from a, free by address. */
void tls_arena_use(struct tls_arena *a, struct tls_arena *also);

/* Randomness in mbedTLS's form. */
int tls_rng(void *ctx, unsigned char *out, size_t len);

#endif
