/* t_relay_nth.c - both Shadowsocks programs while the Nth call of the port
 * fails, for every N: one connection may be lost, those after it are served. */
#include "src/ss/ss_dial.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "port/sim/sim.h"
#include "tests/lib/sim_case.h"
#include "tests/lib/sim_relay.h"

static const char *method;

/* By name, enough for back-pressure, the target answers a half-closed call. */
static void plan_call_0(void)
{
	struct call *c = &R.call[0];

	relay_plan(0, CALL_TARGET);
	c->form = CALL_BY_NAME;
	c->eager = false;
	c->client.out_total = c->target.in_total = 20000;
	c->target.out_total = c->client.in_total = 20000;
	c->client.way = PEER_BOTH;
	c->target.way = PEER_ANSWERS;
}

static bool nth_fails(uint64_t n)
{
	struct sim_conf conf = sim_kind_world;
	bool failed_once;

	conf.sock_min = conf.sock_max = 3000;
	relay_open(1, method, true);
	sim_change(&conf);
	plan_call_0();
	sim_fail_nth(SIM_ALL, n);
	relay_call(0);
	relay_settle();
	failed_once = sim_faults() > 0;
	sim_fail_nth(0, 0);
	for (int i = failed_once; i < RELAYS; i++) {
		if (i > 0) {
			relay_plan(i, CALL_TARGET);
			relay_call(i);
		}
		relay_settle();
		check(relay_call_is_whole(i));
	}
	relay_close();
	return failed_once;
}

static void aead(void **state)
{
	(void)state;
	method = "aes-256-gcm";
	case_nth("t_relay_nth", nth_fails);
}

static void of_2022(void **state)
{
	(void)state;
	method = "2022-blake3-aes-128-gcm";
	case_nth("t_relay_nth", nth_fails);
}

static void stream(void **state)
{
	(void)state;
	method = "aes-256-cfb";
	case_nth("t_relay_nth", nth_fails);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aead),
		cmocka_unit_test(of_2022),
		cmocka_unit_test(stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
