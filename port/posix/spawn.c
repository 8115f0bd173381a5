/* spawn.c - other programs: fork, a clean slate, exec. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/text.h"
#include "port/child.h"
#include "port/posix/errno_map.h"
#include "port/spawn.h"

#define ENV_MAX 512
#define PATH_DEFAULT "/usr/local/bin:/usr/bin:/bin"
#define FIRST_OTHER 4		/* 3 is where exec's failure is told */

extern char **environ;

/* Held open: its end is what a child's standard input comes to. */
static int life[2] = { -1, -1 };

static bool is_named(const char *entry, const char *other)
{
	size_t len = strcspn(other, "=");

	return strncmp(entry, other, len + 1) == 0;
}

static char **environment(const struct port_spawn *what)
{
	static char *all[ENV_MAX + SPAWN_ENVS + 1];
	size_t i, k, n = 0;

	for (i = 0; environ[i] != NULL && n < ENV_MAX; i++) {
		for (k = 0; what->env[k] != NULL; k++)
			if (is_named(environ[i], what->env[k]))
				break;
		if (what->env[k] == NULL)
			all[n++] = environ[i];
	}
	for (k = 0; what->env[k] != NULL; k++)
		all[n++] = (char *)(uintptr_t)what->env[k];
	all[n] = NULL;
	return all;
}

/* Comes back only when it cannot be run: errno of the likeliest place. */
static int run(const struct port_spawn *what, const char *folder, size_t len)
{
	char path[1024];

	if (text_fmt(path, sizeof path, "%.*s/%s", len > 0 ? (int)len : 1,
	    len > 0 ? folder : ".", what->argv[0]) + 1 < sizeof path)
		execve(path, (char **)(uintptr_t)what->argv,
		    environment(what));
	return errno;
}

static int run_somewhere(const struct port_spawn *what)
{
	const char *path = getenv("PATH");
	int err = ENOENT, now;
	size_t len;

	if (strchr(what->argv[0], '/') != NULL) {
		execve(what->argv[0], (char **)(uintptr_t)what->argv,
		    environment(what));
		return errno;
	}
	if (what->here_first)
		(void)run(what, ".", 1);
	for (path = path != NULL ? path : PATH_DEFAULT;; path += len + 1) {
		len = strcspn(path, ":");
		now = run(what, path, len);
		if (now != ENOENT && now != ENOTDIR)
			err = now;
		if (path[len] == '\0')
			return err;
	}
}

static void forget_signals(void)
{
	struct sigaction act = { .sa_handler = SIG_DFL };
	sigset_t none;
	int i;

	for (i = 1; i < NSIG; i++)
		(void)sigaction(i, &act, NULL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void close_others(void)
{
	struct rlimit limit;
	int fd, end = 65536;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 65536)
		end = (int)limit.rlim_cur;
	for (fd = FIRST_OTHER; fd < end; fd++)
		(void)close(fd);
}

/* Out of the way of 0 to 3, which are given out next. */
static int lift(int fd)
{
	return fcntl(fd, F_DUPFD, FIRST_OTHER);
}

static _Noreturn void child(const struct port_spawn *what, pid_t parent,
    int out, int told)
{
	int err, in = lift(life[0]);

	out = lift(out);
	told = lift(told);
	if (in < 0 || out < 0 || told < 0 || dup2(in, 0) < 0 ||
	    dup2(out, 1) < 0 || dup2(out, 2) < 0 || dup2(told, 3) < 0 ||
	    fcntl(3, F_SETFD, FD_CLOEXEC) < 0)
		_exit(127);
	(void)setpgid(0, 0);
	forget_signals();
	close_others();
	if (port_child_follow((int)parent, false) != 0)
		_exit(127);
	err = run_somewhere(what);
	(void)!write(3, &err, sizeof err);
	_exit(127);
}

/* What exec says: nothing when it runs. */
static int hear(int fd)
{
	ssize_t n;
	int err;

	do
		n = read(fd, &err, sizeof err);
	while (n < 0 && errno == EINTR);
	if (n != sizeof err)
		return 0;
	errno = err;
	return sys_fail();
}

int port_spawn(const struct port_spawn *what, int *out)
{
	int said[2], told[2], err;
	pid_t parent = getpid(), pid;

	if (life[0] < 0 && pipe2(life, O_CLOEXEC) < 0)
		return sys_fail();
	if (pipe2(said, O_CLOEXEC) < 0)
		return sys_fail();
	if (pipe2(told, O_CLOEXEC) < 0) {
		err = sys_fail();
		goto no_told;
	}
	pid = fork();
	if (pid == 0)
		child(what, parent, said[1], told[1]);
	close(told[1]);
	err = pid < 0 ? -E_NOMEM : hear(told[0]);
	close(told[0]);
	if (err != 0)
		goto no_told;
	close(said[1]);
	(void)fcntl(said[0], F_SETFL, O_NONBLOCK);
	*out = said[0];
	return (int)pid;
no_told:
	close(said[0]);
	close(said[1]);
	return err;
}

void port_spawn_end(int pid, bool for_sure)
{
	int how = for_sure ? SIGKILL : SIGTERM;

	if (pid <= 1)
		return;
	/* Its group is made by itself, perhaps not yet. */
	if (kill(-(pid_t)pid, how) < 0)
		(void)kill((pid_t)pid, how);
}

ptrdiff_t port_spawn_read(int out, void *mem, size_t len)
{
	ssize_t n;

	do
		n = read(out, mem, len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? sys_fail() : n;
}

void port_spawn_close(int out)
{
	close(out);
}
