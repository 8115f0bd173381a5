/* http_trust.c - certificates of a long file: those whose subject is asked for.
 * Knows of a certificate where its subject stands, and believes none.
 * Source: RFC 7468, RFC 5280 4.1. */
#include "http_trust.h"

#include "base/text.h"
#include "core/log.h"
#include "core/text_file.h"

/* A short file as text, or one certificate of a long one at a time. */
static uint8_t text[HTTP_TRUST_KEPT];

const char *const http_trust_usual[] = {
	"/etc/ssl/certs/ca-certificates.crt",	/* Debian, OpenWrt, Alpine */
	"/etc/ssl/cert.pem",			/* BSD */
	"/opt/etc/ssl/certs/ca-certificates.crt", /* Entware */
	NULL
};

const char *http_trust_find(void)
{
	for (const char *const *p = http_trust_usual; *p != NULL; p++) {
		int fd = port_file_open(PORT_FS, *p, FILE_READ, 0);

		if (fd >= 0) {
			port_file_close(fd);
			return *p;
		}
	}
	return NULL;
}

/* ---- where the subject stands ---- */

struct der {
	const uint8_t *p, *end;
};

/* What is inside the next element, which must be of that kind; d goes behind
 * it. */
static bool take(struct der *d, uint8_t kind, struct der *inside)
{
	size_t left = (size_t)(d->end - d->p), head = 2, len, n;

	if (left < head || d->p[0] != kind)
		return false;
	len = d->p[1];
	if (len >= 0x80) {
		n = len & 0x7f;
		if (n == 0 || n > 2 || left < head + n)
			return false;
		for (len = 0; n > 0; n--)
			len = len << 8 | d->p[head++];
	}
	if (len > left - head)
		return false;
	inside->p = d->p + head;
	inside->end = d->p += head + len;
	return true;
}

enum { INTEGER = 2, SEQUENCE = 0x30, VERSION = 0xa0 };

/* With its header, as names are compared. */
static bool subject(struct der *name, const uint8_t *mem, size_t len)
{
	struct der all = { mem, mem + len }, cert, tbs, x;

	if (!take(&all, SEQUENCE, &cert) || !take(&cert, SEQUENCE, &tbs))
		return false;
	(void)take(&tbs, VERSION, &x);
	/* Serial number, algorithm, issuer, validity. */
	if (!take(&tbs, INTEGER, &x) || !take(&tbs, SEQUENCE, &x) ||
	    !take(&tbs, SEQUENCE, &x) || !take(&tbs, SEQUENCE, &x))
		return false;
	name->p = tbs.p;
	if (!take(&tbs, SEQUENCE, &x))
		return false;
	name->end = tbs.p;
	return true;
}

/* ---- the file ---- */

/* One certificate as it comes in, line by line, to text. */
struct cert {
	bool inside;
	size_t n;
};

/* True: it is whole. */
static bool add_line(struct cert *c, const char *line, size_t len)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	int n;

	while (len > 0 && text_is_space(line[len - 1]))
		len--;
	if (len > 5 && memcmp(line, "-----", 5) == 0) {
		bool whole = c->inside && c->n > 0 &&
		    memcmp(line, "-----END", 8) == 0;

		c->inside = len == sizeof(begin) - 1 &&
		    memcmp(line, begin, len) == 0;
		if (!whole)
			c->n = 0;
		return whole;
	}
	if (!c->inside)
		return false;
	n = text_unbase64(text + c->n, sizeof(text) - c->n, line, len);
	c->inside = n >= 0;
	c->n += (size_t)MAX(n, 0);
	return false;
}

/* Each of those whose subject is name (NULL: of all), until say has enough. How
 * many, or an error. */
static int each(const char *path, const struct der *name, tls_say_cert *say,
    void *to)
{
	struct cert c = { false, 0 };
	struct text_file l;
	struct der is;
	char line[128];
	ptrdiff_t n;
	int rc = text_file_open(&l, path), found = 0;

	if (rc != 0)
		return rc;
	while ((n = text_file_next(&l, line, sizeof(line))) >= 0) {
		if (!add_line(&c, line, (size_t)n))
			continue;
		if (subject(&is, text, c.n) && (name == NULL ||
		    (is.end - is.p == name->end - name->p && memcmp(is.p,
		    name->p, (size_t)(is.end - is.p)) == 0))) {
			found++;
			if (say == NULL || say(to, text, c.n) != 0)
				break;
		}
		c.n = 0;
	}
	text_file_close(&l);
	return n < 0 && n != -E_CLOSED ? (int)n : found;
}

static int find(void *ctx, const uint8_t *name, size_t len, tls_say_cert *say,
    void *to)
{
	const struct http_trust *t = ctx;
	struct der is = { name, name + len };
	int rc = each(t->path, &is, say, to);

	if (rc < 0)
		log_rated(LOG_WARN, "ca_file %s: %s", t->path, err_text(rc));
	return MIN(rc, 0);
}

/* ---- */

int http_trust_open(struct http_trust *t, const char *path, char *why,
    size_t room)
{
	ptrdiff_t n = text_file_read(path, text, sizeof(text));
	bool is_long = n == -E_LONG;
	struct tls_pem ca = { (char *)text, (size_t)MAX(n, 0) };
	int rc = n < 0 && !is_long ? (int)n : tls_start();

	if (rc == 0 && is_long)
		rc = each(path, NULL, NULL, NULL);
	else if (rc == 0)
		text[n] = '\0';
	if (rc < 0 || (rc == 0 && is_long)) {
		text_copy(why, room, rc < 0 ? err_text(rc) :
		    "no certificates in PEM form");
		return rc < 0 ? rc : -E_INVAL;
	}
	t->path = path;
	t->issuers = (struct tls_issuers){ is_long ? find : NULL, t };
	return tls_shared_open(&t->shared, NULL, NULL, is_long ? NULL : &ca,
	    why, room);
}

void http_trust_close(struct http_trust *t)
{
	tls_shared_close(&t->shared);
}
