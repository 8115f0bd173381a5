/* become.c - giving up root for good. */
#include <errno.h>
#include <grp.h>
#include <unistd.h>

#include "port/posix/members.h"

#define GROUPS PORT_GROUPS

static bool is_user(const struct port_user *u)
{
	return getuid() == u->uid && geteuid() == u->uid &&
	    getgid() == u->gid && getegid() == u->gid;
}

/* Those it was given, and no others. */
static bool has_groups(const gid_t *want, int n)
{
	gid_t list[GROUPS];
	int has = getgroups(GROUPS, list);

	for (int i = 0; i < has; i++) {
		bool known = false;

		for (int j = 0; j < n; j++)
			known = known || list[i] == want[j];
		if (!known)
			return false;
	}
	return has >= 0;
}

/* Any way back to root that is left open is tried, and must fail. */
static bool is_for_good(const struct port_user *u)
{
	if (u->uid == 0)
		return true;
	return setuid(0) < 0 && seteuid(0) < 0 &&
	    (u->gid == 0 || (setgid(0) < 0 && setegid(0) < 0));
}

/* groups[0] is u->gid. */
static int become(const struct port_user *u, const gid_t *groups, int n)
{
	if (geteuid() != 0)
		return is_user(u) ? 0 : -E_PERM;
	if (setgroups((size_t)n, groups) < 0 || setgid(u->gid) < 0 ||
	    setuid(u->uid) < 0)
		return -E_PERM;
	return is_user(u) && has_groups(groups, n) && is_for_good(u) ? 0 :
	    -E_PERM;
}

int port_user_become(const struct port_user *u)
{
	gid_t gid = u->gid;

	return become(u, &gid, 1);
}

int port_groups_of(const char *name, uint32_t gid, struct port_groups *out)
{
	out->gid[0] = gid;
	out->n = 1;
	return members_groups(name, out);
}

int port_user_become_with(const struct port_user *u,
    const struct port_groups *g)
{
	gid_t list[GROUPS];

	for (uint32_t i = 0; i < g->n; i++)
		list[i] = g->gid[i];
	return become(u, list, (int)g->n);
}
