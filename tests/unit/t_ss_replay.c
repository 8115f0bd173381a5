/* t_ss_replay.c - salts of the last minute: each once, none too many. */
#include "src/ss/ss_replay.c"

#include "tests/lib/codec_feed.h"

static struct ss_replay store;

static void fresh(void)
{
	memset(&store, 0, sizeof(store));
	ss_replay_start(&store);
}

static int add(uint32_t number, int64_t now_ms)
{
	uint8_t salt[32] = { 0 };

	put_u32be(salt, number);
	put_u32be(salt + 28, number);
	return ss_replay_add(&store, salt, sizeof(salt), now_ms);
}

static void nothing_left(void)
{
	size_t i;

	assert_int_equal(store.n, 0);
	for (i = 0; i < SLOTS; i++)
		assert_int_equal(store.slot[i], 0);
}

static void t_for_a_minute(void **state)
{
	(void)state;
	fresh();
	assert_int_equal(add(1, 1000), 0);
	assert_int_equal(add(1, 1000), -E_DENY);
	assert_int_equal(add(2, 1000), 0);
	assert_int_equal(add(1, 1000 + SS_SALT_MS - 1), -E_DENY);
	assert_int_equal(add(1, 1000 + SS_SALT_MS), 0);
	assert_int_equal(store.n, 1);
}

static void t_short_salts(void **state)
{
	static const uint8_t a[16] = { 1 }, b[16] = { 2 };

	(void)state;
	fresh();
	assert_int_equal(ss_replay_add(&store, a, 16, 1), 0);
	assert_int_equal(ss_replay_add(&store, b, 16, 1), 0);
	assert_int_equal(ss_replay_add(&store, a, 16, 1), -E_DENY);
}

static void t_full(void **state)
{
	uint32_t i;

	(void)state;
	fresh();
	for (i = 0; i < LIMIT_SALTS; i++)
		assert_int_equal(add(i, 1000), 0);
	assert_int_equal(add(i, 2000), -E_BUSY);
	assert_int_equal(add(0, 2000), -E_DENY);
	assert_int_equal(add(LIMIT_SALTS - 1, 2000), -E_DENY);
	assert_int_equal(add(i, 1000 + SS_SALT_MS), 0);
	while (store.n > 0)
		forget_first(&store);
	nothing_left();
}

/* Beside a plain list: the same answers, whatever collides. */
static void one_seed(uint64_t seed)
{
	static int64_t until[500];
	int64_t now_ms = 1, last_ms = 0;
	uint32_t i, number;
	int want;

	fresh();
	memset(until, 0, sizeof(until));
	for (i = 0; i < 3000; i++) {
		now_ms += test_random(&seed) % 400;
		number = test_random(&seed) % LEN(until);
		want = until[number] > now_ms ? -E_DENY : 0;
		if (want == 0)
			until[number] = now_ms + SS_SALT_MS;
		assert_int_equal(add(number, now_ms), want);
		last_ms = now_ms;
	}
	assert_true(last_ms > SS_SALT_MS);
	while (store.n > 0)
		forget_first(&store);
	nothing_left();
}

static void t_like_a_list(void **state)
{
	unsigned i;

	(void)state;
	for (i = 1; i <= 20; i++)
		one_seed(i);
}

/* Every entry has one of three homes, the last slots of the table. */
static void t_collisions(void **state)
{
	uint32_t i, j;

	(void)state;
	memset(&store, 0, sizeof(store));
	for (i = 0; i < 40; i++) {
		store.seen[i].home = (MASK - i % 3) & MASK;
		j = store.seen[i].home;
		while (store.slot[j] != 0)
			j = (j + 1) & MASK;
		store.slot[j] = i + 1;
		store.n++;
	}
	while (store.n > 0) {
		forget_first(&store);
		for (i = store.first; i < store.first + store.n; i++) {
			j = store.seen[i].home;
			while (store.slot[j] != i + 1) {
				assert_int_not_equal(store.slot[j], 0);
				j = (j + 1) & MASK;
			}
		}
	}
	nothing_left();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_for_a_minute),
		cmocka_unit_test(t_short_salts),
		cmocka_unit_test(t_full),
		cmocka_unit_test(t_like_a_list),
		cmocka_unit_test(t_collisions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
