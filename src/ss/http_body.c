/* http_body.c - finds the end of a body by its length or its chunks. Keeps no
 * octet. */
#include "http_body.h"

#define DIGITS_MAX 15
#define EXTRA_MAX 8192

enum place { SIZE_FIRST, SIZE, EXTENSION, SIZE_LF, DATA, DATA_CR, DATA_LF,
	LINE_FIRST, LINE, LINE_LF, LAST_LF };

void http_body_start(struct http_body *b, enum http_kind kind, uint64_t length)
{
	*b = (struct http_body){ .kind = (uint8_t)kind,
		.over = kind == HTTP_LENGTH && length == 0 };
	if (kind == HTTP_LENGTH)
		b->left = length;
}

static int hex(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return -1;
}

static int size_digit(struct http_body *b, uint8_t c)
{
	int n = hex(c);

	if (n >= 0) {
		if (b->left >> (4 * DIGITS_MAX - 4) != 0)
			return -E_PROTO;
		b->left = b->left << 4 | (unsigned)n;
		b->at = SIZE;
		return 0;
	}
	if (b->at == SIZE_FIRST)
		return -E_PROTO;
	if (c == ';' || c == ' ' || c == '\t')
		b->at = EXTENSION;
	else if (c == '\r')
		b->at = SIZE_LF;
	else
		return -E_PROTO;
	return 0;
}

/* In an extension or a line of the trailer. */
static int extra(struct http_body *b, uint8_t c, enum place behind)
{
	if (++b->extra > EXTRA_MAX)
		return -E_PROTO;
	if (c == '\r')
		b->at = (uint8_t)behind;
	else if ((c < ' ' && c != '\t') || c == 0x7f)
		return -E_PROTO;
	return 0;
}

static int expect(struct http_body *b, uint8_t c, uint8_t wanted,
    enum place next)
{
	b->at = (uint8_t)next;
	return c == wanted ? 0 : -E_PROTO;
}

/* One octet outside of the data. */
static int step(struct http_body *b, uint8_t c)
{
	switch ((enum place)b->at) {
	case SIZE_FIRST:
	case SIZE:
		return size_digit(b, c);
	case EXTENSION:
		return extra(b, c, SIZE_LF);
	case SIZE_LF:
		return expect(b, c, '\n', b->left > 0 ? DATA : LINE_FIRST);
	case DATA_CR:
		return expect(b, c, '\r', DATA_LF);
	case DATA_LF:
		return expect(b, c, '\n', SIZE_FIRST);
	case LINE_FIRST:
		if (c == '\r') {
			b->at = LAST_LF;
			return 0;
		}
		b->at = LINE;
		return c == ' ' || c == '\t' ? -E_PROTO : extra(b, c, LINE_LF);
	case LINE:
		return extra(b, c, LINE_LF);
	case LINE_LF:
		return expect(b, c, '\n', LINE_FIRST);
	case LAST_LF:
		b->over = c == '\n';
		return b->over ? 0 : -E_PROTO;
	case DATA:
		break;
	}
	return -E_PROTO;
}

static ptrdiff_t take_chunks(struct http_body *b, const uint8_t *mem,
    size_t len)
{
	size_t at = 0, n;
	int rc;

	while (at < len && !b->over) {
		if (b->at != DATA) {
			rc = step(b, mem[at++]);
			if (rc != 0)
				return rc;
			continue;
		}
		n = (size_t)MIN(b->left, len - at);
		at += n;
		b->left -= n;
		if (b->left == 0)
			b->at = DATA_CR;
	}
	return (ptrdiff_t)at;
}

ptrdiff_t http_body_take(struct http_body *b, const uint8_t *mem, size_t len)
{
	if (b->over)
		return 0;
	if (b->kind == HTTP_TO_END)
		return (ptrdiff_t)len;
	if (b->kind == HTTP_CHUNKED)
		return take_chunks(b, mem, len);
	len = (size_t)MIN(b->left, len);
	b->left -= len;
	b->over = b->left == 0;
	return (ptrdiff_t)len;
}
