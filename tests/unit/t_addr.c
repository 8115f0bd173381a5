/* t_addr.c - addresses and networks; against inet_ntop and inet_pton. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/addr.c"
#include "src/base/addr_net.c"

static struct addr parse(const char *s)
{
	struct addr a;

	memset(&a, 0xee, sizeof(a));
	if (addr_parse(&a, s, strlen(s)) < 0)
		fail_msg("%s was refused", s);
	return a;
}

static void check_text(const char *in, const char *out)
{
	struct addr a = parse(in);
	char text[ADDR_TEXT];

	assert_int_equal(a.port, 0);
	assert_int_equal(addr_text_ip(text, sizeof(text), &a), strlen(out));
	assert_string_equal(text, out);
	a = parse(out);
	addr_text_ip(text, sizeof(text), &a);
	assert_string_equal(text, out);
}

static void texts_of_rfc_5952(void **state)
{
	(void)state;
	check_text("0.0.0.0", "0.0.0.0");
	check_text("255.255.255.255", "255.255.255.255");
	check_text("::", "::");
	check_text("[::]", "::");
	check_text("::1", "::1");
	check_text("1::", "1::");
	check_text("2001:DB8::0001", "2001:db8::1");
	check_text("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1");
	check_text("2001:0:0:1:0:0:0:1", "2001:0:0:1::1");
	check_text("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1");
	check_text("0:0:0:0:0:0:0:0", "::");
	check_text("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0");
	check_text("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8");
	check_text("1:0:0:4::", "1:0:0:4::");
	check_text("::ffff:1.2.3.4", "::ffff:1.2.3.4");
	check_text("::ffff:102:304", "::ffff:1.2.3.4");
	check_text("64:ff9b::1.2.3.4", "64:ff9b::102:304");
	check_text("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304");
	check_text("fe80::1%3", "fe80::1%3");
	check_text("[fe80::1%4294967295]", "fe80::1%4294967295");
}

static void not_addresses(void **state)
{
	static const char *const bad[] = { "", "1", "1.2.3", "1.2.3.4.5",
		"1.2.3.", ".1.2.3", "1..2.3", "1.2.3.256", "1.2.3.04",
		"1.2.3.00", "1.2.3.-4", "1.2.3.4 ", " 1.2.3.4", "0x1.2.3.4",
		"1.2.3.4%1", "[1.2.3.4]", "1.2.3.4:80", "1.2.3.4444",
		":", ":::", "::1::", "1::2::3", ":1", "1:", "1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8",
		"12345::", "g::", "::1.2.3", "::1.2.3.4:5", "1.2.3.4::",
		"1:2:3:4:5:6:7:1.2.3.4", "::1:2:3:4:5:6:7:1.2.3.4",
		"[::1", "::1]", "[]", "[", "]", "[[::1]]", "::1%", "::1%eth0",
		"::1%4294967296", "%1", "::%1%2", "[::1]%2", "localhost",
		"1:2:3:4:1.2.3.4:6:7", "::.1.2.3" };
	struct addr a;

	(void)state;
	for (size_t i = 0; i < LEN(bad); i++)
		if (addr_parse(&a, bad[i], strlen(bad[i])) != -E_INVAL)
			fail_msg("%s was taken", bad[i]);
	assert_int_equal(addr_parse(&a, "::1\0", 4), -E_INVAL);
}

static void ports_and_none(void **state)
{
	struct addr a = parse("1.2.3.4"), none = { 0 };
	char text[ADDR_TEXT];

	(void)state;
	a.port = 80;
	addr_text(text, sizeof(text), &a);
	assert_string_equal(text, "1.2.3.4:80");
	a = parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295");
	a.port = 65535;
	addr_text(text, sizeof(text), &a);
	assert_string_equal(text,
	    "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535");
	assert_int_equal(addr_text(text, 8, &a), 7);
	assert_string_equal(text, "[ffff:f");
	addr_text_ip(text, sizeof(text), &none);
	assert_string_equal(text, "-");
}

/* libc takes and writes what we take and write (but ::1.2.3.4 is old). */
static void as_libc_does(void **state)
{
	char ours[ADDR_TEXT], theirs[INET6_ADDRSTRLEN];
	struct addr a = { .family = 6 };

	(void)state;
	srand(20261122);
	for (int round = 0; round < 20000; round++) {
		struct addr back;

		for (int i = 0; i < 16; i += 2) {
			bool zero = rand() % 3 != 0;

			a.ip[i] = zero ? 0 : (uint8_t)rand();
			a.ip[i + 1] = zero ? 0 : (uint8_t)rand();
		}
		a.ip[0] = 0x20;
		assert_non_null(inet_ntop(AF_INET6, a.ip, theirs,
		    sizeof(theirs)));
		addr_text_ip(ours, sizeof(ours), &a);
		assert_string_equal(ours, theirs);
		back = parse(ours);
		assert_true(addr_eq(&a, &back));
	}
}

/* Random texts of the right letters: the same verdict and octets. */
static void verdicts_as_libc(void **state)
{
	static const char letters[] = "0123456789af:::::..";
	unsigned taken = 0;

	(void)state;
	srand(5);
	for (int round = 0; round < 200000; round++) {
		char s[24];
		size_t n = (size_t)(rand() % 20);
		uint8_t want[16];
		struct addr a;
		int libc, rc;

		for (size_t i = 0; i < n; i++)
			s[i] = letters[(size_t)rand() % (sizeof(letters) - 1)];
		s[n] = '\0';
		libc = inet_pton(AF_INET6, s, want);
		rc = addr_parse(&a, s, n);
		if ((libc == 1) != (rc == 0 && a.family == 6))
			fail_msg("\"%s\": libc %d, ours %d", s, libc, rc);
		if (libc == 1)
			assert_memory_equal(a.ip, want, 16);
		taken += libc == 1;
	}
	assert_true(taken > 100);
}

static void equality(void **state)
{
	struct addr a = parse("1.2.3.4"), b = parse("1.2.3.4");

	(void)state;
	memset(b.ip + 4, 9, 12);
	assert_true(addr_eq(&a, &b));
	b.port = 1;
	assert_true(addr_eq_ip(&a, &b));
	assert_false(addr_eq(&a, &b));
	b = parse("::ffff:1.2.3.4");
	assert_false(addr_eq_ip(&a, &b));
	addr_unmap(&b);
	assert_true(addr_eq(&a, &b));
	b = parse("::1.2.3.4");
	addr_unmap(&b);
	assert_int_equal(b.family, 6);
	a = parse("fe80::1%1");
	b = parse("fe80::1%2");
	assert_false(addr_eq_ip(&a, &b));
}

static bool has(const char *net, const char *ip)
{
	struct addr a = parse(ip);
	struct net n;

	if (net_parse(&n, net, strlen(net)) < 0)
		fail_msg("%s was refused", net);
	return net_has(&n, &a);
}

static void networks(void **state)
{
	(void)state;
	assert_true(has("127.0.0.0/8", "127.255.0.1"));
	assert_false(has("127.0.0.0/8", "128.0.0.1"));
	assert_true(has("127.0.0.0/8", "::ffff:127.0.0.1"));
	assert_true(has("0.0.0.0/0", "9.9.9.9"));
	assert_false(has("0.0.0.0/0", "::1"));
	assert_false(has("::/0", "1.2.3.4"));
	assert_true(has("::/0", "::1"));
	assert_true(has("10.1.2.3", "10.1.2.3"));
	assert_false(has("10.1.2.3", "10.1.2.2"));
	assert_true(has("10.1.2.3/31", "10.1.2.2"));
	assert_true(has("10.255.0.0/9", "10.128.0.1"));
	assert_false(has("10.255.0.0/9", "10.127.0.1"));
	assert_true(has("fe80::/10", "febf::1%2"));
	assert_false(has("fe80::/10", "fec0::1"));
	assert_true(has("::1/128", "::1"));
	assert_false(has("::1", "::2"));
	assert_true(has("::ffff:10.0.0.0/104", "10.3.4.5"));
	assert_true(has("::ffff:0:0/96", "10.3.4.5"));
}

static void not_networks(void **state)
{
	static const char *const bad[] = { "", "/", "/8", "127.0.0.1/4a",
		"127.0.0.1/", "127.0.0.1/33", "::1/129", "1.2.3/8",
		"1.2.3.4/-1", "1.2.3.4/ 8", "1.2.3.4/8/8", "any" };
	struct net n;

	(void)state;
	for (size_t i = 0; i < LEN(bad); i++)
		if (net_parse(&n, bad[i], strlen(bad[i])) != -E_INVAL)
			fail_msg("%s was taken", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_of_rfc_5952),
		cmocka_unit_test(not_addresses),
		cmocka_unit_test(ports_and_none),
		cmocka_unit_test(as_libc_does),
		cmocka_unit_test(verdicts_as_libc),
		cmocka_unit_test(equality),
		cmocka_unit_test(networks),
		cmocka_unit_test(not_networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
