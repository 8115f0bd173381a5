/* t_metrics.c - counters and pools as text, whole entries at a time. */
#include "src/core/metrics.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

METRIC(first_counter, "the first");
METRIC(second_counter, "the second");
METRIC(unused_counter, "never used");

POOL_DEFINE(test_pool, uint64_t, 2);

static char all[4096];

/* In rooms of that size; calls it took. */
static int read_all(size_t room)
{
	char part[4096];
	size_t at = 0;
	int from = 0, calls = 0;

	while (from >= 0) {
		size_t n = metrics_text(part, room, &from);

		assert_in_range(n, 0, room - 1);
		assert_int_equal(part[n], 0);
		assert_true(n == 0 || part[n - 1] == '\n');
		memcpy(all + at, part, n + 1);
		at += n;
		assert_in_range(++calls, 1, 1000);
	}
	return calls;
}

static void only_what_was_used(void **state)
{
	(void)state;
	read_all(sizeof(all));
	assert_string_equal(all, "");
	metric_add(&second_counter, 0);
	metric_add(&first_counter, 5);
	metric_add(&first_counter, UINT64_MAX - 6);
	read_all(sizeof(all));
	assert_string_equal(all, "second_counter 0\n"
	    "first_counter 18446744073709551614\n");
	assert_ptr_equal(unused_counter.next, NULL);
}

static void pools_follow(void **state)
{
	void *a, *b;

	(void)state;
	a = pool_get(&test_pool);
	b = pool_get(&test_pool);
	assert_null(pool_get(&test_pool));
	pool_put(&test_pool, a);
	read_all(sizeof(all));
	assert_non_null(strstr(all, "\npool_test_pool_used 1\n"
	    "pool_test_pool_peak 2\npool_test_pool_refused 1\n"));
	pool_put(&test_pool, b);
}

static void in_small_parts(void **state)
{
	static struct metric many[20];
	char whole[sizeof(all)];

	(void)state;
	for (size_t i = 0; i < LEN(many); i++) {
		many[i].name = "one_of_many_counters";
		metric_add(&many[i], i);
	}
	assert_int_equal(read_all(sizeof(all)), 1);
	memcpy(whole, all, sizeof(all));
	for (size_t room = METRICS_ROOM; room < METRICS_ROOM + 99; room++) {
		assert_in_range(read_all(room), 2, 3);
		assert_string_equal(all, whole);
	}
}

/* Each family once, its head before its first sample. */
static void families_of_samples(void **state)
{
	char part[METRICS_ROOM];
	const char *head;
	size_t at = 0, n;
	int from = 0;

	(void)state;
	while (from >= 0) {
		n = metrics_exposition(part, sizeof(part), &from);
		memcpy(all + at, part, n + 1);
		at += n;
	}
	assert_non_null(strstr(all, "# HELP wherry_first_counter_total the "
	    "first\n# TYPE wherry_first_counter_total counter\n"
	    "wherry_first_counter_total 18446744073709551614\n"));
	assert_non_null(strstr(all, "# TYPE wherry_pool_size gauge\n"
	    "wherry_pool_size{pool=\"test_pool\"} 2\n"));
	assert_non_null(strstr(all, "wherry_pool_peak{pool=\"test_pool\"} 2"));
	assert_non_null(strstr(all, "wherry_pool_refused_total{pool="
	    "\"test_pool\"} 1\n"));
	head = strstr(all, "# TYPE wherry_pool_used ");
	assert_non_null(head);
	assert_null(strstr(head + 1, "# TYPE wherry_pool_used "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_was_used),
		cmocka_unit_test(pools_follow),
		cmocka_unit_test(in_small_parts),
		cmocka_unit_test(families_of_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
