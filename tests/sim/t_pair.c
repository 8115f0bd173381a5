/* t_pair.c - channels and listeners in the simulated system: a plain relay
 * between random peers over an unkind network, with calls that fail. */
#include "src/core/chan_pump.c"	/* before cmocka's own fail() */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/listen.h"
#include "port/sim/sim.h"
#include "port/time.h"
#include "tests/lib/sim_case.h"
#include "tests/lib/sim_peer.h"

#define PAIRS 3
#define IDLE_MS 60000

/* ---- the relay: the least a program can be ---- */

struct relay {
	struct chan down, up;
	struct task task;
	bool is_open;
};

POOL_DEFINE(relay_pool, struct relay, 4);
static struct loop loop;

static void relay_free(struct task *t)
{
	pool_put(&relay_pool, OWNER(t, struct relay, task));
}

static void relay_over(struct relay *r, void (*close_chan)(struct chan *))
{
	if (!r->is_open)
		return;
	r->is_open = false;
	close_chan(&r->down);
	close_chan(&r->up);
	r->task.fn = relay_free;
	loop_later(&loop, &r->task);
}

static void on_up_open(struct chan *c)
{
	struct relay *r = OWNER(c, struct relay, up);

	chan_join(&r->down, &r->up);
}

static void on_end_of_pair(struct chan *c)
{
	relay_over(OWNER(c, struct relay, down), chan_close);
}

static void on_down_fail(struct chan *c, int why)
{
	(void)why;
	relay_over(OWNER(c, struct relay, down), chan_abort);
}

static void on_up_fail(struct chan *c, int why)
{
	(void)why;
	relay_over(OWNER(c, struct relay, up), chan_abort);
}

static const struct chan_ops down_ops = { .on_fail = on_down_fail,
	.on_joined_end = on_end_of_pair };
static const struct chan_ops up_ops = { .on_open = on_up_open,
	.on_fail = on_up_fail };

static int on_connection(struct listener *ls, int fd, const struct addr *peer)
{
	struct relay *r = pool_get(&relay_pool);

	(void)peer;
	if (r == NULL)
		return -E_FULL;
	if (chan_open(&r->down, &loop, fd, &down_ops, NULL, NULL) != 0) {
		pool_put(&relay_pool, r);
		return -E_FULL;
	}
	r->is_open = true;
	chan_read(&r->down, false);
	chan_idle(&r->down, IDLE_MS);
	if (chan_connect(&r->up, &loop, ls->ctx, NULL, 10000, &up_ops, NULL,
	    NULL) != 0)
		relay_over(r, chan_abort);
	return 0;
}

/* ---- the scenario ---- */

static struct pair {
	struct listener ls;
	struct addr to;		/* where the relay connects to */
	struct host host;
	struct peer client, target;
} pairs[PAIRS];

static void pair_open(struct pair *p, uint8_t n, bool polite)
{
	struct addr at = { 4, (uint16_t)(7000 + n), 0, { 127, 0, 0, 1 } };

	p->to = (struct addr){ 4, 80, 0, { 10, 0, 0, n } };
	peer_plan(&p->client, &p->target, polite);
	peer_stream(&p->client);
	peer_stream(&p->target);
	host_open(&p->host, &loop, &p->to, &p->target);
	check(listen_open(&p->ls, &loop, &at, NULL, &relay_pool,
	    on_connection, &p->to) == 0);
}

static bool pair_over(void *ctx)
{
	struct pair *p = ctx;

	return p->client.over && (!p->target.opened || p->target.over) &&
	    relay_pool.used == 0;
}

static bool all_over(void *ctx)
{
	(void)ctx;
	for (int i = 0; i < PAIRS; i++)
		if (!pair_over(&pairs[i]))
			return false;
	return true;
}

static bool nothing_left(void *ctx)
{
	(void)ctx;
	return relay_pool.used == 0;
}

static void pair_close(struct pair *p, bool polite)
{
	check(peer_honest(&p->client, &p->target) &&
	    peer_honest(&p->target, &p->client));
	if (polite && sim_faults() == 0)
		check(peer_whole(&p->client) && peer_whole(&p->target));
	listen_close(&p->ls);
	host_close(&p->host);
}

static void world_open(uint64_t seed, bool polite)
{
	sim_reset(seed, NULL);
	memset(pairs, 0, sizeof(pairs));
	check(loop_open(&loop, "sim") == 0);
	for (int i = 0; i < PAIRS; i++)
		pair_open(&pairs[i], (uint8_t)i, polite);
}

static void world_close(bool polite)
{
	for (int i = 0; i < PAIRS; i++)
		pair_close(&pairs[i], polite);
	check(case_turn(&loop, 1000, nothing_left, NULL));
	case_clean(&loop);
	loop_close(&loop);
}

static void connect_client(int i)
{
	struct addr at = pairs[i].ls.at;

	peer_connect(&pairs[i].client, &loop, &at);
}

static void world(uint64_t seed, const struct sim_conf *conf, bool polite)
{
	world_open(seed, polite);
	sim_change(conf);
	for (int i = 0; i < PAIRS; i++)
		connect_client(i);
	check(case_turn(&loop, 600000, all_over, NULL));
	world_close(polite);
}

/* Pair 0 meets the failure; those that come later must not notice. */
static bool nth_fails(uint64_t n)
{
	bool failed;

	world_open(1, true);
	sim_fail_nth(SIM_ALL, n);
	connect_client(0);
	check(case_turn(&loop, 600000, pair_over, &pairs[0]));
	failed = sim_faults() > 0;
	sim_fail_nth(0, 0);
	for (int i = 1; i < PAIRS; i++)
		connect_client(i);
	check(case_turn(&loop, 600000, all_over, NULL));
	for (int i = failed; i < PAIRS; i++)
		check(peer_whole(&pairs[i].client));
	world_close(false);
	return failed;
}

static void polite_seed(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	world(seed, &conf, true);
}

static void unkind_seed(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	for (int i = 0; i < SIM_KINDS; i++)
		conf.fault[i] = (uint16_t)(seed % 4 * 100);
	conf.syn_loss = 5000;
	world(seed, &conf, false);
}

static void polite_peers_get_every_octet(void **state)
{
	(void)state;
	case_seeds("t_pair", 300, polite_seed);
}

static void nobody_is_deceived_or_stuck(void **state)
{
	(void)state;
	case_seeds("t_pair", 300, unkind_seed);
}

static void one_failure_harms_one_connection(void **state)
{
	(void)state;
	case_nth("t_pair", nth_fails);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(polite_peers_get_every_octet),
		cmocka_unit_test(nobody_is_deceived_or_stuck),
		cmocka_unit_test(one_failure_harms_one_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
