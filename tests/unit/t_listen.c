/* t_listen.c - listeners: pausing when there is no room, without spinning. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/resource.h>

#include <cmocka.h>

#include "src/core/listen.c"
#include "port/time.h"

#define PATIENCE_MS 5000
#define CLIENTS 40

struct guest {
	void *link;
	int fd;
};
POOL_DEFINE(guests, struct guest, 3);

static struct loop loop;
static struct listener ls;
static struct guest *list[CLIENTS];
static size_t list_n;
static int client[CLIENTS];
static size_t client_n;
static bool refuse, close_inside;

static int on_guest(struct listener *l, int fd, const struct addr *peer)
{
	struct guest *g;

	assert_ptr_equal(l, &ls);
	assert_ptr_equal(l->ctx, &loop);
	assert_int_equal(peer->family, 4);
	if (close_inside) {
		listen_close(l);
		port_close(fd);
		return 0;
	}
	g = refuse ? NULL : pool_get(&guests);
	if (g == NULL)
		return -E_FULL;
	g->fd = fd;
	list[list_n++] = g;
	return 0;
}

/* Takes connections without a pool. */
static int on_any(struct listener *l, int fd, const struct addr *peer)
{
	(void)l;
	(void)peer;
	port_close(fd);
	list_n++;
	return 0;
}

static void leave(void)
{
	struct guest *g = list[--list_n];

	port_close(g->fd);
	pool_put(&guests, g);
}

static void start(struct pool *pool, listen_fn *fn)
{
	static const struct net_how how;
	struct addr at = { .family = 4, .ip = { 127, 0, 0, 1 } };

	assert_int_equal(listen_open(&ls, &loop, &at, &how, pool, fn, &loop),
	    0);
	assert_true(ls.at.port != 0);
}

static void come(size_t n)
{
	static const struct net_how how;

	while (n-- > 0) {
		int fd = port_tcp_connect(&ls.at, &how);

		assert_true(fd >= 0);
		client[client_n++] = fd;
	}
}

static int setup(void **state)
{
	(void)state;
	list_n = client_n = 0;
	refuse = close_inside = false;
	return loop_open(&loop, NULL);
}

static int teardown(void **state)
{
	(void)state;
	while (client_n > 0)
		port_close(client[--client_n]);
	listen_close(&ls);
	listen_close(&ls);
	assert_int_equal(guests.used, 0);
	assert_int_equal(loop.timers.armed, 0);
	loop_close(&loop);
	return 0;
}

#define turn_until(cond) do { \
	int64_t until_ = port_now_ms() + PATIENCE_MS; \
	while (!(cond)) { \
		assert_true(port_now_ms() < until_); \
		loop_turn(&loop, port_now_ms() + 20); \
	} \
} while (0)

static void assert_quiet(void)
{
	uint64_t events = loop.events;

	for (int i = 0; i < 5; i++)
		loop_turn(&loop, 0);
	assert_int_equal(loop.events, events);
}

static void a_full_pool_pauses(void **state)
{
	(void)state;
	start(&guests, on_guest);
	come(5);
	turn_until(list_n == 3 && ls.paused);
	assert_quiet();
	assert_int_equal(ls.pauses, 1);
	leave();
	turn_until(list_n == 3);
	assert_int_equal(ls.accepted, 4);
	leave();
	turn_until(list_n == 3);
	assert_int_equal(ls.accepted, 5);
	assert_quiet();
	while (list_n > 0)
		leave();
	loop_turn(&loop, 0);
	assert_false(ls.paused);
	come(1);
	turn_until(list_n == 1);
	leave();
}

static void a_refusal_pauses_for_a_while(void **state)
{
	int64_t before = port_now_ms();

	(void)state;
	start(NULL, on_guest);
	refuse = true;
	come(2);
	turn_until(ls.paused);
	assert_int_equal(ls.accepted, 1);
	assert_quiet();
	refuse = false;
	turn_until(list_n == 1);
	assert_true(port_now_ms() - before >= RETRY_MS);
	leave();
}

static void no_descriptor_pauses_and_does_not_spin(void **state)
{
	struct rlimit old, few;
	uint64_t turns;

	(void)state;
	start(NULL, on_any);
	come(2);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = (rlim_t)client[client_n - 1] + 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	turn_until(ls.paused);
	turns = loop.turns;
	loop_turn(&loop, port_now_ms() + RETRY_MS * 3);
	loop_turn(&loop, port_now_ms() + RETRY_MS * 3);
	assert_true(loop.turns - turns <= 2);
	assert_int_equal(list_n, 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	turn_until(list_n == 2);
	assert_false(ls.paused);
	list_n = 0;
}

static void at_most_so_many_in_a_turn(void **state)
{
	uint64_t turns;

	(void)state;
	start(NULL, on_any);
	come(CLIENTS);
	turns = loop.turns;
	turn_until(list_n == CLIENTS);
	assert_true(loop.turns - turns >= CLIENTS / ACCEPTS);
	list_n = 0;
}

static void closed_inside(void **state)
{
	(void)state;
	start(NULL, on_guest);
	close_inside = true;
	come(3);
	turn_until(!watch_is_open(&ls.watch));
}

static void a_port_in_use_is_said(void **state)
{
	static const struct net_how how;
	struct listener other = { 0 };

	(void)state;
	start(NULL, on_any);
	assert_int_equal(listen_open(&other, &loop, &ls.at, &how, NULL, on_any,
	    NULL), -E_INUSE);
	assert_false(watch_is_open(&other.watch));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_full_pool_pauses),
		TEST(a_refusal_pauses_for_a_while),
		TEST(no_descriptor_pauses_and_does_not_spin),
		TEST(at_most_so_many_in_a_turn),
		TEST(closed_inside),
		TEST(a_port_in_use_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
