/* t_dns_cache.c - answers: how long they live, and which one makes room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "src/core/dns_cache.c"

static struct dns_answer one(uint32_t ttl_s, uint8_t last)
{
	struct dns_answer a = { .ttl_s = ttl_s, .n = 1 };

	a.list[0] = (struct addr){ .family = 4, .ip = { 192, 0, 2, last } };
	return a;
}

static struct dns_answer no(uint32_t ttl_s)
{
	return (struct dns_answer){ .status = -E_NOENT, .ttl_s = ttl_s };
}

static int clean(void **state)
{
	(void)state;
	dns_cache_clear();
	assert_int_equal(dns_cache.used, 0);
	return 0;
}

static void lives_as_long_as_told(void **state)
{
	struct dns_answer a = one(10, 7), got;

	(void)state;
	dns_cache_put("x.test", 6, DNS_A, &a, 1000);
	assert_false(dns_cache_get("x.test", 6, DNS_AAAA, &got, 1000));
	assert_false(dns_cache_get("y.test", 6, DNS_A, &got, 1000));
	assert_true(dns_cache_get("x.test", 6, DNS_A, &got, 10999));
	assert_int_equal(got.status, 0);
	assert_int_equal(got.n, 1);
	assert_true(addr_eq(&got.list[0], &a.list[0]));
	assert_false(dns_cache_get("x.test", 6, DNS_A, &got, 11000));
	assert_int_equal(dns_cache.used, 0);
}

static void times_have_bounds(void **state)
{
	struct dns_answer zero = one(0, 1), years = one(UINT32_MAX, 2), got;
	struct dns_answer never = no(UINT32_MAX);

	(void)state;
	dns_cache_put("zero", 4, DNS_A, &zero, 0);
	dns_cache_put("years", 5, DNS_A, &years, 0);
	dns_cache_put("never", 5, DNS_A, &never, 0);
	assert_true(dns_cache_get("zero", 4, DNS_A, &got, 999));
	assert_false(dns_cache_get("zero", 4, DNS_A, &got, 1000));
	assert_true(dns_cache_get("never", 5, DNS_A, &got, 899999));
	assert_int_equal(got.status, -E_NOENT);
	assert_int_equal(got.n, 0);
	assert_false(dns_cache_get("never", 5, DNS_A, &got, 900000));
	assert_true(dns_cache_get("years", 5, DNS_A, &got, 86399999));
	assert_false(dns_cache_get("years", 5, DNS_A, &got, 86400000));
}

static void a_new_answer_takes_the_place(void **state)
{
	struct dns_answer a = one(10, 1), b = one(10, 2), got;

	(void)state;
	dns_cache_put("x", 1, DNS_A, &a, 0);
	dns_cache_put("x", 1, DNS_A, &b, 5000);
	assert_int_equal(dns_cache.used, 1);
	assert_true(dns_cache_get("x", 1, DNS_A, &got, 14000));
	assert_int_equal(got.list[0].ip[3], 2);
}

static void long_names_are_not_kept(void **state)
{
	char name[DNS_CACHED_NAME + 1];
	struct dns_answer a = one(10, 1), got;

	(void)state;
	memset(name, 'a', sizeof(name));
	dns_cache_put(name, sizeof(name), DNS_A, &a, 0);
	assert_false(dns_cache_get(name, sizeof(name), DNS_A, &got, 0));
	dns_cache_put(name, sizeof(name) - 1, DNS_A, &a, 0);
	assert_true(dns_cache_get(name, sizeof(name) - 1, DNS_A, &got, 0));
}

static size_t name_of(char out[16], int i)
{
	return (size_t)snprintf(out, 16, "n%d", i);
}

static void the_least_used_makes_room(void **state)
{
	struct dns_answer a = one(1000, 1), got;
	char name[16];

	(void)state;
	for (int i = 0; i < LIMIT_DNS_CACHE; i++)
		dns_cache_put(name, name_of(name, i), DNS_A, &a, 0);
	assert_true(dns_cache_get("n0", 2, DNS_A, &got, 0));
	dns_cache_put("new", 3, DNS_A, &a, 0);
	assert_int_equal(dns_cache.used, LIMIT_DNS_CACHE);
	assert_true(dns_cache_get("n0", 2, DNS_A, &got, 0));
	assert_false(dns_cache_get("n1", 2, DNS_A, &got, 0));
	assert_true(dns_cache_get("n2", 2, DNS_A, &got, 0));
	assert_int_equal(dns_cache.refused, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(lives_as_long_as_told, clean),
		cmocka_unit_test_teardown(times_have_bounds, clean),
		cmocka_unit_test_teardown(a_new_answer_takes_the_place, clean),
		cmocka_unit_test_teardown(long_names_are_not_kept, clean),
		cmocka_unit_test_teardown(the_least_used_makes_room, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
