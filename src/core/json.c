/* json.c - strict JSON (RFC 8259), said with the line where it is not.
 * jsmn finds tokens but lets commas, colons and more pass; this does not. */
#include "base/text.h"
#include "json.h"

struct reader {
	const char *at, *end;
	int line;
	struct json_fault *fault;
};

static bool value(struct reader *r, int depth);

static bool fail(struct reader *r, const char *what)
{
	struct json_fault *f = r->fault;

	f->line = r->line;
	text_copy(f->what, sizeof(f->what), what);
	return false;
}

static bool expected(struct reader *r, const char *what)
{
	char shown[8], found[16] = "the end";
	struct json_fault *f = r->fault;

	if (r->at < r->end) {
		if (*r->at == '/' || *r->at == '#')
			return fail(r, "JSON has no comments");
		text_safe(shown, sizeof(shown), r->at, 1);
		text_fmt(found, sizeof(found), "'%s'", shown);
	}
	f->line = r->line;
	text_fmt(f->what, sizeof(f->what), "expected %s, found %s", what,
	    found);
	return false;
}

static void blanks(struct reader *r)
{
	for (; r->at < r->end; r->at++) {
		if (*r->at == '\n')
			r->line++;
		else if (*r->at != ' ' && *r->at != '\t' && *r->at != '\r')
			return;
	}
}

static bool took(struct reader *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

static bool is_hex(char c)
{
	c = text_lower(c);
	return text_is_digit(c) || (c >= 'a' && c <= 'f');
}

/* Behind a backslash. */
static bool escape(struct reader *r)
{
	if (r->at == r->end || *r->at == '\0' ||
	    strchr("\"\\/bfnrtu", *r->at) == NULL)
		return expected(r, "an escape like \\n");
	if (*r->at++ != 'u')
		return true;
	for (int i = 0; i < 4; i++, r->at++)
		if (r->at == r->end || !is_hex(*r->at))
			return expected(r, "four hex digits");
	return true;
}

static bool string(struct reader *r, const char *what)
{
	if (!took(r, '"'))
		return expected(r, what);
	while (!took(r, '"')) {
		size_t left = (size_t)(r->end - r->at);
		size_t n = text_utf8_char(r->at, left);

		if (left == 0 || *r->at == '\n')
			return fail(r, "a string is not closed");
		if (n == 0)
			return fail(r, "not UTF-8");
		if ((uint8_t)*r->at < 0x20)
			return fail(r, "a control character in a string");
		if (*r->at != '\\') {
			r->at += n;
			continue;
		}
		r->at++;
		if (!escape(r))
			return false;
	}
	return true;
}

static bool digits(struct reader *r)
{
	const char *from = r->at;

	while (r->at < r->end && text_is_digit(*r->at))
		r->at++;
	return r->at > from || expected(r, "a digit");
}

static bool number(struct reader *r)
{
	took(r, '-');
	if (!took(r, '0') && !digits(r))
		return false;
	if (took(r, '.') && !digits(r))
		return false;
	if (took(r, 'e') || took(r, 'E')) {
		if (!took(r, '-'))
			took(r, '+');
		return digits(r);
	}
	return true;
}

static bool word(struct reader *r)
{
	static const char *const words[] = { "true", "false", "null" };

	for (size_t i = 0; i < LEN(words); i++) {
		size_t n = strlen(words[i]);

		if ((size_t)(r->end - r->at) >= n &&
		    memcmp(r->at, words[i], n) == 0) {
			r->at += n;
			return true;
		}
	}
	return expected(r, "a value");
}

static bool member(struct reader *r, int depth)
{
	if (!string(r, "a key in quotes"))
		return false;
	blanks(r);
	if (!took(r, ':'))
		return expected(r, "':'");
	blanks(r);
	return value(r, depth);
}

/* Behind the opening bracket. */
static bool members(struct reader *r, int depth, bool object)
{
	char close = object ? '}' : ']';

	blanks(r);
	if (took(r, close))
		return true;
	for (;;) {
		if (!(object ? member(r, depth) : value(r, depth)))
			return false;
		blanks(r);
		if (took(r, close))
			return true;
		if (!took(r, ','))
			return expected(r,
			    object ? "',' or '}'" : "',' or ']'");
		blanks(r);
	}
}

static bool value(struct reader *r, int depth)
{
	bool object;

	if (r->at == r->end)
		return expected(r, "a value");
	if (*r->at == '"')
		return string(r, "");
	if (*r->at == '-' || text_is_digit(*r->at))
		return number(r);
	object = *r->at == '{';
	if (!took(r, object ? '{' : '['))
		return word(r);
	if (depth == JSON_DEPTH)
		return fail(r, "nested too deeply");
	return members(r, depth + 1, object);
}

int json_check(const char *text, size_t len, struct json_fault *fault)
{
	struct reader r = { text, text + len, 1, fault };

	blanks(&r);
	if (r.at == r.end || *r.at != '{')
		return expected(&r, "'{'"), -E_INVAL;
	if (!value(&r, 0))
		return -E_INVAL;
	blanks(&r);
	if (r.at < r.end)
		return expected(&r, "the end of the object"), -E_INVAL;
	return 0;
}

/* The number of \uXXXX, s behind the u. */
static uint32_t code_unit(const char *s)
{
	uint8_t octets[2];

	text_unhex(octets, 2, s, 4);
	return (uint32_t)octets[0] << 8 | octets[1];
}

/*
 * The character of \uXXXX or of a pair of them at s (behind the first
 * backslash); characters taken, or -E_INVAL.
 */
static int code_point(const char *s, size_t len, uint32_t *out)
{
	uint32_t high = code_unit(s + 1), low;

	*out = high;
	if (high >= 0xdc00 && high <= 0xdfff)
		return -E_INVAL;
	if (high < 0xd800 || high > 0xdbff)
		return 5;
	if (len < 11 || s[5] != '\\' || s[6] != 'u')
		return -E_INVAL;
	low = code_unit(s + 7);
	if (low < 0xdc00 || low > 0xdfff)
		return -E_INVAL;
	*out = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
	return 11;
}

static size_t put_utf8(char *out, uint32_t c)
{
	size_t n = c == 0 ? 2 : c < 0x80 ? 1 : c < 0x800 ? 2 :
	    c < 0x10000 ? 3 : 4;
	static const uint8_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(lead[n] | c);
	return n;
}

static char plain_escape(char c)
{
	switch (c) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return c;
	}
}

ptrdiff_t json_unescape(char *s, size_t len)
{
	char *out = s;
	size_t i = 0;

	while (i < len) {
		uint32_t c;
		int n;

		if (s[i] != '\\') {
			*out++ = s[i++];
			continue;
		}
		i++;
		if (s[i] != 'u') {
			*out++ = plain_escape(s[i++]);
			continue;
		}
		n = code_point(s + i, len - i, &c);
		if (n < 0)
			return n;
		out += put_utf8(out, c);
		i += (size_t)n;
	}
	return out - s;
}
