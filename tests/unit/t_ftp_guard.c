/* t_ftp_guard.c - addresses are counted, guessing costs time, and both are
 * forgotten. */
#include "src/ftp/ftp_guard.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct guards g;

static int setup(void **state)
{
	(void)state;
	memset(&g, 0, sizeof(g));
	guard_open(&g, 12345);
	return 0;
}

static struct addr v4(uint32_t n)
{
	struct addr a = { .family = 4, .port = (uint16_t)n };

	memcpy(a.ip, &n, sizeof(n));
	return a;
}

static void t_counts(void **state)
{
	struct addr one = v4(1), two = v4(2), six, near, far;
	struct guard *a = guard_enter(&g, &one), *b;

	(void)state;
	one.port = 7;
	assert_ptr_equal(guard_enter(&g, &one), a);
	assert_int_equal(a->live, 2);
	b = guard_enter(&g, &two);
	assert_ptr_not_equal(a, b);
	guard_leave(&g, a);
	guard_leave(&g, a);
	assert_int_equal(a->live, 0);
	assert_ptr_equal(guard_enter(&g, &one), a);
	addr_parse(&six, "2001:db8:0:1::1", 15);
	addr_parse(&near, "2001:db8:0:1:ffff::9", 20);
	addr_parse(&far, "2001:db8:0:2::1", 15);
	a = guard_enter(&g, &six);
	assert_ptr_equal(guard_enter(&g, &near), a);
	assert_ptr_not_equal(guard_enter(&g, &far), a);
}

/* The n-th wrong password: how long the one after it has to wait. */
static void t_waits(void **state)
{
	static const int64_t want[] = { 0, 0, 0, 0, 0, 500, 1000, 2000, 4000,
		8000, 16000, 16000, 16000 };
	struct addr one = v4(1);
	struct guard *a = guard_enter(&g, &one);
	int64_t now = 1000000;

	(void)state;
	for (size_t i = 0; i < LEN(want); i++) {
		guard_failed(a, now);
		assert_int_equal(guard_turn(a, now) - now, want[i]);
		now = a->next_ms;
	}
}

/* All connections of an address wait in one row, those of others do not. */
static void t_row(void **state)
{
	struct addr one = v4(1), two = v4(2);
	struct guard *a = guard_enter(&g, &one), *b = guard_enter(&g, &two);
	int64_t first;

	(void)state;
	for (int i = 0; i < GUARD_FREE + 2; i++)
		guard_failed(a, 5000);
	first = guard_turn(a, 5000);
	assert_int_equal(first, 6000);
	assert_int_equal(guard_turn(a, 5000), 7000);
	assert_int_equal(guard_turn(a, 5000), 8000);
	assert_int_equal(guard_turn(b, 5000), 5000);
}

static void t_forgiven(void **state)
{
	struct addr one = v4(1);
	struct guard *a = guard_enter(&g, &one);
	int64_t now = 1000;

	(void)state;
	for (int i = 0; i < 50; i++)
		guard_failed(a, now);
	now += 3 * GUARD_FORGIVE_MS;
	(void)guard_turn(a, now);
	assert_int_equal(a->fails, 47);
	now += 100 * GUARD_FORGIVE_MS;
	assert_int_equal(guard_turn(a, now), now);
	assert_int_equal(a->fails, 0);
}

/* More addresses than there is room for: those with sessions stay. */
static void t_many(void **state)
{
	struct addr ip = v4(1);
	struct guard *kept = guard_enter(&g, &ip), *a;

	(void)state;
	kept->fails = 9;
	for (uint32_t i = 2; i < 5 * GUARD_MAX; i++) {
		ip = v4(i * 2654435761u);
		a = guard_enter(&g, &ip);
		assert_int_equal(a->live, 1);
		assert_int_equal(a->fails, 0);
		a->fails = 1;
		guard_leave(&g, a);
	}
	ip = v4(1);
	assert_ptr_equal(guard_enter(&g, &ip), kept);
	assert_int_equal(kept->fails, 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(t_counts, setup),
		cmocka_unit_test_setup(t_waits, setup),
		cmocka_unit_test_setup(t_row, setup),
		cmocka_unit_test_setup(t_forgiven, setup),
		cmocka_unit_test_setup(t_many, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
