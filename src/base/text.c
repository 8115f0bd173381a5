/* text.c - copying, comparing and showing text, ASCII whatever the locale.
 * Formatting, numbers and encodings have files of their own. */
#include "base/text.h"

bool text_copy_n(char *out, size_t room, const char *from, size_t len)
{
	size_t n = MIN(len, room - 1);

	ASSERT(room > 0);
	memcpy(out, from, n);
	out[n] = '\0';
	return n == len;
}

bool text_copy(char *out, size_t room, const char *from)
{
	return text_copy_n(out, room, from, strlen(from));
}

char text_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool text_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool text_eq_nocase(const char *a, const char *b)
{
	while (*a != '\0' && text_lower(*a) == text_lower(*b))
		a++, b++;
	return text_lower(*a) == text_lower(*b);
}

/* \xNN: four characters that stay together or are left out. */
static size_t safe_char(char *out, size_t room, char c)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t octet = (uint8_t)c;

	if (octet >= 0x20 && octet <= 0x7e && c != '\\') {
		if (room < 1)
			return 0;
		*out = c;
		return 1;
	}
	if (room < 4)
		return 0;
	out[0] = '\\';
	out[1] = 'x';
	out[2] = digits[octet >> 4];
	out[3] = digits[octet & 15];
	return 4;
}

size_t text_safe(char *out, size_t room, const char *s, size_t len)
{
	size_t at = 0;

	ASSERT(room > 0);
	for (size_t i = 0; i < len; i++) {
		size_t n = safe_char(out + at, room - 1 - at, s[i]);

		if (n == 0)
			break;
		at += n;
	}
	out[at] = '\0';
	return at;
}
