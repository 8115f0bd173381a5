/* text_json.c - strings as JSON has them (RFC 8259, section 7). Knows no other
 * part of JSON. */
#include "base/text.h"

/* Octets of s, as far as a character goes. */
static size_t left(const char *s)
{
	size_t n = 0;

	while (n < 4 && s[n] != '\0')
		n++;
	return n;
}

/* One character of s, in at most `room` octets; 0 = it does not fit. *took:
 * octets of s. */
static size_t put_char(char *out, size_t room, const char *s, size_t *took)
{
	size_t n = text_utf8_char(s, left(s));
	char one[8];

	*took = MAX(n, (size_t)1);
	if (memcmp(s, "\xc0\x80", MIN(left(s), (size_t)2)) == 0) {
		n = text_fmt(one, sizeof(one), "\\u0000");
		*took = 2;
	} else if (n == 0)
		n = text_fmt(one, sizeof(one), "\xef\xbf\xbd");
	else if ((uint8_t)*s < 0x20)
		n = text_fmt(one, sizeof(one), "\\u%04x", (unsigned)*s);
	else if (*s == '"' || *s == '\\')
		n = text_fmt(one, sizeof(one), "\\%c", *s);
	else
		memcpy(one, s, n);
	if (n > room)
		return 0;
	memcpy(out, one, n);
	return n;
}

size_t text_json(char *out, size_t room, const char *s)
{
	size_t at = 1, n, took;

	ASSERT(room > 0);
	out[0] = '\0';
	if (room < 3)
		return 0;
	out[0] = '"';
	for (; *s != '\0'; s += took, at += n) {
		n = put_char(out + at, room - 2 - at, s, &took);
		if (n == 0) {
			out[0] = '\0';
			return 0;
		}
	}
	out[at] = '"';
	out[at + 1] = '\0';
	return at + 1;
}
