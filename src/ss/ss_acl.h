/* ss_acl.h - lists of networks and names from a file, and what they say. */
#ifndef SS_ACL_H
#define SS_ACL_H

#include "ss_acl_names.h"
#include "ss_acl_nets.h"

/*
 * All of it lies in memory of LIMIT_ACL_OCTETS: a network takes 6 octets
 * (IPv6: 18), a name its length and 8, an expression about its length and 3.
 */
struct ss_acl {
	uint8_t *mem;			/* of a pool, once one is loaded */
	struct acl_nets v4, v6;
	struct acl_names names;
	uint8_t *regex;			/* length u16be | set | code, ... */
	size_t regex_len, regex_room, regex_n;
	bool reject;			/* [reject_all], [bypass_all] */
	bool outbound_reject;		/* [outbound_block_all] */
	bool broken;			/* it could not be read to its end */
};

/* What is done with lines that are no rule. All are named in the log. */
enum acl_care {
	ACL_SKIP,	/* they are passed over, as libev does */
	ACL_SKIP_VAIN,	/* those no name or address is ever like: rust */
	ACL_STRICT	/* the file is not taken */
};

/*
 * ss_acl_load - reads the file twice: what it needs, then the rules. So it
 * takes no second memory to load it anew: unless the first reading finds it in
 * order, acl stays as it was. Only if the second then fails (a disk that broke
 * between) is acl->broken; whoever asks it must refuse all till it is loaded
 * again.
 *
 *   all zeros before the first time
 *   late_comment   as in acl_line
 *
 * 0, or -E_FULL (LIMIT_ACL_OCTETS), -E_INVAL (lines that are no rule), or
 * port/file.h's; the log says why, with the lines.
 */
int ss_acl_load(struct ss_acl *acl, const char *path, bool late_comment,
    enum acl_care care);
void ss_acl_free(struct ss_acl *acl);

#define ACL_BIT(set) (1u << (set))
/* Bits of the sets that have the address; v4-mapped is IPv4. */
unsigned ss_acl_addr(const struct ss_acl *acl, const struct addr *a);
/* Of the name, in any case, a dot at its end or not; 1..255 octets. */
unsigned ss_acl_name(const struct ss_acl *acl, const char *name, size_t len);
/* Bits of the sets that have any network. */
unsigned ss_acl_with_nets(const struct ss_acl *acl);

#endif
