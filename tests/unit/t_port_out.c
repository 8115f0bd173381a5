/* t_port_out.c - output that never waits: full pipes, stopped terminals, a log
 * daemon that does not read, and the last words of a broken process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "port/posix/out.c"
#include "port/posix/panic.c"
#include "port/posix/syslog.c"

static char mem[8192];

static int set_up(void **state)
{
	(void)state;
	alarm(30);
	return signal(SIGPIPE, SIG_IGN) == SIG_ERR;
}

static int fill(int fd)
{
	ptrdiff_t n;
	int all = 0;

	memset(mem, 'x', sizeof(mem));
	while ((n = port_out(fd, mem, sizeof(mem))) > 0)
		all += (int)n;
	assert_int_equal(n, -E_AGAIN);
	return all;
}

static void a_full_pipe_does_not_stop_us(void **state)
{
	int ends[2], all;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	all = fill(ends[1]);
	assert_true(all >= 4096);
	assert_int_equal(port_out(ends[1], "x", 1), -E_AGAIN);
	/* Others share the pipe's far end: it is as they made it. */
	assert_false(fcntl(ends[1], F_GETFL) & O_NONBLOCK);
	while (all > 0)
		all -= (int)read(ends[0], mem, sizeof(mem));
	assert_int_equal(port_out(ends[1], "line\n", 5), 5);
	assert_int_equal(read(ends[0], mem, sizeof(mem)), 5);
	assert_memory_equal(mem, "line\n", 5);
	close(ends[0]);
	assert_int_equal(port_out(ends[1], "x", 1), -E_CLOSED);
	close(ends[1]);
	assert_int_equal(port_out(ends[1], "x", 1), -E_CLOSED);
}

static int open_terminal(int *slave)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	*slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(*slave >= 0);
	return master;
}

static int opens_what_is_closed(void)
{
	int fd, next = dup(2);

	close(next);
	close(0);
	close(2);
	port_out_open();
	fd = dup(1);
	if (fd != next || port_out(2, "x", 1) != 1 || read(0, mem, 1) != 0)
		return 1;
	port_out_open();
	return dup(1) != next + 1;
}

static void closed_ones_are_opened(void **state)
{
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0)
		_exit(opens_what_is_closed());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void nor_does_a_terminal_nobody_reads(void **state)
{
	int slave, master = open_terminal(&slave);

	(void)state;
	assert_true(port_out_is_terminal(slave));
	assert_true(fill(slave) > 0);
	assert_false(fcntl(slave, F_GETFL) & O_NONBLOCK);
	close(slave);
	close(master);
}

static void files_take_it_all(void **state)
{
	FILE *f = tmpfile();

	(void)state;
	assert_non_null(f);
	assert_false(port_out_is_terminal(fileno(f)));
	assert_int_equal(port_out(fileno(f), mem, sizeof(mem)), sizeof(mem));
	assert_int_equal(lseek(fileno(f), 0, SEEK_END), sizeof(mem));
	fclose(f);
}

static void tools_wait_for_their_reader(void **state)
{
	static char big[300000];
	size_t got = 0;
	int ends[2], status;
	ssize_t n;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		port_out_all(ends[1], big, sizeof(big));
		_exit(0);
	}
	close(ends[1]);
	while ((n = read(ends[0], mem, sizeof(mem))) > 0)
		got += (size_t)n;
	assert_int_equal(got, sizeof(big));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(ends[0]);
	/* The reader is gone: it returns. */
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	port_out_all(ends[1], big, sizeof(big));
	close(ends[1]);
}

static void last_words(void **state)
{
	static const char want[] = "wherry: some/file.c:42: broken: n < 7\n";
	int ends[2], status;
	pid_t child;
	ssize_t n;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		dup2(ends[1], 2);
		port_panic("some/file.c", 42, "n < 7");
	}
	close(ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	n = read(ends[0], mem, sizeof(mem));
	/* An emulator adds words of its own. */
	assert_true(n >= (ssize_t)strlen(want));
	assert_memory_equal(mem, want, strlen(want));
	close(ends[0]);
}

/* ---- syslog */

static char log_path[64];

static int open_daemon(void)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	assert_true(fd >= 0);
	strcpy(sa.sun_path, log_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	return fd;
}

static void close_daemon(int fd)
{
	close(fd);
	unlink(log_path);
}

static void check_line(int fd, const char *text)
{
	char line[2048], month[4], rest[1024], want[1100];
	int prio, day, hour, min, sec;
	ssize_t n = recv(fd, line, sizeof(line) - 1, 0);

	assert_true(n > 0);
	line[n] = '\0';
	assert_int_equal(sscanf(line, "<%d>%3s %2d %2d:%2d:%2d %1000[^\n]",
	    &prio, month, &day, &hour, &min, &sec, rest), 7);
	assert_int_equal(prio, 30);
	assert_int_equal(line[4 + 15], ' ');
	snprintf(want, sizeof(want), "wherry[%d]: %s", (int)getpid(), text);
	assert_string_equal(rest, want);
}

static int log_line(const char *text)
{
	return port_syslog(30, "wherry", text, strlen(text));
}

static void syslog_lines(void **state)
{
	char dir[] = "/tmp/t_port_out.XXXXXX", text[2000], line[2048];
	int fd, n = 0;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(log_path, sizeof(log_path), "%s/log", dir);
	syslog_path[0] = syslog_path[1] = log_path;
	assert_int_equal(port_syslog_open(), -E_NOENT);
	assert_int_equal(log_line("nobody listens"), -E_NOENT);

	fd = open_daemon();
	assert_int_equal(port_syslog_open(), 0);
	assert_int_equal(log_line("one"), 0);
	check_line(fd, "one");

	/* Longer than a packet may be: cut, not lost. */
	memset(text, 'y', sizeof(text));
	assert_int_equal(port_syslog(30, "wherry", text, sizeof(text)), 0);
	assert_int_equal(recv(fd, line, sizeof(line), 0), 1024);

	/* The daemon does not read: dropped, without a wait. */
	while (log_line("again and again") == 0)
		assert_true(++n < 100000);
	assert_int_equal(log_line("more"), -E_AGAIN);
	close_daemon(fd);

	/* It is gone, and comes back. */
	assert_int_equal(log_line("gone"), -E_NOENT);
	fd = open_daemon();
	assert_int_equal(log_line("back"), 0);
	check_line(fd, "back");
	close_daemon(fd);
	rmdir(dir);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_pipe_does_not_stop_us),
		cmocka_unit_test(nor_does_a_terminal_nobody_reads),
		cmocka_unit_test(closed_ones_are_opened),
		cmocka_unit_test(files_take_it_all),
		cmocka_unit_test(tools_wait_for_their_reader),
		cmocka_unit_test(last_words),
		cmocka_unit_test(syslog_lines),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
