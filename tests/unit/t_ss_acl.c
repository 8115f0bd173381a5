/* t_ss_acl.c - files of lists: lines, sets, sizes, and what they answer. */
#include "src/ss/ss_acl.c"

#include "port/time.h"
#include "src/ss/ss_acl_line.c"
#include "src/ss/ss_acl_names.c"
#include "src/ss/ss_acl_nets.c"
#include "tests/lib/codec_feed.h"
#include "tests/lib/tree.h"

static struct ss_acl acl;
static char path[128];

/* ---- lines ---- */

static const struct {
	const char *line;
	enum acl_kind kind;
	enum acl_set set;
	uint8_t where;		/* of a name */
	const char *text;	/* network, name or expression */
} lines[] = {
	{ "", ACL_NOTHING, 0, 0, NULL },
	{ " \t\r", ACL_NOTHING, 0, 0, NULL },
	{ "# [white_list]", ACL_NOTHING, 0, 0, NULL },
	{ "[black_list]", ACL_SECTION, ACL_BLACK, 0, NULL },
	{ "[bypass_list]\r", ACL_SECTION, ACL_BLACK, 0, NULL },
	{ " [white_list] ", ACL_SECTION, ACL_WHITE, 0, NULL },
	{ "[proxy_list]", ACL_SECTION, ACL_WHITE, 0, NULL },
	{ "[outbound_block_list]", ACL_SECTION, ACL_OUT_BLOCK, 0, NULL },
	{ "[outbound_allow_list]", ACL_SECTION, ACL_OUT_ALLOW, 0, NULL },
	{ "[accept_all]", ACL_DEFAULT, ACL_BLACK, 0, NULL },
	{ "[proxy_all]", ACL_DEFAULT, ACL_BLACK, 0, NULL },
	{ "[reject_all]", ACL_DEFAULT, ACL_WHITE, 0, NULL },
	{ "[bypass_all]", ACL_DEFAULT, ACL_WHITE, 0, NULL },
	{ "[outbound_allow_all]", ACL_DEFAULT, ACL_OUT_BLOCK, 0, NULL },
	{ "[outbound_block_all]", ACL_DEFAULT, ACL_OUT_ALLOW, 0, NULL },
	{ "10.1.2.3", ACL_NET, 0, 0, "10.1.2.3" },
	{ "10.1.2.3/8", ACL_NET, 0, 0, "10.0.0.0" },
	{ "\t2001:db8::/32 ", ACL_NET, 0, 0, "2001:db8::" },
	{ "::ffff:10.0.0.0/104", ACL_NET, 0, 0, "10.0.0.0" },
	{ "|Example.COM", ACL_NAME, 0, 1, "example.com" },
	{ "|example.com.", ACL_NAME, 0, 1, "example.com" },
	{ "||example.com", ACL_NAME, 0, 3, "example.com" },
	{ "(^|\\.)example\\.com$", ACL_NAME, 0, 3, "example.com" },
	{ "(?:^|\\.)a-b_c\\.d\\.e$", ACL_NAME, 0, 3, "a-b_c.d.e" },
	{ "^(.*\\.)?x\\-y\\.com$", ACL_NAME, 0, 3, "x-y.com" },
	{ "^(?:.*\\.)?cn$", ACL_NAME, 0, 3, "cn" },
	{ "(^|.*\\.)cn$", ACL_NAME, 0, 3, "cn" },
	{ "(?:^|.*\\.)Cn$", ACL_NAME, 0, 3, "cn" },
	{ "\\.cn$", ACL_NAME, 0, 2, "cn" },
	{ "^.*\\.com\\.cn$", ACL_NAME, 0, 2, "com.cn" },
	{ ".*\\.com\\.cn$", ACL_NAME, 0, 2, "com.cn" },
	{ "^www\\.x\\.org$", ACL_NAME, 0, 1, "www.x.org" },
	/* Not quite a name: */
	{ "(^|\\.)example.com$", ACL_REGEX, 0, 0, "(^|\\.)example.com$" },
	{ "(^|\\.)example\\.com", ACL_REGEX, 0, 0, "(^|\\.)example\\.com" },
	{ "(^|\\.)x\\.com\\.$", ACL_REGEX, 0, 0, "(^|\\.)x\\.com\\.$" },
	{ "(^|\\.)$", ACL_REGEX, 0, 0, "(^|\\.)$" },
	{ "(^|\\.)a\\wb$", ACL_REGEX, 0, 0, "(^|\\.)a\\wb$" },
	{ "^x$y$", ACL_REGEX, 0, 0, "^x$y$" },
	{ "^ads?\\.com$", ACL_REGEX, 0, 0, "^ads?\\.com$" },
	{ "^\\.$", ACL_REGEX, 0, 0, "^\\.$" },
	{ "google", ACL_REGEX, 0, 0, "google" },
	{ "[a-z]", ACL_REGEX, 0, 0, "[a-z]" },
	{ "1.2.3", ACL_REGEX, 0, 0, "1.2.3" },
};

static void t_lines(void **state)
{
	struct acl_rule rule;
	char text[ADDR_TEXT];
	const char *why;
	size_t i;
	int late;

	(void)state;
	for (i = 0; i < LEN(lines) * 2; i++) {
		const char *s = lines[i / 2].line, *want = lines[i / 2].text;

		late = (int)(i % 2);
		memset(&rule, 0, sizeof(rule));
		assert_int_equal(acl_line(&rule, s, strlen(s), late, &why), 0);
		if (rule.kind != lines[i / 2].kind)
			fail_msg("%s: kind %d", s, rule.kind);
		assert_int_equal(rule.set, lines[i / 2].set);
		if (rule.kind == ACL_NET) {
			addr_text_ip(text, sizeof(text), &rule.net.base);
			assert_string_equal(text, want);
		} else if (rule.kind == ACL_NAME) {
			assert_int_equal(rule.name_len, strlen(want));
			assert_memory_equal(rule.name, want, strlen(want));
			assert_int_equal(rule.where, lines[i / 2].where);
		} else if (rule.kind == ACL_REGEX) {
			assert_int_equal(rule.regex_len, strlen(want));
			assert_memory_equal(rule.regex, want, strlen(want));
		}
	}
}

static void t_no_rules(void **state)
{
	static const char *const bad[][2] = {
		{ "10.0.0.0/33", "network" }, { "10.0.0/8", "network" },
		{ "2001:db8::/129", "network" }, { "[blak_list]", "section" },
		{ "a b", "blank" }, { "\xe4\xbe\x8b.com", "ASCII" },
		{ "|", "name" }, { "||", "name" }, { "||*.x.com", "name" },
		{ "||.x.com", "name" }, { "|x.com/y", "name" },
	};
	static char longest[300];
	struct acl_rule rule;
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < LEN(bad); i++) {
		assert_int_equal(acl_line(&rule, bad[i][0], strlen(bad[i][0]),
		    true, &why), -E_RANGE);
		if (strstr(why, bad[i][1]) == NULL)
			fail_msg("%s: %s", bad[i][0], why);
	}
	memset(longest, 'a', sizeof(longest));
	longest[0] = '|';
	assert_int_equal(acl_line(&rule, longest, 254, true, &why), 0);
	assert_int_equal(acl_line(&rule, longest, 255, true, &why), -E_RANGE);
}

/* libev's comments may stand behind a rule, rust's may not. */
static void t_comments(void **state)
{
	static const char s[] = "10.0.0.0/8 # ours", indented[] = "  # x";
	struct acl_rule rule;
	const char *why;

	(void)state;
	assert_int_equal(acl_line(&rule, s, strlen(s), true, &why), 0);
	assert_int_equal(rule.kind, ACL_NET);
	assert_int_equal(acl_line(&rule, s, strlen(s), false, &why), -E_RANGE);
	assert_int_equal(acl_line(&rule, indented, 5, true, &why), 0);
	assert_int_equal(rule.kind, ACL_NOTHING);
	assert_int_equal(acl_line(&rule, indented, 5, false, &why), -E_RANGE);
}

/* ---- files ---- */

static void write_file(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	fclose(f);
}

static int load(const char *text, bool late_comment, enum acl_care care)
{
	write_file(text);
	return ss_acl_load(&acl, path, late_comment, care);
}

static unsigned addr(const char *text)
{
	struct addr a;

	if (addr_parse(&a, text, strlen(text)) != 0)
		fail_msg("%s", text);
	return ss_acl_addr(&acl, &a);
}

static unsigned name(const char *text)
{
	return ss_acl_name(&acl, text, strlen(text));
}

#define BLACK ACL_BIT(ACL_BLACK)
#define WHITE ACL_BIT(ACL_WHITE)
#define BLOCK ACL_BIT(ACL_OUT_BLOCK)
#define ALLOW ACL_BIT(ACL_OUT_ALLOW)

static void t_file(void **state)
{
	(void)state;
	assert_int_equal(load(
	    "10.0.0.0/8\n10.1.0.0/16\n10.0.0.0/8\n11.0.0.1\n"
	    "||black.org\n(^|\\.)both\\.org$\n"
	    "[reject_all]\r\n"
	    "[white_list]\r\n"
	    "10.2.0.0/16\r\n192.168.0.0/16\n2001:db8::/32\n"
	    "|exact.org\n\\.below\\.org$\n^ads?[0-9]*\\.\n||both.org\n"
	    "[outbound_block_list]\n"
	    "127.0.0.0/8\n::1\n||evil.net\nporn\n"
	    "[outbound_allow_list]\n"
	    "1.1.1.1\n|good.net\n"
	    "[bypass_list]\n12.0.0.0/8\n0.0.0.0/32\n255.255.255.255", true,
	    ACL_STRICT), 0);
	assert_true(acl.reject);
	assert_false(acl.outbound_reject);
	assert_int_equal(addr("10.1.2.3"), BLACK);
	assert_int_equal(addr("10.2.2.3"), BLACK | WHITE);
	assert_int_equal(addr("::ffff:10.2.2.3"), BLACK | WHITE);
	assert_int_equal(addr("9.255.255.255"), 0);
	assert_int_equal(addr("11.0.0.0"), 0);
	assert_int_equal(addr("11.0.0.1"), BLACK);
	assert_int_equal(addr("11.0.0.2"), 0);
	assert_int_equal(addr("12.255.255.255"), BLACK);
	assert_int_equal(addr("13.0.0.0"), 0);
	assert_int_equal(addr("0.0.0.0"), BLACK);
	assert_int_equal(addr("0.0.0.1"), 0);
	assert_int_equal(addr("255.255.255.255"), BLACK);
	assert_int_equal(addr("255.255.255.254"), 0);
	assert_int_equal(addr("192.168.7.7"), WHITE);
	assert_int_equal(addr("2001:db8:ffff::1"), WHITE);
	assert_int_equal(addr("2001:db9::1"), 0);
	assert_int_equal(addr("127.9.9.9"), BLOCK);
	assert_int_equal(addr("::1"), BLOCK);
	assert_int_equal(addr("::2"), 0);
	assert_int_equal(addr("1.1.1.1"), ALLOW);
	assert_int_equal(name("black.org"), BLACK);
	assert_int_equal(name("WWW.Black.Org."), BLACK);
	assert_int_equal(name("xblack.org"), 0);
	assert_int_equal(name("black.org.x"), 0);
	assert_int_equal(name("a.b.both.org"), BLACK | WHITE);
	assert_int_equal(name("exact.org"), WHITE);
	assert_int_equal(name("www.exact.org"), 0);
	assert_int_equal(name("below.org"), 0);
	assert_int_equal(name("x.below.org"), WHITE);
	assert_int_equal(name("ads12.x"), WHITE);
	assert_int_equal(name("ad.evil.net"), WHITE | BLOCK);
	assert_int_equal(name("pORNo.tv"), BLOCK);
	assert_int_equal(name("good.net"), ALLOW);
	assert_int_equal(name("org"), 0);
	assert_int_equal(name("."), 0);
	assert_int_equal(ss_acl_with_nets(&acl), 15);
	/* The second and third network are within the first. */
	assert_int_equal(acl.v4.n, 9);
}

static void t_outbound_default(void **state)
{
	(void)state;
	assert_int_equal(load("[outbound_block_all]\n", false, ACL_STRICT), 0);
	assert_true(acl.outbound_reject);
	assert_false(acl.reject);
	assert_int_equal(addr("1.2.3.4"), 0);
	assert_int_equal(name("x"), 0);
	assert_int_equal(load("[outbound_block_all]\n[outbound_allow_all]\n"
	    "[bypass_all]\n[proxy_all]", false, ACL_STRICT), 0);
	assert_false(acl.outbound_reject);
	assert_false(acl.reject);
}

/* Which lines are too much, for whom; what was there stays. */
static void t_care(void **state)
{
	(void)state;
	assert_int_equal(load("||first.org\n", true, ACL_STRICT), 0);
	assert_int_equal(load("10.0.0.0/33\n", true, ACL_STRICT), -E_INVAL);
	assert_int_equal(load("(?!x)\n", true, ACL_SKIP_VAIN), -E_INVAL);
	assert_int_equal(name("first.org"), BLACK);
	assert_int_equal(load("10.0.0.0/33\n||second.org", true,
	    ACL_SKIP_VAIN), 0);
	assert_int_equal(name("first.org"), 0);
	assert_int_equal(name("second.org"), BLACK);
	assert_int_equal(load("(?!x)\n10.0.0.0/33\n||third.org", true,
	    ACL_SKIP), 0);
	assert_int_equal(name("third.org"), BLACK);
	assert_int_equal(ss_acl_load(&acl, "/nonexistent", true, ACL_SKIP),
	    -E_NOENT);
	assert_int_equal(name("third.org"), BLACK);
}

/* libev throws away lines of 255 octets and more (and all that is behind its
 * buffer becomes a line of its own). */
static void t_long_lines(void **state)
{
	static char text[40000];
	size_t n = 0, i;

	(void)state;
	n += (size_t)sprintf(text + n, "#");
	memset(text + n, 'x', 20000);
	n += 20000;
	n += (size_t)sprintf(text + n, "\n^(");
	for (i = 0; i < 300; i++)
		n += (size_t)sprintf(text + n, "name%zu|", i);
	n += (size_t)sprintf(text + n, "last)\\.org$\n");
	memset(text + n, ' ', 1000);
	n += 1000;
	n += (size_t)sprintf(text + n, "10.0.0.0/8\n");
	assert_int_equal(load(text, true, ACL_STRICT), 0);
	assert_int_equal(name("name299.org"), BLACK);
	assert_int_equal(name("last.org"), BLACK);
	assert_int_equal(name("name300.org"), 0);
	assert_int_equal(addr("10.0.0.1"), BLACK);
	memset(text, 'x', 20000);
	text[20000] = '\0';
	assert_int_equal(load(text, true, ACL_STRICT), -E_INVAL);
	assert_int_equal(load(text, true, ACL_SKIP), 0);
}

static void t_empty(void **state)
{
	(void)state;
	assert_int_equal(load("", true, ACL_STRICT), 0);
	assert_int_equal(addr("1.2.3.4"), 0);
	assert_int_equal(name("x.y"), 0);
	assert_int_equal(ss_acl_with_nets(&acl), 0);
}

/* ---- many ---- */

static void random_name(char *out, uint64_t *seed, size_t i)
{
	static const char *const tld[] = { "com", "net", "org", "cn", "co.uk" };

	sprintf(out, "%zx%x.%s", i, test_random(seed) % 0xfffff,
	    tld[i % LEN(tld)]);
}

static struct addr random_net(uint64_t *seed)
{
	struct addr a = { .family = 4 };

	a.ip[0] = (uint8_t)(test_random(seed) % 224);
	a.ip[1] = (uint8_t)test_random(seed);
	a.ip[2] = (uint8_t)test_random(seed);
	return a;
}

static bool naive(const struct net *nets, size_t n, const struct addr *a)
{
	while (n > 0)
		if (net_has(&nets[--n], a))
			return true;
	return false;
}

/* Random networks against a list that is walked; one set or several. */
static void t_random_nets(void **state)
{
	static struct net nets[2][400];
	uint64_t seed = 3;
	struct addr a;
	char text[ADDR_TEXT];
	size_t i, round;
	FILE *f;

	(void)state;
	for (round = 0; round < 20; round++) {
		uint8_t family = round % 2 ? 4 : 6;

		f = fopen(path, "w");
		for (i = 0; i < 800; i++) {
			struct net *n = &nets[i % 2][i / 2];

			memset(&a, 0, sizeof(a));
			a.family = family;
			for (size_t k = 0; k < 4; k++)
				a.ip[k] = (uint8_t)(test_random(&seed) & 0xc3);
			addr_text_ip(text, sizeof(text), &a);
			fprintf(f, "[%s_list]\n%s/%u\n", i % 2 ? "white" :
			    "black", text, 8 + test_random(&seed) % 25);
			fseek(f, 0, SEEK_CUR);
			*n = (struct net){ .base = a };
		}
		fclose(f);
		/* What was written is what is looked for. */
		f = fopen(path, "r");
		for (i = 0; i < 800; i++) {
			char line[80];

			assert_non_null(fgets(line, sizeof(line), f));
			assert_non_null(fgets(line, sizeof(line), f));
			assert_int_equal(net_parse(&nets[i % 2][i / 2], line,
			    strcspn(line, "\n")), 0);
		}
		fclose(f);
		assert_int_equal(ss_acl_load(&acl, path, true, ACL_STRICT), 0);
		for (i = 0; i < 2000; i++) {
			for (size_t k = 0; k < 4; k++)
				a.ip[k] = (uint8_t)(test_random(&seed) & 0xc3);
			assert_int_equal(ss_acl_addr(&acl, &a),
			    (naive(nets[0], 400, &a) ? BLACK : 0u) |
			    (naive(nets[1], 400, &a) ? WHITE : 0u));
		}
	}
}

/* What a large list costs. Names of 12 octets on the average. */
static void t_large(void **state)
{
	bool whole = LIMIT_ACL_OCTETS >= 10000 * 1024;
	size_t nets = whole ? 100000 : 20000, names = whole ? 300000 : 9000;
	uint64_t seed = 9;
	int64_t began, loaded;
	char text[64];
	unsigned hits = 0;
	struct addr a;
	size_t i;
	FILE *f;

	(void)state;
	f = fopen(path, "w");
	for (i = 0; i < nets; i++) {
		a = random_net(&seed);
		fprintf(f, "%u.%u.%u.0/24\n", a.ip[0], a.ip[1], a.ip[2]);
	}
	for (i = 0; i < names; i++) {
		random_name(text, &seed, i);
		fprintf(f, "||%s\n", text);
	}
	fclose(f);
	began = port_now_ms();
	assert_int_equal(ss_acl_load(&acl, path, true, ACL_STRICT), 0);
	loaded = port_now_ms();
	assert_int_equal(acl.names.n, names);
	assert_true(acl.v4.n > nets / 100 * 99);
	seed = 9;
	for (i = 0; i < nets; i++) {
		a = random_net(&seed);
		hits += ss_acl_addr(&acl, &a) == BLACK;
	}
	for (i = 0; i < names; i++) {
		random_name(text + 4, &seed, i);
		memcpy(text, "www.", 4);
		hits += name(text) == BLACK && name(text + 4) == BLACK;
		text[6] ^= 1;
		text[5] ^= 2;
		hits -= name(text) == BLACK;
	}
	print_message("%zu networks, %zu names: loaded in %lld ms, %zu KiB; "
	    "%zu look-ups in %lld ms\n", nets, names,
	    (long long)(loaded - began),
	    (size_t)(acl.regex + acl.regex_room - acl.mem) / 1024,
	    nets + 3 * names, (long long)(port_now_ms() - loaded));
	assert_int_equal(hits, nets + names);
}

static void t_too_large(void **state)
{
	size_t i;
	FILE *f;

	(void)state;
	assert_int_equal(load("||stays.org\n", true, ACL_STRICT), 0);
	f = fopen(path, "w");
	for (i = 0; i < LIMIT_ACL_OCTETS / 12; i++)
		fprintf(f, "||n%zu.org\n", i);
	fclose(f);
	assert_int_equal(ss_acl_load(&acl, path, true, ACL_STRICT), -E_FULL);
	assert_int_equal(name("stays.org"), BLACK);
}

static int setup(void **state)
{
	(void)state;
	log_set_level(LOG_NONE);
	text_fmt(path, sizeof(path), "/tmp/t_ss_acl.%d", (int)getpid());
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ss_acl_free(&acl);
	remove(path);
	return acl_mem.used != 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_lines),
		cmocka_unit_test(t_no_rules),
		cmocka_unit_test(t_comments),
		cmocka_unit_test(t_file),
		cmocka_unit_test(t_outbound_default),
		cmocka_unit_test(t_care),
		cmocka_unit_test(t_long_lines),
		cmocka_unit_test(t_empty),
		cmocka_unit_test(t_random_nets),
		cmocka_unit_test(t_large),
		cmocka_unit_test(t_too_large),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
