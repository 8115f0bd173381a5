/* tls.h - TLS 1.2 and 1.3 as a pair of codecs, over mbedTLS, without malloc.
 *
 * All state of a connection lies in the struct tls and the struct tls_arena
 * that the caller gives; nothing of it is in variables of the process. A
 * server's connection that is up can be left to another process: tls_give,
 * tls_take. */
#ifndef CRYPTO_TLS_H
#define CRYPTO_TLS_H

#include "base/base.h"
#include "core/codec.h"

/* Once, before any fork. 0 or -E_NOSUP. */
int tls_start(void);

/*
 * Memory that mbedTLS allocates from: first fit, neighbours joined when freed.
 * Pages that nothing ever lay in are not touched.
 */
struct tls_arena {
	uint8_t *mem;		/* octets, all zeros; 16-aligned */
	uint32_t size;
	uint32_t top;		/* above it nothing lies: zeros */
	uint32_t used, peak;	/* octets allocated, headers included */
};
void tls_arena_open(struct tls_arena *a, void *mem, size_t size);
/* top comes down to behind the last octet in use, as all above it is wiped.
 * Not from inside of a call of mbedTLS. */
void tls_arena_trim(struct tls_arena *a);

/* For one connection, and for two of a session: 66,400 octets at most were seen
 * with an RSA key of 4,096 bits and records of 4,096 octets, plus what a
 * client's certificates take. */
#define TLS_ARENA_ONE (36 * 1024 + LIMIT_TLS_RECORD)
#define TLS_ARENA_TWO (60 * 1024 + 2 * LIMIT_TLS_RECORD)

/* ---- what connections share: certificate, key, whom we believe ---- */

#define TLS_SHARED_STATE 2048
#define TLS_SHARED_ARENA (16 * 1024)
#define TLS_CIPHERS_MAX 9

struct tls_shared {
	struct tls_arena arena;
	uint16_t ciphers_n;
	int ciphers[TLS_CIPHERS_MAX + 1];
	_Alignas(16) uint8_t state[TLS_SHARED_STATE];
	_Alignas(16) uint8_t mem[TLS_SHARED_ARENA];
};

/* PEM texts; len without the NUL that has to be behind them. NULL = none. */
struct tls_pem {
	const char *text;
	size_t len;
};

/*
 * tls_shared_open - reads certificates and keys. The key may be in cert's text.
 * ca: whose certificates of peers are believed.
 *
 * 0, or with why: -E_INVAL (not PEM, no key, unknown kind), -E_FULL (more
 * than the arena holds), -E_LONG (a chain too long for a record of ours).
 */
int tls_shared_open(struct tls_shared *sh, const struct tls_pem *cert,
    const struct tls_pem *key, const struct tls_pem *ca, char *why,
    size_t room);
void tls_shared_close(struct tls_shared *sh);
/* SHA-256 of our certificate. */
void tls_shared_fingerprint(const struct tls_shared *sh, uint8_t out[32]);
/* Wipes the private key: from now on only resumptions succeed. */
void tls_shared_forget_key(struct tls_shared *sh);
/* A list in OpenSSL's words; those that are known and offered are taken, in
 * their order, the others counted. How many were taken; none: all of ours. */
int tls_shared_ciphers(struct tls_shared *sh, const char *names,
    unsigned *unknown);

/*
 * tls_make_cert - a new P-256 key and a certificate it signs itself, both as
 * PEM, one behind the other.
 *
 *   cn    name in it, [A-Za-z0-9.-] only
 *   from  "20260101000000", to alike
 *   room  2048 is enough
 *
 * Octets, or -E_FULL. Uses sh (closed) as memory.
 */
int tls_make_cert(struct tls_shared *sh, const char *cn, const char *from,
    const char *to, char *out, size_t room);

/* ---- a connection ---- */

enum tls_reuse {
	TLS_REUSE_ANY,		/* a resumption or not */
	TLS_REUSE_ONLY		/* no resumption of the parent: refused */
};

/* Whose certificates a client believes besides those of shared's ca, of which
 * there are none then: asked for by name, in DER, when somebody is signed by
 * it. */
typedef int tls_say_cert(void *to, const uint8_t *der, size_t len);
struct tls_issuers {
	/* Says each until say returns something else than 0. 0 or -E_*. */
	int (*find)(void *ctx, const uint8_t *name, size_t len,
	    tls_say_cert *say, void *to);
	void *ctx;
};

struct tls_how {
	struct tls_shared *shared;
	struct tls_arena *arena;
	/* The connection whose tickets are good here: the first of a session
	 * has NULL and a key of its own; the others have its version too. */
	struct tls *parent;
	bool client;
	const char *name;	/* client: of the server, verified, and SNI */
	const struct tls_issuers *issuers;	/* client; find NULL: none */
	const char *sni;	/* server: what a client must name, or NULL */
	const char *alpn;	/* the only protocol, or NULL */
	bool tls12, tls13;
	bool ask_cert, need_cert, check_cert;	/* of the client */
	uint8_t tickets;	/* TLS 1.3, after the handshake; first: 4 */
	uint8_t reuse;		/* enum tls_reuse */
};

enum tls_phase {
	TLS_SHAKING,
	TLS_UP,
	TLS_ENDED,		/* the peer said close_notify */
	TLS_FAILED
};

/* Output that is ready and waits to be sent: handshake, replies. */
#define TLS_WINDOW 4864
/* Octets of its own, before any borrowed buffer. */
#define TLS_STATE 2048

/*
 * rx and tx are what a channel is opened with. While it shakes hands rx makes
 * output of tx; a failure leaves an alert there. tx takes octets in TLS_UP
 * only.
 */
struct tls {
	struct codec rx, tx;
	struct buf *big;	/* tx: borrowed */
	uint32_t off, len;	/* tx: output */
	uint32_t have;		/* rx: octets behind what mbedTLS has */
	uint8_t phase;		/* enum tls_phase */
	bool bulk;		/* tx: borrow buffers (core/buf.h) */
	bool full;		/* the handshake was no resumption */
	bool said_bye;
	bool clears;		/* what follows its close_notify is plain */
	uint8_t ahead_len, ahead[5];	/* header of the next record */
	_Alignas(16) uint8_t window[TLS_WINDOW];
	_Alignas(16) uint8_t state[TLS_STATE];
};

/*
 * tls_open - t becomes a connection before its first octet. A client's first
 * output is ready then.
 *
 * 0, or -E_FULL (the arena), -E_INVAL.
 */
int tls_open(struct tls *t, const struct tls_how *how);
static inline bool tls_is_up(const struct tls *t)
{
	return t->phase == TLS_UP || t->phase == TLS_ENDED;
}
/*
 * ---- from one process to another: numbers, no pointer
 *
 * What of a server's connection that is up makes it go on elsewhere. It may
 * come from a process that is not believed: tls_take checks each field, and
 * makes everything else anew.
 */
#define TLS_SECRET 112
#define TLS_TICKET 36
#define TLS_UNREAD (16384 + 64)
struct tls_given {
	uint16_t version, suite;
	uint8_t secret_n, ended;
	uint8_t secret[TLS_SECRET];
	uint8_t ticket[TLS_TICKET];
	uint8_t in_ctr[8], out_ctr[8];
	/* Opened and not taken; behind it the beginning of a record. */
	uint16_t plain_n, raw_n;
	uint8_t unread[TLS_UNREAD];
};
/* Nothing may wait to be sent. t stays as it is: of the two only one may go on.
 * 0 or -E_BUSY. */
int tls_give(const struct tls *t, struct tls_given *g);
/* As tls_open, without parent. 0, -E_FULL, -E_INVAL, or -E_PROTO: g is of no
 * connection of ours. */
int tls_take(struct tls *t, const struct tls_how *how,
    const struct tls_given *g);
/* Says close_notify, once; it is output then. */
void tls_bye(struct tls *t);
/*
 * The same, and the connection goes on without TLS: in TLS_ENDED rx takes no
 * more, and tls_left are the octets it has of what follows. A peer may leave
 * its own close_notify out, and go on in plain text at once.
 */
void tls_clear(struct tls *t);
size_t tls_left(const struct tls *t, const uint8_t **p);
/* Everything back to the arena, keys wiped. Twice is harmless. */
void tls_close(struct tls *t);
/* "TLSv1.3 TLS1-3-CHACHA20-POLY1305-SHA256", of a connection that is up. */
void tls_text(const struct tls *t, char *out, size_t room);
/* mbedTLS's number of the last failure, for the log. */
int tls_why(const struct tls *t);

/* What is wrong with the peer's certificate: bits; 0 = nothing, or there was
 * none yet. EXPIRED and EARLY may be the fault of our clock. */
#define TLS_CERT_EXPIRED  1u
#define TLS_CERT_EARLY    2u
#define TLS_CERT_NAME     4u	/* of another server */
#define TLS_CERT_STRANGER 8u	/* signed by nobody whom we believe */
#define TLS_CERT_OTHER   16u
unsigned tls_cert_faults(const struct tls *t);

#endif
