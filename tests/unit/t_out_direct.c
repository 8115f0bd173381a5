/* t_out_direct.c - which addresses --forbidden-ip keeps clients from. */
#include "src/ss/out_direct.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct ss_conf conf;

static void forbid(const char *text)
{
	assert_int_equal(net_parse(&conf.forbidden[conf.forbidden_n++], text,
	    strlen(text)), 0);
}

static bool forbidden(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text, strlen(text)), 0);
	return is_forbidden(&conf, a);
}

static void t_loopback(void **state)
{
	(void)state;
	conf.forbidden_n = 0;
	forbid("127.0.0.0/8");
	forbid("::1/128");
	assert_true(forbidden("127.0.0.1"));
	assert_true(forbidden("127.255.0.9"));
	assert_true(forbidden("::1"));
	assert_true(forbidden("::ffff:127.0.0.1"));
	assert_true(forbidden("0.0.0.0"));
	assert_true(forbidden("::"));
	assert_true(forbidden("::ffff:0.0.0.0"));
	assert_false(forbidden("128.0.0.1"));
	assert_false(forbidden("0.0.0.1"));
	assert_false(forbidden("::2"));
	assert_false(forbidden("10.0.0.1"));
}

static void t_nothing_forbidden(void **state)
{
	(void)state;
	conf.forbidden_n = 0;
	assert_false(forbidden("127.0.0.1"));
	assert_false(forbidden("0.0.0.0"));
	assert_false(forbidden("::1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_loopback),
		cmocka_unit_test(t_nothing_forbidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
