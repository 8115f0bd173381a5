/* signals.c - signals as events of a descriptor.
 *
 * A handler notes the signal in memory and wakes a pipe. The notes are each
 * process's own, so a forked child takes none of its parent's; it gets its own
 * pipe from its first port_signal_open. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "port/posix/errno_map.h"
#include "port/proc.h"

static const struct {
	int number;
	enum port_signal what;
} map[] = {
	{ SIGTERM, SIG_STOP },
	{ SIGINT, SIG_INTR },
	{ SIGHUP, SIG_RELOAD },
	{ SIGQUIT, SIG_QUIET },
	{ SIGCHLD, SIG_CHILD },
	{ SIGUSR1, SIG_STAT },
};

static volatile sig_atomic_t noted[LEN(map)];
static int wake[2] = { -1, -1 };
static pid_t wake_owner;

static void note(int number)
{
	int saved = errno;

	for (size_t i = 0; i < LEN(map); i++)
		if (map[i].number == number)
			noted[i] = 1;
	/* A full pipe wakes as well. */
	(void)!write(wake[1], "", 1);
	errno = saved;
}

static void catch_all(void)
{
	struct sigaction act = { .sa_flags = SA_RESTART | SA_NOCLDSTOP };

	sigemptyset(&act.sa_mask);
	act.sa_handler = note;
	for (size_t i = 0; i < LEN(map); i++)
		(void)sigaction(map[i].number, &act, NULL);
	act.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &act, NULL);
}

int port_signal_open(void)
{
	int fresh[2];

	if (wake[0] >= 0 && wake_owner == getpid())
		return wake[0];
	if (pipe2(fresh, O_CLOEXEC | O_NONBLOCK) < 0)
		return sys_fail();
	if (wake[0] >= 0) {
		close(wake[0]);
		close(wake[1]);
	}
	wake[0] = fresh[0];
	wake[1] = fresh[1];
	wake_owner = getpid();
	catch_all();
	return wake[0];
}

/* The pipe is emptied first: what is noted after that wakes it again. */
enum port_signal port_signal_next(void)
{
	char sink[64];

	if (wake_owner == getpid())
		while (read(wake[0], sink, sizeof sink) > 0)
			;
	for (size_t i = 0; i < LEN(map); i++) {
		if (!noted[i])
			continue;
		noted[i] = 0;
		return map[i].what;
	}
	return SIG_NONE;
}

int port_signal_send(int pid, enum port_signal what)
{
	int number = 0;

	if (pid <= 0)
		return -E_NOENT;	/* never a whole group */
	for (size_t i = 0; i < LEN(map); i++)
		if (map[i].what == what)
			number = map[i].number;
	return kill((pid_t)pid, number) < 0 ? sys_fail() : 0;
}
