/* http_head.h - heads of HTTP/1.0 and 1.1 messages, as a proxy must read them:
 * what two readers could take for different messages is refused. */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include "ss_addr.h"

/* Into the head, no terminator. */
struct http_text {
	const char *p;		/* NULL = it is not there */
	size_t len;
};

struct http_head {
	struct http_text method, target;	/* of a request */
	uint16_t status;			/* of a response */
	uint8_t minor;				/* HTTP/1.minor: 0 or 1 */
	bool has_length, chunked, keep_alive;
	uint64_t length;			/* Content-Length */
	struct http_text auth;			/* Proxy-Authorization */
	struct http_text location;		/* of a response */
	size_t fields, end;			/* offsets in the head */
};

#define HTTP_FIELDS_MAX 128

/*
 * Octets of the head with its empty line, 0 = more are needed, or
 *   -E_PROTO  not HTTP: line ends other than CR LF, folded lines, characters
 *             that are not allowed, more than one Host or Content-Length,
 *             Content-Length beside Transfer-Encoding, a bad number
 *   -E_NOSUP  a version other than 1.0 and 1.1, or a coding but chunked
 *   -E_LONG   more than HTTP_FIELDS_MAX fields
 * Source: RFC 9112.
 */
int http_request(struct http_head *h, const uint8_t *mem, size_t len);
int http_response(struct http_head *h, const uint8_t *mem, size_t len);

/* Where a request leads, as address header: octets, or -E_INVAL: no absolute
 * http: address and no host:port of CONNECT. */
int http_address(const struct http_head *h, uint8_t out[SS_ADDR_MAX]);
bool http_is(struct http_text t, const char *word);	/* in any case */

/*
 * The same head for the next one on the way: without the fields that were for
 * us. A request gets the form that servers take, the Host of its target, and
 * asks for one answer only. A response says whether we go on with the client.
 * out has room for HTTP_FORWARD_MORE octets more than the head. Octets.
 */
#define HTTP_FORWARD_MORE (64 + HTTP_FIELDS_MAX)
size_t http_forward_request(const struct http_head *h, const uint8_t *mem,
    char *out);
size_t http_forward_response(const struct http_head *h, const uint8_t *mem,
    bool keep_alive, char *out);

#endif
