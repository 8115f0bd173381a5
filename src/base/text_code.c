/* text_code.c - octets as hex digits and as base64 (RFC 4648), and back. */
#include "base/text.h"

static const char hex_digits[] = "0123456789abcdef";
static const char b64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void text_hex(char *out, const void *mem, size_t len)
{
	const uint8_t *p = mem;

	for (size_t i = 0; i < len; i++) {
		*out++ = hex_digits[p[i] >> 4];
		*out++ = hex_digits[p[i] & 15];
	}
	*out = '\0';
}

static int hex_value(char c)
{
	if (text_is_digit(c))
		return c - '0';
	c = text_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int text_unhex(uint8_t *out, size_t room, const char *s, size_t len)
{
	if (len % 2 != 0)
		return -E_INVAL;
	if (len / 2 > room)
		return -E_FULL;
	for (size_t i = 0; i < len; i += 2) {
		int high = hex_value(s[i]), low = hex_value(s[i + 1]);

		if (high < 0 || low < 0)
			return -E_INVAL;
		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	return (int)(len / 2);
}

int text_base64(char *out, size_t room, const void *mem, size_t len)
{
	const uint8_t *p = mem;
	size_t chars = (len + 2) / 3 * 4;

	if (chars >= room)
		return -E_FULL;
	for (; len > 0; p += 3) {
		size_t n = MIN(len, 3);
		uint32_t v = (uint32_t)p[0] << 16;

		v |= n > 1 ? (uint32_t)p[1] << 8 : 0;
		v |= n > 2 ? p[2] : 0;
		*out++ = b64_digits[v >> 18];
		*out++ = b64_digits[v >> 12 & 63];
		*out++ = n > 1 ? b64_digits[v >> 6 & 63] : '=';
		*out++ = n > 2 ? b64_digits[v & 63] : '=';
		len -= n;
	}
	*out = '\0';
	return (int)chars;
}

static int b64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (text_is_digit(c))
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

/* Characters of s without its padding; SIZE_MAX when that is wrong. */
static size_t b64_unpadded(const char *s, size_t len)
{
	size_t n = len;

	while (n > 0 && len - n < 2 && s[n - 1] == '=')
		n--;
	if (n % 4 == 1 || (n < len && len % 4 != 0))
		return SIZE_MAX;
	return n;
}

int text_unbase64(uint8_t *out, size_t room, const char *s, size_t len)
{
	size_t chars = b64_unpadded(s, len);
	size_t octets = chars / 4 * 3 + chars % 4 * 3 / 4;
	uint32_t bits = 0;
	unsigned have = 0;

	if (chars == SIZE_MAX)
		return -E_INVAL;
	if (octets > room)
		return -E_FULL;
	for (size_t i = 0; i < chars; i++) {
		int v = b64_value(s[i]);

		if (v < 0)
			return -E_INVAL;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			*out++ = (uint8_t)(bits >> have);
		}
	}
	/* One text for one value: what is left over must be zeros. */
	if ((bits & ((1u << have) - 1)) != 0)
		return -E_INVAL;
	return (int)octets;
}
