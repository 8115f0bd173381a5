/* agent.c - hands and eyes of a test in an image: port 7000, one command a
 * connection, its words split by tabs.
 *
 *   run PROGRAM ARG...	runs it: its output, then "\nexit N"
 *   read PATH		the file's octets
 *   kill PID NAME	HUP, INT, TERM or USR1: "\nexit 0", or the error
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT 7000
#define WORDS 16

static void say_exit(int fd, int code)
{
	dprintf(fd, "\nexit %d", code);
}

static void run(int fd, char **words)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		(void)dup2(fd, 1);
		(void)dup2(fd, 2);
		execv(words[0], words);
		_exit(127);
	}
	(void)waitpid(pid, &status, 0);
	say_exit(fd,
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static void give(int fd, const char *path)
{
	char mem[4096];
	ssize_t n;
	int from = open(path, O_RDONLY | O_CLOEXEC);

	while (from >= 0 && (n = read(from, mem, sizeof mem)) > 0)
		if (write(fd, mem, (size_t)n) != n)
			break;
	if (from >= 0)
		close(from);
}

/* Their numbers are not the same everywhere. */
static int signal_of(const char *name)
{
	if (strcmp(name, "HUP") == 0)
		return SIGHUP;
	if (strcmp(name, "INT") == 0)
		return SIGINT;
	return strcmp(name, "USR1") == 0 ? SIGUSR1 : SIGTERM;
}

static void obey(int fd, char *line)
{
	char *words[WORDS + 1] = { 0 }, *rest = line;
	size_t n = 0;

	line[strcspn(line, "\n")] = '\0';
	while (n < WORDS && (words[n] = strsep(&rest, "\t")) != NULL)
		n++;
	if (n > 1 && strcmp(words[0], "run") == 0)
		run(fd, words + 1);
	else if (n == 2 && strcmp(words[0], "read") == 0)
		give(fd, words[1]);
	else if (n == 3 && strcmp(words[0], "kill") == 0)
		say_exit(fd,
		    kill(atoi(words[1]), signal_of(words[2])) < 0 ? errno : 0);
	else
		say_exit(fd, EINVAL);
}

static void serve(int listener)
{
	int fd = accept(listener, NULL, NULL);
	char line[1024];
	ssize_t n;

	if (fd < 0)
		return;
	n = read(fd, line, sizeof line - 1);
	if (n > 0) {
		line[n] = '\0';
		obey(fd, line);
	}
	close(fd);
}

int main(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(PORT) };
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)signal(SIGPIPE, SIG_IGN);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0 ||
	    listen(fd, 4) < 0)
		return 1;
	for (;;)
		serve(fd);
}
