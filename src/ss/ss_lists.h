/* ss_lists.h - the ACL file that a configuration names, loaded when asked. */
#ifndef SS_LISTS_H
#define SS_LISTS_H

#include "ss_acl.h"
#include "ss_conf.h"

struct ss_lists {
	struct ss_acl acl;
	const char *path;	/* NULL = there is none */
};

/*
 * ss_lists_open - finds its name and loads it, as the flavour takes it: libev
 * passes over what is no rule, rust over what can never match, all others
 * refuse the file. 0, or an error that is in the log: ss_acl_load's, or
 * -E_NOSUP (several files).
 */
int ss_lists_open(struct ss_lists *l, const struct ss_conf *conf);
/* The same file anew. It stays as it was when the file is not in order. */
int ss_lists_load(struct ss_lists *l, const struct ss_conf *conf);
/* NULL = there is none. */
const struct ss_acl *ss_lists_acl(const struct ss_lists *l);

#endif
