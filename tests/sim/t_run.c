/* t_run.c - the supervisor on simulated programs: services come and go with the
 * file, start again when they die, and end with it. */
#include "src/run/run.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "port/sim/sim.h"
#include "tests/lib/sim_case.h"

static const struct run_kind kind_list[] = { { "ssserver", "-c", NULL, NULL },
	{ "ftpd", NULL, "-obackground=NO", NULL } };
static const struct run_kinds kind_table = { kind_list, LEN(kind_list) };
static struct run R;
static char *words[] = { (char *)"run", (char *)"-c", (char *)"/w.conf" };

static bool never(void *ctx)
{
	(void)ctx;
	return false;
}

static void pass_ms(int64_t ms)
{
	(void)case_turn(&R.loop, ms, never, NULL);
}

static void file_is(const char *text)
{
	sim_put("/w.conf", text, strlen(text));
}

static int conf_of(const char *text, struct opt_at *at)
{
	file_is(text);
	*at = (struct opt_at){ 0 };
	return read_conf(&R, &R.conf, at);
}

static void begin(uint64_t seed)
{
	sim_reset(seed, NULL);
	R = (struct run){ .kinds = &kind_table,
		.argc = LEN(words),
		.argv = words,
		.self = "/bin/wherry",
		.table = { .opts = run_opts,
		    .opts_n = run_opts_n,
		    .flags = flags,
		    .flags_n = LEN(flags) } };
}

static void t_files(void **state)
{
	static const struct {
		const char *text, *wrong;
	} bad[] = {
		{ "", "/w.conf: no section, as [ssserver], that is to run" },
		{ "\n[nfsd]\n", "/w.conf:2: [nfsd]: no service" },
		{ "[sss]\n", "/w.conf:1: [sss]: no service" },
		{ "[ftpd]\n[ssserver]\n[ftpd]",
		    "/w.conf:3: [ftpd] is in line "
		    "1 already; call one [ftpd SOMETHING]" },
		{ "[ftpd]\nconfig = /x\nlisten = NO\n",
		    "/w.conf:1: [ftpd]: config = FILE stands alone" },
		{ "stop = 3\n[ftpd]\n", "/w.conf:1: stop: " },
		{ "stop_seconds = 601\n[ftpd]\n",
		    "/w.conf:1: stop_seconds: 601 is not within 0..600" },
	};
	struct opt_at at;
	char text[1000];
	size_t i, n = 0;

	(void)state;
	begin(1);
	for (i = 0; i < LEN(bad); i++) {
		check(conf_of(bad[i].text, &at) < 0);
		if (strncmp(at.text, bad[i].wrong, strlen(bad[i].wrong)) != 0)
			fail_msg("%s\nnot %s", at.text, bad[i].wrong);
	}
	for (i = 0; i <= LIMIT_SERVICES; i++)
		n += text_fmt(
		    text + n, sizeof(text) - n, "[ftpd %u]\n", (unsigned)i);
	check(conf_of(text, &at) < 0);
	check(strstr(at.text, "LIMIT_SERVICES") != NULL);
	check(conf_of("stop_seconds = 3\n[ssserver a b]\nx = y\n"
	              "[ftpd]\nconfig = /etc/v\n",
	          &at) == 0);
	check(R.conf.services_n == 2 && R.conf.stop_seconds == 3);
	assert_string_equal(R.conf.service[0].file, "/w.conf#ssserver a b");
	assert_string_equal(R.conf.service[1].file, "/etc/v");
	check(R.conf.service[1].kind == &kind_list[1]);
}

static void signal_is(enum port_signal what)
{
	sim_signal(what);
	pass_ms(100);
}

static void run(uint64_t seed)
{
	struct opt_at at;
	uint32_t n;

	begin(seed);
	check(conf_of("[ssserver]\n[ftpd]\n", &at) == 0);
	check(open_all(&R) == 0);
	check(sim_spawn_live() == 2 && running(&R) == 2);
	/* The pauses grow while one dies young. */
	for (int64_t pause = 1000; pause <= 8000; pause *= 2) {
		n = sim_spawned();
		sim_spawn_die();
		pass_ms(pause - 100);
		check(sim_spawned() == n && running(&R) == 1);
		pass_ms(200);
		check(sim_spawned() == n + 1 && running(&R) == 2);
	}
	/* A file that is wrong changes nothing. */
	file_is("[ssserver]\n[nfsd]\n");
	n = sim_spawned();
	signal_is(SIG_RELOAD);
	check(sim_spawned() == n && running(&R) == 2);
	/* One goes, one comes, one stays as it is. */
	file_is("[ssserver]\n[ssserver 2]\n");
	signal_is(SIG_RELOAD);
	check(sim_spawned() == n + 1 && running(&R) == 2);
	/* Who waits to be started again does not wait after a reload. */
	sim_spawn_refuse(-E_NOENT);
	sim_spawn_die();
	pass_ms(40000 + (int64_t)sim_pick(1000));
	check(running(&R) == 1);
	sim_spawn_refuse(0);
	signal_is(SIG_RELOAD);
	check(running(&R) == 2);
	if (sim_pick(2))
		sim_spawn_die();
	signal_is(sim_pick(2) ? SIG_STOP : SIG_INTR);
	check(sim_spawn_live() == 0 && R.loop.stop && R.loop.exit_code == 0);
	close_all(&R);
}

static void t_lives(void **state)
{
	(void)state;
	case_seeds("t_run", 20, run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_files),
		cmocka_unit_test(t_lives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
