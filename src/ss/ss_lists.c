/* ss_lists.c - which ACL file a configuration names, and how strictly it is
 * read. Knows no connection. */
#include "ss_lists.h"

#include "core/log.h"

/* Of the whole, of each server, of each local: all the same one. */
static int find(struct ss_lists *l, const struct ss_conf *conf)
{
	const char *other;
	size_t i;

	l->path = conf->acl[0] != '\0' ? conf->acl : NULL;
	for (i = 0; i < conf->servers_n + conf->locals_n; i++) {
		other = i < conf->servers_n ? conf->servers[i].acl :
		    conf->locals[i - conf->servers_n].acl;
		if (other == NULL)
			continue;
		if (l->path != NULL && strcmp(l->path, other) != 0) {
			log_error("acl: %s and %s: there can only be one",
			    l->path, other);
			return -E_NOSUP;
		}
		l->path = other;
	}
	return 0;
}

int ss_lists_open(struct ss_lists *l, const struct ss_conf *conf)
{
	int rc = find(l, conf);

	return rc == 0 ? ss_lists_load(l, conf) : rc;
}

int ss_lists_load(struct ss_lists *l, const struct ss_conf *conf)
{
	static const enum acl_care care[] = { [SS_OWN] = ACL_STRICT,
		[SS_PYTHON] = ACL_STRICT, [SS_LIBEV] = ACL_SKIP,
		[SS_RUST] = ACL_SKIP_VAIN };

	if (l->path == NULL)
		return 0;
	return ss_acl_load(&l->acl, l->path, conf->flavour != SS_RUST,
	    care[conf->flavour]);
}

const struct ss_acl *ss_lists_acl(const struct ss_lists *l)
{
	return l->path != NULL ? &l->acl : NULL;
}
