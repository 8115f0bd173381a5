/* addr.h - internet addresses and networks as values; no sockets, no names. */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include "base/base.h"

struct addr {
	uint8_t family;		/* 0 none, 4 or 6 */
	uint16_t port;		/* host order */
	uint32_t scope;		/* IPv6 interface index, 0 none */
	uint8_t ip[16];		/* network order; IPv4 in the first four */
};

/* "[ffff:...:255.255.255.255%4294967295]:65535" and a terminator. */
#define ADDR_TEXT 72

/*
 * addr_parse - "1.2.3.4", "::1", "[::1]", "fe80::1%3" (numeric scope only),
 * the whole of [s, s+len). Strict: four decimal parts, no leading zeros that
 * read as octal. Sets family, ip and scope; port is left 0.
 * 0 or -E_INVAL.
 */
int addr_parse(struct addr *out, const char *s, size_t len);

/* Address without port / with port ("1.2.3.4:80", "[::1]:80"). Octets. */
size_t addr_text_ip(char *out, size_t room, const struct addr *a);
size_t addr_text(char *out, size_t room, const struct addr *a);

bool addr_eq(const struct addr *a, const struct addr *b);	/* with port */
bool addr_eq_ip(const struct addr *a, const struct addr *b);	/* without */

/* ::ffff:1.2.3.4 becomes 1.2.3.4; anything else stays. */
void addr_unmap(struct addr *a);

struct net {
	struct addr base;
	uint8_t bits;
};

/* "10.0.0.0/8", "::1/128", or an address alone. 0 or -E_INVAL. */
int net_parse(struct net *out, const char *s, size_t len);
/* v4-mapped addresses match IPv4 networks. */
bool net_has(const struct net *n, const struct addr *a);

#endif
