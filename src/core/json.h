/* json.h - strict JSON (RFC 8259): whether a text is, and what its strings say.
 * Knows no option; opt_json.c reads values with it. */
#ifndef CORE_JSON_H
#define CORE_JSON_H

#include "base/base.h"

/* Lists and objects within each other. */
#define JSON_DEPTH 64

struct json_fault {
	int line;		/* 1.. */
	char what[80];		/* "expected ',' or '}', found 'x'" */
};

/*
 * json_check - is [text, text + len) one JSON object and nothing else? UTF-8,
 * no comments, no trailing comma. Equal keys are allowed.
 * 0, or -E_INVAL with *fault filled. Linear, at most JSON_DEPTH levels.
 */
int json_check(const char *text, size_t len, struct json_fault *fault);

/*
 * json_unescape - the inside of a checked string becomes what it stands for,
 * in place: that is never longer. No terminator. \u0000 becomes C0 80, which
 * no checked string has otherwise.
 * Octets, or -E_INVAL: half of a surrogate pair.
 */
ptrdiff_t json_unescape(char *s, size_t len);

#endif
