/* t_ss_account.c - sums, rates to the octet, quota and time. */
#include "src/ss/ss_account.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void t_sums(void **state)
{
	struct ss_account a = { 0 };
	struct ss_share one = { 0 }, two = { 0 };

	(void)state;
	ss_account_move(&a, &one, 10, 1);
	ss_account_move(&a, &two, 5, 0);
	ss_account_move(&a, &one, 10, 4);
	assert_int_equal(a.up, 15);
	assert_int_equal(a.down, 4);
	assert_int_equal(ss_account_news(&a), 19);
	assert_int_equal(ss_account_news(&a), 0);
	ss_account_move(&a, &two, 6, 0);
	assert_int_equal(ss_account_news(&a), 1);
	assert_int_equal(ss_account_total(&a), 20);
	assert_false(ss_account_limited(&a));
	assert_false(ss_account_spent(&a, INT64_MAX));
	assert_int_equal(ss_bucket_wait(&a.of_up, 1), 0);
}

/* Reads of `piece` octets whenever they may be, for an hour: octets in all. */
static int64_t greedy(int64_t rate, int64_t piece, int64_t late_ms)
{
	struct ss_limits limits = { .rate_down = rate };
	struct ss_account a = { 0 };
	struct ss_share share = { 0 };
	int64_t now = 77, end = now + 3600000, wait;

	ss_account_limit(&a, &limits, now);
	while (now < end) {
		ss_account_move(&a, &share, 0, share.down + (uint64_t)piece);
		wait = ss_bucket_wait(&a.of_down, now);
		now += wait > 0 ? wait + late_ms : 0;
	}
	return (int64_t)a.down;
}

static void t_rate(void **state)
{
	static const int64_t rates[] = { 1, 999, 1000, 65536, 12500000,
		1250000000 };
	static const int64_t pieces[] = { 1500, 16384, 65535 };
	int64_t hour, got;

	(void)state;
	for (size_t i = 0; i < LEN(rates); i++)
		for (size_t k = 0; k < LEN(pieces); k++) {
			hour = rates[i] * 3600;
			if (hour / pieces[k] > 20000000)
				continue;
			got = greedy(rates[i], pieces[k], 0);
			assert_true(got <= hour + rates[i] / 4 + pieces[k]);
			assert_true(got >= hour - pieces[k]);
			/* A timer that is late loses nothing by it. */
			got = greedy(rates[i], pieces[k], 16);
			assert_true(got <= hour + rates[i] / 4 + pieces[k]);
			assert_true(got >= hour - pieces[k] -
			    rates[i] / 50);
		}
}

/* However long nothing came: no more than a quarter of a second at once. */
static void t_idle(void **state)
{
	struct ss_limits limits = { .rate_up = SS_RATE_MAX };
	struct ss_account a = { 0 };

	(void)state;
	ss_account_limit(&a, &limits, 0);
	assert_int_equal(ss_bucket_wait(&a.of_up, INT64_MAX / 2), 0);
	assert_int_equal(a.of_up.level, SS_RATE_MAX * BURST_MS);
	assert_int_equal(ss_bucket_wait(&a.of_up, INT64_MAX / 2), 0);
}

static void t_spent(void **state)
{
	struct ss_limits limits = { .quota = 10, .expires_s = 100 };
	struct ss_account a = { 0 };
	struct ss_share share = { 0 };

	(void)state;
	ss_account_limit(&a, &limits, 0);
	assert_true(ss_account_limited(&a));
	ss_account_move(&a, &share, 4, 5);
	assert_false(ss_account_spent(&a, 99999));
	assert_true(ss_account_spent(&a, 100000));
	ss_account_move(&a, &share, 5, 5);
	assert_true(ss_account_spent(&a, 0));
	limits.quota = 11;
	ss_account_limit(&a, &limits, 0);
	assert_false(ss_account_spent(&a, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_sums), cmocka_unit_test(t_rate),
		cmocka_unit_test(t_idle), cmocka_unit_test(t_spent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
