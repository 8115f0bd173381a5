/* t_ftp_rate.c - transfers that share a user's rate, or the server's. */
#include "src/ftp/ftp_rate.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int setup(void **state)
{
	(void)state;
	assert_int_equal(ftp_rates_make(), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ftp_rates_free();
	return 0;
}

static struct ftp_rate rate_of(const char *name)
{
	struct ftp_rate r = { .at = 0 };

	ftp_rate_user(&r, name);
	return r;
}

/* Octets that all of them get within so many milliseconds from `from` on, each
 * as often as it may. */
static int64_t run(struct ftp_rate *r, size_t n, enum ftp_way way,
    int64_t from, int64_t ms)
{
	int64_t total = 0, at;

	for (int64_t now = from; now < from + ms; now++)
		for (size_t i = 0; i < n; i++) {
			size_t may_now;

			while ((may_now = ftp_rate_may(&r[i], way, now, 16384,
			    &at)) > 0) {
				ftp_rate_pay(&r[i], way, now, may_now);
				total += (int64_t)may_now;
			}
			assert_true(at > now);
		}
	return total;
}

/* Within the rate, and what it may be ahead. */
static void is_rate(int64_t octets, int64_t rate, int64_t ms)
{
	assert_in_range(octets, rate * ms / 1000 * 95 / 100,
	    rate * (ms + 200) / 1000 + PIECE_MIN);
}

static void t_any(void **state)
{
	struct ftp_rate r = rate_of("joe");
	int64_t at;

	(void)state;
	assert_int_equal(ftp_rate_may(&r, FTP_UP, 5, 123456, &at), 123456);
}

static void t_own(void **state)
{
	struct ftp_rate r[2] = { rate_of("joe"), rate_of("joe") };

	(void)state;
	r[0].own = r[1].own = 100000;
	is_rate(run(r, 2, FTP_DOWN, 1000, 10000), 200000, 10000);
	/* A new one owes nothing. */
	ftp_rate_begin(&r[0]);
	is_rate(run(r, 1, FTP_DOWN, 11000, 1000), 100000, 1000);
}

static void t_user(void **state)
{
	struct ftp_rate r[4] = { rate_of("joe"), rate_of("joe"),
		rate_of("ann"), rate_of("joe") };

	(void)state;
	for (size_t i = 0; i < LEN(r); i++)
		r[i].user[FTP_UP] = 100000;
	is_rate(run(r, 2, FTP_UP, 1000, 10000), 100000, 10000);
	/* She has her own; he has one for each way. */
	is_rate(run(&r[1], 2, FTP_UP, 11000, 10000), 200000, 10000);
	r[3].user[FTP_DOWN] = 50000;
	is_rate(run(&r[3], 1, FTP_DOWN, 11000, 10000), 50000, 10000);
}

static void t_server(void **state)
{
	struct ftp_rate r[3] = { rate_of("joe"), rate_of("ann"),
		rate_of("bob") };

	(void)state;
	for (size_t i = 0; i < LEN(r); i++)
		r[i].server[FTP_DOWN] = 300000;
	r[0].user[FTP_DOWN] = 10000;
	is_rate(run(r, 3, FTP_DOWN, 1000, 10000), 300000, 10000);
	/* Slow enough for pieces to be the smallest. */
	r[1].server[FTP_UP] = 100;
	is_rate(run(&r[1], 1, FTP_UP, 1000, 100000), 100, 100000);
}

/* More users than buckets, one after the other: those who are paid go. */
static void t_many(void **state)
{
	(void)state;
	for (int i = 0; i < 3 * LIMIT_FTP_SESSIONS; i++) {
		char name[20];
		struct ftp_rate r;

		snprintf(name, sizeof(name), "user%d", i);
		r = rate_of(name);
		r.user[FTP_UP] = 100000;
		is_rate(run(&r, 1, FTP_UP, 1000 * i, 100), 100000, 100);
	}
}

/* Who dies with the lock: without it nobody waits for ever, and the monitor
 * gives it back. */
static void t_lost(void **state)
{
	struct ftp_rate r = rate_of("joe");
	int64_t at;
	int pid;

	(void)state;
	r.server[FTP_UP] = 1000;
	ftp_rate_pay(&r, FTP_UP, 0, 100000);
	assert_int_equal(ftp_rate_may(&r, FTP_UP, 0, 100, &at), 0);
	pid = fork();
	if (pid == 0)
		_exit(!port_shared_lock(&rates->lock));
	waitpid(pid, NULL, 0);
	assert_int_equal(ftp_rate_may(&r, FTP_UP, 0, 100, &at), 100);
	ftp_rates_lost(pid + 1);
	assert_int_equal(ftp_rate_may(&r, FTP_UP, 0, 100, &at), 100);
	ftp_rates_lost(pid);
	assert_int_equal(ftp_rate_may(&r, FTP_UP, 0, 100, &at), 0);
}

/* Two processes: what one takes the other sees. */
static void t_processes(void **state)
{
	struct ftp_rate r = rate_of("joe");
	int64_t at;
	int pid;

	(void)state;
	r.user[FTP_DOWN] = 1000;
	pid = fork();
	if (pid == 0) {
		ftp_rate_pay(&r, FTP_DOWN, 0, 100000);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	assert_int_equal(ftp_rate_may(&r, FTP_DOWN, 0, 100, &at), 0);
	assert_in_range(at, 99000, 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(t_any, setup, teardown),
		cmocka_unit_test_setup_teardown(t_own, setup, teardown),
		cmocka_unit_test_setup_teardown(t_user, setup, teardown),
		cmocka_unit_test_setup_teardown(t_server, setup, teardown),
		cmocka_unit_test_setup_teardown(t_many, setup, teardown),
		cmocka_unit_test_setup_teardown(t_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(t_processes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
