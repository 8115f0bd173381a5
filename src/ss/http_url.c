/* http_url.c - the address of a document. Calls nobody. */
#include "base/text.h"
#include "http_get.h"

static bool begins(const char *s, size_t len, const char *with)
{
	size_t i;

	for (i = 0; with[i] != '\0'; i++)
		if (i == len || text_lower(s[i]) != with[i])
			return false;
	return true;
}

static int take_host(struct http_url *u, const char *s, size_t len)
{
	struct addr a;
	size_t i;

	if (len > 2 && s[0] == '[' && s[len - 1] == ']') {
		s++;
		len -= 2;
		if (addr_parse(&a, s, len) != 0 || a.family != 6)
			return -E_INVAL;
		return text_copy_n(u->host, sizeof(u->host), s, len) ? 0 :
		    -E_INVAL;
	}
	for (i = 0; i < len; i++) {
		char c = text_lower(s[i]);

		if (!text_is_digit(c) && (c < 'a' || c > 'z') && c != '-' &&
		    c != '.' && c != '_')
			return -E_INVAL;
	}
	return len > 0 && text_copy_n(u->host, sizeof(u->host), s, len) ? 0 :
	    -E_INVAL;
}

static int take_authority(struct http_url *u, const char *s, size_t len)
{
	size_t n = len;
	uint64_t port;

	while (n > 0 && text_is_digit(s[n - 1]))
		n--;
	if (n == 0 || s[n - 1] != ':')
		return take_host(u, s, len);
	if (text_u64(s + n, len - n, 65535, &port) != 0 || port == 0)
		return -E_INVAL;
	u->port = (uint16_t)port;
	return take_host(u, s, n - 1);
}

static int take_path(struct http_url *u, const char *s, size_t len)
{
	size_t n = 0, i;

	if (len == 0 || s[0] != '/')
		u->path[n++] = '/';
	for (i = 0; i < len && s[i] != '#'; i++) {
		if ((uint8_t)s[i] <= ' ' || (uint8_t)s[i] >= 0x7f ||
		    n + 1 == sizeof(u->path))
			return -E_INVAL;
		u->path[n++] = s[i];
	}
	u->path[n] = '\0';
	return 0;
}

int http_url_parse(struct http_url *u, const char *s, size_t len)
{
	size_t n = 0;

	memset(u, 0, sizeof(*u));
	u->tls = begins(s, len, "https://");
	if (!u->tls && !begins(s, len, "http://"))
		return -E_INVAL;
	s += u->tls ? 8 : 7;
	len -= u->tls ? 8 : 7;
	u->port = u->tls ? 443 : 80;
	while (n < len && s[n] != '/' && s[n] != '?' && s[n] != '#')
		n++;
	if (take_authority(u, s, n) != 0)
		return -E_INVAL;
	return take_path(u, s + n, len - n);
}
