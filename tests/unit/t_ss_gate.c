/* t_ss_gate.c - which addresses a server keeps its clients from. */
#include "src/ss/ss_gate.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "core/log.h"

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
	log_set_level(LOG_NONE);
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
	assert_true(is_refused(&gate, &own, 0));
	assert_false(is_refused(&gate, &other, 0));
}

/* ---- with lists ---- */

static struct ss_acl acl;

static void lists(const char *text, enum ss_role role, enum ss_flavour flavour)
{
	char path[64];
	FILE *f;

	text_fmt(path, sizeof(path), "/tmp/t_ss_gate.%d", (int)getpid());
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	fclose(f);
	assert_int_equal(ss_acl_load(&acl, path, true, ACL_STRICT), 0);
	remove(path);
	conf.role = role;
	conf.flavour = flavour;
	ss_gate_open(&gate, &conf, &acl);
}

static bool admitted(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text, strlen(text)), 0);
	return ss_gate_admits(&gate, &a);
}

static void t_clients(void **state)
{
	(void)state;
	lists("10.0.0.0/8\n2001:db8::/32\n[white_list]\n10.1.0.0/16\n"
	    "1.2.3.4\n", SS_SERVER, SS_LIBEV);
	assert_false(admitted("10.0.0.1"));
	assert_false(admitted("::ffff:10.0.0.1"));
	assert_false(admitted("2001:db8::1"));
	assert_false(admitted("10.1.0.1"));	/* black wins */
	assert_true(admitted("1.2.3.4"));
	assert_true(admitted("8.8.8.8"));
	lists("[reject_all]\n10.1.0.0/16\n[white_list]\n10.0.0.0/8",
	    SS_SERVER, SS_RUST);
	assert_true(admitted("10.0.0.1"));
	assert_false(admitted("10.1.0.1"));
	assert_false(admitted("8.8.8.8"));
	lists("[reject_all]\n", SS_LOCAL, SS_LIBEV);
	assert_true(admitted("8.8.8.8"));	/* not of sslocal's clients */
}

/* A name, then an address that it leads to. */
static bool leads(const char *name, const char *address)
{
	enum ss_word word = SS_SAYS_NOTHING;
	struct addr a;

	if (name != NULL)
		word = ss_gate_name(&gate, name, strlen(name));
	assert_int_equal(addr_parse(&a, address, strlen(address)), 0);
	return ss_gate_addr(&gate, word, &a);
}

static void t_targets(void **state)
{
	(void)state;
	lists("1.1.1.1\n||black.org\n"	/* of clients, not of targets */
	    "[outbound_block_list]\n9.9.9.0/24\n||bad.org\n^ad\\.\n"
	    "[outbound_allow_list]\n9.9.9.9\n||good.bad.org\n||good.org\n",
	    SS_SERVER, SS_RUST);
	assert_true(leads(NULL, "1.1.1.1"));
	assert_true(leads("black.org", "1.1.1.1"));
	assert_false(leads(NULL, "9.9.9.1"));
	assert_false(leads(NULL, "::ffff:9.9.9.1"));
	assert_false(leads(NULL, "64:ff9b::9.9.9.1"));
	assert_false(leads(NULL, "2002:0909:0901::1"));
	assert_false(leads(NULL, "9.9.9.9"));	/* block wins */
	assert_false(leads("www.bad.org", "1.1.1.1"));
	assert_false(leads("good.bad.org", "1.1.1.1"));
	assert_false(leads("ad.x", "1.1.1.1"));
	assert_true(leads("good.org", "1.1.1.1"));
	assert_false(leads("good.org", "9.9.9.1"));	/* whatever its name */
	assert_false(leads("other.org", "9.9.9.1"));
	lists("[outbound_block_all]\n[outbound_allow_list]\n9.9.9.0/24\n"
	    "||good.org\n[outbound_block_list]\n9.9.9.1\n", SS_SERVER,
	    SS_RUST);
	assert_true(leads(NULL, "9.9.9.9"));
	assert_false(leads(NULL, "9.9.9.1"));
	assert_false(leads(NULL, "1.1.1.1"));
	assert_true(leads("good.org", "1.1.1.1"));
	assert_true(leads("other.org", "9.9.9.9"));
	assert_false(leads("other.org", "1.1.1.1"));
	lists("[outbound_block_all]\n[outbound_allow_list]\n||good.org",
	    SS_SERVER, SS_RUST);
	assert_int_equal(ss_gate_name(&gate, "x.org", 5), SS_SAYS_NO);
}

/* What its owner's lists open, of private addresses; names open none. */
static void t_private_with_lists(void **state)
{
	(void)state;
	conf.refuse_private = true;
	lists("[outbound_allow_list]\n192.168.1.0/24\n||good.org",
	    SS_SERVER, SS_OWN);
	assert_true(leads(NULL, "192.168.1.7"));
	assert_true(leads("x.org", "192.168.1.7"));
	assert_false(leads(NULL, "192.168.2.7"));
	assert_false(leads("good.org", "192.168.2.7"));
	assert_true(leads("good.org", "8.8.8.8"));
	forbid("192.168.1.0/24");
	assert_false(leads(NULL, "192.168.1.7"));
}

static enum ss_way way(const char *text)
{
	struct ss_addr to = { .name = text, .name_len = strlen(text) };

	if (addr_parse(&to.ip, text, to.name_len) == 0)
		to.name = NULL;
	return ss_gate_way(&gate, &to);
}

static enum ss_way way_of(const char *a, const char *b)
{
	struct addr list[2];

	assert_int_equal(addr_parse(&list[0], a, strlen(a)), 0);
	if (b == NULL)
		return ss_gate_way_addr(&gate, list, 1);
	assert_int_equal(addr_parse(&list[1], b, strlen(b)), 0);
	return ss_gate_way_addr(&gate, list, 2);
}

static void t_ways(void **state)
{
	static const char text[] = "[bypass_list]\n10.0.0.0/8\n||both.org\n"
	    "||near.org\n[proxy_list]\n10.1.0.0/16\n9.0.0.0/8\n"
	    "||both.org\n||far.org\n";

	(void)state;
	lists(text, SS_LOCAL, SS_LIBEV);
	assert_int_equal(way("10.0.0.1"), SS_DIRECT);
	assert_int_equal(way("10.1.0.1"), SS_DIRECT);
	assert_int_equal(way("9.0.0.1"), SS_PROXIED);
	assert_int_equal(way("8.8.8.8"), SS_PROXIED);
	assert_int_equal(way("near.org"), SS_DIRECT);
	assert_int_equal(way("far.org"), SS_PROXIED);
	assert_int_equal(way("both.org"), SS_DIRECT);
	assert_int_equal(way("other.org"), SS_BY_ADDRESS);
	assert_int_equal(way_of("8.8.8.8", NULL), SS_PROXIED);
	assert_int_equal(way_of("8.8.8.8", "10.0.0.1"), SS_DIRECT);
	assert_int_equal(way_of("9.0.0.1", NULL), SS_PROXIED);
	assert_int_equal(ss_gate_way_addr(&gate, NULL, 0), SS_PROXIED);
	lists(text, SS_LOCAL, SS_RUST);
	assert_int_equal(way("both.org"), SS_PROXIED);
	assert_int_equal(way("10.1.0.1"), SS_DIRECT);
	lists("[bypass_all]\n||near.org\n[proxy_list]\n9.0.0.0/8\n"
	    "||far.org", SS_LOCAL, SS_RUST);
	assert_int_equal(way("8.8.8.8"), SS_DIRECT);
	assert_int_equal(way("9.0.0.1"), SS_PROXIED);
	assert_int_equal(way("near.org"), SS_DIRECT);
	assert_int_equal(way("far.org"), SS_PROXIED);
	assert_int_equal(way("other.org"), SS_BY_ADDRESS);
	assert_int_equal(way_of("8.8.8.8", NULL), SS_DIRECT);
	assert_int_equal(way_of("8.8.8.8", "9.1.1.1"), SS_PROXIED);
	assert_int_equal(ss_gate_way_addr(&gate, NULL, 0), SS_DIRECT);
	/* No network that could decide: nothing need be looked up here. */
	lists("[bypass_all]\n10.0.0.0/8\n[proxy_list]\n||far.org\n",
	    SS_LOCAL, SS_LIBEV);
	assert_int_equal(way("other.org"), SS_DIRECT);
	lists("||near.org\n[proxy_list]\n10.0.0.0/8\n", SS_LOCAL, SS_LIBEV);
	assert_int_equal(way("other.org"), SS_PROXIED);
}

/* Lists that are lost let nobody through, and hide nothing. */
static void t_broken(void **state)
{
	(void)state;
	lists("[bypass_all]\n", SS_SERVER, SS_LIBEV);
	acl.broken = true;
	assert_false(admitted("8.8.8.8"));
	assert_false(leads(NULL, "8.8.8.8"));
	assert_false(leads("x.org", "8.8.8.8"));
	lists("[bypass_all]\n", SS_LOCAL, SS_LIBEV);
	acl.broken = true;
	assert_int_equal(way("8.8.8.8"), SS_PROXIED);
	assert_int_equal(way("x.org"), SS_PROXIED);
	assert_int_equal(way_of("8.8.8.8", NULL), SS_PROXIED);
}

static int end(void **state)
{
	(void)state;
	ss_acl_free(&acl);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(t_loopback, begin),
		cmocka_unit_test_setup(t_nothing_forbidden, begin),
		cmocka_unit_test_setup(t_private, begin),
		cmocka_unit_test_setup(t_own_address, begin),
		cmocka_unit_test_setup_teardown(t_clients, begin, end),
		cmocka_unit_test_setup_teardown(t_targets, begin, end),
		cmocka_unit_test_setup_teardown(t_private_with_lists, begin,
		    end),
		cmocka_unit_test_setup_teardown(t_ways, begin, end),
		cmocka_unit_test_setup_teardown(t_broken, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
