/* t_limits.c - ports with limits in a simulated system, seed after seed: rates
 * delay and lose nothing, quotas end what goes on and keep to themselves. */
#include "src/ss/ss_sess.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "port/sim/sim.h"
#include "tests/lib/sim_case.h"
#include "tests/lib/sim_relay.h"

static struct ss_account *limit(struct ss *ss, const struct ss_limits *l)
{
	struct ss_account *a = ss_door_next(ss, NULL)->account;

	ss_account_limit(a, l, ss->loop->now_ms);
	return a;
}

static void begin(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	sim_reset(seed, NULL);
	relay_open(seed, seed % 2 == 0 ? "aes-256-gcm" :
	    "2022-blake3-aes-128-gcm", true);
	sim_change(&conf);
}

static void begin_calls(void)
{
	for (int i = 0; i < RELAYS; i++) {
		relay_plan(i, CALL_TARGET);
		relay_call(i);
	}
}

static int64_t some_rate(void)
{
	return sim_pick(3) == 0 ? 0 : 6000 + (int64_t)sim_pick(30000);
}

/* On both programs, changed while octets flow. */
static void rate_seed(uint64_t seed)
{
	struct ss_limits l = { 0 };
	struct ss_account *a, *b;
	int64_t began;

	begin(seed);
	l.rate_up = some_rate();
	l.rate_down = some_rate();
	a = limit(&R.server, &l);
	b = limit(&R.local, &l);
	began = R.loop.now_ms;
	begin_calls();
	relay_settle();
	for (int i = 0; i < RELAYS; i++)
		if (R.call[i].client.opened)
			check(relay_call_is_whole(i));
	/* What came before the relay and a read of each session come on top. */
	if (l.rate_up > 0)
		check((int64_t)a->up <= l.rate_up * (R.loop.now_ms - began +
		    250) / 1000 + RELAYS * 17000);
	check(b->sessions == RELAYS);
	relay_close();
}

static void quota_seed(uint64_t seed)
{
	struct ss_limits l = { .quota = 1 + (int64_t)sim_pick(100000) };
	struct ss_account *a;

	begin(seed);
	a = limit(&R.server, &l);
	begin_calls();
	relay_settle();
	check(ss_account_total(a) <= (uint64_t)l.quota + RELAYS * 2 * 70000);
	relay_close();
}

static void rates(void **state)
{
	(void)state;
	case_seeds("t_limits", 100, rate_seed);
}

static void quotas(void **state)
{
	(void)state;
	case_seeds("t_limits", 100, quota_seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates),
		cmocka_unit_test(quotas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
