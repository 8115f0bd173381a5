/* follow.c - the signal of a parent's end, which a change of user forgets. */
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "port/child.h"

int port_child_follow(int parent, bool gentle)
{
	(void)prctl(PR_SET_PDEATHSIG, gentle ? SIGTERM : SIGKILL, 0, 0, 0);
	/* It may have died before that. */
	return getppid() == (pid_t)parent ? 0 : -E_CLOSED;
}
