/* text_utf8.c - well-formed UTF-8 (RFC 3629), nothing about characters. */
#include "base/text.h"

static bool is_tail(uint8_t octet)
{
	return (octet & 0xc0) == 0x80;
}

/* The second octet's bounds refuse overlong forms, surrogates, > U+10FFFF. */
static bool second_fits(uint8_t first, uint8_t second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second <= 0x9f;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second <= 0x8f;
	default:
		return true;
	}
}

size_t text_utf8_char(const char *s, size_t len)
{
	const uint8_t *p = (const uint8_t *)s;
	size_t n;

	if (len == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (len < n || !second_fits(p[0], p[1]))
		return 0;
	for (size_t i = 1; i < n; i++)
		if (!is_tail(p[i]))
			return 0;
	return n;
}

bool text_is_utf8(const char *s, size_t len)
{
	while (len > 0) {
		size_t n = text_utf8_char(s, len);

		if (n == 0)
			return false;
		s += n;
		len -= n;
	}
	return true;
}
