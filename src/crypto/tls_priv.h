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
	mbedtls_pk_context own;	/* an RSA key, until the handshake is over */
	struct tls *parent;
	struct tls_shared *shared;
	struct tls_arena *arena;
	const char *sni;
	const char *alpn[2];
	/* What the keys of records are made of, and tickets': tls_give. */
	uint8_t secret[TLS_SECRET], secret_n;
	uint8_t ticket[TLS_TICKET];
	int why;
	bool opened, named;
	uint8_t reuse;
	int suites[TLS_CIPHERS_MAX + 1];	/* of a server: tls_hello.h */
};

static inline struct tls_shared_state *shared_of(const struct tls_shared *sh)
{
	return (struct tls_shared_state *)(void *)sh->state;
}

static inline struct tls_state *state_of(const struct tls *t)
{
	return (struct tls_state *)(void *)t->state;
}

#define PRIV(x) MBEDTLS_PRIVATE(x)

/* ---- tls.c, for the others */

/* Of mbedTLS's input buffer: counter, header, the longest sealed payload. */
#define TLS_HDR 5
#define TLS_IN_MEM (8 + TLS_HDR + MBEDTLS_SSL_IN_CONTENT_LEN + 32)

mbedtls_ssl_context *tls_enter(struct tls *t);
void tls_codecs(struct tls *t);
int tls_bio_send(void *ctx, const unsigned char *p, size_t len);
int tls_bio_recv(void *ctx, unsigned char *p, size_t len);
/* As far as the octets go that are there. */
int tls_advance(struct tls *t);

/* st->own, which only a handshake needs, goes back to the arena. */
void tls_drop_key(struct tls_state *st);
/* st->ticket is the key of its tickets. */
int tls_ticket_use(struct tls_state *st);
/* Everything of a connection but its first octet. 0, -E_FULL, -E_INVAL. */
int tls_setup(struct tls *t, const struct tls_how *how);

/* The arenas that mbedTLS's calls use until the next tls_arena_use: allocate
 * from a, free by address. */
void tls_arena_use(struct tls_arena *a, struct tls_arena *also);

/* Randomness in mbedTLS's form. */
int tls_rng(void *ctx, unsigned char *out, size_t len);

#endif
