/* t_ss_serve.c - listeners start all or none, and end at once or in peace. */
#include "src/ss/ss_serve.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct loop loop;
static struct ss ss;
static struct ss_conf conf;
static char why[200];
static int gone;

static void on_gone(struct ss *which)
{
	(void)which;
	gone++;
}

static void turns(int n)
{
	while (n-- > 0)
		loop_turn(&loop, loop.now_ms + 20);
}

/* A port that is not free: a listener that accepts nobody. */
static int taken(struct addr *at)
{
	struct net_how how = { 0 };
	int fd;

	assert_int_equal(addr_parse(at, "127.0.0.1", 9), 0);
	at->port = 0;
	fd = port_tcp_listen(at, &how);
	assert_true(fd >= 0);
	return fd;
}

static void given(enum ss_role role)
{
	struct opt_table t;

	memset(&conf, 0, sizeof(conf));
	t = ss_conf_table(&conf, role);
	ss_conf_defaults(&t);
	conf.servers[0] = (struct ss_server_conf){ .of = &conf,
		.host = "127.0.0.1", .method = conf.base.method };
	conf.servers_n = conf.locals_n = 1;
	conf.locals[0] = (struct ss_local_conf){ .host = "127.0.0.1" };
	gone = 0;
}

static int begin(void)
{
	return ss_start(&ss, &loop, &conf, why, sizeof(why));
}

static void nothing_left(void)
{
	assert_int_equal(ss_port_pool->used, 0);
	assert_int_equal(ss_sess_pool->used, 0);
	assert_int_equal(loop.watches, 0);
}

static int setup(void **state)
{
	(void)state;
	log_set_level(LOG_NONE);
	assert_int_equal(loop_open(&loop, ""), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	nothing_left();
	loop_close(&loop);
	return 0;
}

static void t_all_or_none(void **state)
{
	char text[ADDR_TEXT];
	struct addr at;
	int fd = taken(&at);

	(void)state;
	given(SS_SERVER);
	conf.servers[1] = conf.servers[2] = conf.servers[0];
	conf.servers_n = 3;
	conf.servers[1].port = at.port;
	assert_int_equal(begin(), -E_INUSE);
	addr_text(text, sizeof(text), &at);
	assert_non_null(strstr(why, text));
	nothing_left();
	given(SS_SERVER);
	conf.servers[0].host = "192.0.2.1";
	assert_int_equal(begin(), -E_NOADDR);
	nothing_left();
	port_close(fd);
}

static void t_limit_is_named(void **state)
{
	static void *other[LIMIT_LISTENERS];
	size_t i;

	(void)state;
	for (i = 1; i < LIMIT_LISTENERS; i++)
		assert_non_null(other[i] = pool_get(ss_port_pool));
	given(SS_SERVER);
	conf.servers[1] = conf.servers[0];
	conf.servers_n = 2;
	assert_int_equal(begin(), -E_FULL);
	assert_non_null(strstr(why, "LIMIT_LISTENERS"));
	for (i = 1; i < LIMIT_LISTENERS; i++)
		pool_put(ss_port_pool, other[i]);
	nothing_left();
}

static int client(void)
{
	struct addr at = ss_listens_at(&ss);
	struct net_how how = { 0 };
	int fd = port_tcp_connect(&at, &how);

	assert_true(fd >= 0);
	turns(3);
	return fd;
}

static void t_stop(void **state)
{
	int fd;

	(void)state;
	given(SS_LOCAL);
	assert_int_equal(begin(), 0);
	fd = client();
	assert_int_equal(ss.sessions_n, 1);
	ss_stop(&ss);
	turns(1);
	nothing_left();
	port_close(fd);
}

/* New clients are refused while the one that is there goes on. */
static void t_quiet(void **state)
{
	struct net_how how = { 0 };
	struct addr at;
	uint8_t reply[2];
	int fd, other;

	(void)state;
	given(SS_LOCAL);
	assert_int_equal(begin(), 0);
	fd = client();
	at = ss_listens_at(&ss);
	ss.on_gone = on_gone;
	ss_quiet(&ss);
	other = port_tcp_listen(&at, &how);
	assert_true(other >= 0);
	port_close(other);
	assert_int_equal(port_send(fd, "\x05\x01\x00", 3), 3);
	turns(3);
	assert_int_equal(port_recv(fd, reply, sizeof(reply)), 2);
	assert_memory_equal(reply, "\x05\x00", 2);
	assert_int_equal(gone, 0);
	port_close(fd);
	turns(3);
	assert_int_equal(gone, 1);
	nothing_left();
}

static void t_quiet_when_nobody_is_there(void **state)
{
	(void)state;
	given(SS_LOCAL);
	assert_int_equal(begin(), 0);
	ss.on_gone = on_gone;
	ss_quiet(&ss);
	assert_int_equal(gone, 1);
}

/* The moment of giving up is nobody's timeout to the millisecond. */
static void t_handshake_limit(void **state)
{
	int64_t ms;
	int i;

	(void)state;
	given(SS_SERVER);
	for (conf.base.timeout_s = 1; conf.base.timeout_s < 3000000;
	    conf.base.timeout_s *= 7) {
		for (i = 0; i < 20; i++) {
			ms = ss_serve_handshake_ms(&conf);
			assert_true(ms >= conf.base.timeout_s * 1000);
			assert_true(ms <= conf.base.timeout_s * 1250);
			assert_true(ms <= conf.base.timeout_s * 1000 + 60000);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(t_all_or_none, setup, teardown),
		cmocka_unit_test_setup_teardown(t_limit_is_named, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(t_stop, setup, teardown),
		cmocka_unit_test_setup_teardown(t_quiet, setup, teardown),
		cmocka_unit_test_setup_teardown(t_quiet_when_nobody_is_there,
		    setup, teardown),
		cmocka_unit_test(t_handshake_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
