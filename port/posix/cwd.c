/* cwd.c - the working directory. */
#include <string.h>
#include <unistd.h>

#include "port/file.h"
#include "port/posix/errno_map.h"

int port_cwd(char *out, size_t room)
{
	return getcwd(out, room) != NULL ? (int)strlen(out) : sys_fail();
}
