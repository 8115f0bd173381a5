/* workers.c - children that share the work and never outlive their parent. */
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "port/posix/errno_map.h"
#include "port/proc.h"

/* Nothing is ever written: the kernel closes the parent's end for it. */
static int ends[2] = { -1, -1 };

int port_worker_fork(int *parent)
{
	pid_t pid;

	if (ends[1] < 0 && pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return sys_fail();
	pid = fork();
	if (pid < 0)
		return -E_NOMEM;
	if (pid > 0)
		return (int)pid;
	close(ends[1]);
	*parent = ends[0];
	return 0;
}

int port_worker_reap(void)
{
	pid_t pid;

	do
		pid = waitpid(-1, NULL, WNOHANG);
	while (pid < 0 && errno == EINTR);
	return pid > 0 ? (int)pid : 0;
}
