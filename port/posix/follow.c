/* follow.c - systems that tell no child of its parent's end. */
#include <unistd.h>

#include "port/child.h"

int port_child_follow(int parent, bool gentle)
{
	(void)gentle;
	return getppid() == (pid_t)parent ? 0 : -E_CLOSED;
}
