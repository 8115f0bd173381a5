/* t_loop.c - turns of the loop over real sockets, with every poll backend. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/core/loop.c"
#include "port/net.h"

static struct loop loop;
static const char *backend;

/* A watch over a UDP socket that sends to itself. */
struct echo {
	struct watch watch;
	struct addr at;
	int calls;
	unsigned got;
	struct echo *closes;	/* inside the call */
};

static void on_event(struct watch *w, unsigned got)
{
	struct echo *e = OWNER(w, struct echo, watch);

	e->calls++;
	e->got = got;
	if (e->closes != NULL)
		watch_close(&e->closes->watch);
}

static int open_udp(struct addr *at)
{
	int fd;

	*at = (struct addr){ .family = 4, .ip = { 127, 0, 0, 1 } };
	fd = port_udp_open(at);
	assert_true(fd >= 0);
	return fd;
}

static void poke(const struct echo *e)
{
	assert_int_equal(port_udp_send(e->watch.fd, &e->at, "x", 1), 1);
}

static void echo_open(struct echo *e, unsigned want)
{
	int fd;

	*e = (struct echo){ 0 };
	fd = open_udp(&e->at);
	assert_int_equal(watch_open(&loop, &e->watch, fd, want, on_event), 0);
}

static void events_reach_their_watch(void)
{
	struct echo a, b;
	int fd_a, fd_b;

	echo_open(&a, POLL_IN);
	echo_open(&b, POLL_IN);
	fd_a = a.watch.fd;
	fd_b = b.watch.fd;
	poke(&a);
	loop_turn(&loop, port_now_ms() + 1000);
	assert_int_equal(a.calls, 1);
	assert_int_equal(a.got, POLL_IN);
	assert_int_equal(b.calls, 0);
	assert_int_equal(watch_want(&a.watch, 0), 0);
	loop_turn(&loop, 0);
	assert_int_equal(a.calls, 1);
	assert_int_equal(watch_want(&a.watch, POLL_IN | POLL_OUT), 0);
	loop_turn(&loop, 0);
	assert_int_equal(a.got, POLL_IN | POLL_OUT);
	watch_close(&a.watch);
	watch_close(&a.watch);
	watch_close(&b.watch);
	assert_false(watch_is_open(&a.watch));
	port_close(fd_a);
	port_close(fd_b);
}

/* Both are ready in the same turn; whoever comes first closes the other. */
static void a_closed_watch_hears_nothing(void)
{
	uint64_t stale = loop.stale;
	struct echo a, b;
	int fd_a, fd_b;

	echo_open(&a, POLL_IN);
	echo_open(&b, POLL_IN);
	fd_a = a.watch.fd;
	fd_b = b.watch.fd;
	a.closes = &b;
	b.closes = &a;
	poke(&a);
	poke(&b);
	while (a.calls + b.calls == 0)
		loop_turn(&loop, port_now_ms() + 1000);
	loop_turn(&loop, 0);
	a.closes = b.closes = NULL;
	watch_close(&a.watch);
	watch_close(&b.watch);
	assert_true(a.calls == 0 || b.calls == 0);
	assert_true(loop.stale <= stale + 1);
	port_close(fd_a);
	port_close(fd_b);
}

static int order[4], order_n;
static struct timer tick;
static struct task task, last;
static struct pool_waiter waiter;

static void on_last(struct task *t)
{
	(void)t;
	order[order_n++] = 4;
}

static void on_waiter(struct pool_waiter *w)
{
	(void)w;
	order[order_n++] = 3;
	loop_later(&loop, &last);
}

static void on_task(struct task *t)
{
	(void)t;
	order[order_n++] = 2;
	pool_wait(pool_first(), &waiter);
}

static void on_tick(struct timer *t)
{
	(void)t;
	order[order_n++] = 1;
	loop_later(&loop, &task);
	loop_later(&loop, &task);
}

struct thing {
	void *link;
};
POOL_DEFINE(things, struct thing, 1);

static void timers_then_tasks_then_waiters(void)
{
	struct thing *t = pool_get(&things);

	pool_put(&things, t);
	order_n = 0;
	task.fn = on_task;
	last.fn = on_last;
	waiter.fn = on_waiter;
	timer_set(&loop, &tick, port_now_ms() + 5, on_tick);
	while (order_n < 3)
		loop_turn(&loop, POLL_FOREVER);
	assert_int_equal(order_n, 3);
	loop_turn(&loop, POLL_FOREVER);		/* a task is there: no wait */
	assert_int_equal(order_n, 4);
	for (int i = 0; i < 4; i++)
		assert_int_equal(order[i], i + 1);
}

static int again_calls;

static void on_again(struct task *t)
{
	again_calls++;
	loop_later(&loop, t);
}

static void a_task_that_comes_again_does_not_hold_the_turn(void)
{
	struct task again = { .fn = on_again };

	again_calls = 0;
	loop_later(&loop, &again);
	loop_turn(&loop, POLL_FOREVER);
	assert_int_equal(again_calls, 1);
	loop_turn(&loop, POLL_FOREVER);
	assert_int_equal(again_calls, 2);
	list_remove(&again.link);
}

static void a_turn_waits_no_longer_than_told(void)
{
	int64_t before = port_now_ms(), took;
	struct timer t = { 0 };

	loop_turn(&loop, before + 20);
	took = port_now_ms() - before;
	assert_true(took >= 20 && took < 2000);
	assert_true(loop.now_ms >= before + 20);
	timer_set(&loop, &t, port_now_ms() + 60000, on_tick);
	before = port_now_ms();
	loop_turn(&loop, before + 20);
	assert_true(port_now_ms() - before < 2000);
	timer_stop(&loop, &t);
}

static void too_high_a_descriptor_is_refused(void)
{
	struct watch w = { 0 };

	assert_int_equal(watch_open(&loop, &w, LIMIT_FDS, POLL_IN, on_event),
	    -E_NOFILE);
	assert_false(watch_is_open(&w));
	assert_int_equal(loop.watches, 0);
}

static void stop_now(struct task *t)
{
	(void)t;
	loop_stop(&loop, 7);
}

static void stop_gives_the_exit_code(void)
{
	struct task t = { .fn = stop_now };

	loop_later(&loop, &t);
	assert_int_equal(loop_run(&loop), 7);
	loop.stop = false;
}

static void all_of_it(void **state)
{
	(void)state;
	for (size_t i = 0; port_polls[i] != NULL; i++) {
		backend = port_polls[i]->name;
		print_message("%s\n", backend);
		assert_int_equal(loop_open(&loop, backend), 0);
		assert_string_equal(loop.poll->name, backend);
		events_reach_their_watch();
		a_closed_watch_hears_nothing();
		timers_then_tasks_then_waiters();
		a_task_that_comes_again_does_not_hold_the_turn();
		a_turn_waits_no_longer_than_told();
		too_high_a_descriptor_is_refused();
		stop_gives_the_exit_code();
		loop_close(&loop);
	}
}

static void names_of_backends(void **state)
{
	(void)state;
	assert_int_equal(loop_open(&loop, "abacus"), -E_NOENT);
	assert_int_equal(loop_open(&loop, NULL), 0);
	assert_ptr_equal(loop.poll, port_polls[0]);
	loop_close(&loop);
	assert_int_equal(loop_open(&loop, ""), 0);
	loop_close(&loop);
}

/* ---- a backend that fails ---- */

static int bad_open(void)
{
	return 0;
}

static int bad_set(int fd, uint64_t tag, unsigned had, unsigned want)
{
	(void)fd;
	(void)tag;
	(void)had;
	return want == 0 ? 0 : -E_FULL;
}

static int bad_wait(struct poll_event *out, size_t max, int64_t until_ms)
{
	(void)out;
	(void)max;
	(void)until_ms;
	return -E_IO;
}

static void bad_close(void)
{
}

static const struct poll_port bad = {
	"bad", bad_open, bad_set, bad_wait, bad_close,
};

static void a_broken_backend_ends_the_program_not_the_machine(void **state)
{
	struct watch w = { 0 };

	(void)state;
	assert_int_equal(loop_open(&loop, NULL), 0);
	loop.poll->close();
	loop.poll = &bad;
	assert_int_equal(watch_open(&loop, &w, 5, POLL_IN, on_event), -E_FULL);
	assert_false(watch_is_open(&w));
	log_set_level(LOG_NONE);
	assert_int_equal(loop_run(&loop), 1);
	log_set_level(LOG_INFO);
	assert_true(loop.turns > 1);
	loop_close(&loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it),
		cmocka_unit_test(names_of_backends),
		cmocka_unit_test(
		    a_broken_backend_ends_the_program_not_the_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
