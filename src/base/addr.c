/* addr.c - addresses to and from text, and comparing them.
 * Text forms: RFC 4291 2.2 in, RFC 5952 out. Knows no socket and no name. */
#include "base/addr.h"
#include "base/endian.h"
#include "base/text.h"

static const uint8_t mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };

static bool is_mapped(const struct addr *a)
{
	return a->family == 6 &&
	    memcmp(a->ip, mapped_prefix, sizeof(mapped_prefix)) == 0;
}

/* Four decimal parts without leading zeros, all of [s, s + len). */
static bool parse_v4(uint8_t ip[4], const char *s, size_t len)
{
	size_t at = 0;

	for (int part = 0; part < 4; part++) {
		size_t from;
		uint64_t v;

		if (part > 0 && (at >= len || s[at++] != '.'))
			return false;
		from = at;
		while (at < len && text_is_digit(s[at]))
			at++;
		if (at - from > 1 && s[from] == '0')
			return false;
		if (text_u64(s + from, at - from, 255, &v) < 0)
			return false;
		ip[part] = (uint8_t)v;
	}
	return at == len;
}

/* Up to four hex digits; how many there are. */
static size_t parse_group(uint8_t out[2], const char *s, size_t len)
{
	static const char pad[] = "0000";
	char digits[4];
	size_t n = 0;

	while (n < len && n < 4 && s[n] != ':' && s[n] != '.')
		n++;
	memcpy(digits, pad, 4 - n);
	memcpy(digits + 4 - n, s, n);
	return text_unhex(out, 2, digits, 4) == 2 ? n : 0;
}

struct v6_reader {
	uint8_t ip[16];
	size_t at;		/* octets of ip so far */
	size_t gap;		/* where "::" stood */
	bool has_gap;
};

/* One group and the colon behind it; octets taken, 0 = malformed. */
static size_t parse_v6_part(struct v6_reader *r, const char *s, size_t len)
{
	size_t n;

	if (r->at + 2 > sizeof(r->ip))
		return 0;
	n = parse_group(r->ip + r->at, s, len);
	if (n == 0)
		return 0;
	if (n < len && s[n] == '.') {
		if (r->at > 12 || !parse_v4(r->ip + r->at, s, len))
			return 0;
		r->at += 4;
		return len;
	}
	r->at += 2;
	if (n == len)
		return n;
	if (s[n++] != ':' || n == len)
		return 0;
	if (s[n] == ':') {
		if (r->has_gap)
			return 0;
		r->has_gap = true;
		r->gap = r->at;
		n++;
	}
	return n;
}

static bool parse_v6(uint8_t ip[16], const char *s, size_t len)
{
	struct v6_reader r = { .at = 0 };
	size_t i = 0, tail;

	if (len >= 2 && s[0] == ':' && s[1] == ':') {
		r.has_gap = true;
		i = 2;
	}
	while (i < len) {
		size_t n = parse_v6_part(&r, s + i, len - i);

		if (n == 0)
			return false;
		i += n;
	}
	if (r.has_gap ? r.at > 14 : r.at != 16)
		return false;
	tail = r.has_gap ? r.at - r.gap : 0;
	memset(ip, 0, 16);
	memcpy(ip, r.ip, r.at - tail);
	memcpy(ip + 16 - tail, r.ip + r.at - tail, tail);
	return true;
}

/* Cuts "%3" off; false when it is no number. */
static bool parse_scope(uint32_t *scope, const char *s, size_t *len)
{
	const char *mark = memchr(s, '%', *len);
	uint64_t v;
	size_t from;

	*scope = 0;
	if (mark == NULL)
		return true;
	from = (size_t)(mark - s) + 1;
	if (text_u64(s + from, *len - from, UINT32_MAX, &v) < 0)
		return false;
	*scope = (uint32_t)v;
	*len = from - 1;
	return true;
}

int addr_parse(struct addr *out, const char *s, size_t len)
{
	struct addr a = { .family = 4 };

	if (!parse_v4(a.ip, s, len)) {
		a.family = 6;
		if (len >= 2 && s[0] == '[' && s[len - 1] == ']')
			s++, len -= 2;
		if (!parse_scope(&a.scope, s, &len) ||
		    !parse_v6(a.ip, s, len))
			return -E_INVAL;
	}
	*out = a;
	return 0;
}

static size_t text_v4(char *out, size_t room, const uint8_t ip[4])
{
	return text_fmt(out, room, "%u.%u.%u.%u", ip[0], ip[1], ip[2], ip[3]);
}

/* The first of the longest runs of two or more zero groups; *n = 0: none. */
static size_t longest_gap(const uint8_t ip[16], size_t *n)
{
	size_t best = 0, run = 0;

	*n = 0;
	for (size_t i = 0; i < 8; i++) {
		run = get_u16be(ip + 2 * i) == 0 ? run + 1 : 0;
		if (run >= 2 && run > *n) {
			*n = run;
			best = i + 1 - run;
		}
	}
	return best;
}

static size_t text_v6(char *out, size_t room, const uint8_t ip[16])
{
	size_t gap_n, at = 0, i = 0;
	size_t gap = longest_gap(ip, &gap_n);

	while (i < 8) {
		if (gap_n > 0 && i == gap) {
			at += text_fmt(out + at, room - at, "::");
			i += gap_n;
			continue;
		}
		at += text_fmt(out + at, room - at, "%s%x",
		    i == 0 || (gap_n > 0 && i == gap + gap_n) ? "" : ":",
		    get_u16be(ip + 2 * i));
		i++;
	}
	return at;
}

size_t addr_text_ip(char *out, size_t room, const struct addr *a)
{
	size_t n;

	if (a->family == 0)
		return text_fmt(out, room, "-");
	if (a->family == 4)
		return text_v4(out, room, a->ip);
	if (is_mapped(a)) {
		n = text_fmt(out, room, "::ffff:");
		n += text_v4(out + n, room - n, a->ip + 12);
	} else {
		n = text_v6(out, room, a->ip);
	}
	if (a->scope != 0)
		n += text_fmt(out + n, room - n, "%%%lu",
		    (unsigned long)a->scope);
	return n;
}

size_t addr_text(char *out, size_t room, const struct addr *a)
{
	char ip[ADDR_TEXT];

	addr_text_ip(ip, sizeof(ip), a);
	return text_fmt(out, room, a->family == 6 ? "[%s]:%u" : "%s:%u", ip,
	    a->port);
}

bool addr_eq_ip(const struct addr *a, const struct addr *b)
{
	if (a->family != b->family || a->scope != b->scope)
		return false;
	return memcmp(a->ip, b->ip, a->family == 4 ? 4 : 16) == 0;
}

bool addr_eq(const struct addr *a, const struct addr *b)
{
	return a->port == b->port && addr_eq_ip(a, b);
}

void addr_unmap(struct addr *a)
{
	if (!is_mapped(a))
		return;
	a->family = 4;
	a->scope = 0;
	memmove(a->ip, a->ip + 12, 4);
	memset(a->ip + 4, 0, 12);
}
