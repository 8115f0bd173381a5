/* t_ss_ghost.c - sessions of the last minute: how far each had come. */
#include "src/ss/ss_ghost.c"

#include "tests/lib/codec_feed.h"

static struct ss_ghosts store;

static void fresh(void)
{
	memset(&store, 0, sizeof(store));
	ss_ghosts_start(&store);
}

static const uint8_t *session(uint32_t number)
{
	static uint8_t id[SS_SESSION_ID];

	put_u32be(id, number * 2654435761u);
	put_u32be(id + 4, number);
	return id;
}

static int add(uint32_t number, uint64_t next, int64_t now_ms)
{
	struct ss_ghost ghost = { .next = next, .tx_next = next + 1 };

	return ss_ghost_add(&store, session(number), &ghost, now_ms);
}

/* 0 = none. */
static uint64_t next_of(uint32_t number, int64_t now_ms)
{
	const struct ss_ghost *ghost = ss_ghost_find(&store, session(number),
	    now_ms);

	if (ghost == NULL)
		return 0;
	assert_true(ghost->tx_next == ghost->next + 1);
	return ghost->next;
}

static void t_for_a_minute(void **state)
{
	(void)state;
	fresh();
	assert_true(next_of(1, 0) == 0);
	assert_int_equal(add(1, 7, 1000), 0);
	assert_true(next_of(1, 1000) == 7);
	assert_true(next_of(2, 1000) == 0);
	/* It came back, and went again. */
	assert_int_equal(add(1, 9, 2000), 0);
	assert_true(next_of(1, 2000) == 9);
	assert_true(next_of(1, 2000 + SS_GHOST_MS - 1) == 9);
	assert_true(next_of(1, 2000 + SS_GHOST_MS) == 0);
	assert_int_equal(store.n, 0);
}

/* None is forgotten early: the next one has to stay. */
static void t_full(void **state)
{
	uint32_t i;

	(void)state;
	fresh();
	for (i = 0; i < LIMIT_GHOSTS; i++)
		assert_int_equal(add(i, i + 1, 1000), 0);
	assert_int_equal(add(i, 1, 2000), -E_BUSY);
	assert_true(next_of(0, 2000) == 1);
	assert_true(next_of(i - 1, 2000) == i);
	assert_int_equal(add(i, 1, 1000 + SS_GHOST_MS), 0);
	assert_true(next_of(0, 1000 + SS_GHOST_MS) == 0);
}

/* Beside a plain list. */
static void t_seeds(void **state)
{
	static int64_t until[300];
	static uint64_t next[300];
	int64_t now_ms = 1;
	uint64_t seed = 1;
	uint32_t i, n;

	(void)state;
	fresh();
	memset(until, 0, sizeof(until));
	for (i = 1; i < 20000; i++) {
		now_ms += test_random(&seed) % 500;
		n = test_random(&seed) % LEN(until);
		assert_true(next_of(n, now_ms) ==
		    (until[n] > now_ms ? next[n] : 0));
		assert_int_equal(add(n, i, now_ms), 0);
		until[n] = now_ms + SS_GHOST_MS;
		next[n] = i;
	}
	while (store.n > 0)
		forget_first(&store);
	for (i = 0; i < LIMIT_GHOSTS; i++)
		assert_int_equal(store.row[i], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_for_a_minute),
		cmocka_unit_test(t_full),
		cmocka_unit_test(t_seeds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
