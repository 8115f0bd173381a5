/* ss_named.h - what the questions of a house find, told to the firewall. */
#ifndef SS_NAMED_H
#define SS_NAMED_H

#include "port/nft.h"
#include "ss_conf.h"

/* "inet wherry direct4 direct6": family and table, the set of IPv4 and that of
 * IPv6, - for none. false: it is not that. */
bool ss_named_parse(const char *text, struct nft_set *v4,
    struct nft_set *v6);
/* For a port that tells it: 0, or port_nft_open's errors. Once is enough for
 * all, and after the sandbox it is too late. */
int ss_named_open(const struct ss_local_conf *l);
/*
 * The addresses of an answer are in the set of names asked straight, or in that
 * of all others, for an hour longer than it may be kept. What fails is told in
 * the log: the answer is given all the same.
 */
void ss_named_tell(const struct ss_local_conf *l, bool direct,
    const uint8_t *m, size_t len);

#endif
