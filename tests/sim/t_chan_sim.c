/* t_chan_sim.c - channels with codecs in the simulated system: chains of relays
 * over an unkind network, with few buffers, and peers that sit on them. */
#include "src/core/chan_pump.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/listen.h"
#include "port/sim/sim.h"
#include "port/time.h"
#include "tests/lib/codec_frame.h"
#include "tests/lib/sim_case.h"
#include "tests/lib/sim_peer.h"

#define CHAINS 3
#define HOPS 3

static struct loop loop;

/* ---- a relay with codecs on either side ---- */

enum kind { PLAIN, FRAMES };

struct hop {
	struct listener ls;
	struct addr to;
	enum kind down, up;
};

struct relay {
	struct chan down, up;
	struct frame_codec codec[4];
	struct task task;
	bool is_open;
};

POOL_DEFINE(relay_pool, struct relay, 32);

static uint32_t timeouts;
static int64_t idle_ms;

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
	timeouts += why == -E_TIMEOUT;
	relay_over(OWNER(c, struct relay, down), chan_abort);
}

static void on_up_fail(struct chan *c, int why)
{
	timeouts += why == -E_TIMEOUT;
	relay_over(OWNER(c, struct relay, up), chan_abort);
}

static const struct chan_ops down_ops = { .on_fail = on_down_fail,
	.on_joined_end = on_end_of_pair };
static const struct chan_ops up_ops = { .on_open = on_up_open,
	.on_fail = on_up_fail };

static int on_connection(struct listener *ls, int fd, const struct addr *peer)
{
	struct relay *r = pool_get(&relay_pool);
	struct hop *h = ls->ctx;
	struct codec *c[4] = { 0 };

	(void)peer;
	if (r == NULL)
		return -E_FULL;
	if (h->down == FRAMES) {
		c[0] = frame_rx(&r->codec[0]);
		c[1] = frame_tx(&r->codec[1]);
	}
	if (h->up == FRAMES) {
		c[2] = frame_rx(&r->codec[2]);
		c[3] = frame_tx(&r->codec[3]);
	}
	if (chan_open(&r->down, &loop, fd, &down_ops, c[0], c[1]) != 0) {
		pool_put(&relay_pool, r);
		return -E_FULL;
	}
	r->is_open = true;
	chan_read(&r->down, false);
	chan_idle(&r->down, idle_ms);
	if (chan_connect(&r->up, &loop, &h->to, NULL, 10000, &up_ops, c[2],
	    c[3]) != 0)
		relay_over(r, chan_abort);
	return 0;
}

static void hop_open(struct hop *h, uint16_t port, const struct addr *to,
    enum kind down, enum kind up)
{
	struct addr at = { 4, port, 0, { 127, 0, 0, 1 } };

	*h = (struct hop){ .to = *to, .down = down, .up = up };
	check(listen_open(&h->ls, &loop, &at, NULL, &relay_pool,
	    on_connection, h) == 0);
}

/* ---- client - plain - relay - frames - relay - ... - target ---- */

static struct chain {
	struct hop hop[HOPS];
	uint8_t hops;
	struct host host;
	struct peer client, target;
} chains[CHAINS];

/* With one hop that is plain, with three there are frames between them. */
static void chain_open(struct chain *k, uint8_t n, bool polite, uint8_t hops)
{
	struct addr target = { 4, 80, 0, { 10, 0, 0, n } };
	struct addr to = target;

	peer_plan(&k->client, &k->target, polite);
	peer_stream(&k->client);
	peer_stream(&k->target);
	host_open(&k->host, &loop, &target, &k->target);
	k->hops = hops;
	for (uint8_t i = hops; i-- > 0;) {
		hop_open(&k->hop[i], (uint16_t)(7000 + n * HOPS + i), &to,
		    i == 0 ? PLAIN : FRAMES, i == hops - 1 ? PLAIN : FRAMES);
		to = k->hop[i].ls.at;
	}
}

static bool all_over(void *ctx)
{
	(void)ctx;
	for (int i = 0; i < CHAINS; i++) {
		const struct chain *k = &chains[i];

		if (!k->client.over || (k->target.opened && !k->target.over))
			return false;
	}
	return relay_pool.used == 0;
}

static bool no_relay(void *ctx)
{
	(void)ctx;
	return relay_pool.used == 0;
}

static void chain_close(struct chain *k, bool whole)
{
	check(peer_honest(&k->client, &k->target) &&
	    peer_honest(&k->target, &k->client));
	if (whole)
		check(peer_whole(&k->client) && peer_whole(&k->target));
	for (int i = 0; i < k->hops; i++)
		listen_close(&k->hop[i].ls);
	host_close(&k->host);
}

static void begin(uint64_t seed)
{
	sim_reset(seed, NULL);
	timeouts = 0;
	idle_ms = 0;
	memset(chains, 0, sizeof(chains));
	check(loop_open(&loop, "sim") == 0);
}

static void end(void)
{
	check(case_turn(&loop, 1000, no_relay, NULL));
	case_pool_limit("bufs", 0);
	case_clean(&loop);
	loop_close(&loop);
}

/* With `bufs` buffers for all. True: nobody was lost for want of one. */
static bool run_chains(uint64_t seed, const struct sim_conf *conf, bool polite,
    uint32_t bufs)
{
	bool enough;

	begin(seed);
	case_pool_limit("bufs", bufs);
	idle_ms = 120000;	/* for those who vanish */
	for (uint8_t i = 0; i < CHAINS; i++)
		chain_open(&chains[i], i, polite, HOPS);
	sim_change(conf);
	for (int i = 0; i < CHAINS; i++)
		peer_connect(&chains[i].client, &loop, &chains[i].hop[0].ls.at);
	check(case_turn(&loop, 1200000, all_over, NULL));
	enough = timeouts == 0;
	for (int i = 0; i < CHAINS; i++)
		chain_close(&chains[i], polite && enough &&
		    sim_faults() == 0);
	end();
	return enough;
}

static void polite_seed(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	check(run_chains(seed, &conf, true, 0));
}

static unsigned runs, fine;

static void few_buffers_seed(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	runs++;
	fine += run_chains(seed, &conf, true, 2 + (uint32_t)seed % 4);
}

static void unkind_seed(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	for (int i = 0; i < SIM_KINDS; i++)
		conf.fault[i] = (uint16_t)(seed % 4 * 60);
	conf.syn_loss = 3000;
	(void)run_chains(seed, &conf, false, 3 + (uint32_t)seed % 40);
}

static void polite_peers_get_every_octet(void **state)
{
	(void)state;
	case_seeds("t_chan_sim", 60, polite_seed);
}

/* A buffer or two for nine relays: slow, but all get through, mostly. */
static void few_buffers_are_shared(void **state)
{
	(void)state;
	runs = fine = 0;
	case_seeds("t_chan_sim", 60, few_buffers_seed);
	print_message("%u of %u runs lost nobody\n", fine, runs);
	assert_true(fine > 0 || runs < 10);
}

static void nobody_is_deceived_or_stuck(void **state)
{
	(void)state;
	case_seeds("t_chan_sim", 60, unkind_seed);
}

static bool nth_fails(uint64_t n)
{
	bool failed;

	begin(1);
	for (uint8_t i = 0; i < CHAINS; i++)
		chain_open(&chains[i], i, true, HOPS);
	sim_fail_nth(SIM_ALL, n);
	peer_connect(&chains[0].client, &loop, &chains[0].hop[0].ls.at);
	for (int64_t ms = 0; ms < 60000 && !chains[0].client.over; ms += 10)
		loop_turn(&loop, port_now_ms() + 10);
	failed = sim_faults() > 0;
	sim_fail_nth(0, 0);
	for (int i = 1; i < CHAINS; i++)
		peer_connect(&chains[i].client, &loop, &chains[i].hop[0].ls.at);
	check(case_turn(&loop, 600000, all_over, NULL));
	for (int i = 0; i < CHAINS; i++)
		chain_close(&chains[i], i >= failed);
	end();
	return failed;
}

static void one_failure_harms_one_connection(void **state)
{
	(void)state;
	case_nth("t_chan_sim", nth_fails);
}

/* ---- peers that sit on buffers ---- */

#define SITTERS 4

static struct hop sat_on;
static int sitter[SITTERS], target_fd[SITTERS];
static int target_ls;
static struct addr target_at = { 4, 81, 0, { 10, 0, 1, 1 } };

static void turn_for(int64_t ms)
{
	int64_t until = port_now_ms() + ms;

	while (port_now_ms() < until)
		loop_turn(&loop, until);
}

static void sitters_open(enum kind down)
{
	begin(1);
	case_pool_limit("bufs", SITTERS);
	hop_open(&sat_on, 7000, &target_at, down, PLAIN);
	sim_outside(true);
	target_ls = port_tcp_listen(&target_at, NULL);
	check(target_ls >= 0);
	for (int i = 0; i < SITTERS; i++)
		check((sitter[i] = port_tcp_connect(&sat_on.ls.at, NULL)) >= 0);
	sim_outside(false);
	turn_for(1000);
	for (int i = 0; i < SITTERS; i++) {
		struct addr peer;

		target_fd[i] = port_tcp_accept(target_ls, &peer);
		check(target_fd[i] >= 0);
	}
}

static void sitters_close(void)
{
	for (int i = 0; i < SITTERS; i++) {
		port_close(sitter[i]);
		port_close(target_fd[i]);
	}
	port_close(target_ls);
	turn_for(1000);
	listen_close(&sat_on.ls);
	end();
}

/* The first octets of a frame, and no more. */
static void sit_on_half_a_chunk(void)
{
	for (int i = 0; i < SITTERS; i++)
		check(port_send(sitter[i], "\x0f\x00xyz", 5) == 5);
	turn_for(1000);
	check(buf_used() == SITTERS);
}

/* More than the one who asked for it reads. */
static void sit_on_an_answer(void)
{
	static uint8_t much[4096];

	for (int i = 0; i < SITTERS; i++) {
		for (int quiet = 0; quiet < 20; quiet++) {
			while (port_send(target_fd[i], much, sizeof(much)) > 0)
				quiet = 0;
			turn_for(100);
		}
	}
	check(buf_used() == SITTERS);
}

/* What they hold is theirs as long as nobody else needs it; then the next in
 * need gets one, and no more of them lose than that takes. */
static void others_get_through(void)
{
	uint64_t waits;

	turn_for(120000);
	check(timeouts == 0 && relay_pool.used == SITTERS);
	waits = sim_waits();
	turn_for(60000);
	check(sim_waits() - waits < 60);
	for (uint8_t i = 0; i < CHAINS; i++)
		chain_open(&chains[i], i + 1, true, 1);
	peer_connect(&chains[0].client, &loop, &chains[0].hop[0].ls.at);
	turn_for(2 * CHAN_HOLD_MS + 60000);
	check(peer_whole(&chains[0].client));
	check(timeouts >= 1 && timeouts < SITTERS);
	for (int i = 1; i < CHAINS; i++)
		peer_connect(&chains[i].client, &loop, &chains[i].hop[0].ls.at);
	turn_for(600000);
	for (int i = 0; i < CHAINS; i++)
		chain_close(&chains[i], true);
}

static void half_chunks_do_not_stop_the_others(void **state)
{
	(void)state;
	sitters_open(FRAMES);
	sit_on_half_a_chunk();
	others_get_through();
	sitters_close();
}

static void answers_nobody_reads_do_not_stop_the_others(void **state)
{
	(void)state;
	sitters_open(PLAIN);
	sit_on_an_answer();
	others_get_through();
	sitters_close();
}

/* Slow, but it moves: a buffer's worth now and then is enough. */
static void who_is_only_slow_keeps_it(void **state)
{
	static uint8_t some[2048];
	uint8_t sink[8192];

	(void)state;
	sitters_open(PLAIN);
	sit_on_an_answer();
	chain_open(&chains[0], 1, true, 1);
	peer_connect(&chains[0].client, &loop, &chains[0].hop[0].ls.at);
	for (int s = 0; s < 240; s++) {
		for (int i = 0; i < SITTERS; i++) {
			(void)port_recv(sitter[i], sink, sizeof(sink));
			while (port_send(target_fd[i], some, sizeof(some)) > 0)
				continue;
		}
		turn_for(1000);
	}
	check(timeouts == 0);
	check(peer_whole(&chains[0].client));	/* it had its turns */
	chain_close(&chains[0], true);
	sitters_close();
}

/* ---- a buffer that comes before the connection ---- */

static int opened, failed_why;

static void on_lone_open(struct chan *c)
{
	(void)c;
	opened++;
}

static void on_lone_fail(struct chan *c, int why)
{
	failed_why = why;
	chan_close(c);
}

static void a_buffer_is_no_connection(void **state)
{
	static const struct chan_ops ops = { .on_open = on_lone_open,
		.on_fail = on_lone_fail };
	const struct addr nowhere = { 4, 80, 0, { 198, 51, 100, 1 } };
	struct buf *held;
	struct chan c;

	(void)state;
	begin(1);
	opened = failed_why = 0;
	case_pool_limit("bufs", 1);
	held = buf_get();
	check(chan_connect(&c, &loop, &nowhere, NULL, 5000, &ops, NULL,
	    NULL) == 0);
	check(chan_write(&c, "x", 1) == -E_FULL);
	turn_for(1000);
	buf_put(&held);
	turn_for(1000);
	check(opened == 0 && failed_why == 0);
	turn_for(5000);
	check(opened == 0 && failed_why == -E_TIMEOUT);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(polite_peers_get_every_octet),
		cmocka_unit_test(few_buffers_are_shared),
		cmocka_unit_test(nobody_is_deceived_or_stuck),
		cmocka_unit_test(one_failure_harms_one_connection),
		cmocka_unit_test(half_chunks_do_not_stop_the_others),
		cmocka_unit_test(answers_nobody_reads_do_not_stop_the_others),
		cmocka_unit_test(who_is_only_slow_keeps_it),
		cmocka_unit_test(a_buffer_is_no_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
