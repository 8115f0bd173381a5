/* t_ss_report.c - what servers of libev and rust tell their manager. */
#include "src/ss/ss_report.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/log.h"
#include "port/file.h"
#include "port/proc.h"

#define PATH "/tmp/wherry-t-report.%d"

static struct loop loop;
static struct ss ss;
static struct ss_conf conf;
static struct ss_report report;

static void setup(enum ss_flavour flavour)
{
	struct opt_table t;
	char why[100];

	log_set_level(LOG_NONE);
	memset(&conf, 0, sizeof(conf));
	t = ss_conf_table(&conf, SS_SERVER);
	ss_conf_defaults(&t);
	conf.flavour = flavour;
	conf.servers[0] = (struct ss_server_conf){ .of = &conf,
		.host = "127.0.0.1", .method = ss_method_find("aes-128-gcm") };
	conf.servers_n = 1;
	assert_int_equal(loop_open(&loop, ""), 0);
	assert_int_equal(ss_start(&ss, &loop, &conf, why, sizeof(why)), 0);
}

static void teardown(void)
{
	ss_report_close(&report);
	ss_report_close(&report);
	ss_stop(&ss);
	loop_turn(&loop, 0);
	assert_int_equal(loop.watches, 0);
	loop_close(&loop);
}

/* "stat: {"8001":11370}" and one octet, which is not the same in both. */
static void check_told(const char *mem, ptrdiff_t n, char end)
{
	char want[64];
	size_t len = text_fmt(want, sizeof(want), "stat: {\"%u\":11370}",
	    ss_listens_at(&ss).port);

	assert_int_equal(n, len + 1);
	assert_memory_equal(mem, want, len);
	assert_int_equal(mem[len], end);
}

static void t_by_udp(void **state)
{
	static const struct {
		enum ss_flavour flavour;
		int64_t every_ms;
		char end;
	} rows[] = { { SS_LIBEV, 5000, '\0' }, { SS_RUST, 10000, '\n' } };
	struct addr at, from;
	char text[ADDR_TEXT], mem[100];
	int fd;

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		setup(rows[i].flavour);
		at = (struct addr){ .family = 4, .ip = { 127, 0, 0, 1 } };
		fd = port_udp_open(&at);
		assert_true(fd >= 0);
		addr_text(text, sizeof(text), &at);
		assert_int_equal(ss_report_open(&report, &ss, text), 0);
		assert_int_equal(report.every_ms, rows[i].every_ms);
		ss_door_next(&ss, NULL)->account->up = 11370;
		on_time(&report.timer);
		check_told(mem, port_udp_recv(fd, &from, mem, sizeof(mem)),
		    rows[i].end);
		/* Nobody is there any more: nothing happens. */
		port_close(fd);
		on_time(&report.timer);
		on_time(&report.timer);
		teardown();
	}
}

static void t_by_path(void **state)
{
	char path[64], mem[100];
	struct unix_name from;
	int fd;

	(void)state;
	setup(SS_LIBEV);
	text_fmt(path, sizeof(path), PATH, port_pid());
	fd = port_unix_open(path);
	assert_true(fd >= 0);
	assert_int_equal(ss_report_open(&report, &ss, path), 0);
	ss_door_next(&ss, NULL)->account->down = 11370;
	on_time(&report.timer);
	check_told(mem, port_unix_recv(fd, &from, mem, sizeof(mem)), '\0');
	/* It has no name, so no path that others could guess and take. */
	assert_int_equal(from.len, 0);
	port_close(fd);
	assert_int_equal(port_path_remove(PORT_FS, path), 0);
	on_time(&report.timer);
	teardown();
}

static void t_bad_addresses(void **state)
{
	static const char *const rows[] = { "127.0.0.1:", "127.0.0.1:0", ":1",
		"127.0.0.1:65536", "x:1", "" };

	(void)state;
	setup(SS_LIBEV);
	for (size_t i = 0; i < LEN(rows); i++)
		assert_true(ss_report_open(&report, &ss, rows[i]) < 0);
	teardown();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_by_udp),
		cmocka_unit_test(t_by_path),
		cmocka_unit_test(t_bad_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
