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
#include "src/ss/ss_reload.h"
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
	conf.role = SS_LOCAL;
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
	sim_spawn_deaf(sim_pick(2));
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

static void reap(void)
{
	int pid;

	while ((pid = port_worker_reap()) != 0)
		check(ss_plugin_ended(&ps, pid));
}

static struct addr add(const char *opts, uint16_t port)
{
	struct ss_server_conf e = { .host = "h", .port = port, .plugin = "p",
		.plugin_opts = opts };
	struct addr at;

	check(ss_plugin_place(&at) == 0);
	check(ss_plugin_add(&ps, &e, &at) == 0);
	check(ss_plugin_is(&ps, &at, &e));
	e.plugin_opts = "other";
	check(!ss_plugin_is(&ps, &at, &e));
	return at;
}

/* A server's: the next one at a place starts when the one before has ended. */
static void come_and_go(uint64_t seed)
{
	struct addr a, b, c;
	bool deaf;

	sim_reset(seed, NULL);
	deaf = sim_pick(2);
	sim_spawn_deaf(deaf);
	check(loop_open(&loop, "sim") == 0);
	conf.role = SS_SERVER;
	ss_plugins_open(&ps, &loop, &conf);
	a = add("a", 1);
	ss_plugins_start(&ps);
	b = add("b", 1);
	c = add("c", 2);
	check(sim_spawned() == 2);
	ss_plugin_leave(&ps, &a);
	ss_plugin_leave(&ps, &a);
	check(sim_spawn_live() == (deaf ? 2 : 1));
	pass_ms(600);
	reap();
	check(sim_spawned() == 3 && sim_spawn_live() == 2);
	/* What waits is not started after it was taken back, nor in a pause. */
	ss_plugins_pause(&ps);
	a = add("a", 1);
	ss_plugin_leave(&ps, &b);
	ss_plugin_leave(&ps, &a);
	pass_ms(600);
	reap();
	a = add("d", 3);
	check(sim_spawned() == 3 && sim_spawn_live() == 1);
	ss_plugins_start(&ps);
	check(sim_spawned() == 4 && sim_spawn_live() == 2);
	/* One that died and waits to be started again. */
	die();
	ss_plugin_leave(&ps, &a);
	pass_ms(5000);
	check(sim_spawn_live() == 1);
	ss_plugin_leave(&ps, &c);
	if (sim_pick(2))
		pass_ms(600);
	ss_plugins_close(&ps);
	check(sim_spawn_live() == 0 && ss_plugins.used == 0);
	case_clean(&loop);
	loop_close(&loop);
}

static void t_come_and_go(void **state)
{
	(void)state;
	log_set_level(LOG_NONE);
	case_seeds("t_plugin", 20, come_and_go);
}

static struct ss_conf confs[2];

static struct ss_conf *with(int i, const char *plugin)
{
	struct ss_conf *c = &confs[i];
	struct ss_server_conf *e;
	struct opt_table t;

	memset(c, 0, sizeof(*c));
	t = ss_conf_table(c, SS_SERVER);
	ss_conf_defaults(&t);
	e = &c->servers[c->servers_n++];
	*e = c->base;
	e->host = "192.168.1.1";
	e->port = 8388;
	e->method = ss_method_find("aes-256-gcm");
	e->plugin = plugin;
	e->mode = SS_TCP_AND_UDP;
	return c;
}

static struct ss ss;

static const struct ss_port *port_at(bool last)
{
	return OWNER(last ? ss.ports.prev : ss.ports.next, struct ss_port,
	    link);
}

static void check_ports(void)
{
	const struct ss_port *p = port_at(false);

	assert_int_equal(p->listener.at.ip[0], 127);
	assert_int_not_equal(p->listener.at.port, 8388);
	assert_int_equal(p->door->number, 8388);
	assert_true(p->of_2022.in_pieces);
	assert_ptr_equal(p->door, port_at(true)->door);
	p = port_at(true);
	assert_int_equal(p->listener.at.ip[0], 192);
	assert_int_equal(p->listener.at.port, 8388);
	assert_false(p->of_2022.in_pieces);
	assert_false(watch_is_open(&p->listener.watch));
}

static void server_reaps(void)
{
	int pid;

	loop_turn(&loop, 0);
	while ((pid = port_worker_reap()) != 0)
		assert_true(ss_plugin_ended(&ss.plugins, pid));
}

/* A server with a plugin listens on loopback alone, and for UDP where the
 * plugin carries none; its number is the plugin's. A reload keeps what is the
 * same. */
static void t_server(void **state)
{
	char why[200];

	(void)state;
	log_set_level(LOG_NONE);
	sim_reset(1, NULL);
	assert_int_equal(loop_open(&loop, "sim"), 0);
	assert_int_equal(ss_start(&ss, &loop, with(0, "p"), why, sizeof(why)),
	    0);
	check_ports();
	ss_plugins_start(&ss.plugins);
	assert_int_equal(sim_spawn_live(), 1);
	/* Nothing new. */
	assert_int_equal(ss_reload(&ss, with(1, "p"), why, sizeof(why)), 0);
	assert_int_equal(sim_spawned(), 1);
	/* Another one, which starts when the first has ended. */
	assert_int_equal(ss_reload(&ss, with(0, "q"), why, sizeof(why)), 0);
	server_reaps();
	assert_int_equal(sim_spawned(), 2);
	assert_int_equal(sim_spawn_live(), 1);
	/* What cannot be leaves all as it was. */
	ss.plugins.refused = "for a reason";
	assert_int_equal(ss_reload(&ss, with(1, "r"), why, sizeof(why)),
	    -E_NOSUP);
	assert_string_equal(why, "plugin: for a reason");
	ss.plugins.refused = NULL;
	with(1, "r")->servers_n = 2;
	confs[1].servers[1] = confs[1].servers[0];
	assert_int_equal(ss_reload(&ss, &confs[1], why, sizeof(why)),
	    -E_INUSE);
	server_reaps();
	assert_int_equal(sim_spawned(), 2);
	/* None: its place is ours. */
	assert_int_equal(ss_reload(&ss, with(1, NULL), why, sizeof(why)), 0);
	server_reaps();
	assert_int_equal(sim_spawn_live(), 0);
	assert_true(watch_is_open(&port_at(false)->listener.watch));
	assert_int_equal(port_at(false)->listener.at.port, 8388);
	/* And back. */
	assert_int_equal(ss_reload(&ss, with(0, "p"), why, sizeof(why)), 0);
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
		cmocka_unit_test(t_come_and_go),
		cmocka_unit_test(t_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
