/* t_half.c - a storm of connections that say nothing, or nothing that opens:
 * they drive out each other, and who has a key gets through. */
#include "src/ss/ss_half.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "port/sim/sim.h"
#include "tests/lib/sim_case.h"
#include "tests/lib/sim_relay.h"

#define STORM 60
#define PER_SOURCE 6
#define TOTAL 9

static const struct addr server_at = { 4, 8388, 0, { 127, 0, 0, 1 } };
static struct peer storm[STORM];
static int came;

static bool all_came(void *ctx)
{
	(void)ctx;
	return came == STORM;
}

/* Some are silent, some send what opens under no key and are drained. */
static void blow(int n)
{
	uint8_t noise[200] = { 1, 2, 3 };

	for (; n > 0 && came < STORM; n--, came++) {
		struct peer *p = &storm[came];

		*p = (struct peer){ .way = PEER_WAITS };
		if (sim_pick(2))
			peer_say(p, noise, sizeof(noise));
		peer_stream(p);
		(void)peer_connect(p, &R.loop, &server_at);
		(void)case_turn(&R.loop, (int64_t)sim_pick(20), all_came, NULL);
		check(R.server.halves.n <= TOTAL);
	}
}

static bool calls_over(void *ctx)
{
	(void)ctx;
	return R.call[0].client.over && R.call[1].client.over;
}

static void run(uint64_t seed)
{
	static const char *const methods[] = { "aes-256-gcm",
		"2022-blake3-aes-128-gcm", "aes-128-cfb" };

	relay_open(seed, methods[sim_pick(LEN(methods))], true);
	R.server_conf.half_open = TOTAL;
	R.server_conf.half_open_per_source = sim_pick(2) ? PER_SOURCE :
	    STORM;
	came = 0;
	blow(20 + (int)sim_pick(20));
	for (int i = 0; i < 2; i++) {
		relay_plan(i, CALL_TARGET);
		R.call[i].form = CALL_BY_IPV4;
		relay_call(i);
		(void)case_turn(&R.loop, 300, calls_over, NULL);
		blow(5);
	}
	blow(STORM);
	check(R.server.halves.n <= TOTAL);
	for (int i = 0; i < STORM; i++)
		peer_drop(&storm[i]);
	relay_settle();
	check(relay_call_is_whole(0) && relay_call_is_whole(1));
	check(R.server.halves.n == 0 && list_empty(&R.server.halves.all));
	relay_close();
}

static void t_storm(void **state)
{
	(void)state;
	case_seeds("t_half", 300, run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_storm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
