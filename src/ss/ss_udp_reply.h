/* ss_udp_reply.h - sockets that answer in the name of a target: a client behind
 * a transparent proxy knows of nobody else. One for each address and port that
 * answered, kept for the next answer of it. */
#ifndef SS_UDP_REPLY_H
#define SS_UDP_REPLY_H

#include "base/addr.h"
#include "base/list.h"

struct ss_udp;

#define SS_REPLY_ROWS 64
/* Idle for so long: it goes. */
#define SS_REPLY_MS 60000

/* Of a struct ss_udp. */
struct ss_replies {
	struct list lru;
	struct list row[SS_REPLY_ROWS];
};

void ss_replies_start(struct ss_replies *r);
/*
 * ss_reply_socket - the one of an address, opened if it must be; the one that
 * was not used for the longest time makes room (LIMIT_UDP_REPLIES,
 * descriptors). It is good until the next call. Descriptor, -E_DENY (it is an
 * address of this machine), or the errors of port_udp_open_as.
 */
int ss_reply_socket(struct ss_udp *u, const struct addr *from);
/* Those that were idle long enough; all where nobody is there any more. */
void ss_replies_sweep(struct ss_udp *u, bool all);

#endif
