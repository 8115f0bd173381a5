/* daemon.c - a child that goes on alone, a parent that waits for its word. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "port/posix/errno_map.h"
#include "port/proc.h"
#include "port/time.h"

static int ready_fd = -1;

/* 1 when the child said "ready", -E_CLOSED when it died, -E_TIMEOUT. */
static int await(int fd, int64_t until_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char word;

	for (;;) {
		int64_t left_ms = until_ms - port_now_ms();
		int n = poll(&p, 1, (int)MAX(MIN(left_ms, 60000), 0));

		if (n > 0)
			return read(fd, &word, 1) == 1 ? 1 : -E_CLOSED;
		if (n < 0 && errno != EINTR)
			return sys_fail();
		if (left_ms <= 0)
			return -E_TIMEOUT;
	}
}

static void detach(int log_fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int to = log_fd >= 0 ? log_fd : null;

	(void)setsid();
	if (chdir("/") < 0 || null < 0 || dup2(null, 0) < 0 ||
	    dup2(to, 1) < 0 || dup2(to, 2) < 0)
		_exit(1);
	if (null > 2)
		close(null);
}

int port_daemon_fork(int log_fd, int64_t wait_ms)
{
	int64_t until_ms = port_now_ms() + wait_ms;
	int err, ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return sys_fail();
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		ready_fd = ends[1];
		detach(log_fd);
		return 0;
	}
	close(ends[1]);
	err = pid < 0 ? -E_NOMEM : await(ends[0], until_ms);
	close(ends[0]);
	if (err == -E_CLOSED)
		(void)waitpid(pid, NULL, 0);
	return err < 0 ? err : (int)pid;
}

void port_daemon_ready(void)
{
	if (ready_fd < 0)
		return;
	while (write(ready_fd, "", 1) < 0 && errno == EINTR)
		;
	close(ready_fd);
	ready_fd = -1;
}
