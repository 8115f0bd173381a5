/* dns.h - asynchronous resolver: hosts file, cache, UDP, TCP when cut. */
#ifndef CORE_DNS_H
#define CORE_DNS_H

#include "base/addr.h"
#include "core/loop.h"

#define DNS_NAME_MAX 253
#define DNS_ADDRS 4		/* kept per answer */

enum dns_prefer { DNS_V4_FIRST, DNS_V6_FIRST, DNS_V4_ONLY, DNS_V6_ONLY };

struct dns_ask;
/* status 0 and n addresses (port 0; the preferred family first), or
 * -E_NOENT (no such name, no address), -E_TIMEOUT, -E_REFUSED (servers say
 * failure), -E_INVAL (bad name), -E_FULL. Called once, never inside dns_ask
 * when it returned 0... the answer of a cached name is the return value 1. */
typedef void dns_fn(struct dns_ask *a, int status, const struct addr *list,
    size_t n);

/* One waiting asker, embedded by it; all zeros = idle. */
struct dns_ask {
	struct list link;
	dns_fn *fn;
	enum dns_prefer prefer;
};

struct dns_conf {
	struct addr servers[LIMIT_DNS_SERVERS];	/* port 0 = 53 */
	size_t servers_n;		/* 0: from resolv.conf, as it changes */
	const char *resolv_conf;	/* NULL = /etc/resolv.conf */
	const char *hosts;		/* NULL = /etc/hosts */
	const struct addr *fallback;	/* when neither names a server */
	size_t fallback_n;
	int32_t timeout_ms;	/* of one try: 0 = resolv.conf's or 3000 */
	int32_t tries;		/* rounds over all servers: 0 = 2 */
};

/* The resolver of the process (state in dns.c). Never fails for want of a
 * network, files or servers: those are looked for again at each question. */
void dns_open(struct loop *l, const struct dns_conf *conf);
/* Askers get -E_CLOSED. */
void dns_close(void);

/*
 * name (no terminator needed, a trailing dot is fine) may be an IP literal.
 * 1: the answer is known: out[0..*n) filled, fn is not called.
 * 0: fn will be called, from the loop. -E_NOENT: known not to exist.
 * -E_INVAL: no name. -E_FULL: too many questions.
 * Askers of one name share one question.
 */
int dns_ask(struct dns_ask *a, const char *name, size_t len,
    enum dns_prefer prefer, dns_fn *fn, struct addr out[DNS_ADDRS],
    size_t *n);
void dns_cancel(struct dns_ask *a);
/* What is known of a name is in doubt: the next question asks anew. */
void dns_forget(const char *name, size_t len);

#endif
