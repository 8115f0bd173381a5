/* t_users.c - users of one port in a simulated system, seed after seed: each
 * pays for what is his, who is nobody meets silence, and who is removed or has
 * used up what he had is cut off, never told a false end. */
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
	return sim_pick(2) ? "2022-blake3-aes-128-gcm" :
	    "2022-blake3-aes-256-gcm";
}

/* 1..300 users, as one of them or as nobody. */
static void begin(uint64_t seed, bool polite, bool somebody)
{
	struct sim_conf conf = sim_any_world(seed);

	sim_reset(seed, NULL);
	relay_users.n = 1 + sim_pick(MIN(300, LIMIT_USERS));
	relay_users.as = somebody ? sim_pick(relay_users.n) :
	    relay_users.n + sim_pick(300);
	relay_open(seed, some_method(), polite);
	R.server_conf.split_header = true;
	sim_change(&conf);
	for (int i = 0; i < RELAYS; i++) {
		relay_plan(i, CALL_TARGET);
		relay_call(i);
	}
}

static void end(void)
{
	relay_close();
	relay_users.n = 0;
}

static struct ss_door *door(void)
{
	return ss_door_next(&R.server, NULL);
}

static struct ss_user *me(void)
{
	char name[8];

	text_fmt(name, sizeof(name), "u%u", relay_users.as);
	return ss_user_named(door(), name);
}

static void paid_seed(uint64_t seed)
{
	const struct ss_user *u = NULL;

	begin(seed, true, true);
	relay_settle();
	for (int i = 0; i < RELAYS; i++)
		if (R.call[i].client.opened)
			check(relay_call_is_whole(i));
	while ((u = ss_user_next(door(), u)) != NULL) {
		check(u->account->up == (u == me() ? door()->account->up : 0));
		check(u->account->down ==
		    (u == me() ? door()->account->down : 0));
		check(u->account->sessions == (u == me() ? RELAYS : 0));
	}
	end();
}

/* Whoever he is not, the server waits for its timeout and says nothing. */
static void nobody_seed(uint64_t seed)
{
	const struct ss_user *u = NULL;

	begin(seed, true, false);
	relay_settle();
	for (int i = 0; i < RELAYS; i++)
		check(!R.call[i].target.opened && R.call[i].client.got == 0);
	check(door()->account->down == 0);
	while ((u = ss_user_next(door(), u)) != NULL)
		check(u->account->sessions == 0 && u->account->up == 0);
	end();
}

static bool of_user_is_over(void *ctx)
{
	struct list *l;

	for (l = R.server.sessions.next; l != &R.server.sessions; l = l->next)
		if (OWNER(l, struct ss_sess, link)->user == ctx)
			return false;
	return true;
}

/* At any moment, and all at once. */
static void removed_seed(uint64_t seed)
{
	struct ss_user *u;
	uint32_t used;

	begin(seed, sim_pick(2), true);
	for (uint32_t turns = sim_pick(400); turns > 0; turns--)
		loop_turn(&R.loop, R.loop.now_ms + 1000);
	u = me();
	used = ss_user_pool->used;
	ss_user_remove(&R.server, u);
	check(case_turn(&R.loop, 10, of_user_is_over, u));
	check(me() == NULL && ss_user_pool->used == used - 1);
	relay_settle();
	end();
}

static void quota_seed(uint64_t seed)
{
	struct ss_limits mine = { .quota = 1 + (int64_t)sim_pick(100000) };
	struct ss_limits all = { .quota = 1 + (int64_t)sim_pick(100000) };
	struct ss_account *a;

	begin(seed, true, true);
	a = me()->account;
	ss_account_limit(a, &mine, R.loop.now_ms);
	if (seed % 2 == 0)
		ss_account_limit(door()->account, &all, R.loop.now_ms);
	relay_settle();
	check(ss_account_total(a) <= (uint64_t)(seed % 2 == 0 ?
	    MIN(mine.quota, all.quota) : mine.quota) + RELAYS * 2 * 70000);
	end();
}

/* The slower of the two limits is the one that is felt. */
static void rate_seed(uint64_t seed)
{
	struct ss_limits mine = { .rate_up = 6000 + sim_pick(20000) };
	struct ss_limits all = { .rate_up = 6000 + sim_pick(20000) };
	struct ss_account *a;
	int64_t began;

	begin(seed, true, true);
	a = me()->account;
	ss_account_limit(a, &mine, R.loop.now_ms);
	ss_account_limit(door()->account, &all, R.loop.now_ms);
	began = R.loop.now_ms;
	relay_settle();
	for (int i = 0; i < RELAYS; i++)
		if (R.call[i].client.opened)
			check(relay_call_is_whole(i));
	check((int64_t)a->up <= MIN(mine.rate_up, all.rate_up) *
	    (R.loop.now_ms - began + 250) / 1000 + RELAYS * 17000);
	end();
}

static void each_pays_for_what_is_his(void **state)
{
	(void)state;
	case_seeds("t_users", 60, paid_seed);
}

static void nobody_meets_silence(void **state)
{
	(void)state;
	case_seeds("t_users", 60, nobody_seed);
}

static void removed_is_cut_off(void **state)
{
	(void)state;
	case_seeds("t_users", 100, removed_seed);
}

static void quotas_end_it(void **state)
{
	(void)state;
	case_seeds("t_users", 60, quota_seed);
}

static void both_rates_hold(void **state)
{
	(void)state;
	case_seeds("t_users", 40, rate_seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_pays_for_what_is_his),
		cmocka_unit_test(nobody_meets_silence),
		cmocka_unit_test(removed_is_cut_off),
		cmocka_unit_test(quotas_end_it),
		cmocka_unit_test(both_rates_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
