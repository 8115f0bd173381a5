/* sim_dns.h - a name server on another machine, honest or not: names "tN.test"
 * are its table's addresses. Tests of tests/sim only. */
#ifndef TEST_SIM_DNS_H
#define TEST_SIM_DNS_H

#include "base/addr.h"
#include "core/loop.h"

/* What it does to one answer in 65536 each. */
struct dns_sins {
	uint16_t silent, other_id, other_name, says_failure, truncated, junk;
};

struct name_server {
	struct watch watch;
	const struct addr *addrs;	/* of t0.test, t1.test... */
	size_t addrs_n;
	struct dns_sins sins;
	uint32_t asked;
};

/* At port 53 of `ip`. */
void name_server_open(struct name_server *s, struct loop *l,
    const struct addr *ip, const struct addr *addrs, size_t addrs_n);
void name_server_close(struct name_server *s);

#endif
