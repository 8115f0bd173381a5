/* t_ss_reload.c - which listeners stay, go, come or get another key. */
#include "src/ss/ss_reload.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct loop loop;
static struct ss ss;
static struct ss_conf conf, next;
static char why[200];

static void turns(int n)
{
	while (n-- > 0)
		loop_turn(&loop, loop.now_ms + 20);
}

static struct ss_server_conf *want(struct ss_conf *c, uint16_t port,
    uint8_t key, const char *method)
{
	struct ss_server_conf *e = &c->servers[c->servers_n++];

	*e = (struct ss_server_conf){ .of = c, .host = "127.0.0.1",
		.port = port, .method = ss_method_find(method) };
	memset(e->secret.key, key, KEY_MAX);
	memset(e->secret.psk.key, key, KEY_MAX);
	return e;
}

static void empty(struct ss_conf *c)
{
	struct opt_table t;

	memset(c, 0, sizeof(*c));
	t = ss_conf_table(c, SS_SERVER);
	ss_conf_defaults(&t);
}

static uint16_t free_port(void)
{
	struct addr at = { .family = 4, .ip = { 127, 0, 0, 1 } };
	struct net_how how = { 0 };
	int fd = port_tcp_listen(&at, &how);

	assert_true(fd >= 0);
	port_close(fd);
	return at.port;
}

static int setup(void **state)
{
	(void)state;
	log_set_level(LOG_NONE);
	empty(&conf);
	empty(&next);
	assert_int_equal(loop_open(&loop, ""), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ss_stop(&ss);
	turns(1);
	assert_int_equal(ss_port_pool->used, 0);
	assert_null(ss_door_next(&ss, NULL));
	assert_int_equal(loop.watches, 0);
	loop_close(&loop);
	return 0;
}

static int dial(uint16_t port)
{
	struct addr at = { .family = 4, .port = port, .ip = { 127, 0, 0, 1 } };
	struct net_how how = { 0 };

	return port_tcp_connect(&at, &how);
}

static struct ss_port *at(uint16_t port)
{
	struct ss_port_spec spec = { .host = "127.0.0.1", .port = port };

	return ss_port_find(&ss, &spec);
}

static void t_stays_comes_and_goes(void **state)
{
	uint16_t a = free_port(), b = free_port(), c = free_port();
	struct ss_port *stays;
	int fd;

	(void)state;
	want(&conf, a, 1, "aes-256-gcm");
	want(&conf, b, 1, "aes-256-gcm");
	assert_int_equal(ss_start(&ss, &loop, &conf, why, sizeof(why)), 0);
	fd = dial(b);
	turns(3);
	assert_int_equal(ss.sessions_n, 1);
	stays = at(a);
	want(&next, c, 1, "aes-256-gcm");
	want(&next, a, 1, "aes-256-gcm");
	assert_int_equal(ss_reload(&ss, &next, why, sizeof(why)), 0);
	assert_ptr_equal(ss.conf, &next);
	assert_ptr_equal(at(a), stays);
	assert_non_null(at(c));
	assert_null(at(b));
	assert_int_equal(ss.sessions_n, 1);
	port_close(fd);
	turns(3);
	assert_int_equal(ss.sessions_n, 0);
	/* Once more, back to where it began. */
	assert_int_equal(ss_reload(&ss, &conf, why, sizeof(why)), 0);
	assert_non_null(at(b));
	assert_null(at(c));
	assert_ptr_equal(at(a), stays);
}

/* Who waited in the backlog is served with the new key. */
static void t_another_key(void **state)
{
	uint16_t a = free_port();
	struct ss_port *before;
	int first, second;

	(void)state;
	want(&conf, a, 1, "aes-256-gcm");
	assert_int_equal(ss_start(&ss, &loop, &conf, why, sizeof(why)), 0);
	first = dial(a);
	turns(3);
	before = at(a);
	second = dial(a);
	want(&next, a, 2, "aes-128-cfb");
	assert_int_equal(ss_reload(&ss, &next, why, sizeof(why)), 0);
	assert_ptr_not_equal(at(a), before);
	assert_int_equal(before->key.master[0], 1);
	turns(3);
	assert_int_equal(ss.sessions_n, 2);
	assert_int_equal(at(a)->key.master[0], 2);
	assert_int_equal(at(a)->holders, 2);
	assert_int_equal(ss_door_find(&ss, a)->account->sessions, 2);
	port_close(first);
	port_close(second);
	turns(3);
	assert_int_equal(ss_port_pool->used, 1);
}

/* UDP comes to a port that had TCP alone, and TCP goes. */
static void t_another_mode(void **state)
{
	uint16_t a = free_port();
	int fd;

	(void)state;
	want(&conf, a, 1, "aes-256-gcm")->mode = SS_TCP_ONLY;
	assert_int_equal(ss_start(&ss, &loop, &conf, why, sizeof(why)), 0);
	assert_false(watch_is_open(&at(a)->udp));
	want(&next, a, 2, "2022-blake3-aes-128-gcm")->mode = SS_TCP_AND_UDP;
	assert_int_equal(ss_reload(&ss, &next, why, sizeof(why)), 0);
	assert_true(watch_is_open(&at(a)->udp));
	assert_true(watch_is_open(&at(a)->listener.watch));
	assert_non_null(ss.udp.ghosts);
	fd = at(a)->udp.fd;
	empty(&conf);
	want(&conf, a, 3, "aes-256-gcm")->mode = SS_UDP_ONLY;
	assert_int_equal(ss_reload(&ss, &conf, why, sizeof(why)), 0);
	assert_int_equal(at(a)->udp.fd, fd);
	assert_false(watch_is_open(&at(a)->listener.watch));
	assert_int_equal(ss_port_pool->used, 1);
}

static void t_all_or_nothing(void **state)
{
	uint16_t a = free_port(), b = free_port();
	struct addr taken = { .family = 4, .ip = { 127, 0, 0, 1 } };
	struct net_how how = { 0 };
	struct ss_port *before;
	int fd = port_tcp_listen(&taken, &how);

	(void)state;
	want(&conf, a, 1, "aes-256-gcm");
	assert_int_equal(ss_start(&ss, &loop, &conf, why, sizeof(why)), 0);
	before = at(a);
	want(&next, b, 1, "aes-256-gcm");
	want(&next, a, 2, "aes-256-gcm");
	want(&next, taken.port, 1, "aes-256-gcm");
	assert_int_equal(ss_reload(&ss, &next, why, sizeof(why)), -E_INUSE);
	assert_ptr_equal(ss.conf, &conf);
	assert_ptr_equal(at(a), before);
	assert_int_equal(before->key.master[0], 1);
	assert_null(at(b));
	assert_int_equal(ss_port_pool->used, 1);
	port_close(fd);
	/* Twice the same is refused too. */
	empty(&next);
	want(&next, a, 1, "aes-256-gcm");
	want(&next, a, 2, "aes-256-gcm");
	assert_int_equal(ss_reload(&ss, &next, why, sizeof(why)), -E_INUSE);
	assert_ptr_equal(at(a), before);
	assert_int_equal(ss_port_pool->used, 1);
}

static void t_a_managers_ports_stay(void **state)
{
	uint16_t a = free_port(), b = free_port();
	static const uint8_t master[KEY_MAX] = { 7 };
	struct ss_port_spec spec = { .host = "127.0.0.1", .port = b,
		.method = ss_method_find("aes-256-gcm"), .master = master };

	(void)state;
	want(&conf, a, 1, "aes-256-gcm");
	assert_int_equal(ss_start(&ss, &loop, &conf, why, sizeof(why)), 0);
	assert_int_equal(ss_port_add(&ss, &spec, why, sizeof(why)), 0);
	assert_int_equal(ss_reload(&ss, &next, why, sizeof(why)), 0);
	assert_null(at(a));
	assert_non_null(at(b));
}

/* Those that are named no more may not come in, others stay who they are. */
static void t_users(void **state)
{
	uint16_t a = free_port();
	struct ss_server_conf *e = want(&conf, a, 1,
	    "2022-blake3-aes-128-gcm");
	struct ss_user *stays;

	(void)state;
	conf.users[0] = (struct ss_user_conf){ .name = "ann", .psk = {
		{ 1 }, 16 } };
	conf.users[1] = (struct ss_user_conf){ .name = "bob", .psk = {
		{ 2 }, 16 } };
	e->users_n = 2;
	assert_int_equal(ss_start(&ss, &loop, &conf, why, sizeof(why)), 0);
	stays = ss_user_named(ss_door_find(&ss, a), "bob");
	assert_non_null(stays);
	e = want(&next, a, 1, "2022-blake3-aes-128-gcm");
	next.users[0] = conf.users[1];
	next.users[1] = (struct ss_user_conf){ .name = "eve", .psk = {
		{ 3 }, 16 } };
	e->users_n = 2;
	e->limits.quota = 5;
	next.users[0].limits.rate_up = 6;
	ss_door_find(&ss, a)->account->up = 7;
	assert_int_equal(ss_reload(&ss, &next, why, sizeof(why)), 0);
	assert_int_equal(ss_door_find(&ss, a)->account->quota, 5);
	assert_int_equal(ss_door_find(&ss, a)->account->up, 7);
	assert_int_equal(stays->account->of_up.rate, 6);
	assert_null(ss_user_named(ss_door_find(&ss, a), "ann"));
	assert_ptr_equal(ss_user_named(ss_door_find(&ss, a), "bob"), stays);
	assert_non_null(ss_user_named(ss_door_find(&ss, a), "eve"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(t_stays_comes_and_goes),
		TEST(t_another_key),
		TEST(t_another_mode),
		TEST(t_all_or_nothing),
		TEST(t_a_managers_ports_stay),
		TEST(t_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
