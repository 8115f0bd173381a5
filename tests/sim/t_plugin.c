/* t_plugin.c - plugins' lives: they start, die young or old, cannot be
 * started, and are gone at the end. */
#include "src/ss/ss_plugin.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "port/sim/sim.h"
#include "port/time.h"
#include "src/ss/ss_serve.h"
#include "tests/lib/sim_case.h"

static const struct {
	const char *line, *words[4];
	int n;
} lines[] = {
	{ "", { NULL }, 0 },
	{ "  ", { NULL }, 0 },
	{ "v2ray-plugin", { "v2ray-plugin" }, 1 },
	{ " a  b\tc ", { "a", "b", "c" }, 3 },
	{ "'a b' \"c d\"", { "a b", "c d" }, 2 },
	{ "a\\ b c\\\\d \\'", { "a b", "c\\d", "'" }, 3 },
	{ "x'y z'w", { "xy zw" }, 1 },
	{ "'' a", { "", "a" }, 2 },
	{ "a;b $(reboot) `x` |", { "a;b", "$(reboot)", "`x`", "|" }, 4 },
	{ "'a", { NULL }, -E_INVAL },
	{ "\"a'", { NULL }, -E_INVAL },
	{ "a b c d e", { NULL }, -E_FULL },
};

static void t_words(void **state)
{
	const char *out[4];
	char text[64];
	size_t i;
	int k, n;

	(void)state;
	for (i = 0; i < LEN(lines); i++) {
		text_copy(text, sizeof(text), lines[i].line);
		n = ss_plugin_words(text, out, LEN(out));
		assert_int_equal(n, lines[i].n);
		for (k = 0; k < n; k++)
			assert_string_equal(out[k], lines[i].words[k]);
	}
}

static struct loop loop;
static struct ss_plugins ps;
static struct ss_conf conf;

static bool never(void *ctx)
{
	(void)ctx;
	return false;
}

static void pass_ms(int64_t ms)
{
	(void)case_turn(&loop, ms, never, NULL);
}

static void die(void)
{
	int pid, n = 0;

	sim_spawn_die();
	while ((pid = port_worker_reap()) != 0)
		n += ss_plugin_ended(&ps, pid);
	check(n == 1);
}

static void run(uint64_t seed)
{
	struct ss_server_conf e = { .host = "h", .port = 1,
		.plugin = "p --x" };
	struct addr at;
	uint32_t n;

	sim_reset(seed, NULL);
	check(loop_open(&loop, "sim") == 0);
	ss_plugins_open(&ps, &loop, &conf);
	check(ss_plugin_place(&at) == 0 && at.port != 0);
	check(ss_plugin_add(&ps, &e, &at) == 0);
	check(ss_plugin_add(&ps, &e, &at) == 0);
	check(sim_spawned() == 0);
	ss_plugins_start(&ps);
	check(sim_spawn_live() == 2);
	check(!ss_plugin_ended(&ps, 1) && !ss_plugin_ended(&ps, 0));
	/* The pauses grow while it dies young. */
	for (int64_t pause = 1000; pause <= 8000; pause *= 2) {
		n = sim_spawned();
		die();
		pass_ms(pause - 100);
		check(sim_spawned() == n);
		pass_ms(200);
		check(sim_spawned() == n + 1 && sim_spawn_live() == 2);
	}
	pass_ms(KEEP_GROWN_UP_MS);
	die();
	pass_ms(1100);
	check(sim_spawn_live() == 2);
	/* It cannot be started for a while. */
	sim_spawn_refuse(-E_NOENT);
	die();
	pass_ms(120000);
	check(sim_spawn_live() == 1);
	sim_spawn_refuse(0);
	pass_ms(KEEP_PAUSE_MAX_MS + 100);
	check(sim_spawn_live() == 2);
	/* One is waiting to be started when all end. */
	if (sim_pick(2))
		die();
	ss_plugins_close(&ps);
	ss_plugins_close(&ps);
	check(sim_spawn_live() == 0);
	case_clean(&loop);
	loop_close(&loop);
}

static void t_lives(void **state)
{
	(void)state;
	log_set_level(LOG_NONE);
	case_seeds("t_plugin", 20, run);
}

/* A server with a plugin listens on loopback alone, and for UDP where the
 * plugin carries none. */
static void t_server(void **state)
{
	static struct ss_server_conf *e;
	static struct ss ss;
	struct opt_table t;
	const struct ss_port *p;
	char why[100];

	(void)state;
	log_set_level(LOG_NONE);
	sim_reset(1, NULL);
	assert_int_equal(loop_open(&loop, "sim"), 0);
	t = ss_conf_table(&conf, SS_SERVER);
	ss_conf_defaults(&t);
	e = &conf.servers[conf.servers_n++];
	*e = conf.base;
	e->host = "192.168.1.1";
	e->port = 8388;
	e->method = ss_method_find("aes-256-gcm");
	e->plugin = "p";
	e->mode = SS_TCP_AND_UDP;
	assert_int_equal(ss_start(&ss, &loop, &conf, why, sizeof(why)), 0);
	p = OWNER(ss.ports.next, struct ss_port, link);
	assert_int_equal(p->listener.at.ip[0], 127);
	assert_int_not_equal(p->listener.at.port, 8388);
	p = OWNER(ss.ports.prev, struct ss_port, link);
	assert_int_equal(p->listener.at.ip[0], 192);
	assert_int_equal(p->listener.at.port, 8388);
	assert_false(watch_is_open(&p->listener.watch));
	ss_plugins_start(&ss.plugins);
	assert_int_equal(sim_spawn_live(), 1);
	ss_stop(&ss);
	assert_int_equal(sim_spawn_live(), 0);
	loop_turn(&loop, 0);
	case_clean(&loop);
	loop_close(&loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_words),
		cmocka_unit_test(t_lives),
		cmocka_unit_test(t_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
