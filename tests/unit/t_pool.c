/* t_pool.c - pools: reuse, wiping, limits, and who gets what comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/core/pool.c"

struct thing {
	void *link;
	uint8_t octets[41];
};

POOL_DEFINE(things, struct thing, 3);
POOL_DEFINE_RAW(raws, struct thing, 2);

static int all_empty(void **state)
{
	(void)state;
	for (struct pool *p = pool_first(); p != NULL; p = p->next) {
		assert_int_equal(p->used, 0);
		assert_true(list_empty(&p->waiters));
		p->limit = 0;
	}
	return 0;
}

static bool is_zero(const void *mem, size_t len)
{
	const uint8_t *p = mem;

	while (len > 0 && p[len - 1] == 0)
		len--;
	return len == 0;
}

static void last_in_is_first_out_and_wiped(void **state)
{
	struct thing *a = pool_get(&things), *b = pool_get(&things);

	(void)state;
	assert_true(is_zero(a, sizeof(*a)));
	memset(a, 0xff, sizeof(*a));
	memset(b, 0xff, sizeof(*b));
	pool_put(&things, a);
	pool_put(&things, b);
	assert_ptr_equal(pool_get(&things), b);
	assert_ptr_equal(pool_get(&things), a);
	assert_true(is_zero(a, sizeof(*a)));
	assert_true(is_zero(b, sizeof(*b)));
	assert_int_equal(things.fresh, 2);
	pool_put(&things, a);
	pool_put(&things, b);
}

static void full_is_counted(void **state)
{
	struct thing *t[3];
	uint64_t refused = things.refused;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_false(pool_full(&things));
		t[i] = pool_get(&things);
		assert_non_null(t[i]);
	}
	assert_true(pool_full(&things));
	assert_null(pool_get(&things));
	assert_int_equal(things.refused, refused + 1);
	assert_int_equal(things.peak, 3);
	for (size_t i = 0; i < 3; i++)
		pool_put(&things, t[i]);
}

static void a_limit_below_the_count_holds(void **state)
{
	struct thing *t;

	(void)state;
	things.limit = 1;
	t = pool_get(&things);
	assert_non_null(t);
	assert_null(pool_get(&things));
	pool_put(&things, t);
}

static void raw_contents_stay(void **state)
{
	struct thing *t = pool_get(&raws);

	(void)state;
	memset(t, 7, sizeof(*t));
	pool_put(&raws, t);
	assert_ptr_equal(pool_get(&raws), t);
	assert_int_equal(t->octets[40], 7);
	pool_put(&raws, t);
}

/* ---- waiting ---- */

struct hungry {
	struct pool_waiter waiter;
	struct thing *got;
	int calls;
	bool again;
};

static void eat(struct pool_waiter *w)
{
	struct hungry *h = OWNER(w, struct hungry, waiter);

	h->calls++;
	if (h->again)
		pool_wait(&things, w);
	else
		h->got = pool_get(&things);
}

static void waiters_come_first_and_in_order(void **state)
{
	struct thing *t[3];
	struct hungry h[3] = { 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++)
		t[i] = pool_get(&things);
	for (size_t i = 0; i < 3; i++) {
		h[i].waiter.fn = eat;
		pool_wait(&things, &h[i].waiter);
	}
	pool_wait(&things, &h[0].waiter);	/* no change */
	pool_wake();
	assert_int_equal(h[0].calls, 0);
	pool_put(&things, t[0]);
	assert_true(pool_full(&things));	/* for whoever did not wait */
	assert_null(pool_get(&things));
	pool_wake();
	assert_ptr_equal(h[0].got, t[0]);
	assert_int_equal(h[1].calls, 0);
	pool_unwait(&h[1].waiter);
	pool_unwait(&h[1].waiter);
	pool_put(&things, t[1]);
	pool_wake();
	assert_int_equal(h[1].calls, 0);
	assert_ptr_equal(h[2].got, t[1]);
	pool_put(&things, h[0].got);
	assert_false(pool_full(&things));
	pool_put(&things, h[2].got);
	pool_put(&things, t[2]);
}

static void who_waits_again_waits_for_the_next_turn(void **state)
{
	struct hungry h = { .waiter = { .fn = eat }, .again = true };

	(void)state;
	pool_wait(&things, &h.waiter);
	pool_wake();
	assert_int_equal(h.calls, 1);
	pool_wake();
	assert_int_equal(h.calls, 2);
	pool_unwait(&h.waiter);
}

static void random_use_never_gives_one_twice(void **state)
{
	struct thing *held[3] = { 0 };
	uint32_t seed = 12345, used = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		size_t k = (seed = seed * 1664525 + 1013904223) >> 16;

		k %= 3;
		if (held[k] != NULL) {
			assert_int_equal(held[k]->octets[0], k + 1);
			pool_put(&things, held[k]);
			held[k] = NULL;
			used--;
		} else {
			held[k] = pool_get(&things);
			assert_true(is_zero(held[k], sizeof(struct thing)));
			held[k]->octets[0] = (uint8_t)(k + 1);
			used++;
		}
		assert_int_equal(things.used, used);
	}
	for (size_t k = 0; k < 3; k++)
		if (held[k] != NULL)
			pool_put(&things, held[k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(last_in_is_first_out_and_wiped,
		    all_empty),
		cmocka_unit_test_teardown(full_is_counted, all_empty),
		cmocka_unit_test_teardown(a_limit_below_the_count_holds,
		    all_empty),
		cmocka_unit_test_teardown(raw_contents_stay, all_empty),
		cmocka_unit_test_teardown(waiters_come_first_and_in_order,
		    all_empty),
		cmocka_unit_test_teardown(
		    who_waits_again_waits_for_the_next_turn, all_empty),
		cmocka_unit_test_teardown(random_use_never_gives_one_twice,
		    all_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
