/* ss_place.c - a path, or an address that other machines cannot reach. */
#include "ss_place.h"

#include "base/text.h"

static bool is_loopback(const struct addr *a)
{
	static const uint8_t one[16] = { [15] = 1 };

	return a->family == 4 ? a->ip[0] == 127 : memcmp(a->ip, one, 16) == 0;
}

/* Brackets around IPv6 may be missing. */
static int read_addr(struct addr *at, const char *text, const char *colon)
{
	size_t len = (size_t)(colon - text);
	uint64_t port;

	if (len > 1 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (len == 9 && memcmp(text, "localhost", 9) == 0) {
		text = "127.0.0.1";
		len = strlen(text);
	}
	if (addr_parse(at, text, len) != 0 ||
	    text_u64(colon + 1, strlen(colon + 1), 65535, &port) != 0)
		return -E_INVAL;
	at->port = (uint16_t)port;
	return is_loopback(at) ? 0 : -E_DENY;
}

int ss_place_read(struct ss_place *p, const char *text)
{
	const char *colon = strrchr(text, ':');

	*p = (struct ss_place){ 0 };
	if (colon != NULL)
		return read_addr(&p->at, text, colon);
	return text_copy(p->path, sizeof(p->path), text) ? 0 : -E_LONG;
}
