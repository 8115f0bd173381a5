/* t_buf.c - borrowed buffers: empty at first, counted, given in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/core/buf.c"

static struct buf *given;

static void on_turn(struct pool_waiter *w)
{
	(void)w;
	given = buf_get();
}

static void borrowed_and_given_back(void **state)
{
	struct buf *b = buf_get();

	(void)state;
	assert_non_null(b);
	assert_int_equal(buf_used(), 1);
	b->off = 5;
	b->len = 7;
	buf_put(&b);
	assert_null(b);
	buf_put(&b);
	assert_int_equal(buf_used(), 0);
	b = buf_get();
	assert_int_equal(b->off + b->len, 0);
	buf_put(&b);
}

static void starved_only_while_somebody_waits(void **state)
{
	struct buf *all[LIMIT_BUFS];
	struct pool_waiter w = { .fn = on_turn };

	(void)state;
	for (size_t i = 0; i < LEN(all); i++)
		assert_non_null(all[i] = buf_get());
	assert_null(buf_get());
	assert_false(buf_starved());
	buf_wait(&w);
	assert_true(buf_starved());
	buf_put(&all[0]);
	assert_false(buf_starved());
	assert_null(buf_get());		/* it is for the one that waits */
	pool_wake();
	assert_non_null(given);
	buf_put(&given);
	for (size_t i = 1; i < LEN(all); i++)
		buf_put(&all[i]);
	assert_int_equal(buf_used(), 0);
}

/* Growing keeps the octets, and gives the small one back. */
static void grown(void **state)
{
	struct buf *b = buf_get(), *all[LIMIT_BIG_BUFS], *last = buf_get();
	struct pool_waiter w = { .fn = on_turn };

	(void)state;
	memcpy(b->data, "0123456789", 10);
	assert_int_equal(buf_grow(&b, b->data + 5, 5), 0);
	assert_int_equal(b->size, BUF_BIG_OCTETS);
	assert_memory_equal(b->data, "56789", 5);
	assert_int_equal(buf_used(), 1);
	assert_int_equal(buf_big_used(), 1);
	all[0] = b;
	for (size_t i = 1; i < LEN(all); i++) {
		all[i] = buf_get();
		assert_int_equal(buf_grow(&all[i], all[i]->data, 0), 0);
	}
	b = last;
	assert_int_equal(buf_grow(&last, last->data, 1), -E_FULL);
	assert_ptr_equal(b, last);
	given = NULL;
	buf_wait(&w);		/* for a big one: a small one is there */
	assert_true(buf_big_starved() && !buf_starved());
	pool_wake();
	assert_null(given);
	buf_put(&all[0]);
	pool_wake();
	assert_non_null(given);
	buf_put(&given);
	buf_put(&last);
	for (size_t i = 1; i < LEN(all); i++)
		buf_put(&all[i]);
	assert_int_equal(buf_used() + buf_big_used(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(borrowed_and_given_back),
		cmocka_unit_test(starved_only_while_somebody_waits),
		cmocka_unit_test(grown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
