/* t_ss_gate.c - which addresses a server keeps its clients from. */
#include "src/ss/ss_gate.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct ss_conf conf;
static struct ss_gate gate;

static void forbid(const char *text)
{
	assert_int_equal(net_parse(&conf.forbidden[conf.forbidden_n++], text,
	    strlen(text)), 0);
}

static bool forbidden(const char *text)
{
	struct addr a;

	if (addr_parse(&a, text, strlen(text)) != 0)
		fail_msg("%s", text);
	return !ss_gate_addr(&gate, SS_SAYS_NOTHING, &a);
}

static int begin(void **state)
{
	(void)state;
	memset(&conf, 0, sizeof(conf));
	ss_gate_open(&gate, &conf, NULL);
	return 0;
}

/* What the python original refuses: this machine alone, by any of its names. */
static void t_loopback(void **state)
{
	(void)state;
	forbid("127.0.0.0/8");
	forbid("::1/128");
	assert_true(forbidden("127.0.0.1"));
	assert_true(forbidden("127.255.0.9"));
	assert_true(forbidden("::1"));
	assert_true(forbidden("::ffff:127.0.0.1"));
	assert_true(forbidden("0.0.0.0"));
	assert_true(forbidden("::"));
	assert_true(forbidden("::ffff:0.0.0.0"));
	assert_true(forbidden("64:ff9b::127.0.0.1"));
	assert_true(forbidden("64:ff9b::"));
	assert_true(forbidden("2002:7f00:1::1"));
	assert_false(forbidden("128.0.0.1"));
	assert_false(forbidden("0.0.0.1"));
	assert_false(forbidden("10.0.0.1"));
	assert_false(forbidden("169.254.169.254"));
	assert_false(forbidden("fd00::1"));
	assert_false(forbidden("64:ff9b::10.0.0.1"));
}

static void t_nothing_forbidden(void **state)
{
	(void)state;
	assert_false(forbidden("127.0.0.1"));
	assert_false(forbidden("0.0.0.0"));
	assert_false(forbidden("::1"));
}

static const char *const not_of_the_internet[] = {
	"0.0.0.0", "0.1.2.3", "10.0.0.0", "10.255.255.255", "100.64.0.1",
	"100.127.255.255", "127.0.0.1", "169.254.0.1", "169.254.169.254",
	"172.16.0.1", "172.31.255.255", "192.0.0.8", "192.168.0.1",
	"198.19.0.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
	"255.255.255.255",
	"::", "::1", "fc00::1", "fdff:ffff::1", "fe80::1", "febf::1",
	"fe80::1%3", "fec0::1", "ff02::1", "100::1",
	"::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:10.0.0.1",
	"::10.0.0.1", "64:ff9b::192.168.1.1", "64:ff9b::a9fe:a9fe",
	"64:ff9b:1::8.8.8.8", "2002:0a00:0001::1", "2002:c0a8:0101::",
	"2001:0:0808:0808:0:ffff:f5ff:fffe",	/* Teredo, ~10.0.0.1 */
	"2001:db8::5efe:10.0.0.1", "2001:db8::200:5efe:192.168.0.1",
};

static const char *const of_the_internet[] = {
	"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255",
	"100.128.0.0", "126.0.0.1", "128.0.0.1", "169.253.0.1", "169.255.0.1",
	"172.15.255.255", "172.32.0.0", "192.0.1.1", "192.167.0.1",
	"192.169.0.1", "198.17.0.1", "198.20.0.1", "223.255.255.255",
	"2600::1", "2001:4860:4860::8888", "2a00::", "fbff::1",
	"::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:0808:0808::1",
	"2001:0:0a00:0001:0:ffff:f7f7:f7f7",	/* Teredo, ~8.8.8.8 */
};

static void t_private(void **state)
{
	size_t i;

	(void)state;
	conf.refuse_private = true;
	ss_gate_open(&gate, &conf, NULL);
	for (i = 0; i < LEN(not_of_the_internet); i++)
		if (!forbidden(not_of_the_internet[i]))
			fail_msg("%s is let through", not_of_the_internet[i]);
	for (i = 0; i < LEN(of_the_internet); i++)
		if (forbidden(of_the_internet[i]))
			fail_msg("%s is refused", of_the_internet[i]);
}

/* Whatever it is: bound here, it is this machine's. */
static void t_own_address(void **state)
{
	static const struct addr own = { .family = 4, .ip = { 127, 0, 0, 9 } };
	static const struct addr other = { .family = 4,
		.ip = { 192, 0, 2, 9 } };

	(void)state;
	assert_true(port_addr_is_own(&own));
	assert_false(port_addr_is_own(&other));
	conf.refuse_private = true;
	ss_gate_open(&gate, &conf, NULL);
	assert_true(gate.refuse_own);
	assert_true(is_refused(&gate, &own));
	assert_false(is_refused(&gate, &other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(t_loopback, begin),
		cmocka_unit_test_setup(t_nothing_forbidden, begin),
		cmocka_unit_test_setup(t_private, begin),
		cmocka_unit_test_setup(t_own_address, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
