/* ss_addr.c - reads the address header of Shadowsocks and SOCKS5.
 * Knows no connection: octets in, a value out. */
#include "ss_addr.h"

#include "base/endian.h"
#include "base/text.h"

static int parse_ip(struct ss_addr *out, const uint8_t *mem, size_t len,
    uint8_t family, size_t ip_len)
{
	if (len < 1 + ip_len + 2)
		return 0;
	out->ip.family = family;
	memcpy(out->ip.ip, mem + 1, ip_len);
	out->ip.port = get_u16be(mem + 1 + ip_len);
	addr_unmap(&out->ip);
	return (int)(1 + ip_len + 2);
}

/* Letters, digits, and what stands between them in names and IP literals. */
static bool name_char(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || memchr("-._:[]", c, 6) != NULL;
}

static bool name_chars(const uint8_t *name, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!name_char(name[i]))
			return false;
	return true;
}

static int parse_name(struct ss_addr *out, const uint8_t *mem, size_t len)
{
	size_t name_len;

	if (len < 2)
		return 0;
	name_len = mem[1];
	if (name_len == 0 || !name_chars(mem + 2, MIN(name_len, len - 2)))
		return -E_INVAL;
	if (len < 2 + name_len + 2)
		return 0;
	if (addr_parse(&out->ip, (const char *)mem + 2, name_len) == 0) {
		addr_unmap(&out->ip);
	} else {
		out->name = (const char *)mem + 2;
		out->name_len = name_len;
	}
	out->ip.port = get_u16be(mem + 2 + name_len);
	return (int)(2 + name_len + 2);
}

int ss_addr_parse(struct ss_addr *out, const uint8_t *mem, size_t len)
{
	memset(out, 0, sizeof(*out));
	if (len == 0)
		return 0;
	switch (mem[0]) {
	case SS_ATYP_IPV4:
		return parse_ip(out, mem, len, 4, 4);
	case SS_ATYP_IPV6:
		return parse_ip(out, mem, len, 6, 16);
	case SS_ATYP_NAME:
		return parse_name(out, mem, len);
	default:
		return -E_PROTO;
	}
}

size_t ss_addr_put_ip(uint8_t **at, const struct addr *a)
{
	size_t ip_len = a->family == 4 ? 4 : 16;
	uint8_t *to = *at - (1 + ip_len + 2);

	to[0] = a->family == 4 ? SS_ATYP_IPV4 : SS_ATYP_IPV6;
	memcpy(to + 1, a->ip, ip_len);
	put_u16be(to + 1 + ip_len, a->port);
	*at = to;
	return 1 + ip_len + 2;
}

size_t ss_addr_put(uint8_t out[SS_ADDR_MAX], const char *host, uint16_t port)
{
	size_t len = MIN(strlen(host), 255);
	struct addr a;
	uint8_t *end;

	if (addr_parse(&a, host, len) == 0) {
		a.port = port;
		end = out + 1 + (a.family == 4 ? 4 : 16) + 2;
		return ss_addr_put_ip(&end, &a);
	}
	out[0] = SS_ATYP_NAME;
	out[1] = (uint8_t)len;
	memcpy(out + 2, host, len);
	put_u16be(out + 2 + len, port);
	return 2 + len + 2;
}

size_t ss_addr_text(char *out, size_t room, const struct ss_addr *a)
{
	if (a->name == NULL)
		return addr_text(out, room, &a->ip);
	return text_fmt(out, room, "%.*s:%u", (int)a->name_len, a->name,
	    a->ip.port);
}
