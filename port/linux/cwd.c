/* cwd.c - the working directory, without the allocator that musl's getcwd
 * brings along. */
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "port/file.h"
#include "port/posix/errno_map.h"

int port_cwd(char *out, size_t room)
{
	return syscall(SYS_getcwd, out, room) > 0 ? (int)strlen(out) :
	    sys_fail();
}
