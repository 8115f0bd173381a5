/* t_civil.c - dates against a calendar walked day by day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "src/base/civil.c"

static void check(int64_t unix_s, int year, int month, int day, int hour,
    int min, int sec, int weekday)
{
	struct civil c;

	civil_from_unix(&c, unix_s);
	assert_int_equal(c.year, year);
	assert_int_equal(c.month, month);
	assert_int_equal(c.day, day);
	assert_int_equal(c.hour, hour);
	assert_int_equal(c.min, min);
	assert_int_equal(c.sec, sec);
	assert_int_equal(c.weekday, weekday);
	assert_true(civil_to_unix(&c) == unix_s);
}

static void known_days(void **state)
{
	(void)state;
	check(0, 1970, 1, 1, 0, 0, 0, 4);
	check(-1, 1969, 12, 31, 23, 59, 59, 3);
	check(951782400, 2000, 2, 29, 0, 0, 0, 2);
	check(1709251199, 2024, 2, 29, 23, 59, 59, 4);
	check(2147483648, 2038, 1, 19, 3, 14, 8, 2);
	check(4107542400, 2100, 3, 1, 0, 0, 0, 1);
	check(253402300799, 9999, 12, 31, 23, 59, 59, 5);
	check(-62167219200, 0, 1, 1, 0, 0, 0, 6);
}

static bool is_leap(int y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

/* Every day of 1600..2400, by counting. */
static void each_day_of_800_years(void **state)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	int64_t s = -11676096000;
	int weekday = 6;

	(void)state;
	for (int y = 1600; y < 2400; y++)
		for (int m = 1; m <= 12; m++)
			for (int d = 1; d <= length[m - 1] +
			    (m == 2 && is_leap(y)); d++) {
				check(s + 86399, y, m, d, 23, 59, 59, weekday);
				s += 86400;
				weekday = (weekday + 1) % 7;
			}
	assert_true(s == 13569465600);
}

static void ends_of_int32_years(void **state)
{
	struct civil c = { .year = INT32_MAX, .month = 12, .day = 31,
		.hour = 23, .min = 59, .sec = 59 };
	int64_t s = civil_to_unix(&c);

	(void)state;
	civil_from_unix(&c, s);
	assert_int_equal(c.year, INT32_MAX);
	assert_int_equal(c.day, 31);
	c = (struct civil){ .year = INT32_MIN, .month = 1, .day = 1 };
	s = civil_to_unix(&c);
	civil_from_unix(&c, s);
	assert_int_equal(c.year, INT32_MIN);
	assert_int_equal(c.month, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_days),
		cmocka_unit_test(each_day_of_800_years),
		cmocka_unit_test(ends_of_int32_years),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
