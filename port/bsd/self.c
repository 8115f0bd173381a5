/* self.c - the program's own file, by sysctl(3). */
#include <sys/types.h>
#include <sys/sysctl.h>
/* Of NetBSD's; base.h has the same. */
#undef MIN
#undef MAX

#include "port/posix/errno_map.h"
#include "port/proc.h"

int port_self(char *out, size_t room)
{
#ifdef __NetBSD__
	const int name[] = { CTL_KERN, KERN_PROC_ARGS, -1, KERN_PROC_PATHNAME };
#else
	const int name[] = { CTL_KERN, KERN_PROC, KERN_PROC_PATHNAME, -1 };
#endif

	return sysctl(name, 4, out, &room, NULL, 0) < 0 ? sys_fail() : 0;
}

int port_power(bool restart)
{
	(void)restart;
	return -E_NOSUP;
}
