/* ss_acl_nets.h - networks of one family and of several sets, sorted. */
#ifndef SS_ACL_NETS_H
#define SS_ACL_NETS_H

#include "ss_acl_line.h"

/* Records of set | ip | bits, 1 + ip_len + 1 octets, in the caller's memory. */
struct acl_nets {
	uint8_t *mem;
	size_t n, room;		/* records */
	uint8_t ip_len;		/* 4 or 16 */
	uint8_t sets;		/* bits: those that have any */
};

/* 0 or -E_FULL. */
int acl_nets_add(struct acl_nets *t, enum acl_set set, const struct net *net);
/* Once all are in: sorted in place, what lies within another goes. n log n;
 * n when they are sorted already. */
void acl_nets_sort(struct acl_nets *t);
/* Bits of the sets that have the address. ip_len octets; O(log n). */
unsigned acl_nets_find(const struct acl_nets *t, const uint8_t *ip);

#endif
