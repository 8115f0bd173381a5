/* ss_acl_names.h - names of several sets, found by hash and compared. */
#ifndef SS_ACL_NAMES_H
#define SS_ACL_NAMES_H

#include "ss_acl_line.h"

/* text: records of sets | length | name. slot: where one begins, + 1. */
struct acl_names {
	uint8_t *text;
	size_t len, room;	/* octets */
	uint32_t *slot;
	size_t slots;		/* more than there are names, if any */
	size_t n;
};

/* Octets of memory for n names of so many octets in all. */
#define ACL_NAMES_SLOTS(n) ((n) + (n) / 3 + 1)
#define ACL_NAMES_TEXT(n, octets) (2 * (n) + (octets))

/* slot is all zeros before the first. where: ACL_ITSELF, ACL_BELOW or both.
 * 0 or -E_FULL. */
int acl_names_add(struct acl_names *t, enum acl_set set, uint8_t where,
    const char *name, size_t len);
/*
 * Bits of the sets that have the name, or a name above it with ACL_BELOW. In
 * lower case, no dot at its end. A probe for each label.
 */
unsigned acl_names_find(const struct acl_names *t, const char *name,
    size_t len);

#endif
