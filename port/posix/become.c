/* become.c - giving up root for good. */
#include <errno.h>
#include <grp.h>
#include <unistd.h>

#include "port/proc.h"

static bool is_user(const struct port_user *u)
{
	return getuid() == u->uid && geteuid() == u->uid &&
	    getgid() == u->gid && getegid() == u->gid;
}

static bool has_only_group(gid_t gid)
{
	gid_t list[2];
	int n = getgroups(2, list);

	return n == 0 || (n == 1 && list[0] == gid);
}

/* Any way back to root that is left open is tried, and must fail. */
static bool is_for_good(const struct port_user *u)
{
	if (u->uid == 0)
		return true;
	return setuid(0) < 0 && seteuid(0) < 0 &&
	    (u->gid == 0 || (setgid(0) < 0 && setegid(0) < 0));
}

int port_user_become(const struct port_user *u)
{
	gid_t gid = u->gid;

	if (geteuid() != 0)
		return is_user(u) ? 0 : -E_PERM;
	if (setgroups(1, &gid) < 0 || setgid(gid) < 0 || setuid(u->uid) < 0)
		return -E_PERM;
	return is_user(u) && has_only_group(gid) && is_for_good(u) ? 0 :
	    -E_PERM;
}
