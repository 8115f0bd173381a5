/* in_socks5.h - the two messages of a SOCKS5 client (RFC 1928), as parsers. */
#ifndef IN_SOCKS5_H
#define IN_SOCKS5_H

#include "base/base.h"

#define SOCKS5_NO_AUTH 0x00
#define SOCKS5_LOGIN 0x02

/*
 * VER 5 | n | METHODS. Octets taken, 0 = more are needed, or
 *   -E_PROTO  not version 5
 *   -E_DENY   `method` is none of them
 */
int socks5_greeting(const uint8_t *mem, size_t len, uint8_t method);

/*
 * VER 1 | n | NAME | n | PASSWORD (RFC 1929). Octets taken, 0 = more are
 * needed, or -E_PROTO.
 */
int socks5_login(const uint8_t *mem, size_t len);

/*
 * VER 5 | CMD | RSV | address header; CMD is CONNECT or UDP ASSOCIATE, which
 * is the second octet. Octets taken, 0 = more are needed, or
 *   -E_PROTO  not version 5
 *   -E_NOSUP  another command
 *   -E_RANGE  unknown address type
 *   -E_INVAL  no valid name
 */
int socks5_request(const uint8_t *mem, size_t len);

struct ss_sess;
/* Octets came in SS_GREET or SS_REQUEST. */
void socks5_data(struct ss_sess *s);

#endif
