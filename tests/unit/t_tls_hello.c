/* t_tls_hello.c - the suites of a ClientHello, whole or in any way not. */
#include "src/crypto/tls_hello.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* Record and handshake header, version, random, a session of two octets, three
 * suites; compression and extensions are not looked at. */
static const uint8_t hello[] = { 22, 3, 1, 0, 51, 1, 0, 0, 47, 3, 3,
	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
	2, 0xaa, 0xbb, 0, 6, 0x13, 2, 0xc0, 0x2b, 0x13, 1, 1, 0 };

static void t_whole(void **state)
{
	const uint8_t *list;

	(void)state;
	assert_int_equal(hello[4] + 5, sizeof(hello));
	assert_int_equal(tls_hello_suites(hello, sizeof(hello), &list), 6);
	assert_ptr_equal(list, hello + 48);
}

/* In memory of its own, for the sanitizer to see. */
static size_t look(const uint8_t *from, size_t n)
{
	uint8_t *copy = malloc(n + 1);
	const uint8_t *list = NULL;
	size_t got;

	memcpy(copy, from, n);
	got = tls_hello_suites(copy, n, &list);
	if (got > 0)
		assert_true(list >= copy && list + got <= copy + n);
	free(copy);
	return got;
}

static void t_cut(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(hello) - 1; n++)
		assert_int_equal(look(hello, n), 0);
}

static void t_odd(void **state)
{
	static const uint8_t short_one[] = { 22, 0x59, 0, 0, 0, 6 };
	uint8_t bad[sizeof(hello)];

	(void)state;
	assert_int_equal(look(short_one, sizeof(short_one)), 0);
	for (size_t i = 0; i < sizeof(hello); i++)
		for (unsigned v = 0; v < 256; v++) {
			memcpy(bad, hello, sizeof(bad));
			bad[i] = (uint8_t)v;
			(void)look(bad, sizeof(bad));
		}
	memcpy(bad, hello, sizeof(bad));
	bad[47] = 5;
	assert_int_equal(look(bad, sizeof(bad)), 4);
	bad[0] = 23;
	assert_int_equal(look(bad, sizeof(bad)), 0);
	bad[0] = 22;
	bad[5] = 2;
	assert_int_equal(look(bad, sizeof(bad)), 0);
}

static void t_choose(void **state)
{
	static const int ours[] = { 0x1303, 0x1301, 0x1302, 0xcca9, 0xc02b, 0 };
	const int none[] = { 0xcca9, 0xc02b, 0 };
	const int second[] = { 0x1301, 0xcca9, 0xc02b, 0 };
	int out[LEN(ours)];

	(void)state;
	tls_hello_choose(out, ours, hello + 48, 6);
	assert_memory_equal(out, second, sizeof(second));
	tls_hello_choose(out, ours, hello + 50, 2);
	assert_memory_equal(out, none, sizeof(none));
	tls_hello_choose(out, ours, hello, 0);
	assert_memory_equal(out, none, sizeof(none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_whole),
		cmocka_unit_test(t_cut),
		cmocka_unit_test(t_odd),
		cmocka_unit_test(t_choose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
