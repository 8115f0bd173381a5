/* child.c - children of one image. */
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "port/child.h"

int port_child_fork(void)
{
	pid_t pid = fork();

	return pid < 0 ? -E_NOMEM : (int)pid;
}

void port_child_kill(int pid)
{
	if (pid > 1)
		(void)kill((pid_t)pid, SIGKILL);
}

/* Root would not mind; those who matter are no longer root. */
void port_child_last(void)
{
#ifdef RLIMIT_NPROC
	static const struct rlimit none;

	(void)setrlimit(RLIMIT_NPROC, &none);
#endif
}
