/* t_ss_half.c - who goes first when too many have not shown who they are. */
#include "src/ss/ss_half.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define MANY 300

static struct ss_halves h;
static struct ss_half x[MANY];

static struct addr v4(uint8_t last)
{
	return (struct addr){ .family = 4, .ip = { 192, 0, 2, last } };
}

static void add(int i, uint16_t row)
{
	ss_half_add(&h, &x[i], row);
}

static void t_oldest_of_all(void **state)
{
	(void)state;
	ss_halves_start(&h);
	assert_null(ss_half_over(&h, 1, 1, 1));
	for (int i = 0; i < 10; i++) {
		assert_null(ss_half_over(&h, (uint16_t)i, 10, 2));
		add(i, (uint16_t)i);
	}
	assert_ptr_equal(ss_half_over(&h, 10, 10, 2), &x[0]);
	assert_null(ss_half_over(&h, 10, 0, 2));
	ss_half_leave(&h, &x[0]);
	assert_null(ss_half_over(&h, 10, 10, 2));
	add(0, 10);
	assert_ptr_equal(ss_half_over(&h, 11, 10, 2), &x[1]);
	for (int i = 0; i < 10; i++)
		ss_half_leave(&h, &x[i]);
	assert_int_equal(h.n, 0);
	for (int i = 0; i < SS_HALF_ROWS; i++)
		assert_int_equal(h.count[i], 0);
}

static void t_oldest_of_a_source(void **state)
{
	(void)state;
	ss_halves_start(&h);
	add(0, 7);
	for (int i = 1; i < 5; i++)
		add(i, 8);
	assert_ptr_equal(ss_half_over(&h, 8, 100, 4), &x[1]);
	assert_null(ss_half_over(&h, 7, 100, 4));
	assert_null(ss_half_over(&h, 8, 100, 5));
	assert_null(ss_half_over(&h, 8, 100, 0));
	/* Of its own first, though there are too many of all as well. */
	assert_ptr_equal(ss_half_over(&h, 8, 5, 4), &x[1]);
	assert_ptr_equal(ss_half_over(&h, 9, 5, 4), &x[0]);
}

static void t_sources(void **state)
{
	struct addr mapped = { .family = 6, .ip = { [10] = 0xff, 0xff, 192, 0,
		2, 1 } };
	struct addr one = v4(1), a = { .family = 6, .ip = { 0x20, 1, 0xd, 0xb8,
		0, 0, 0, 1, 9 } }, b = a;
	int same = 0;

	(void)state;
	ss_halves_start(&h);
	assert_int_equal(ss_half_row(&h, &mapped), ss_half_row(&h, &one));
	b.ip[15] = 77;
	assert_int_equal(ss_half_row(&h, &a), ss_half_row(&h, &b));
	/* Networks and addresses are spread, differently each time. */
	for (int i = 0; i < MANY; i++) {
		struct addr p = v4((uint8_t)(i % 256)), q = b;
		uint16_t row = ss_half_row(&h, &p);

		q.ip[7] = (uint8_t)i;
		assert_true(row < SS_HALF_ROWS);
		same += row == ss_half_row(&h, &one);
		ss_halves_start(&h);
		same += ss_half_row(&h, &q) == ss_half_row(&h, &one);
	}
	assert_true(same < 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_oldest_of_all),
		cmocka_unit_test(t_oldest_of_a_source),
		cmocka_unit_test(t_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
