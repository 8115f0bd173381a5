/* t_metrics_shared.c - counters and pools of several processes as one text. */
#include "src/core/metrics_shared.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

METRIC(by_all, "each adds to it");
METRIC(by_others, "the first never adds to it");
POOL_DEFINE(of_all, uint64_t, 8);
POOL_DEFINE(of_others, uint64_t, 4);

#define PROCESSES 4
#define ROUNDS 20000

static const char *text(void)
{
	static char all[4096];
	size_t at = 0;
	int from = 0;

	while (from >= 0)
		at += metrics_text(all + at, sizeof(all) - at, &from);
	return all;
}

static bool has(const char *line)
{
	return strstr(text(), line) != NULL;
}

static void worker(unsigned i)
{
	metrics_join(i);
	(void)pool_get(&of_all);
	(void)pool_get(&of_others);
	for (int k = 0; k < ROUNDS; k++) {
		metric_add(&by_all, 1);
		metric_add(&by_others, UINT64_C(1) << 32);
		metrics_publish();
	}
}

static void t_sums(void **state)
{
	int status;

	(void)state;
	assert_int_equal(metrics_share(PROCESSES), 0);
	metric_add(&by_all, 100);
	assert_true(has("by_all 100\n"));
	for (unsigned i = 1; i < PROCESSES; i++) {
		if (fork() == 0) {
			worker(i);
			_exit(0);
		}
	}
	metric_add(&by_all, 1);
	(void)pool_get(&of_all);
	metrics_publish();
	for (unsigned i = 1; i < PROCESSES; i++) {
		wait(&status);
		assert_int_equal(status, 0);
		/* Halves that do not belong together are never read. */
		metrics_others_list();
		assert_int_equal((uint32_t)metrics_others(&by_others), 0);
	}
	assert_true(has("by_all 60101\n"));
	assert_true(has("by_others 257698037760000\n"));
	assert_true(has("pool_of_all_used 4\n"));
	assert_true(has("pool_of_others_used 3\npool_of_others_peak 3\n"));
}

/* What it did was done; what it held is nobody's. */
static void t_left(void **state)
{
	(void)state;
	metrics_left(1);
	assert_true(has("by_all 60101\n"));
	assert_true(has("pool_of_all_used 3\n"));
	assert_true(has("pool_of_others_used 2\n"));
}

/* It died while it wrote: its numbers are taken as they are. */
static void t_half_written(void **state)
{
	(void)state;
	parts[2].turn |= 1;
	assert_true(has("by_all 60101\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_sums),
		cmocka_unit_test(t_left),
		cmocka_unit_test(t_half_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
