/* t_port_proc.c - clocks, randomness, signals, daemons, users, limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "port/linux/rand.c"
#include "port/posix/become.c"
#include "port/posix/daemon.c"
#include "port/posix/password.c"
#include "port/posix/proc.c"
#define map signal_map
#include "port/posix/signals.c"
#undef map
#include "port/posix/time.c"
#include "port/posix/urandom.c"
#include "port/posix/users.c"

/* The exit code of what fn returns in a child. */
static int in_child(int (*fn)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(fn());
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* ---- Clocks and randomness */

static void clocks_run(void **state)
{
	int64_t a = port_now_ms(), b;

	(void)state;
	assert_true(a >= 1);
	port_sleep_ms(20);
	b = port_now_ms();
	assert_true(b - a >= 20);
	assert_true(b - a < 20000);
	port_sleep_ms(0);
	port_sleep_ms(-5);
	assert_true(port_wall_ms() > INT64_C(1700000000000));
}

static void check_random(void)
{
	uint8_t a[300] = { 0 }, b[300] = { 0 };
	int zeros = 0;

	port_rand(a, sizeof(a));
	port_rand(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
	for (size_t i = 0; i < sizeof(a); i++)
		zeros += a[i] == 0;
	assert_in_range(zeros, 0, 30);
	a[0] = 77;
	port_rand(a, 0);
	assert_int_equal(a[0], 77);
}

static void randomness_old_and_new(void **state)
{
	(void)state;
	assert_int_equal(port_rand_open(), 0);
	check_random();
	no_getrandom = true;		/* as a kernel before 3.17 */
	assert_int_equal(urandom_open(), 0);
	check_random();
	assert_true(fcntl(urandom, F_GETFD) & FD_CLOEXEC);
	close(urandom);
	urandom = -1;
	no_getrandom = false;
}

/* ---- Signals */

static bool is_readable(int fd)
{
	struct pollfd one = { .fd = fd, .events = POLLIN };

	return poll(&one, 1, 0) == 1;
}

static int own_signals(void)
{
	int parents = wake[0], mine;

	raise(SIGHUP);
	mine = port_signal_open();
	return mine == parents || port_signal_next() != SIG_RELOAD ||
	    port_signal_next() != SIG_NONE;
}

static void signals_are_events(void **state)
{
	static const enum port_signal all[] = { SIG_STOP, SIG_INTR, SIG_RELOAD,
		SIG_QUIET, SIG_CHILD, SIG_STAT };
	int fd = port_signal_open();

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(port_signal_open(), fd);
	assert_int_equal(port_signal_next(), SIG_NONE);
	assert_false(is_readable(fd));
	for (size_t i = 0; i < LEN(all); i++) {
		assert_int_equal(port_signal_send(port_pid(), all[i]), 0);
		assert_true(is_readable(fd));
		assert_int_equal(port_signal_next(), all[i]);
		assert_int_equal(port_signal_next(), SIG_NONE);
		assert_false(is_readable(fd));
	}
	/* Many before anybody looks: none lost, nothing blocks. */
	for (int i = 0; i < 100000; i++)
		note(SIGUSR1);
	assert_int_equal(port_signal_send(port_pid(), SIG_STOP), 0);
	assert_int_equal(port_signal_next(), SIG_STOP);
	assert_int_equal(port_signal_next(), SIG_STAT);
	assert_int_equal(port_signal_next(), SIG_NONE);
	raise(SIGPIPE);			/* ignored, or this is the end */
	/* A child's signals are its own. */
	assert_int_equal(in_child(own_signals), 0);
	(void)port_signal_next();	/* the child's end */
	assert_int_equal(port_signal_next(), SIG_NONE);
}

static int at_once(void)
{
	return 0;
}

static void signals_to_others(void **state)
{
	pid_t gone;

	(void)state;
	assert_int_equal(port_signal_send(port_pid(), SIG_NONE), 0);
	assert_int_equal(port_signal_send(0, SIG_NONE), -E_NOENT);
	assert_int_equal(port_signal_send(-1, SIG_STOP), -E_NOENT);
	gone = fork();
	if (gone == 0)
		_exit(at_once());
	waitpid(gone, NULL, 0);
	assert_int_equal(port_signal_send(gone, SIG_NONE), -E_NOENT);
}

/* ---- Daemons */

static int report[2];

/* What the daemon is like, told through a pipe. */
static void tell(int log_fd)
{
	char cwd[64] = "", text[128];
	int n;

	if (getcwd(cwd, sizeof(cwd)) == NULL)
		_exit(1);
	n = snprintf(text, sizeof(text), "%d %d %s", getsid(0) == getpid(),
	    (int)read(0, text, 1), cwd);
	(void)!write(log_fd >= 0 ? 1 : report[1], text, (size_t)n);
}

static void a_daemon_stands_alone(void **state)
{
	char text[128];
	ssize_t n;

	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		int pid;

		assert_int_equal(pipe(report), 0);
		pid = port_daemon_fork(turn == 0 ? report[1] : -1, 20000);
		if (pid == 0) {
			tell(turn == 0 ? report[1] : -1);
			port_daemon_ready();
			port_daemon_ready();
			_exit(7);
		}
		assert_true(pid > 0);
		n = read(report[0], text, sizeof(text) - 1);
		assert_true(n > 0);
		text[n] = '\0';
		assert_string_equal(text, "1 0 /");
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		close(report[0]);
		close(report[1]);
	}
}

static void a_daemon_that_does_not_get_ready(void **state)
{
	int pid = port_daemon_fork(-1, 20000);

	(void)state;
	if (pid == 0)
		_exit(3);
	assert_int_equal(pid, -E_CLOSED);
	assert_int_equal(pipe(report), 0);
	pid = port_daemon_fork(-1, 30);
	if (pid == 0) {
		close(report[1]);
		/* Until the test closes its end. */
		(void)!read(report[0], &pid, 1);
		_exit(0);
	}
	assert_int_equal(pid, -E_TIMEOUT);
	close(report[0]);
	close(report[1]);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

/* ---- Users */

static char dir[] = "/tmp/t_port_proc.XXXXXX";

static const char *put_text(const char *name, const char *text)
{
	static char path[2][64];
	static int turn;
	FILE *f;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", dir, name);
	f = fopen(path[turn], "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return path[turn];
}

static const char *long_line(void)
{
	static char text[6000];

	strcpy(text, "root:x:0:\nbig:x:5:");
	memset(text + strlen(text), 'm', 5000);
	strcat(text, "\nx:x:6:\nlast:x:7:");
	return text;
}

static void users_by_name(void **state)
{
	struct port_user u;
	char name[8];

	(void)state;
	assert_non_null(mkdtemp(dir));
	passwd_path = put_text("passwd", "# no line of ours\n\n"
	    "root:x:0:0:root:/root:/bin/sh\n"
	    "neg:x:-1:5::/:/bin/sh\n"
	    "huge:x:4294967296:5::/:/bin/sh\n"
	    "short:x:7:7\n"
	    "ftp:x:55:56:The,user:/home/ftp:/bin/false\n"
	    "last:*:4294967294:65534:::");
	assert_int_equal(port_user_find("ftp", &u), 0);
	assert_int_equal(u.uid, 55);
	assert_int_equal(u.gid, 56);
	assert_string_equal(u.home, "/home/ftp");
	assert_string_equal(u.shell, "/bin/false");
	assert_int_equal(port_user_find("last", &u), 0);
	assert_true(u.uid == 4294967294u);
	assert_string_equal(u.shell, "");
	assert_int_equal(port_user_find("neg", &u), -E_IO);
	assert_int_equal(port_user_find("huge", &u), -E_IO);
	assert_int_equal(port_user_find("short", &u), -E_NOENT);
	assert_int_equal(port_user_find("", &u), -E_NOENT);
	assert_int_equal(port_user_find("roo", &u), -E_NOENT);
	assert_true(port_user_name(55, name, sizeof(name)));
	assert_string_equal(name, "ftp");
	assert_false(port_user_name(56, name, sizeof(name)));

	group_path = put_text("group", long_line());
	assert_true(port_group_name(5, name, sizeof(name)));
	assert_string_equal(name, "big");
	assert_true(port_group_name(6, name, sizeof(name)));
	assert_string_equal(name, "x");
	assert_true(port_group_name(7, name, sizeof(name)));
	assert_string_equal(name, "last");
	assert_false(port_group_name(8, name, sizeof(name)));

	unlink(group_path);
	assert_false(port_group_name(5, name, sizeof(name)));
	unlink(passwd_path);
	assert_int_equal(port_user_find("ftp", &u), -E_NOENT);
	rmdir(dir);
}

static int become_nobody(void)
{
	static const struct port_user nobody = { .uid = 65534, .gid = 65533 };
	static const struct port_user root;
	gid_t many[3] = { 0, 4, 6 };

	if (setgroups(3, many) < 0)
		return 1;
	if (port_user_become(&nobody) != 0)
		return 2;
	if (getuid() != 65534 || getegid() != 65533 || setuid(0) == 0)
		return 3;
	if (getgroups(3, many) != 1 || many[0] != 65533)
		return 4;
	if (port_user_become(&root) != -E_PERM)
		return 5;
	return port_user_become(&nobody) == 0 ? 0 : 6;
}

static void root_is_given_up(void **state)
{
	(void)state;
	if (port_uid() != 0) {
		print_message("not root\n");
		skip();
	}
	assert_int_equal(in_child(become_nobody), 0);
}

/* ---- Limits, environment, passwords */

static int limits_in_child(void)
{
	struct rlimit hard = { 50, 60 };
	int64_t had = port_fd_limit(0);

	if (had <= 0 || port_fd_limit(had - 1) != had)
		return 1;
	if (setrlimit(RLIMIT_NOFILE, &hard) < 0 || port_fd_limit(0) != 50)
		return 2;
	if (port_fd_limit(55) != 55)
		return 3;
	/* Above the hard limit for who may, else up to it. */
	had = port_fd_limit(70);
	if ((had != 70 && had != 60) || port_fd_limit(0) != had)
		return 4;
	port_no_core();
	if (getrlimit(RLIMIT_CORE, &hard) < 0 || hard.rlim_max != 0)
		return 5;
	if (port_umask(027) == 027 || port_umask(022) != 027)
		return 6;
	port_exit(33);
}

static void limits_are_raised(void **state)
{
	(void)state;
	assert_int_equal(in_child(limits_in_child), 33);
}

static void environment(void **state)
{
	(void)state;
	setenv("T_PORT_PROC", "yes", 1);
	assert_string_equal(port_env("T_PORT_PROC"), "yes");
	unsetenv("T_PORT_PROC");
	assert_null(port_env("T_PORT_PROC"));
	assert_int_equal(port_pid(), getpid());
	assert_int_equal(port_uid(), geteuid());
}

static void passwords_from_a_pipe(void **state)
{
	static const char typed[] = "secret\n\nmuch too long\nend";
	char got[8];
	int ends[2], stdin_was = dup(0);

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], typed, strlen(typed)), strlen(typed));
	close(ends[1]);
	assert_int_equal(dup2(ends[0], 0), 0);
	close(ends[0]);
	assert_int_equal(port_read_password("?", got, sizeof(got)), 6);
	assert_string_equal(got, "secret");
	assert_int_equal(port_read_password("?", got, sizeof(got)), 0);
	assert_int_equal(port_read_password("?", got, sizeof(got)), -E_LONG);
	assert_int_equal(port_read_password("?", got, sizeof(got)), 3);
	assert_string_equal(got, "end");
	assert_int_equal(port_read_password("?", got, sizeof(got)), -E_CLOSED);
	if (stdin_was >= 0)
		dup2(stdin_was, 0);
	close(stdin_was);
}

static int password_from_terminal(void)
{
	struct termios t;
	char got[16];

	if (port_read_password("Password: ", got, sizeof(got)) != 6 ||
	    strcmp(got, "secret") != 0)
		return 1;
	return tcgetattr(0, &t) < 0 || !(t.c_lflag & ECHO);
}

static void passwords_from_a_terminal(void **state)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave, status;
	char shown[64] = "";
	size_t len = 0;
	pid_t pid;

	(void)state;
	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	pid = fork();
	if (pid == 0) {
		dup2(slave, 0);
		dup2(slave, 2);
		_exit(password_from_terminal());
	}
	/* Type when echo is off: input of before is thrown away. */
	for (;;) {
		struct termios t;

		assert_int_equal(tcgetattr(slave, &t), 0);
		if (!(t.c_lflag & ECHO))
			break;
		port_sleep_ms(1);
	}
	assert_int_equal(write(master, "secret\n", 7), 7);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	while (is_readable(master)) {
		ssize_t n = read(master, shown + len, sizeof(shown) - 1 - len);

		assert_true(n > 0);
		len += (size_t)n;
	}
	assert_string_equal(shown, "Password: \r\n");
	close(slave);
	close(master);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks_run),
		cmocka_unit_test(randomness_old_and_new),
		cmocka_unit_test(signals_are_events),
		cmocka_unit_test(signals_to_others),
		cmocka_unit_test(a_daemon_stands_alone),
		cmocka_unit_test(a_daemon_that_does_not_get_ready),
		cmocka_unit_test(users_by_name),
		cmocka_unit_test(root_is_given_up),
		cmocka_unit_test(limits_are_raised),
		cmocka_unit_test(environment),
		cmocka_unit_test(passwords_from_a_pipe),
		cmocka_unit_test(passwords_from_a_terminal),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
