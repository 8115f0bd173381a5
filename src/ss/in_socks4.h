/* in_socks4.h - the one message of a SOCKS4 or SOCKS4a client, as a parser. */
#ifndef IN_SOCKS4_H
#define IN_SOCKS4_H

#include "ss_addr.h"

/*
 * socks4_request - VN CD DSTPORT DSTIP USERID 0, and with DSTIP 0.0.0.x a
 * name and a 0 behind it (SOCKS4a). The user's id is not looked at.
 *
 *   len  at most room; a message that needs more is refused
 *
 * Returns the octets it takes, 0 = more are needed, or
 *   -E_PROTO  not SOCKS4      -E_NOSUP  another command than CONNECT
 *   -E_INVAL  no valid name   -E_LONG   it does not fit room
 * Source: the SOCKS4 and SOCKS4a notes of their authors (NEC).
 */
int socks4_request(const uint8_t *mem, size_t len, size_t room);

/* The address header of a whole request. Octets, or -E_INVAL: no valid name. */
int socks4_address(uint8_t out[SS_ADDR_MAX], const uint8_t *mem);

struct ss_sess;
/* Octets came. */
void socks4_data(struct ss_sess *s);

#endif
