/* tls_shared.c - certificates, keys and lists of ciphers that the connections
 * of a process share. Opens no file. */
#include "base/text.h"
#include "port/rand.h"
#include "src/crypto/alt/ways.h"
#include "tls_priv.h"

#include <mbedtls/sha256.h>
#include <mbedtls/ssl_ciphersuites.h>
#include <psa/crypto.h>

_Static_assert(sizeof(struct tls_shared_state) <= TLS_SHARED_STATE,
    "TLS_SHARED_STATE is too small");

/* Our chain goes into one message of one record (OUT_CONTENT_LEN). */
#define CHAIN_MAX 3800

int tls_rng(void *ctx, unsigned char *out, size_t len)
{
	(void)ctx;
	port_rand(out, len);
	return 0;
}

psa_status_t mbedtls_psa_external_get_random(
    mbedtls_psa_external_random_context_t *ctx, uint8_t *out, size_t room,
    size_t *len)
{
	(void)ctx;
	port_rand(out, room);
	*len = room;
	return PSA_SUCCESS;
}

int tls_start(void)
{
	return psa_crypto_init() == PSA_SUCCESS ? 0 : -E_NOSUP;
}

/* ---- reading */

static int bad(char *why, size_t room, const char *what, int rc)
{
	text_fmt(why, room, "%s (-0x%04x)", what, (unsigned)-rc);
	return rc == MBEDTLS_ERR_X509_ALLOC_FAILED ||
	    rc == MBEDTLS_ERR_PK_ALLOC_FAILED ||
	    rc == MBEDTLS_ERR_RSA_PUBLIC_FAILED +
	    MBEDTLS_ERR_MPI_ALLOC_FAILED ? -E_FULL : -E_INVAL;
}

/* One certificate after the other: the parser wants a terminator, and stumbles
 * over keys between them. */
static int read_certs(mbedtls_x509_crt *to, const struct tls_pem *pem)
{
	const unsigned char *p = (const unsigned char *)pem->text;

	ASSERT(p[pem->len] == '\0');
	return mbedtls_x509_crt_parse(to, p, pem->len + 1);
}

static size_t chain_len(const mbedtls_x509_crt *c)
{
	size_t n = 0;

	for (; c != NULL; c = c->next)
		n += c->raw.len + 8;
	return n;
}

static int read_own(struct tls_shared_state *s, const struct tls_pem *cert,
    const struct tls_pem *key, char *why, size_t room)
{
	int rc = read_certs(&s->cert, cert);

	if (rc < 0 || s->cert.raw.len == 0)
		return bad(why, room, "no certificate in PEM form", rc);
	if (chain_len(&s->cert) > CHAIN_MAX) {
		text_fmt(why, room, "the chain has more than %d octets",
		    CHAIN_MAX);
		return -E_LONG;
	}
	rc = mbedtls_pk_parse_key(&s->key, (const unsigned char *)key->text,
	    key->len + 1, NULL, 0, tls_rng, NULL);
	if (rc != 0)
		return bad(why, room, "no private key in PEM form", rc);
	rc = mbedtls_pk_check_pair(&s->cert.pk, &s->key, tls_rng, NULL);
	if (rc != 0)
		return bad(why, room, "key and certificate do not belong "
		    "together", rc);
	s->has_cert = true;
	return 0;
}

/* The first use of a public key of RSA leaves a number in it, which is the same
 * for all that follow: it is made now, in this memory. */
static int settle(mbedtls_x509_crt *c)
{
	uint8_t one[MBEDTLS_MPI_MAX_SIZE], out[MBEDTLS_MPI_MAX_SIZE];
	int rc = 0;

	for (; c != NULL && rc == 0; c = c->next) {
		mbedtls_rsa_context *rsa;
		size_t n;

		if (mbedtls_pk_get_type(&c->pk) != MBEDTLS_PK_RSA)
			continue;
		rsa = mbedtls_pk_rsa(c->pk);
		n = mbedtls_rsa_get_len(rsa);
		if (n == 0 || n > sizeof(one))
			return -E_INVAL;
		memset(one, 0, sizeof(one));
		one[n - 1] = 1;
		rc = mbedtls_rsa_public(rsa, one, out);
	}
	return rc;
}

static void empty(struct tls_shared *sh)
{
	struct tls_shared_state *s = shared_of(sh);

	memset(sh, 0, sizeof(*sh));
	tls_arena_open(&sh->arena, sh->mem, sizeof(sh->mem));
	tls_arena_use(&sh->arena, NULL);
	mbedtls_x509_crt_init(&s->cert);
	mbedtls_x509_crt_init(&s->ca);
	mbedtls_pk_init(&s->key);
	(void)tls_shared_ciphers(sh, "", &(unsigned){ 0 });
}

int tls_shared_open(struct tls_shared *sh, const struct tls_pem *cert,
    const struct tls_pem *key, const struct tls_pem *ca, char *why,
    size_t room)
{
	struct tls_shared_state *s = shared_of(sh);
	int rc = 0;

	empty(sh);
	if (cert != NULL)
		rc = read_own(s, cert, key != NULL ? key : cert, why, room);
	if (rc == 0 && ca != NULL) {
		rc = read_certs(&s->ca, ca);
		s->has_ca = rc >= 0 && s->ca.raw.len > 0;
		rc = s->has_ca ? settle(&s->ca) : rc;
		if (rc != 0 || !s->has_ca)
			rc = bad(why, room, "no certificates in PEM form", rc);
	}
	if (rc < 0)
		tls_shared_close(sh);
	return rc;
}

void tls_shared_close(struct tls_shared *sh)
{
	struct tls_shared_state *s = shared_of(sh);

	if (sh->arena.mem == NULL)
		return;
	tls_arena_use(&sh->arena, NULL);
	mbedtls_pk_free(&s->key);
	mbedtls_x509_crt_free(&s->cert);
	mbedtls_x509_crt_free(&s->ca);
	ASSERT(sh->arena.used == 0);
	wipe(sh, sizeof(*sh));
}

void tls_shared_forget_key(struct tls_shared *sh)
{
	tls_arena_use(&sh->arena, NULL);
	mbedtls_pk_free(&shared_of(sh)->key);
	mbedtls_pk_init(&shared_of(sh)->key);
}

void tls_shared_fingerprint(const struct tls_shared *sh, uint8_t out[32])
{
	const mbedtls_x509_crt *c = &shared_of(sh)->cert;

	(void)mbedtls_sha256(c->raw.p, c->raw.len, out, 0);
}

/* ---- ciphers */

/* ChaCha20 is first where the processor has no AES; else those of AES are. */
static const struct {
	const char *name;	/* OpenSSL's */
	int id;
} ciphers[] = {
	{ "TLS_CHACHA20_POLY1305_SHA256",
	  MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256 },
	{ "TLS_AES_128_GCM_SHA256", MBEDTLS_TLS1_3_AES_128_GCM_SHA256 },
	{ "TLS_AES_256_GCM_SHA384", MBEDTLS_TLS1_3_AES_256_GCM_SHA384 },
	{ "ECDHE-ECDSA-CHACHA20-POLY1305",
	  MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 },
	{ "ECDHE-RSA-CHACHA20-POLY1305",
	  MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 },
	{ "ECDHE-ECDSA-AES128-GCM-SHA256",
	  MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 },
	{ "ECDHE-RSA-AES128-GCM-SHA256",
	  MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 },
	{ "ECDHE-ECDSA-AES256-GCM-SHA384",
	  MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 },
	{ "ECDHE-RSA-AES256-GCM-SHA384",
	  MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 },
};
_Static_assert(LEN(ciphers) == TLS_CIPHERS_MAX, "room for all");
#define CIPHERS_13 3	/* of TLS 1.3: always on, as in OpenSSL */

static int cipher_find(const char *name, size_t len)
{
	for (size_t i = 0; i < LEN(ciphers); i++)
		if (strlen(ciphers[i].name) == len &&
		    memcmp(ciphers[i].name, name, len) == 0)
			return ciphers[i].id;
	return 0;
}

static void cipher_add(struct tls_shared *sh, int id)
{
	for (uint16_t i = 0; i < sh->ciphers_n; i++)
		if (sh->ciphers[i] == id)
			return;
	sh->ciphers[sh->ciphers_n++] = id;
	sh->ciphers[sh->ciphers_n] = 0;
}

static bool is_chacha(const char *name)
{
	return strstr(name, "CHACHA20") != NULL;
}

/* Instructions for it; without them ChaCha20 is faster. */
static bool has_aes(void)
{
	const struct gcm_way *const *w = gcm_ways;

	while ((*w)->there != NULL && !(*w)->there())
		w++;
	return strncmp((*w)->name, "aes", 3) == 0;
}

/* Of [from, to): the better half for this processor, then the other. */
static void cipher_add_all(struct tls_shared *sh, size_t from, size_t to)
{
	bool aes = has_aes();

	for (int round = 0; round < 2; round++)
		for (size_t i = from; i < to; i++)
			if (is_chacha(ciphers[i].name) == (aes == round))
				cipher_add(sh, ciphers[i].id);
}

int tls_shared_ciphers(struct tls_shared *sh, const char *names,
    unsigned *unknown)
{
	int taken = 0;

	*unknown = 0;
	sh->ciphers_n = 0;
	cipher_add_all(sh, 0, CIPHERS_13);
	while (*(names += strspn(names, ": ,")) != '\0') {
		size_t len = strcspn(names, ": ,");
		int id = cipher_find(names, len);

		if (id != 0)
			cipher_add(sh, id);
		taken += id != 0;
		*unknown += id == 0;
		names += len;
	}
	if (taken == 0)
		cipher_add_all(sh, CIPHERS_13, LEN(ciphers));
	return taken;
}
