/* jail.c - another root directory. */
#include <stdlib.h>
#include <unistd.h>

#include "port/child.h"
#include "port/file.h"
#include "port/posix/errno_map.h"

/* What is removed while it is open stays empty for ever. */
static int make_in(const char *template, size_t len)
{
	char path[40];
	int fd;

	memcpy(path, template, len + 1);
	if (mkdtemp(path) == NULL)
		return sys_fail();
	fd = port_root_open(path);
	(void)rmdir(path);
	return fd;
}

int port_empty_dir(void)
{
	static const char *const at[] = { "/run/wherry-XXXXXX",
		"/var/run/wherry-XXXXXX", "/tmp/wherry-XXXXXX",
		"/dev/shm/wherry-XXXXXX" };
	int fd = -E_NOENT;

	for (size_t i = 0; i < LEN(at) && fd < 0; i++)
		fd = make_in(at[i], strlen(at[i]));
	return fd;
}

int port_jail(int dir)
{
	if (fchdir(dir) < 0 || chroot(".") < 0 || chdir("/") < 0)
		return sys_fail();
	return 0;
}
