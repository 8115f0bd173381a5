/* http_body.h - where the body of an HTTP message ends. */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include "base/base.h"

enum http_kind { HTTP_LENGTH, HTTP_CHUNKED, HTTP_TO_END };

struct http_body {
	uint64_t left;		/* of the body, or of the chunk */
	uint16_t extra;		/* octets of extensions and trailer so far */
	uint8_t kind;		/* enum http_kind */
	uint8_t at;		/* in a chunked one: inside of what */
	bool over;
};

/* No body: HTTP_LENGTH of 0. */
void http_body_start(struct http_body *b, enum http_kind kind,
    uint64_t length);
/*
 * How many of the octets at mem belong to it, chunk sizes and all; fewer than
 * len only when it is over. -E_PROTO: not a chunk.
 * Source: RFC 9112 6, 7.1.
 */
ptrdiff_t http_body_take(struct http_body *b, const uint8_t *mem, size_t len);

#endif
