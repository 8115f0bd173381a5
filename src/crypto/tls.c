/* tls.c - a TLS connection as two codecs that share one mbedTLS context.
 *
 * In: octets are read to where mbedTLS wants them, in its own buffer, as many
 * as the record under way lacks and the header of the next, so that a record
 * costs one read; it is opened there, and the plaintext leaves from there.
 * Out: plaintext is put where its records will not overtake it (SLACK), and
 * they are made over it: in the window, or for bulk in a borrowed buffer. */
#include "base/endian.h"
#include "base/text.h"
#include "core/buf.h"
#include "tls_hello.h"
#include "tls_priv.h"

#define HDR TLS_HDR
#define IN_MEM TLS_IN_MEM
#define RECORD MBEDTLS_SSL_OUT_CONTENT_LEN
/* A record of ours is at most so much longer than its payload; before the
 * plaintext there is as much for each of its records. */
#define EXTRA 29
#define SLACK 128
_Static_assert(BUF_OCTETS >= LIMIT_BUF_PAYLOAD + SLACK, "no room for slack");
_Static_assert((LIMIT_BUF_PAYLOAD + RECORD - 1) / RECORD * EXTRA <= SLACK,
    "records would overtake their plaintext");

/* Not public: gives back what a handshake of TLS 1.3 took, 3.8 KiB, which a
 * server would keep until the end. t_tls.c looks that it does. */
void mbedtls_ssl_handshake_wrapup_free_hs_transform(mbedtls_ssl_context *ssl);

static struct tls *rx_tls(struct codec *c)
{
	return OWNER(c, struct tls, rx);
}

static struct tls *tx_tls(struct codec *c)
{
	return OWNER(c, struct tls, tx);
}

mbedtls_ssl_context *tls_enter(struct tls *t)
{
	struct tls_state *st = state_of(t);

	tls_arena_use(st->arena, &st->shared->arena);
	return &st->ssl;
}

/* ---- where output is */

static uint8_t *out_mem(struct tls *t)
{
	return t->big != NULL ? t->big->data : t->window;
}

static size_t out_size(const struct tls *t)
{
	return t->big != NULL ? t->big->size : sizeof(t->window);
}

int tls_bio_send(void *ctx, const unsigned char *p, size_t len)
{
	struct tls *t = ctx;
	size_t n = MIN(len, out_size(t) - t->off - t->len);

	if (n == 0)
		return MBEDTLS_ERR_SSL_WANT_WRITE;
	memcpy(out_mem(t) + t->off + t->len, p, n);
	t->len += (uint32_t)n;
	return (int)n;
}

/* What was read lies where it is wanted, but for the header ahead. */
int tls_bio_recv(void *ctx, unsigned char *p, size_t len)
{
	struct tls *t = ctx;
	size_t n = MIN(len, t->have > 0 ? t->have : t->ahead_len);

	if (n == 0)
		return MBEDTLS_ERR_SSL_WANT_READ;
	if (t->have > 0) {
		t->have -= (uint32_t)n;
		return (int)n;
	}
	memcpy(p, t->ahead, n);
	t->ahead_len = (uint8_t)(t->ahead_len - n);
	memmove(t->ahead, t->ahead + n, t->ahead_len);
	return (int)n;
}

/* ---- progress */

static int fail(struct tls *t, int why)
{
	state_of(t)->why = why;
	t->phase = TLS_FAILED;
	return why == MBEDTLS_ERR_SSL_INVALID_MAC ? -E_AUTH : -E_PROTO;
}

static int refuse(struct tls *t, int alert)
{
	(void)mbedtls_ssl_send_alert_message(&state_of(t)->ssl,
	    MBEDTLS_SSL_ALERT_LEVEL_FATAL, (unsigned char)alert);
	return fail(t, MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE);
}

static bool is_full(int at)
{
	return at == MBEDTLS_SSL_SERVER_CERTIFICATE ||
	    at == MBEDTLS_SSL_CERTIFICATE_REQUEST;
}

static int shaken(struct tls *t)
{
	struct tls_state *st = state_of(t);

	if (st->sni != NULL && !st->named)
		return refuse(t, MBEDTLS_SSL_ALERT_MSG_UNRECOGNIZED_NAME);
	if (st->ssl.PRIV(handshake) != NULL &&
	    st->conf.PRIV(endpoint) == MBEDTLS_SSL_IS_SERVER)
		mbedtls_ssl_handshake_wrapup_free_hs_transform(&st->ssl);
	tls_drop_key(st);
	t->phase = TLS_UP;
	return 0;
}

/* The hello is there, and mbedTLS has not seen it. */
static void prefer(const struct tls *t)
{
	struct tls_state *st = state_of(t);
	const mbedtls_ssl_context *ssl = &st->ssl;
	size_t n = ssl->PRIV(in_left) + t->have;
	const uint8_t *list;

	if (st->conf.PRIV(endpoint) != MBEDTLS_SSL_IS_SERVER ||
	    ssl->PRIV(state) > MBEDTLS_SSL_CLIENT_HELLO || n < HDR ||
	    n < HDR + (size_t)get_u16be(ssl->PRIV(in_hdr) + 3))
		return;
	n = tls_hello_suites(ssl->PRIV(in_hdr), n, &list);
	if (n == 0)
		return;
	tls_hello_choose(st->suites, st->shared->ciphers, list, n);
	mbedtls_ssl_conf_ciphersuites(&st->conf, st->suites);
}

/* A step at a time: nothing else tells a resumption, and what is to be one
 * must be stopped before our key signs for it. */
static int shake(struct tls *t)
{
	struct tls_state *st = state_of(t);
	int rc = 0;

	prefer(t);
	while (rc == 0 && st->ssl.PRIV(state) != MBEDTLS_SSL_HANDSHAKE_OVER) {
		t->full = t->full || is_full(st->ssl.PRIV(state));
		if (t->full && st->reuse == TLS_REUSE_ONLY)
			return refuse(t,
			    MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE);
		rc = mbedtls_ssl_handshake_step(&st->ssl);
	}
	if (rc == MBEDTLS_ERR_SSL_WANT_READ ||
	    rc == MBEDTLS_ERR_SSL_WANT_WRITE)
		return 0;
	return rc != 0 ? fail(t, rc) : shaken(t);
}

static bool has_plain(const struct tls *t)
{
	return state_of(t)->ssl.PRIV(in_offt) != NULL;
}

/* The next record, if all of it is there. */
static int receive(struct tls *t)
{
	mbedtls_ssl_context *ssl = &state_of(t)->ssl;
	uint8_t none;
	int rc;

	while (!has_plain(t)) {
		rc = mbedtls_ssl_read(ssl, &none, 0);
		/* A message after the handshake: it is there, and kept. */
		if (rc == MBEDTLS_ERR_SSL_WANT_READ &&
		    ssl->PRIV(state) != MBEDTLS_SSL_HANDSHAKE_OVER)
			continue;
		if (rc == MBEDTLS_ERR_SSL_WANT_READ ||
		    rc == MBEDTLS_ERR_SSL_WANT_WRITE)
			return 0;
		if (rc == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
			continue;
		if (rc == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
			t->phase = TLS_ENDED;
			return 0;
		}
		if (rc != 0)
			return fail(t, rc);
	}
	return 0;
}

int tls_advance(struct tls *t)
{
	int rc = 0;

	(void)tls_enter(t);
	if (t->phase == TLS_SHAKING)
		rc = shake(t);
	if (rc == 0 && t->phase == TLS_UP)
		rc = receive(t);
	return rc;
}

/* ---- from the peer */

/* Octets that the record under way lacks, or its header does. */
static size_t rx_lacks(const mbedtls_ssl_context *ssl, size_t have)
{
	size_t n = ssl->PRIV(in_left) + have;

	if (n < HDR)
		return HDR - n;
	n = HDR + get_u16be(ssl->PRIV(in_hdr) + 3) - n;
	return n;
}

static ptrdiff_t rx_in_room(struct codec *c, uint8_t **p)
{
	struct tls *t = rx_tls(c);
	mbedtls_ssl_context *ssl = &state_of(t)->ssl;
	const uint8_t *end = ssl->PRIV(in_buf) + IN_MEM;
	size_t lacks;

	if (t->phase == TLS_ENDED && t->clears)
		return 0;
	if (t->phase >= TLS_ENDED) {
		*p = t->ahead;		/* whatever it is, nobody reads it */
		return sizeof(t->ahead);
	}
	if (has_plain(t))
		return 0;
	*p = ssl->PRIV(in_hdr) + ssl->PRIV(in_left);
	lacks = rx_lacks(ssl, 0);
	if (t->phase == TLS_UP && ssl->PRIV(in_left) >= HDR)
		lacks += HDR;
	return (ptrdiff_t)MIN(lacks, (size_t)(end - *p));
}

/* No record begins like this: RFC 8446 5.1, RFC 5246 6.2.1. */
static bool rx_is_plain(const struct tls *t)
{
	const mbedtls_ssl_context *ssl = &state_of(t)->ssl;
	uint8_t type = ssl->PRIV(in_hdr)[0];

	return t->clears && t->ahead_len == 0 && ssl->PRIV(in_left) == 0 &&
	    (type < MBEDTLS_SSL_MSG_CHANGE_CIPHER_SPEC ||
	    type > MBEDTLS_SSL_MSG_APPLICATION_DATA);
}

static int rx_in_done(struct codec *c, size_t n)
{
	struct tls *t = rx_tls(c);
	mbedtls_ssl_context *ssl = &state_of(t)->ssl;
	size_t lacks;

	if (n == 0 || t->phase >= TLS_ENDED)
		return 0;
	if (rx_is_plain(t)) {
		t->ahead_len = (uint8_t)MIN(n, sizeof(t->ahead));
		memcpy(t->ahead, ssl->PRIV(in_hdr), t->ahead_len);
		t->phase = TLS_ENDED;
		return 0;
	}
	lacks = rx_lacks(ssl, 0);
	t->have = (uint32_t)MIN(n, lacks);
	if (n > lacks) {
		t->ahead_len = (uint8_t)(n - lacks);
		memcpy(t->ahead, ssl->PRIV(in_hdr) + ssl->PRIV(in_left) +
		    lacks, t->ahead_len);
	}
	return tls_advance(t);
}

static int rx_in_end(struct codec *c)
{
	return rx_tls(c)->phase == TLS_ENDED ? 0 : -E_PROTO;
}

static size_t rx_out_data(struct codec *c, uint8_t **p)
{
	const mbedtls_ssl_context *ssl = &state_of(rx_tls(c))->ssl;

	if (!has_plain(rx_tls(c)) || rx_tls(c)->phase == TLS_FAILED)
		return 0;
	*p = ssl->PRIV(in_offt);
	return ssl->PRIV(in_msglen);
}

/* As mbedtls_ssl_read does, without a copy. */
static void rx_out_done(struct codec *c, size_t n)
{
	struct tls *t = rx_tls(c);
	mbedtls_ssl_context *ssl = &state_of(t)->ssl;

	if (n == 0)
		return;
	ASSERT(n <= ssl->PRIV(in_msglen));
	ssl->PRIV(in_msglen) -= n;
	ssl->PRIV(in_offt) += n;
	if (ssl->PRIV(in_msglen) > 0)
		return;
	ssl->PRIV(in_offt) = NULL;
	ssl->PRIV(keep_current_message) = 0;
	(void)tls_advance(t);	/* the header ahead; it cannot fail yet */
}

static void rx_close(struct codec *c)
{
	tls_close(rx_tls(c));
}

/* ---- to the peer */

static void out_settle(struct tls *t)
{
	if (t->len > 0)
		return;
	t->off = 0;
	buf_put(&t->big);
}

static ptrdiff_t tx_in_room(struct codec *c, uint8_t **p)
{
	struct tls *t = tx_tls(c);
	size_t room;

	if (t->phase == TLS_SHAKING || t->said_bye)
		return 0;
	if (t->bulk && t->len == 0 && t->big == NULL) {
		t->big = buf_get();
		if (t->big == NULL)
			return -E_FULL;
	}
	if (t->off > 0)
		memmove(out_mem(t), out_mem(t) + t->off, t->len);
	t->off = 0;
	room = out_size(t) - t->len;
	if (room <= SLACK)
		return 0;
	*p = out_mem(t) + t->len + SLACK;
	return (ptrdiff_t)MIN(room - SLACK, LIMIT_BUF_PAYLOAD);
}

static int tx_in_done(struct codec *c, size_t n)
{
	struct tls *t = tx_tls(c);
	const uint8_t *p = out_mem(t) + t->len + SLACK;
	mbedtls_ssl_context *ssl = tls_enter(t);
	int rc = 0;

	if (t->phase == TLS_FAILED)
		return -E_PROTO;
	while (n > 0 && (rc = mbedtls_ssl_write(ssl, p, n)) > 0) {
		p += rc;
		n -= (size_t)rc;
	}
	out_settle(t);
	return n == 0 ? 0 : fail(t, rc);
}

static int tx_in_end(struct codec *c)
{
	(void)c;
	return 0;
}

static size_t tx_out_data(struct codec *c, uint8_t **p)
{
	struct tls *t = tx_tls(c);

	*p = out_mem(t) + t->off;
	return t->len;
}

static void tx_out_done(struct codec *c, size_t n)
{
	struct tls *t = tx_tls(c);

	ASSERT(n <= t->len);
	t->off += (uint32_t)n;
	t->len -= (uint32_t)n;
	out_settle(t);
	/* A long flight goes on; why it cannot is seen by the next read. */
	if (n > 0 && t->len == 0 && t->phase == TLS_SHAKING)
		(void)tls_advance(t);
}

static void tx_close(struct codec *c)
{
	tls_close(tx_tls(c));
}

void tls_bye(struct tls *t)
{
	if (!tls_is_up(t) || t->said_bye)
		return;
	t->said_bye = true;
	(void)mbedtls_ssl_close_notify(tls_enter(t));
}

void tls_clear(struct tls *t)
{
	t->clears = true;
	tls_bye(t);
}

size_t tls_left(const struct tls *t, const uint8_t **p)
{
	*p = t->ahead;
	return t->ahead_len;
}

void tls_codecs(struct tls *t)
{
	static const struct codec_ops rx_ops = { rx_in_room, rx_in_done,
		rx_in_end, rx_out_data, rx_out_done, rx_close };
	static const struct codec_ops tx_ops = { tx_in_room, tx_in_done,
		tx_in_end, tx_out_data, tx_out_done, tx_close };

	t->rx.ops = &rx_ops;
	t->tx.ops = &tx_ops;
}
