/* tls_open.c - the beginning and the end of a TLS connection: what it is to be,
 * and whose tickets are good. Moves no octet. */
#include "base/text.h"
#include "core/buf.h"
#include "port/rand.h"
#include "tls_priv.h"

#include <mbedtls/platform.h>

_Static_assert(sizeof(struct tls_state) <= TLS_STATE,
    "TLS_STATE is too small");

/* The first is never used up: sessions are shorter. */
#define TICKET_S 604800

int tls_ticket_use(struct tls_state *st)
{
	const uint8_t *name = st->ticket, *key = st->ticket + 4;

	return mbedtls_ssl_ticket_rotate(&st->tickets, name, 4, key,
	    TLS_TICKET - 4, TICKET_S);
}

/* What the parent's key opens, and of the parent's version: mbedTLS resumes a
 * TLS 1.3 ticket in a TLS 1.2 hello, with a master secret of zeros. */
static int ticket_parse(void *ctx, mbedtls_ssl_session *session,
    unsigned char *p, size_t len)
{
	struct tls *t = ctx;
	struct tls_state *st = state_of(t);
	struct tls *from = st->parent != NULL ? st->parent : t;
	int rc = mbedtls_ssl_ticket_parse(&state_of(from)->tickets, session, p,
	    len);

	if (rc != 0 || session->PRIV(tls_version) == st->ssl.PRIV(tls_version))
		return rc;
	mbedtls_ssl_session_free(session);
	return MBEDTLS_ERR_SSL_INVALID_MAC;
}

static int ticket_write(void *ctx, const mbedtls_ssl_session *session,
    unsigned char *at, const unsigned char *end, size_t *len,
    uint32_t *lifetime)
{
	struct tls *t = ctx;
	struct tls_state *st = state_of(t);
	struct tls *from = st->parent != NULL ? st->parent : t;

	return mbedtls_ssl_ticket_write(&state_of(from)->tickets, session, at,
	    end, len, lifetime);
}

static int on_name(void *ctx, mbedtls_ssl_context *ssl,
    const unsigned char *name, size_t len)
{
	struct tls_state *st = ctx;

	(void)ssl;
	st->named = strlen(st->sni) == len && memcmp(st->sni, name, len) == 0;
	return st->named ? 0 : -1;
}

static int conf_versions(struct tls_state *st, const struct tls_how *how)
{
	bool v12 = how->tls12, v13 = how->tls13;

	if (how->parent != NULL) {
		v13 = mbedtls_ssl_get_version_number(
		    &state_of(how->parent)->ssl) == MBEDTLS_SSL_VERSION_TLS1_3;
		v12 = !v13;
	}
	if (!v12 && !v13)
		return -E_INVAL;
	mbedtls_ssl_conf_min_tls_version(&st->conf, v12 ?
	    MBEDTLS_SSL_VERSION_TLS1_2 : MBEDTLS_SSL_VERSION_TLS1_3);
	mbedtls_ssl_conf_max_tls_version(&st->conf, v13 ?
	    MBEDTLS_SSL_VERSION_TLS1_3 : MBEDTLS_SSL_VERSION_TLS1_2);
	return 0;
}

/* A key of the connection's own, which another process can be given. */
static int ticket_key(struct tls_state *st)
{
	int rc = mbedtls_ssl_ticket_setup(&st->tickets, tls_rng, NULL,
	    MBEDTLS_CIPHER_AES_256_GCM, TICKET_S);

	port_rand(st->ticket, sizeof(st->ticket));
	return rc != 0 ? rc : tls_ticket_use(st);
}

static int conf_tickets(struct tls *t, struct tls_state *st,
    const struct tls_how *how)
{
	int rc = 0;

	if (how->client)
		return 0;
	if (how->parent == NULL)
		rc = ticket_key(st);
	mbedtls_ssl_conf_session_tickets_cb(&st->conf, ticket_write,
	    ticket_parse, t);
	mbedtls_ssl_conf_new_session_tickets(&st->conf, how->tickets);
	if (how->reuse == TLS_REUSE_ONLY)
		mbedtls_ssl_conf_tls13_key_exchange_modes(&st->conf,
		    MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_PSK_EPHEMERAL);
	return rc;
}

/* ---- whom a client believes ---- */

/* Those that mbedTLS is to choose from; it frees them. */
struct candidates {
	mbedtls_x509_crt **last;
	int rc;
};

/* One that is of a kind we do not know is nobody's. */
static int on_issuer(void *to, const uint8_t *der, size_t len)
{
	struct candidates *c = to;
	mbedtls_x509_crt *one = mbedtls_calloc(1, sizeof(*one));
	int rc;

	if (one == NULL) {
		c->rc = MBEDTLS_ERR_X509_ALLOC_FAILED;
		return c->rc;
	}
	mbedtls_x509_crt_init(one);
	rc = mbedtls_x509_crt_parse_der(one, der, len);
	if (rc != 0) {
		mbedtls_x509_crt_free(one);
		mbedtls_free(one);
		c->rc = rc == MBEDTLS_ERR_X509_ALLOC_FAILED ? rc : 0;
		return c->rc;
	}
	*c->last = one;
	c->last = &one->next;
	return 0;
}

static int on_child(void *ctx, const mbedtls_x509_crt *child,
    mbedtls_x509_crt **out)
{
	const struct tls_issuers *i = ctx;
	struct candidates c = { out, 0 };
	int rc = i->find(i->ctx, child->issuer_raw.p, child->issuer_raw.len,
	    on_issuer, &c);

	return rc != 0 ? MBEDTLS_ERR_X509_FILE_IO_ERROR : c.rc;
}

/* Client certificates asked for, but not checked, count for nothing. */
static void conf_peer(struct tls_state *st, const struct tls_how *how)
{
	struct tls_shared_state *sh = shared_of(st->shared);
	int mode = MBEDTLS_SSL_VERIFY_NONE;

	if (how->client || (how->ask_cert && how->need_cert && how->check_cert))
		mode = MBEDTLS_SSL_VERIFY_REQUIRED;
	else if (how->ask_cert)
		mode = MBEDTLS_SSL_VERIFY_OPTIONAL;
	mbedtls_ssl_conf_authmode(&st->conf, mode);
	mbedtls_ssl_conf_ca_chain(&st->conf, sh->has_ca ? &sh->ca : NULL,
	    NULL);
	if (how->issuers != NULL && how->issuers->find != NULL)
		mbedtls_ssl_conf_ca_cb(&st->conf, on_child,
		    (void *)(uintptr_t)how->issuers);
	mbedtls_ssl_conf_cert_req_ca_list(&st->conf,
	    MBEDTLS_SSL_CERT_REQ_CA_LIST_DISABLED);
}

/* An RSA key keeps numbers of each use in itself: so each connection has one,
 * in its own memory, and draws its own. */
static int own_rsa(struct tls_state *st, const mbedtls_pk_context *key)
{
	int rc = mbedtls_pk_setup(&st->own,
	    mbedtls_pk_info_from_type(MBEDTLS_PK_RSA));

	return rc != 0 ? rc : mbedtls_rsa_copy(mbedtls_pk_rsa(st->own),
	    mbedtls_pk_rsa(*key));
}

/* Without its private part the public key stands in: TLS 1.2 wants a
 * certificate even to resume. */
static int conf_own(struct tls_state *st)
{
	struct tls_shared_state *sh = shared_of(st->shared);
	mbedtls_pk_context *key = &sh->key;
	int rc = 0;

	if (!sh->has_cert)
		return 0;
	if (mbedtls_pk_get_type(key) == MBEDTLS_PK_NONE) {
		key = &sh->cert.pk;
	} else if (mbedtls_pk_get_type(key) == MBEDTLS_PK_RSA) {
		rc = own_rsa(st, key);
		key = &st->own;
	}
	if (rc != 0)
		return rc;
	return mbedtls_ssl_conf_own_cert(&st->conf, &sh->cert, key);
}

static int open_conf(struct tls *t, const struct tls_how *how)
{
	struct tls_state *st = state_of(t);
	int rc = mbedtls_ssl_config_defaults(&st->conf, how->client ?
	    MBEDTLS_SSL_IS_CLIENT : MBEDTLS_SSL_IS_SERVER,
	    MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);

	if (rc == 0)
		rc = conf_versions(st, how);
	if (rc == 0)
		rc = conf_own(st);
	if (rc == 0)
		rc = conf_tickets(t, st, how);
	if (rc != 0)
		return rc;
	mbedtls_ssl_conf_rng(&st->conf, tls_rng, NULL);
	mbedtls_ssl_conf_ciphersuites(&st->conf, st->shared->ciphers);
	conf_peer(st, how);
	if (how->sni != NULL && !how->client)
		mbedtls_ssl_conf_sni(&st->conf, on_name, st);
	st->alpn[0] = how->alpn;
	return how->alpn == NULL ? 0 :
	    mbedtls_ssl_conf_alpn_protocols(&st->conf, st->alpn);
}

/* Secrets of the application's records; those of the handshake pass by. */
static void on_secret(void *ctx, mbedtls_ssl_key_export_type type,
    const unsigned char *secret, size_t n, const unsigned char client[32],
    const unsigned char server[32], mbedtls_tls_prf_types prf)
{
	struct tls_state *st = ctx;
	uint8_t *to = st->secret;

	(void)prf;
	if (n > TLS_SECRET / 2 - 8)
		return;
	st->secret_n = (uint8_t)n;
	if (type == MBEDTLS_SSL_KEY_EXPORT_TLS12_MASTER_SECRET) {
		memcpy(to, secret, n);
		memcpy(to + n, server, 32);
		memcpy(to + n + 32, client, 32);
	} else if (type ==
	    MBEDTLS_SSL_KEY_EXPORT_TLS1_3_CLIENT_APPLICATION_TRAFFIC_SECRET) {
		memcpy(to, secret, n);
	} else if (type ==
	    MBEDTLS_SSL_KEY_EXPORT_TLS1_3_SERVER_APPLICATION_TRAFFIC_SECRET) {
		memcpy(to + n, secret, n);
	}
}

int tls_setup(struct tls *t, const struct tls_how *how)
{
	struct tls_state *st = state_of(t);
	mbedtls_ssl_context *ssl;
	int rc;

	memset(t, 0, offsetof(struct tls, window));
	memset(st, 0, sizeof(*st));
	tls_codecs(t);
	st->shared = how->shared;
	st->arena = how->arena;
	st->parent = how->parent;
	st->reuse = how->reuse;
	st->sni = how->client ? NULL : how->sni;
	st->opened = true;
	ssl = tls_enter(t);
	mbedtls_ssl_init(ssl);
	mbedtls_ssl_config_init(&st->conf);
	mbedtls_ssl_ticket_init(&st->tickets);
	mbedtls_pk_init(&st->own);
	rc = open_conf(t, how);
	if (rc == 0)
		rc = mbedtls_ssl_setup(ssl, &st->conf);
	if (rc == 0 && how->client)
		rc = mbedtls_ssl_set_hostname(ssl, how->name);
	if (rc != 0) {
		tls_close(t);
		return rc == -E_INVAL ? rc : -E_FULL;
	}
	if (how->parent == NULL && !how->client)
		mbedtls_ssl_set_export_keys_cb(ssl, on_secret, st);
	mbedtls_ssl_set_bio(ssl, t, tls_bio_send, tls_bio_recv, NULL);
	return 0;
}

void tls_drop_key(struct tls_state *st)
{
	mbedtls_pk_free(&st->own);
}

int tls_open(struct tls *t, const struct tls_how *how)
{
	int rc = tls_setup(t, how);

	return rc == 0 && how->client ? tls_advance(t) : rc;
}

void tls_close(struct tls *t)
{
	struct tls_state *st = state_of(t);

	if (!st->opened)
		return;
	(void)tls_enter(t);
	mbedtls_ssl_free(&st->ssl);
	tls_drop_key(st);
	mbedtls_ssl_ticket_free(&st->tickets);
	mbedtls_ssl_config_free(&st->conf);
	buf_put(&t->big);
	wipe(t->window, t->off + t->len);
	wipe(t->state, sizeof(t->state));
	t->off = t->len = t->have = 0;
	t->phase = TLS_FAILED;
}

int tls_why(const struct tls *t)
{
	return state_of(t)->why;
}

unsigned tls_cert_faults(const struct tls *t)
{
	static const struct {
		uint32_t theirs;
		unsigned ours;
	} of[] = {
		{ MBEDTLS_X509_BADCERT_EXPIRED, TLS_CERT_EXPIRED },
		{ MBEDTLS_X509_BADCERT_FUTURE, TLS_CERT_EARLY },
		{ MBEDTLS_X509_BADCERT_CN_MISMATCH, TLS_CERT_NAME },
		{ MBEDTLS_X509_BADCERT_NOT_TRUSTED, TLS_CERT_STRANGER },
	};
	uint32_t flags = mbedtls_ssl_get_verify_result(&state_of(t)->ssl);
	unsigned faults = 0;

	/* All bits: no certificate came. */
	if (flags == UINT32_MAX)
		return 0;
	for (size_t i = 0; i < LEN(of); i++) {
		faults |= (flags & of[i].theirs) != 0 ? of[i].ours : 0;
		flags &= ~of[i].theirs;
	}
	return faults | (flags != 0 ? TLS_CERT_OTHER : 0);
}

void tls_text(const struct tls *t, char *out, size_t room)
{
	const mbedtls_ssl_context *ssl = &state_of(t)->ssl;
	const char *cipher = mbedtls_ssl_get_ciphersuite(ssl);

	text_fmt(out, room, "%s %s", mbedtls_ssl_get_version(ssl),
	    cipher != NULL ? cipher : "-");
}
