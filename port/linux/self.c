/* self.c - the program's own file, and the machine's switch. */
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "port/posix/errno_map.h"
#include "port/proc.h"

/* What replaced it, when it was replaced while running. */
static void cut_deleted(char *s, size_t len)
{
	static const char mark[] = " (deleted)";
	size_t n = sizeof mark - 1;

	if (len > n && memcmp(s + len - n, mark, n) == 0)
		s[len - n] = '\0';
}

int port_self(char *out, size_t room)
{
	ssize_t n = readlink("/proc/self/exe", out, room);

	if (n < 0)
		return sys_fail();
	if ((size_t)n >= room)
		return -E_LONG;
	out[n] = '\0';
	cut_deleted(out, (size_t)n);
	return 0;
}

int port_power(bool restart)
{
	sync();
	(void)reboot(restart ? RB_AUTOBOOT : RB_POWER_OFF);
	return sys_fail();
}
