/* http_get.h - one document from a web server, by HTTPS: bounded in octets,
 * time and redirections. */
#ifndef HTTP_GET_H
#define HTTP_GET_H

#include "core/chan.h"
#include "core/dns.h"
#include "http_body.h"
#include "http_head.h"
#include "http_trust.h"
#include "ss_conf.h"

#define HTTP_GET_MS 30000
#define HTTP_GET_REDIRECTS 4
#define HTTP_GET_HEAD 8192
#define HTTP_GET_PATH 512

struct http_url {
	bool tls;
	uint16_t port;
	char host[SS_HOST];		/* a name or an address, no brackets */
	char path[HTTP_GET_PATH];	/* with what is behind '?' */
};

/*
 * http_url_parse - https://host[:port][/path][?query], or http:; what is behind
 * '#' is left out. 0, or -E_INVAL: another scheme, a user name in it, a
 * character that is not allowed, too long.
 */
int http_url_parse(struct http_url *u, const char *s, size_t len);

struct ss;
struct http_get;

/* rc: octets of the body, which are valid until the next start; or -E_*, and
 * g->why says more. Another may be started later, not inside. */
typedef void http_get_fn(struct http_get *g, int rc, const uint8_t *body);

struct http_get {
	struct ss *ss;			/* its sockets' options, its loop */
	struct http_trust *trust;	/* whom we believe */
	bool plain_too;			/* http: is allowed */
	http_get_fn *done;
	bool bad_time;			/* the certificate's time is not now */
	char why[320];

	struct http_url url;
	struct chan chan;
	struct dns_ask ask;
	struct timer step, deadline;
	struct addr to;
	uint8_t redirects, tries, turn;
	bool busy, opened, asked;
	size_t head, len, seen;		/* of in[]: its head, all, looked at */
	struct http_head is;		/* of the head */
	struct http_body body;
	struct tls tls;
	struct tls_arena arena;
	uint8_t in[HTTP_GET_HEAD + LIMIT_ONLINE_LIST];
	_Alignas(16) uint8_t mem[TLS_ARENA_TWO];
};

/* All zeros before. trust may be NULL: then https: is refused. */
void http_get_open(struct http_get *g, struct ss *ss,
    struct http_trust *trust, bool plain_too);
/* done follows, in a later turn. */
void http_get_start(struct http_get *g, const struct http_url *url,
    http_get_fn *done);
/* No done follows. Twice is harmless. */
void http_get_stop(struct http_get *g);

#endif
