/* t_ftp.c - the FTP server in a simulated system, seed after seed: random
 * clients, networks, disks and faults. 226 means the file is whole, nothing is
 * stuck and nothing is left. */
#include "src/ftp/ftp_sess.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "port/sim/sim.h"
#include "tests/lib/sim_case.h"
#include "tests/lib/sim_ftp.h"

static void begin(uint64_t seed, const struct sim_conf *conf, bool polite)
{
	ftp_world_open(seed);
	F.lucky = polite;
	sim_change(conf);
	for (int i = 0; i < FTP_CLIENTS; i++) {
		ftp_client_plan(i, 1 + (int)sim_pick(FTP_JOBS), polite);
		ftp_client_start(i);
	}
}

static void run(uint64_t seed, const struct sim_conf *conf, bool polite)
{
	begin(seed, conf, polite);
	ftp_world_settle();
	check(sim_waits() < 300000);
}

static void kind_seed(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	run(seed, &conf, true);
	for (int i = 0; i < FTP_CLIENTS; i++)
		check(ftp_client_succeeded(i));
	ftp_world_close();
}

static void rude_seed(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	run(seed, &conf, false);
	ftp_world_close();
}

static void unlucky_seed(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	for (int i = 0; i < SIM_KINDS; i++)
		conf.fault[i] = 250;
	conf.syn_loss = 4000;
	run(seed, &conf, false);
	ftp_world_close();
}

/* Too little disk, and too few descriptors, buffers and sessions. */
static void narrow_seed(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	conf.disk = seed * 997 % 50000;
	conf.fd_limit = 5 + (uint32_t)seed % 16;
	case_pool_limit("bufs", 1 + (uint32_t)seed % 7);
	case_pool_limit("ftp_sessions", 1 + (uint32_t)seed % 3);
	case_pool_limit("ftp_dirs", 1 + (uint32_t)seed % 2);
	run(seed, &conf, false);
	case_pool_limit("bufs", 0);
	case_pool_limit("ftp_sessions", 0);
	case_pool_limit("ftp_dirs", 0);
	ftp_world_close();
}

static void stopped_seed(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	begin(seed, &conf, false);
	for (uint32_t turns = sim_pick(300); turns > 0; turns--)
		loop_turn(&F.loop, F.loop.now_ms + 1000);
	ftp_world_close();
}

/* Who waits for a buffer gets it from those who are done with theirs. */
static void few_buffers_seed(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	conf.delay_us_max = 1000;
	conf.sock_min = conf.sock_max = 5000;
	case_pool_limit("bufs", 2 + (uint32_t)seed % 3);
	begin(seed, &conf, true);
	F.brisk = true;
	ftp_world_settle();
	for (int i = 0; i < FTP_CLIENTS; i++)
		check(ftp_client_succeeded(i));
	case_pool_limit("bufs", 0);
	ftp_world_close();
}

static void every_file_arrives(void **state)
{
	(void)state;
	case_seeds("t_ftp", 100, kind_seed);
}

static void clients_that_leave_harm_nobody(void **state)
{
	(void)state;
	case_seeds("t_ftp", 100, rude_seed);
}

static void faults_are_never_226(void **state)
{
	(void)state;
	case_seeds("t_ftp", 100, unlucky_seed);
}

static void no_room_is_waited_for(void **state)
{
	(void)state;
	case_seeds("t_ftp", 100, narrow_seed);
}

static void few_buffers_are_shared(void **state)
{
	(void)state;
	case_seeds("t_ftp", 100, few_buffers_seed);
}

static void stopping_leaves_nothing(void **state)
{
	(void)state;
	case_seeds("t_ftp", 100, stopped_seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_arrives),
		cmocka_unit_test(clients_that_leave_harm_nobody),
		cmocka_unit_test(faults_are_never_226),
		cmocka_unit_test(no_room_is_waited_for),
		cmocka_unit_test(few_buffers_are_shared),
		cmocka_unit_test(stopping_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
