/* ss_acl_line.h - one line of a file of lists, as libev and rust write them. */
#ifndef SS_ACL_LINE_H
#define SS_ACL_LINE_H

#include "base/addr.h"

enum acl_set { ACL_BLACK, ACL_WHITE, ACL_OUT_BLOCK, ACL_OUT_ALLOW, ACL_SETS };

#define ACL_NAME_MAX 253

enum acl_kind {
	ACL_NOTHING,	/* blank, a comment */
	ACL_SECTION,	/* what follows is of this set */
	ACL_DEFAULT,	/* set ACL_BLACK or ACL_OUT_BLOCK: what no list has */
			/* is let through; the other two: it is not */
	ACL_NET,
	ACL_NAME,	/* itself, what is below it, or both */
	ACL_REGEX
};

/* Bits of acl_rule.where. */
#define ACL_ITSELF 1u
#define ACL_BELOW 2u

struct acl_rule {
	enum acl_kind kind;
	enum acl_set set;
	struct net net;
	uint8_t where;
	uint8_t name_len;
	char name[ACL_NAME_MAX];	/* lower case, no dot at its end */
	const char *regex;		/* into the line */
	size_t regex_len;
};

/*
 * acl_line - without its newline. late_comment: '#' begins a comment anywhere
 * (libev), else at the start only (rust).
 *
 * Returns 0, or -E_RANGE: no name or address is ever like that; *why says what
 * is wrong. Whether a regular expression is one is not looked at.
 */
int acl_line(struct acl_rule *out, const char *s, size_t len,
    bool late_comment, const char **why);

#endif
