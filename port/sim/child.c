/* child.c - what a process does to itself: the simulated system has one, and
 * nobody is locked in. Its children are in family.c. */
#include "port/child.h"

#include "port/file.h"
#include "port/proc.h"
#include "port/shadow.h"

int port_child_follow(int parent, bool gentle)
{
	(void)parent;
	(void)gentle;
	return 0;
}

void port_child_last(void)
{
}

bool port_shared_lock(uint32_t *lock)
{
	ASSERT(*lock == 0);
	*lock = 1;
	return true;
}

void port_shared_unlock(uint32_t *lock)
{
	*lock = 0;
}

bool port_shared_has(const uint32_t *lock, int pid)
{
	return *lock == (uint32_t)pid;
}

size_t port_page(void)
{
	return 4096;
}

void port_pages_drop(void *mem, size_t len)
{
	memset(mem, 0, len);
}

int port_shared_take(void *mem, size_t len)
{
	(void)mem;
	(void)len;
	return 0;
}

int port_empty_dir(void)
{
	return port_root_open("/");
}

int port_jail(int dir)
{
	(void)dir;
	return -E_PERM;
}

int port_groups_of(const char *name, uint32_t gid, struct port_groups *out)
{
	(void)name;
	out->n = 1;
	out->gid[0] = gid;
	return 0;
}

int port_user_become_with(const struct port_user *u,
    const struct port_groups *g)
{
	(void)g;
	return port_user_become(u);
}

/* ---- accounts of the system: there are none with a password ---- */

int port_shadow_find(const char *name, int64_t today, char hash[PORT_HASH_MAX])
{
	(void)name;
	(void)today;
	hash[0] = '\0';
	return -E_NOSUP;
}

bool port_crypt_is(const char *hash, const char *password)
{
	(void)hash;
	(void)password;
	return false;
}

bool port_shell_is_listed(const char *shell)
{
	(void)shell;
	return true;
}
