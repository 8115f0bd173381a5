/* ss_addr.h - the address header that begins every Shadowsocks stream. */
#ifndef SS_ADDR_H
#define SS_ADDR_H

#include "base/addr.h"

/* ATYP 1 | length 1 | name 255 | PORT 2 */
#define SS_ADDR_MAX 259

enum ss_atyp { SS_ATYP_IPV4 = 1, SS_ATYP_NAME = 3, SS_ATYP_IPV6 = 4 };

struct ss_addr {
	const char *name;	/* into the input, no terminator; NULL = ip */
	size_t name_len;
	struct addr ip;		/* with the port, also beside a name */
};

/*
 * ss_addr_parse - ATYP u8 | ADDR | PORT u16be, as SOCKS5 has it too.
 *
 * A name that is an IP literal becomes that address. A name has 1..255 of the
 * characters of host names, so that log lines and resolver need not look.
 *
 * Returns the octets it takes, 0 = more are needed, or
 *   -E_PROTO  unknown ATYP (bit 0x10 of one-time authentication included)
 *   -E_INVAL  no valid name
 */
int ss_addr_parse(struct ss_addr *out, const uint8_t *mem, size_t len);

/* Octets of the header of a name or a literal, and of an address: this one goes
 * right before *at, which is moved there. */
size_t ss_addr_put(uint8_t out[SS_ADDR_MAX], const char *host, uint16_t port);
size_t ss_addr_put_ip(uint8_t **at, const struct addr *a);

/* "example.com:80", "1.2.3.4:80", "[::1]:80". */
#define SS_ADDR_TEXT (255 + 7)
size_t ss_addr_text(char *out, size_t room, const struct ss_addr *a);

#endif
