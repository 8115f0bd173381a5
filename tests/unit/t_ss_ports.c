/* t_ss_ports.c - ports come and go, their sessions stay. */
#include "src/ss/ss_ports.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/log.h"

static struct loop loop;
static struct ss ss;
static struct ss_conf conf;
static char why[200];
static const uint8_t master[KEY_MAX] = { 7 };

static void turns(int n)
{
	while (n-- > 0)
		loop_turn(&loop, loop.now_ms + 20);
}

static int add(uint16_t port, const char *method)
{
	struct ss_port_spec spec = { .host = "127.0.0.1", .port = port,
		.method = ss_method_find(method), .master = master };

	return ss_port_add(&ss, &spec, why, sizeof(why));
}

static int dial(uint16_t port)
{
	struct addr at = { .family = 4, .port = port, .ip = { 127, 0, 0, 1 } };
	struct net_how how = { 0 };
	int fd = port_tcp_connect(&at, &how);

	turns(3);
	return fd;
}

static bool reached(int fd)
{
	return fd >= 0 && port_tcp_connected(fd) == 0;
}

static int setup(void **state)
{
	struct opt_table t;

	(void)state;
	log_set_level(LOG_NONE);
	memset(&conf, 0, sizeof(conf));
	t = ss_conf_table(&conf, SS_SERVER);
	ss_conf_defaults(&t);
	conf.servers[0] = (struct ss_server_conf){ .of = &conf,
		.host = "127.0.0.1", .method = conf.base.method };
	conf.servers_n = 1;
	assert_int_equal(loop_open(&loop, ""), 0);
	assert_int_equal(ss_start(&ss, &loop, &conf, why, sizeof(why)), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ss_stop(&ss);
	turns(1);
	assert_int_equal(ss_ports.used, 0);
	assert_int_equal(ss_doors.used, 0);
	assert_int_equal(loop.watches, 0);
	loop_close(&loop);
	return 0;
}

static uint16_t only_port(void)
{
	return ss_listens_at(&ss).port;
}

static void t_removed(void **state)
{
	uint16_t port = only_port();
	int fd = dial(port), other;

	(void)state;
	assert_true(reached(fd));
	assert_int_equal(ss_door_find(&ss, port)->account->sessions, 1);
	assert_int_equal(ss_port_remove(&ss, port), 0);
	assert_null(ss_door_find(&ss, port));
	assert_int_equal(ss_port_remove(&ss, port), -E_NOENT);
	other = dial(port);
	assert_false(reached(other));
	/* The session and its key live on, and the door with them. */
	assert_int_equal(ss.sessions_n, 1);
	assert_int_equal(ss_ports.used, 1);
	assert_int_equal(ss_door_next(&ss, NULL)->number, port);
	port_close(fd);
	turns(3);
	assert_int_equal(ss_ports.used, 0);
	assert_null(ss_door_next(&ss, NULL));
	if (other >= 0)
		port_close(other);
}

/* Under the same number at once, with another method; the sums go on. */
static void t_replaced(void **state)
{
	uint16_t port = only_port();
	int fd = dial(port), other;

	(void)state;
	assert_int_equal(ss_port_remove(&ss, port), 0);
	assert_int_equal(add(port, "2022-blake3-aes-128-gcm"), 0);
	other = dial(port);
	assert_true(reached(other));
	assert_int_equal(ss.sessions_n, 2);
	assert_int_equal(ss_ports.used, 2);
	assert_int_equal(ss_doors.used, 1);
	assert_int_equal(ss_door_find(&ss, port)->account->sessions, 2);
	assert_non_null(ss.of_2022.replay);
	port_close(fd);
	port_close(other);
}

static void t_taken(void **state)
{
	uint16_t port = only_port();

	(void)state;
	assert_int_equal(add(port, "aes-256-gcm"), -E_INUSE);
	assert_non_null(strstr(why, "127.0.0.1:"));
	assert_int_equal(ss_ports.used, 1);
	assert_non_null(ss_door_find(&ss, port));
}

/* Stream methods have keys in a pool of their own. */
static void t_as_many_as_there_is_room_for(void **state)
{
	const struct ss_door *d = NULL;
	int n = 1, seen = 0;

	(void)state;
	while (add(0, "aes-256-cfb") == 0)
		n++;
	assert_int_equal(n, LIMIT_LISTENERS);
	assert_non_null(strstr(why, "LIMIT_LISTENERS"));
	while ((d = ss_door_next(&ss, d)) != NULL)
		seen++;
	assert_int_equal(seen, n);
	ss_ports_remove(&ss);
	assert_null(ss_door_next(&ss, NULL));
	assert_int_equal(add(0, "aes-256-cfb"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(t_removed, setup, teardown),
		cmocka_unit_test_setup_teardown(t_replaced, setup, teardown),
		cmocka_unit_test_setup_teardown(t_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    t_as_many_as_there_is_room_for, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
