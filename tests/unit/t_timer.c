/* t_timer.c - the timer wheel against a plain list, over jumps of any size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/core/timer.c"
#include "tests/lib/codec_feed.h"

#define TIMERS 200

struct plain {
	struct timer timer;
	int64_t at_ms;		/* what the wheel should know */
	bool set;
	int fired;
};

static struct loop loop;
static struct plain all[TIMERS];
static uint64_t seed;

static int fresh(void **state)
{
	(void)state;
	memset(&loop, 0, sizeof(loop));
	memset(all, 0, sizeof(all));
	loop.now_ms = 1;
	timers_open(&loop);
	return 0;
}

static void fire(struct timer *t)
{
	struct plain *p = OWNER(t, struct plain, timer);

	assert_true(p->set);
	assert_true(loop.now_ms >= p->at_ms);
	assert_false(timer_is_set(t));
	p->set = false;
	p->fired++;
}

static void set(struct plain *p, int64_t at_ms)
{
	timer_set(&loop, &p->timer, at_ms, fire);
	p->at_ms = at_ms;
	p->set = true;
}

/* Nothing may be left that is late by a tick, and the wheel must look again
 * before the first of the rest is late. */
static void check_left(void)
{
	int64_t next = timers_next_ms(&loop);
	uint32_t armed = 0;

	for (size_t i = 0; i < TIMERS; i++) {
		assert_int_equal(timer_is_set(&all[i].timer), all[i].set);
		if (!all[i].set)
			continue;
		assert_true(all[i].at_ms + TIMER_TICK_MS > loop.now_ms);
		assert_true(next < all[i].at_ms + TIMER_TICK_MS);
		armed++;
	}
	assert_int_equal(loop.timers.armed, armed);
}

static void never_early_never_a_tick_late(void **state)
{
	static const int64_t far[] = { 1, 15, 16, 17, 500, 1023, 1024, 1025,
		65535, 65536, 65537, 4194304, 268435456, 400000000,
		3000000000 };

	(void)state;
	for (size_t i = 0; i < LEN(far); i++) {
		struct plain *p = &all[i];
		int64_t at = loop.now_ms + far[i];

		set(p, at);
		while (!p->fired) {
			int64_t next = timers_next_ms(&loop);

			assert_true(next > loop.now_ms);
			loop.now_ms = next;
			timers_run(&loop);
		}
		assert_true(loop.now_ms < at + TIMER_TICK_MS);
	}
	assert_true(timers_next_ms(&loop) == POLL_FOREVER);
}

static int64_t any_delay(void)
{
	return (int64_t)(test_random(&seed) % 4096) <<
	    (test_random(&seed) % 24);
}

static void any_order_of_calls_and_jumps(void **state)
{
	(void)state;
	for (unsigned s = 0; s < test_seeds(40); s++) {
		seed = s + 1;
		fresh(NULL);
		for (int i = 0; i < 2000; i++) {
			struct plain *p = &all[test_random(&seed) % TIMERS];

			switch (test_random(&seed) % 4) {
			case 0:
				timer_stop(&loop, &p->timer);
				p->set = false;
				break;
			case 1:
				loop.now_ms += any_delay() >>
				    (test_random(&seed) % 16);
				timers_run(&loop);
				check_left();
				break;
			default:
				set(p, loop.now_ms + any_delay());
			}
		}
	}
}

static void a_jump_of_years_costs_nothing(void **state)
{
	(void)state;
	set(&all[0], 5);
	set(&all[1], INT64_C(1) << 40);
	loop.now_ms = (INT64_C(1) << 50) + 3;
	timers_run(&loop);
	assert_int_equal(all[0].fired, 1);
	assert_int_equal(all[1].fired, 1);
	set(&all[2], INT64_MAX);
	assert_true(timers_next_ms(&loop) > loop.now_ms);
	timer_stop(&loop, &all[2].timer);
	all[2].set = false;
}

static void fired_in_order_of_time(void **state)
{
	(void)state;
	for (size_t i = 0; i < 50; i++)
		set(&all[i], 100000 - (int64_t)i * 1000);
	while (!all[0].fired) {
		loop.now_ms = timers_next_ms(&loop);
		timers_run(&loop);
		for (size_t i = 1; i < 50; i++)
			assert_true(all[i].fired >= all[i - 1].fired);
	}
}

static void past_is_the_next_turn(void **state)
{
	(void)state;
	loop.now_ms = 100000;
	timers_run(&loop);
	set(&all[0], 5);
	assert_true(timers_next_ms(&loop) <= loop.now_ms);
	timers_run(&loop);
	assert_int_equal(all[0].fired, 1);
}

/* ---- calls from inside ---- */

static int again_calls;

static void again(struct timer *t)
{
	again_calls++;
	timer_set(&loop, t, 0, again);
}

static void set_inside_waits_a_turn(void **state)
{
	struct timer t = { 0 };

	(void)state;
	again_calls = 0;
	timer_set(&loop, &t, 0, again);
	timers_run(&loop);
	assert_int_equal(again_calls, 1);
	timers_run(&loop);
	assert_int_equal(again_calls, 2);
	timer_stop(&loop, &t);
}

static struct timer victim;

static void stop_the_other(struct timer *t)
{
	(void)t;
	timer_stop(&loop, &victim);
}

static void stopped_inside_does_not_fire(void **state)
{
	struct timer killer = { 0 };

	(void)state;
	again_calls = 0;
	timer_set(&loop, &killer, 10, stop_the_other);
	timer_set(&loop, &victim, 10, again);
	loop.now_ms = 1000;
	timers_run(&loop);
	assert_int_equal(again_calls, 0);
	assert_false(timer_is_set(&victim));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(never_early_never_a_tick_late, fresh),
		cmocka_unit_test_setup(any_order_of_calls_and_jumps, fresh),
		cmocka_unit_test_setup(a_jump_of_years_costs_nothing, fresh),
		cmocka_unit_test_setup(fired_in_order_of_time, fresh),
		cmocka_unit_test_setup(past_is_the_next_turn, fresh),
		cmocka_unit_test_setup(set_inside_waits_a_turn, fresh),
		cmocka_unit_test_setup(stopped_inside_does_not_fire, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
