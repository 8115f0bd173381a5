/* beneath.c - openat2(2) with RESOLVE_IN_ROOT; kernels before 5.6 lack it and
 * some containers refuse it: then the walk of posix. */
#include <errno.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "port/posix/beneath.h"
#include "port/posix/errno_map.h"

/* A rename elsewhere in the tree makes the kernel unsure, and ask us again. */
#define TRIES 32

static bool no_openat2;

/* fd, or -1 and errno. */
static int open_in_root(int root, const char *path, int flags, mode_t mode)
{
	struct open_how how = {
		.flags = (unsigned)flags,
		.mode = flags & O_CREAT ? mode : 0,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long fd = -1;

	if (!(flags & O_PATH))
		how.flags |= O_LARGEFILE;
	for (int i = 0; i < TRIES; i++) {
		fd = syscall(SYS_openat2, root, path, &how, sizeof how);
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	if (fd < 0 && errno == ENOSYS)
		no_openat2 = true;
	return (int)fd;
}

/* After a failure: whether the walk could do better. */
static bool worth_walking(void)
{
	return no_openat2 || errno == EAGAIN || errno == EINTR ||
	    errno == EPERM;
}

int beneath_open(int root, const char *path, int flags, mode_t mode)
{
	int fd = no_openat2 ? -1 : open_in_root(root, path, flags, mode);

	if (fd >= 0)
		return fd;
	if (worth_walking())
		return walk_open(root, path, flags, mode);
	return sys_fail();
}

int beneath_stat(int root, const char *path, bool follow, struct stat *out)
{
	int flags = O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW);
	int err = 0, fd = no_openat2 ? -1 : open_in_root(root, path, flags, 0);

	if (fd < 0)
		return worth_walking() ? walk_stat(root, path, follow, out) :
		    sys_fail();
	if (fstat(fd, out) < 0)
		err = sys_fail();
	close(fd);
	return err;
}
