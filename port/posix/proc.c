/* proc.c - this process: its number, environment, limits and end. */
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/proc.h"

_Noreturn void port_exit(int code)
{
	_exit(code);
}

int port_pid(void)
{
	return (int)getpid();
}

const char *port_env(const char *name)
{
	return getenv(name);
}

uint32_t port_uid(void)
{
	return geteuid();
}

unsigned port_umask(unsigned mask)
{
	return umask((mode_t)mask);
}

static int64_t as_count(rlim_t limit)
{
	return limit > (rlim_t)INT32_MAX ? INT32_MAX : (int64_t)limit;
}

int64_t port_fd_limit(int64_t want)
{
	struct rlimit now, more;
	rlim_t goal = (rlim_t)want;

	if (getrlimit(RLIMIT_NOFILE, &now) < 0)
		return 0;
	if (want <= 0 || goal <= now.rlim_cur)
		return as_count(now.rlim_cur);
	/* First above the hard limit, which root may; then up to it. */
	more = (struct rlimit){ goal, MAX(goal, now.rlim_max) };
	if (setrlimit(RLIMIT_NOFILE, &more) == 0)
		return want;
	more = (struct rlimit){ MIN(goal, now.rlim_max), now.rlim_max };
	if (setrlimit(RLIMIT_NOFILE, &more) == 0)
		return as_count(more.rlim_cur);
	return as_count(now.rlim_cur);
}

void port_no_core(void)
{
	static const struct rlimit none;

	(void)setrlimit(RLIMIT_CORE, &none);
}
