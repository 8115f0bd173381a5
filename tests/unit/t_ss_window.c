/* t_ss_window.c - each packet once, in whatever order. */
#include "src/ss/ss_window.c"

#include "tests/lib/codec_feed.h"

static struct ss_window w;

static void fresh(void)
{
	memset(&w, 0, sizeof(w));
}

/* May it come, and then it has. */
static bool take(uint64_t id)
{
	bool may = ss_window_may(&w, id);

	if (may)
		ss_window_set(&w, id);
	return may;
}

static void t_edges(void **state)
{
	(void)state;
	fresh();
	assert_true(take(0));
	assert_false(take(0));
	assert_true(take(SS_WINDOW));
	assert_true(take(1));
	assert_false(ss_window_may(&w, 0));
	assert_true(take(SS_WINDOW + 1));
	assert_false(take(1));
	assert_true(take(2));
}

static void t_leaps(void **state)
{
	const uint64_t far = (uint64_t)1 << 63;

	(void)state;
	fresh();
	assert_true(take(5));
	assert_true(take(far));
	assert_true(take(far - SS_WINDOW + 1));
	assert_false(take(far - SS_WINDOW));
	assert_false(take(5));
	assert_false(take(UINT64_MAX));
	assert_true(take(UINT64_MAX - 1));
	assert_false(take(UINT64_MAX - 1));
	assert_true(take(UINT64_MAX - 2));
	assert_false(take(0));
}

/* What was asked only has not come. */
static void t_asking(void **state)
{
	(void)state;
	fresh();
	assert_true(ss_window_may(&w, 100000));
	assert_true(take(1));
	assert_true(take(0));
}

static void t_resumed(void **state)
{
	(void)state;
	fresh();
	ss_window_resume(&w, 5000);
	assert_false(take(4999));
	assert_false(take(5000 - SS_WINDOW));
	assert_true(take(5000));
	assert_true(take(5002));
	assert_true(take(5001));
	assert_false(take(4999));
}

/* Beside a plain list. */
#define IDS 20000
static void t_seeds(void **state)
{
	static bool seen[IDS];
	uint64_t seed, high, id;
	unsigned s, i;

	(void)state;
	for (s = 1; s <= test_seeds(30); s++) {
		seed = s;
		fresh();
		memset(seen, 0, sizeof(seen));
		for (i = 0, high = 0; i < 4000; i++) {
			id = high + test_random(&seed) % 60;
			if (test_random(&seed) % 3 == 0)
				id = test_random(&seed) % (high + 1);
			if (test_random(&seed) % 500 == 0)
				id = high + test_random(&seed) % 3000;
			if (id >= IDS)
				break;
			assert_int_equal(take(id), !seen[id] &&
			    id + SS_WINDOW > high);
			seen[id] = true;
			high = MAX(high, id);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_edges),
		cmocka_unit_test(t_leaps),
		cmocka_unit_test(t_asking),
		cmocka_unit_test(t_resumed),
		cmocka_unit_test(t_seeds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
