/* text.h - building and reading text without stdio, into the caller's room. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>

#include "base/base.h"

/*
 * text_fmt - like snprintf, with %s %.*s %.5s %c %d %u %x %ld %lu %lx %lld
 * %llu %llx %zu %zd %zx %%, a width and the flags '0' and '-'. NULL for %s is
 * "(null)"; any other conversion is our bug and asserts. Always terminated.
 *
 * Returns the octets written without the terminator; a text that does not fit
 * is cut at room - 1. room >= 1.
 */
size_t text_fmt(char *out, size_t room, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
size_t text_vfmt(char *out, size_t room, const char *fmt, va_list ap);

/* Copies with terminator; false when it was cut. */
bool text_copy(char *out, size_t room, const char *from);
bool text_copy_n(char *out, size_t room, const char *from, size_t len);

/*
 * text_u64 - a decimal number that fills all of [s, s + len).
 * 0, or -E_INVAL (empty, other characters), -E_RANGE (> max; never wraps).
 */
int text_u64(const char *s, size_t len, uint64_t max, uint64_t *out);
/* The same with an optional sign, min <= *out <= max. */
int text_i64(const char *s, size_t len, int64_t min, int64_t max,
    int64_t *out);

/* ASCII only, whatever the locale. */
char text_lower(char c);
bool text_is_digit(char c);
bool text_is_space(char c);	/* space \t \r \n \v \f */
bool text_eq_nocase(const char *a, const char *b);

/* 2 * len hex digits and a terminator; room >= 2 * len + 1. */
void text_hex(char *out, const void *mem, size_t len);
/* Octets written, or -E_INVAL, -E_FULL. */
int text_unhex(uint8_t *out, size_t room, const char *s, size_t len);

/*
 * Base64: standard alphabet with padding out; standard and URL-safe, padding
 * optional, in. Octets or characters written, or -E_INVAL, -E_FULL.
 */
int text_base64(char *out, size_t room, const void *mem, size_t len);
int text_unbase64(uint8_t *out, size_t room, const char *s, size_t len);

/* True for well-formed UTF-8 (RFC 3629): no surrogates, no overlong forms. */
bool text_is_utf8(const char *s, size_t len);
/* Octets of the well-formed character that s starts with; 0 = none. */
size_t text_utf8_char(const char *s, size_t len);

/*
 * text_json - s as a JSON string (RFC 8259, section 7), in its quotes and
 * terminated. Octets, or 0: it does not fit. UTF-8 stays what it is; octets
 * that are none become U+FFFD, C0 80 \u0000 (as json.h reads that).
 */
size_t text_json(char *out, size_t room, const char *s);

/* Text that grows in the caller's room, terminated. What does not fit makes it
 * full: then it takes no more. */
struct text_out {
	char *mem;
	size_t room, len;
	bool full;
};
void text_put(struct text_out *o, const char *fmt, ...) PRINTF_LIKE(2, 3);
void text_put_json(struct text_out *o, const char *s);

/*
 * text_safe - copies s for a log line: control characters, backslash and
 * octets above 0x7e as \xNN. Returns octets written; cut like text_fmt.
 */
size_t text_safe(char *out, size_t room, const char *s, size_t len);

#endif
