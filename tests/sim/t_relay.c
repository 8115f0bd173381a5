/* t_relay.c - both Shadowsocks programs in one simulated system, seed after
 * seed: random methods, sizes, cuts, ends, faults. Whatever goes wrong, nobody
 * gets a wrong octet or a false end, nothing is stuck and nothing is left. */
#include "src/ss/ss_sess.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "port/sim/sim.h"
#include "tests/lib/sim_case.h"
#include "tests/lib/sim_relay.h"

static const char *some_method(void)
{
	static const char *const methods[] = { "aes-128-gcm", "aes-192-gcm",
		"aes-256-gcm", "chacha20-ietf-poly1305", "aes-128-cfb",
		"aes-192-cfb", "aes-256-cfb", "aes-128-ctr", "aes-192-ctr",
		"aes-256-ctr", "2022-blake3-aes-128-gcm",
		"2022-blake3-aes-256-gcm", "2022-blake3-chacha20-poly1305" };

	return methods[sim_pick(LEN(methods))];
}

static void begin_calls(int n)
{
	for (int i = 0; i < n; i++) {
		relay_plan(i, sim_pick(4) != 0 ? CALL_TARGET :
		    (enum call_kind)sim_pick(CALL_GARBAGE + 1));
		relay_call(i);
	}
}

static struct dns_sins some_sins(void)
{
	uint16_t often = (uint16_t)(sim_pick(3) * 8000);

	return (struct dns_sins){ often, often, often, often, often, often };
}

static void begin(uint64_t seed, const struct sim_conf *conf, bool polite)
{
	sim_reset(seed, NULL);
	relay_open(seed, some_method(), polite);
	sim_change(conf);
	if (!polite)
		R.dns.sins = some_sins();
	begin_calls(1 + (int)sim_pick(RELAYS));
}

static void run(uint64_t seed, const struct sim_conf *conf, bool polite)
{
	begin(seed, conf, polite);
	relay_settle();
	check(sim_waits() < 300000);
}

static void check_whole(void)
{
	for (int i = 0; i < RELAYS; i++)
		if (R.call[i].kind == CALL_TARGET && R.call[i].client.opened)
			check(relay_call_is_whole(i));
}

static void kind_seed(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	run(seed, &conf, true);
	check_whole();
	relay_close();
}

static void rude_seed(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	run(seed, &conf, false);
	relay_close();
}

static void unlucky_seed(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	for (int i = 0; i < SIM_KINDS; i++)
		conf.fault[i] = 250;
	conf.syn_loss = conf.udp_loss = conf.udp_twice = 4000;
	run(seed, &conf, false);
	relay_close();
}

/* Too few descriptors, buffers and sessions for all of them at once. */
static void narrow_seed(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	conf.fd_limit = 5 + (uint32_t)seed % 16;
	case_pool_limit("bufs", 2 + (uint32_t)seed % 7);
	case_pool_limit("ss_sessions", 2 + (uint32_t)seed % 5);
	run(seed, &conf, false);
	case_pool_limit("bufs", 0);
	case_pool_limit("ss_sessions", 0);
	relay_close();
}

/* Who waits for a buffer gets it from those who are done with theirs. */
static void few_buffers_seed(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	conf.delay_us_max = 1000;
	conf.sock_min = conf.sock_max = 5000;
	case_pool_limit("bufs", 6 + (uint32_t)seed % 3);
	begin(seed, &conf, true);
	for (int i = 0; i < RELAYS; i++) {
		R.call[i].client.rest_ms = R.call[i].target.rest_ms = 0;
		R.call[i].client.read_max = R.call[i].target.read_max = 0;
	}
	relay_settle();
	check_whole();
	case_pool_limit("bufs", 0);
	relay_close();
}

static bool last_is_over(void *ctx)
{
	(void)ctx;
	return R.call[RELAYS - 1].client.over && R.call[RELAYS - 1].target.over;
}

/* Clients that do not read what they asked for sit on all the buffers. */
static void hoarders_seed(uint64_t seed)
{
	struct sim_conf conf = sim_kind_world;

	conf.sock_min = conf.sock_max = 1000;
	case_pool_limit("bufs", 6);
	relay_open(seed, some_method(), true);
	sim_change(&conf);
	for (int i = 0; i < RELAYS; i++) {
		struct call *c = &R.call[i];

		relay_plan(i, CALL_TARGET);
		c->client.way = c->target.way = PEER_BOTH;
		c->client.out_total = c->target.in_total = 100;
		c->target.out_total = c->client.in_total = 60000;
		c->client.read_max = i + 1 < RELAYS ? 1 : 0;
		c->client.rest_ms = i + 1 < RELAYS ? 1000000000 : 0;
		relay_call(i);
		for (int turns = 0; turns < 200; turns++)
			loop_turn(&R.loop, R.loop.now_ms + 5);
	}
	check(case_turn(&R.loop, RELAY_TIMEOUT_S * 1000 / 2, last_is_over,
	    NULL));
	check(relay_call_is_whole(RELAYS - 1));
	case_pool_limit("bufs", 0);
	relay_close();
}

static void stopped_seed(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	begin(seed, &conf, false);
	for (uint32_t turns = sim_pick(300); turns > 0; turns--)
		loop_turn(&R.loop, R.loop.now_ms + 1000);
	relay_close();
}

static int gone;

static void on_gone(struct ss *ss)
{
	(void)ss;
	gone++;
}

static bool all_stream(void *ctx)
{
	(void)ctx;
	return relay_all_stream();
}

static bool both_gone(void *ctx)
{
	(void)ctx;
	return gone == 2;
}

static void quiet_seed(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	begin(seed, &conf, true);
	check(case_turn(&R.loop, 100000, all_stream, NULL));
	gone = 0;
	R.local.on_gone = R.server.on_gone = on_gone;
	ss_quiet(&R.local);
	ss_quiet(&R.server);
	check(case_turn(&R.loop, 1000000, both_gone, NULL));
	relay_settle();
	check_whole();
	relay_close();
}

/* From 1970 to now, an hour on, an hour back: who is connected stays so, and
 * whoever comes afterwards gets through. */
static void clock_seed(uint64_t seed)
{
	static const int64_t jumps_ms[] = { 0, 3600000, -3600000,
		INT64_C(1800000000000) };
	struct sim_conf conf = sim_any_world(seed);
	bool streams[RELAYS] = { false };
	int i;

	sim_reset(seed, NULL);
	relay_open(seed, some_method(), true);
	sim_change(&conf);
	sim_wall_set_ms(sim_pick(2) ? INT64_C(1750000000000) :
	    (int64_t)sim_pick(100000));
	for (i = 0; i < RELAYS / 2; i++) {
		relay_plan(i, CALL_TARGET);
		relay_call(i);
	}
	for (uint32_t turns = sim_pick(300); turns > 0; turns--)
		loop_turn(&R.loop, R.loop.now_ms + 1000);
	for (i = 0; i < RELAYS / 2; i++)
		streams[i] = R.call[i].client.got > 0 &&
		    R.call[i].target.got > 0;
	sim_wall_set_ms(MAX(R.loop.wall_ms + jumps_ms[sim_pick(
	    LEN(jumps_ms))], 0));
	for (; i < RELAYS; i++) {
		streams[i] = true;
		relay_plan(i, CALL_TARGET);
		relay_call(i);
	}
	relay_settle();
	for (i = 0; i < RELAYS; i++)
		check(!streams[i] || relay_call_is_whole(i));
	relay_close();
}

static void every_octet_arrives(void **state)
{
	(void)state;
	case_seeds("t_relay", 100, kind_seed);
}

static void peers_that_leave_early_harm_nobody(void **state)
{
	(void)state;
	case_seeds("t_relay", 100, rude_seed);
}

static void faults_are_never_taken_for_an_end(void **state)
{
	(void)state;
	case_seeds("t_relay", 100, unlucky_seed);
}

static void no_room_is_waited_for(void **state)
{
	(void)state;
	case_seeds("t_relay", 100, narrow_seed);
}

static void few_buffers_are_shared(void **state)
{
	(void)state;
	case_seeds("t_relay", 100, few_buffers_seed);
}

static void hoarders_do_not_stop_others(void **state)
{
	(void)state;
	case_seeds("t_relay", 20, hoarders_seed);
}

static void stopping_leaves_nothing(void **state)
{
	(void)state;
	case_seeds("t_relay", 100, stopped_seed);
}

static void quiet_serves_those_who_are_there(void **state)
{
	(void)state;
	case_seeds("t_relay", 100, quiet_seed);
}

static void clocks_may_jump(void **state)
{
	(void)state;
	case_seeds("t_relay", 100, clock_seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_octet_arrives),
		cmocka_unit_test(peers_that_leave_early_harm_nobody),
		cmocka_unit_test(faults_are_never_taken_for_an_end),
		cmocka_unit_test(no_room_is_waited_for),
		cmocka_unit_test(few_buffers_are_shared),
		cmocka_unit_test(hoarders_do_not_stop_others),
		cmocka_unit_test(stopping_leaves_nothing),
		cmocka_unit_test(quiet_serves_those_who_are_there),
		cmocka_unit_test(clocks_may_jump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
