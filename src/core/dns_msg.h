/* dns_msg.h - questions and answers on the wire. No socket, no clock.
 * Source: RFC 1035 4, RFC 2308 (negative answers), RFC 3596 (AAAA). */
#ifndef CORE_DNS_MSG_H
#define CORE_DNS_MSG_H

#include "base/addr.h"
#include "core/dns.h"

#define DNS_WIRE_NAME 255
#define DNS_ASK_MAX (12 + DNS_WIRE_NAME + 4)

enum dns_type { DNS_A = 1, DNS_CNAME = 5, DNS_SOA = 6, DNS_AAAA = 28 };

struct dns_answer {
	/* 0 (n >= 1), -E_NOENT (no name, or no address of this type), -E_SHORT
	 * (cut: ask by TCP), -E_REFUSED (this server cannot or will not). */
	int status;
	uint32_t ttl_s;		/* of 0 and -E_NOENT; not clamped */
	size_t n;
	struct addr list[DNS_ADDRS];
};

/*
 * A question for name (lower case, no final dot) into out[DNS_ASK_MAX].
 * Octets, or 0: not a name (label empty or over 63, whole over 253).
 */
size_t dns_msg_ask(uint8_t *out, uint16_t id, const char *name, size_t len,
    enum dns_type type);

/*
 * Reads m as the answer to `ask`, a question made above. Follows the chain of
 * CNAMEs within m. 0, or -E_PROTO: malformed, or the answer to another
 * question; out is then not set.
 */
int dns_msg_read(const uint8_t *m, size_t len, const uint8_t *ask,
    size_t ask_len, struct dns_answer *out);

#endif
