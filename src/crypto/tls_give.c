/* tls_give.c - a connection goes on in another process: from its secrets and
 * counters, in a context made anew. No pointer is handed over. */
#include <../library/ssl_misc.h>
#include <../library/ssl_tls13_keys.h>

#include "base/endian.h"
#include "tls_priv.h"

#define IV 12
#define TAG 16

struct keys {
	uint8_t in[32], out[32];
	uint8_t in_iv[IV], out_iv[IV];
	size_t n, fixed;	/* octets of a key, and of its IV */
};

/* ---- giving */

static bool rests(const struct tls *t)
{
	const mbedtls_ssl_context *ssl = &state_of(t)->ssl;

	return tls_is_up(t) && t->len == 0 && t->have == 0 && !t->said_bye &&
	    ssl->state == MBEDTLS_SSL_HANDSHAKE_OVER && ssl->out_left == 0 &&
	    ssl->session != NULL && state_of(t)->secret_n > 0;
}

/* Plaintext, and the header ahead; or the part of a record that is there. */
static void give_unread(const struct tls *t, struct tls_given *g)
{
	const mbedtls_ssl_context *ssl = &state_of(t)->ssl;

	if (ssl->in_offt != NULL) {
		g->plain_n = (uint16_t)ssl->in_msglen;
		memcpy(g->unread, ssl->in_offt, g->plain_n);
		g->raw_n = t->ahead_len;
		memcpy(g->unread + g->plain_n, t->ahead, t->ahead_len);
	} else {
		g->raw_n = (uint16_t)ssl->in_left;
		memcpy(g->unread, ssl->in_hdr, g->raw_n);
	}
}

int tls_give(const struct tls *t, struct tls_given *g)
{
	const struct tls_state *st = state_of(t);
	const mbedtls_ssl_context *ssl = &st->ssl;

	if (!rests(t) || ssl->in_msglen + TLS_HDR > TLS_UNREAD ||
	    ssl->in_left > TLS_UNREAD)
		return -E_BUSY;
	g->version = (uint16_t)ssl->tls_version;
	g->suite = (uint16_t)ssl->session->ciphersuite;
	g->ended = t->phase == TLS_ENDED;
	g->secret_n = st->secret_n;
	memcpy(g->secret, st->secret, sizeof(g->secret));
	memcpy(g->ticket, st->ticket, sizeof(g->ticket));
	memcpy(g->in_ctr, ssl->in_ctr, sizeof(g->in_ctr));
	memcpy(g->out_ctr, ssl->cur_out_ctr, sizeof(g->out_ctr));
	g->plain_n = g->raw_n = 0;
	if (!g->ended)
		give_unread(t, g);
	return 0;
}

/* ---- taking */

static const mbedtls_ssl_ciphersuite_t *suite_of(const struct tls_how *how,
    const struct tls_given *g)
{
	const mbedtls_ssl_ciphersuite_t *s =
	    mbedtls_ssl_ciphersuite_from_id(g->suite);

	for (uint16_t i = 0; i < how->shared->ciphers_n; i++)
		if (s != NULL && how->shared->ciphers[i] == g->suite &&
		    g->version >= s->min_tls_version &&
		    g->version <= s->max_tls_version)
			return s;
	return NULL;
}

/* Part of a record, never a whole one. */
static bool is_part(const uint8_t *p, size_t n)
{
	return n < TLS_HDR || n < TLS_HDR + (size_t)get_u16be(p + 3);
}

static bool is_sane(const struct tls_how *how, const struct tls_given *g,
    size_t hash)
{
	bool v13 = g->version == MBEDTLS_SSL_VERSION_TLS1_3;

	if (!(v13 ? how->tls13 : how->tls12))
		return false;
	if (g->secret_n != (v13 ? hash : 48))
		return false;
	if (g->plain_n > 0)
		return g->plain_n <= MBEDTLS_SSL_IN_CONTENT_LEN &&
		    g->raw_n <= TLS_HDR;
	return g->raw_n <= TLS_HDR + MBEDTLS_SSL_IN_CONTENT_LEN &&
	    is_part(g->unread, g->raw_n);
}

/* RFC 5288 and 7905: both keys, then both IVs. */
static int keys12(struct keys *k, const struct tls_given *g,
    const mbedtls_ssl_ciphersuite_t *s)
{
	uint8_t block[2 * (32 + IV)], *p = block;
	int rc;

	k->fixed = s->cipher == MBEDTLS_CIPHER_CHACHA20_POLY1305 ? IV : 4;
	rc = mbedtls_ssl_tls_prf(s->mac == MBEDTLS_MD_SHA384 ?
	    MBEDTLS_SSL_TLS_PRF_SHA384 : MBEDTLS_SSL_TLS_PRF_SHA256,
	    g->secret, 48, "key expansion", g->secret + 48, 64, block,
	    2 * (k->n + k->fixed));
	memcpy(k->in, p, k->n);
	memcpy(k->out, p += k->n, k->n);
	memcpy(k->in_iv, p += k->n, k->fixed);
	memcpy(k->out_iv, p + k->fixed, k->fixed);
	wipe(block, sizeof(block));
	return rc;
}

static int keys13(struct keys *k, const struct tls_given *g,
    const mbedtls_ssl_ciphersuite_t *s)
{
	mbedtls_ssl_key_set set;
	int rc = mbedtls_ssl_tls13_make_traffic_keys(
	    mbedtls_md_psa_alg_from_type((mbedtls_md_type_t)s->mac),
	    g->secret, g->secret + g->secret_n, g->secret_n, k->n, IV, &set);

	k->fixed = IV;
	memcpy(k->in, set.client_write_key, k->n);
	memcpy(k->out, set.server_write_key, k->n);
	memcpy(k->in_iv, set.client_write_iv, IV);
	memcpy(k->out_iv, set.server_write_iv, IV);
	wipe(&set, sizeof(set));
	return rc;
}

static int key_use(mbedtls_cipher_context_t *c,
    const mbedtls_cipher_info_t *info, const uint8_t *key,
    mbedtls_operation_t what)
{
	int rc = mbedtls_cipher_setup(c, info);

	return rc != 0 ? rc : mbedtls_cipher_setkey(c, key,
	    (int)mbedtls_cipher_info_get_key_bitlen(info), what);
}

/* As mbedTLS fills it at the end of a handshake. */
static int fill(mbedtls_ssl_transform *to, const struct tls_given *g,
    const mbedtls_ssl_ciphersuite_t *s)
{
	const mbedtls_cipher_info_t *info =
	    mbedtls_cipher_info_from_type((mbedtls_cipher_type_t)s->cipher);
	bool v13 = g->version == MBEDTLS_SSL_VERSION_TLS1_3;
	struct keys k = { .n = mbedtls_cipher_info_get_key_bitlen(info) / 8 };
	int rc = v13 ? keys13(&k, g, s) : keys12(&k, g, s);

	if (rc == 0)
		rc = key_use(&to->cipher_ctx_enc, info, k.out,
		    MBEDTLS_ENCRYPT);
	if (rc == 0)
		rc = key_use(&to->cipher_ctx_dec, info, k.in,
		    MBEDTLS_DECRYPT);
	to->taglen = TAG;
	to->ivlen = IV;
	to->fixed_ivlen = k.fixed;
	to->minlen = TAG + IV - k.fixed + v13;
	to->tls_version = (mbedtls_ssl_protocol_version)g->version;
	memcpy(to->iv_enc, k.out_iv, k.fixed);
	memcpy(to->iv_dec, k.in_iv, k.fixed);
	wipe(&k, sizeof(k));
	return rc;
}

/* The handshake is over, with what it would have made. */
static int go_on(mbedtls_ssl_context *ssl, const struct tls_given *g,
    const mbedtls_ssl_ciphersuite_t *s)
{
	mbedtls_ssl_transform *to = tls_arena_calloc(1, sizeof(*to));
	int rc;

	if (to == NULL)
		return -E_FULL;
	mbedtls_ssl_transform_init(to);
	rc = fill(to, g, s);
	ssl->session = ssl->session_negotiate;
	ssl->session_negotiate = NULL;
	ssl->session->tls_version = (mbedtls_ssl_protocol_version)g->version;
	ssl->session->ciphersuite = g->suite;
	ssl->session_in = ssl->session_out = ssl->session;
	ssl->tls_version = ssl->session->tls_version;
	mbedtls_ssl_handshake_wrapup_free_hs_transform(ssl);
	if (g->version == MBEDTLS_SSL_VERSION_TLS1_3) {
		ssl->transform_application = to;
	} else {
		mbedtls_ssl_transform_free(ssl->transform);
		tls_arena_free(ssl->transform);
		ssl->transform = to;
	}
	mbedtls_ssl_set_inbound_transform(ssl, to);
	mbedtls_ssl_set_outbound_transform(ssl, to);
	mbedtls_ssl_update_out_pointers(ssl, to);
	memcpy(ssl->in_ctr, g->in_ctr, sizeof(g->in_ctr));
	memcpy(ssl->cur_out_ctr, g->out_ctr, sizeof(g->out_ctr));
	ssl->state = MBEDTLS_SSL_HANDSHAKE_OVER;
	return rc == 0 ? 0 : -E_FULL;
}

static void take_unread(struct tls *t, const struct tls_given *g)
{
	mbedtls_ssl_context *ssl = &state_of(t)->ssl;

	if (g->plain_n == 0) {
		memcpy(ssl->in_hdr, g->unread, g->raw_n);
		ssl->in_left = g->raw_n;
		return;
	}
	memcpy(ssl->in_msg, g->unread, g->plain_n);
	ssl->in_msgtype = MBEDTLS_SSL_MSG_APPLICATION_DATA;
	ssl->in_msglen = g->plain_n;
	ssl->in_offt = ssl->in_msg;
	t->ahead_len = (uint8_t)g->raw_n;
	memcpy(t->ahead, g->unread + g->plain_n, g->raw_n);
}

int tls_take(struct tls *t, const struct tls_how *how,
    const struct tls_given *g)
{
	const mbedtls_ssl_ciphersuite_t *s = suite_of(how, g);
	struct tls_state *st = state_of(t);
	int rc;

	if (s == NULL || !is_sane(how, g, mbedtls_md_get_size_from_type(
	    (mbedtls_md_type_t)s->mac)))
		return -E_PROTO;
	rc = tls_setup(t, how);
	if (rc < 0)
		return rc;
	memcpy(st->ticket, g->ticket, sizeof(st->ticket));
	rc = tls_ticket_use(st);
	if (rc == 0)
		rc = go_on(tls_enter(t), g, s);
	if (rc != 0) {
		tls_close(t);
		return -E_FULL;
	}
	tls_drop_key(st);
	t->phase = g->ended ? TLS_ENDED : TLS_UP;
	t->full = true;
	if (!g->ended)
		take_unread(t, g);
	return 0;
}
