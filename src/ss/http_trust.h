/* http_trust.h - whom a client of HTTPS believes: the authorities of a file. */
#ifndef HTTP_TRUST_H
#define HTTP_TRUST_H

#include "crypto/tls.h"

/* A file up to this is kept. A longer one, as systems have, is looked through
 * each time somebody is to be believed. */
#define HTTP_TRUST_KEPT 12288

struct http_trust {
	struct tls_shared shared;
	struct tls_issuers issuers;	/* find = NULL: those of shared */
	const char *path;
};

/* Where systems have it; NULL ends. */
extern const char *const http_trust_usual[];
/* The first of those that can be read, or NULL. */
const char *http_trust_find(void);
/* path outlives it. 0, or -E_* and why: no such file, no certificate in it. */
int http_trust_open(struct http_trust *t, const char *path, char *why,
    size_t room);
/* Twice is harmless. */
void http_trust_close(struct http_trust *t);

#endif
