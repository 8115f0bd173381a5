/* t_ftp_nth.c - the FTP server while the Nth call of the port fails, for every
 * N: what was answered is true, and the clients after it are served. */
#include "src/ftp/ftp_xfer.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "port/sim/sim.h"
#include "tests/lib/sim_case.h"
#include "tests/lib/sim_ftp.h"

static bool as_user;

/* One of each kind of work. */
static void plan_client_0(void)
{
	static const struct job jobs[] = {
		{ .kind = JOB_SIZE, .file = 1 },
		{ .kind = JOB_LIST, .pasv = true },
		{ .kind = JOB_RETR, .file = 1, .rest = 10 },
		{ .kind = JOB_STOR, .octets = 9000, .old = 500, .late = true },
		{ .kind = JOB_STOR, .octets = 9000, .old = 500, .rest = 400 },
		{ .kind = JOB_APPE, .octets = 3000, .old = 500 },
		{ .kind = JOB_STOU, .octets = 3000, .old = 500 },
		{ .kind = JOB_EDIT, .old = 700 },
	};

	ftp_client_plan(0, LEN(jobs), true);
	memcpy(F.client[0].job, jobs, sizeof(jobs));
	F.client[0].as_user = as_user;
}

static bool nth_fails(uint64_t n)
{
	struct sim_conf conf = sim_kind_world;
	bool failed_once;

	conf.sock_min = conf.sock_max = 3000;
	ftp_world_open(1);
	sim_change(&conf);
	plan_client_0();
	sim_fail_nth(SIM_ALL, n);
	ftp_client_start(0);
	ftp_world_settle();
	failed_once = sim_faults() > 0;
	sim_fail_nth(0, 0);
	for (int i = failed_once; i < FTP_CLIENTS; i++) {
		if (i > 0) {
			ftp_client_plan(i, FTP_JOBS, true);
			ftp_client_start(i);
		}
		ftp_world_settle();
		check(ftp_client_succeeded(i));
	}
	ftp_world_close();
	return failed_once;
}

static void anonymous(void **state)
{
	(void)state;
	as_user = false;
	case_nth("t_ftp_nth", nth_fails);
}

static void with_password(void **state)
{
	(void)state;
	as_user = true;
	case_nth("t_ftp_nth", nth_fails);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(anonymous),
		cmocka_unit_test(with_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
