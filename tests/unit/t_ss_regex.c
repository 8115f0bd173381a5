/* t_ss_regex.c - expressions on host names: what is found, what is refused, and
 * how long the worst of them takes. */
#include "src/ss/ss_regex.c"

#include "src/ss/ss_regex_match.c"
#include "tests/lib/codec_feed.h"

static uint8_t code[SS_REGEX_MAX];

static bool found(const char *s, const char *name)
{
	const char *why = NULL;
	int n = ss_regex_compile(code, sizeof(code), s, strlen(s), &why);

	if (n <= 0)
		fail_msg("%s: %s", s, why);
	return ss_regex_match(code, (size_t)n, name, strlen(name));
}

static const struct {
	const char *s, *yes[4], *no[4];
} rows[] = {
	{ "google", { "google", "www.google.com", "xgoogley" },
	  { "", "goog", "g.oogle" } },
	{ "", { "", "x" }, { NULL } },
	{ "^$", { "" }, { "x" } },
	{ "a.c", { "abc", "xa.cx" }, { "ac", "a" } },
	{ "a\\.c", { "a.c" }, { "abc" } },
	{ "GooGle", { "google" }, { "oogle" } },
	{ "^ads?\\.", { "ad.x", "ads.x" }, { "xad.x", "adss.x" } },
	{ "(^|\\.)x\\.com$", { "x.com", "a.x.com" }, { "ax.com", "x.com.a" } },
	{ "^(.*\\.)?x\\.com$", { "x.com", "a.b.x.com" }, { "ax.com" } },
	{ "(?:^|\\.)x$", { "x", "y.x" }, { "yx" } },
	{ "(?P<n>a)(?<m>b)", { "ab" }, { "a" } },
	{ "(?i)A", { "a" }, { "b" } },
	{ "(?i:a)", { "a" }, { "b" } },
	{ "a|b|c", { "a", "b", "xcx" }, { "d", "" } },
	{ "^(a|bb|)c$", { "ac", "bbc", "c" }, { "bc", "aac" } },
	{ "^(a|(b|c)d)e", { "ae", "bde", "cde" }, { "be", "ade" } },
	{ "^a*$", { "", "a", "aaaa" }, { "b", "ab" } },
	{ "^a+$", { "a", "aa" }, { "", "b" } },
	{ "^a?$", { "", "a" }, { "aa" } },
	{ "^(ab)*c$", { "c", "abc", "ababc" }, { "ac", "abac" } },
	{ "^(ab)+$", { "ab", "abab" }, { "", "aba" } },
	{ "^(a*)*$", { "", "aaa" }, { "b" } },
	{ "^(a*)+b$", { "b", "aab" }, { "a" } },
	{ "^(|a)*b$", { "b", "aab" }, { "a" } },
	{ "^a*?b+?c??$", { "b", "aabb", "bc" }, { "a", "bcc" } },
	{ "^a{2}$", { "aa" }, { "a", "aaa" } },
	{ "^a{2,}$", { "aa", "aaaaa" }, { "a" } },
	{ "^a{0,}b$", { "b", "aab" }, { "a" } },
	{ "^a{1,3}$", { "a", "aa", "aaa" }, { "", "aaaa" } },
	{ "^a{0,2}b$", { "b", "ab", "aab" }, { "aaab" } },
	{ "^a{0}b$", { "b" }, { "ab" } },
	{ "^(a|b){2,3}$", { "ab", "bba" }, { "a", "abab" } },
	{ "^(a{2}){2}$", { "aaaa" }, { "aaa", "aaaaa" } },
	{ "a{x}", { "a{x}" }, { "a" } },
	{ "a{,2}", { "a{,2}" }, { "aa" } },
	{ "^[abc]+$", { "a", "cab" }, { "d", "" } },
	{ "^[^abc]+$", { "d", "-" }, { "a", "da" } },
	{ "^[a-c0-9-]+$", { "b-7", "-" }, { "d", "." } },
	{ "^[]a]+$", { "]a" }, { "[" } },
	{ "^[^]a]+$", { "[b" }, { "]" } },
	{ "^[A-C]$", { "b" }, { "d" } },
	{ "^[\\d.]+$", { "1.2" }, { "a" } },
	{ "^[\\w-]+$", { "a_1-" }, { "." } },
	{ "^[^\\W]$", { "a" }, { "-" } },
	{ "^[a\\-z]+$", { "a-z" }, { "b" } },
	{ "^\\d+\\.\\D+$", { "12.ab" }, { "a.1" } },
	{ "^\\w\\W\\w$", { "a-b", "a.b" }, { "abc" } },
	{ "\\bads\\b", { "ads.x", "x.ads", "x-ads-y" },
	  { "uploads.x", "adsl.x", "x_ads" } },
	{ "\\Bads", { "uploads.x" }, { "ads.x" } },
	{ "\\Ax\\z", { "x" }, { "xx" } },
	{ "\\x61", { "a" }, { "x" } },
	{ "^x\\-y$", { "x-y" }, { "xy" } },
	{ "x$|^y", { "ax", "yb" }, { "xa", "by" } },
	{ "\\s", { NULL }, { "a", "" } },
};

static void t_found(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < LEN(rows); i++) {
		for (j = 0; j < 4 && rows[i].yes[j] != NULL; j++)
			if (!found(rows[i].s, rows[i].yes[j]))
				fail_msg("%s: not in %s", rows[i].s,
				    rows[i].yes[j]);
		for (j = 0; j < 4 && rows[i].no[j] != NULL; j++)
			if (found(rows[i].s, rows[i].no[j]))
				fail_msg("%s: in %s", rows[i].s,
				    rows[i].no[j]);
	}
}

static const struct {
	const char *s, *why;
} bad[] = {
	{ "(", "no )" }, { "(a", "no )" }, { ")", "without" }, { "a)", "wit" },
	{ "[", "no ]" }, { "[a", "no ]" }, { "[]", "no ]" }, { "[^]", "no ]" },
	{ "[z-a]", "range" }, { "[a-\\d]", "range" }, { "[[:alpha:]]", "clas" },
	{ "*", "nothing" }, { "(+a)", "nothing" }, { "a|?", "nothing" },
	{ "\\", "backslash" }, { "[\\", "backslash" }, { "\\q", "escape" },
	{ "(a)\\1", "again" }, { "\\k<a>", "again" },
	{ "(?=a)", "look" }, { "(?!a)", "look" }, { "(?<=a)", "look" },
	{ "(?<!a)", "look" }, { "(?>a)", "look" }, { "(?", "look" },
	{ "(?P=n)", "kind" }, { "(?is)a", "kind" },
	{ "a++", "possessive" }, { "a{2}+", "possessive" },
	{ "a{3,2}", "count" }, { "a{1001}", "1000" }, { "a{2,1001}", "1000" },
	{ "\xc3\xa9", "ASCII" }, { "\\xe9", "ASCII" },
};

static void t_refused(void **state)
{
	const char *why = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < LEN(bad); i++) {
		assert_int_equal(ss_regex_compile(code, sizeof(code),
		    bad[i].s, strlen(bad[i].s), &why), -E_INVAL);
		if (strstr(why, bad[i].why) == NULL)
			fail_msg("%s: %s", bad[i].s, why);
	}
}

static void t_too_long(void **state)
{
	static const char *const s[] = { "(a{1000}){9}", "((a{99}){99}){99}",
		"(((((a{9}){9}){9}){9}){9}|b){1000}" };
	static char deep[200];
	const char *why = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < LEN(s); i++)
		assert_int_equal(ss_regex_compile(code, sizeof(code), s[i],
		    strlen(s[i]), &why), -E_LONG);
	assert_int_equal(ss_regex_compile(code, 3, "abc", 3, &why), -E_LONG);
	assert_int_equal(ss_regex_compile(code, 4, "abc", 3, &why), 4);
	memset(deep, '(', sizeof(deep));
	assert_int_equal(ss_regex_compile(code, sizeof(code), deep,
	    sizeof(deep), &why), -E_INVAL);
	assert_non_null(strstr(why, "within"));
}

/* What takes a backtracking engine until the end of the world. */
static void t_no_bombs(void **state)
{
	static const char *const s[] = { "^(a|a)*$", "^(a*)*b$", "(a+)+$",
		"^(([a-z])+.)+[A-Z]([a-z])+$", "(.*)*(.*)*(.*)*x",
		"(a?){250}a{250}$", "((a{0,5}){0,5}){0,5}b" };
	char name[256];
	size_t i;

	(void)state;
	memset(name, 'a', 255);
	name[254] = '!';
	name[255] = '\0';
	for (i = 0; i < LEN(s); i++)
		(void)found(s[i], name);
	assert_false(found("^(a|a)*$", name));
	assert_false(found("(a+)+$", name));
	name[254] = 'a';
	assert_true(found("(a?){250}a{250}$", name));
}

/* A plain reading of a few operators beside ours, on random ones: does s match
 * the whole of [t, end)? Atoms are a, b and '.', each maybe with ?*+. */
static bool plain(const char *s, const char *t)
{
	bool star = s[0] != '\0' && (s[1] == '*' || s[1] == '+');
	bool option = s[0] != '\0' && (s[1] == '?' || s[1] == '*');
	bool fits = *t != '\0' && s[0] != '\0' && (s[0] == '.' || s[0] == *t);
	const char *next = s + (star || option ? 2 : 1);

	if (s[0] == '\0')
		return *t == '\0';
	if (option && plain(next, t))
		return true;
	if (!fits)
		return false;
	return plain(next, t + 1) || (s[1] == '*' && plain(s, t + 1)) ||
	    (s[1] == '+' && plain(s, t + 1));
}

static void t_random(void **state)
{
	unsigned i, n = test_seeds(2000);
	uint64_t seed = 5;
	char s[40], t[12];
	bool matches;

	(void)state;
	for (i = 0; i < n; i++) {
		size_t len = 0, k;

		s[len++] = '^';
		for (k = test_random(&seed) % 6; k > 0; k--) {
			s[len++] = "ab."[test_random(&seed) % 3];
			if (test_random(&seed) % 2)
				s[len++] = "?*+"[test_random(&seed) % 3];
		}
		memset(t, 0, sizeof(t));
		for (k = test_random(&seed) % 9; k > 0; k--)
			t[k - 1] = "ab"[test_random(&seed) % 2];
		s[len] = '\0';
		matches = plain(s + 1, t);
		memcpy(s + len, "$", 2);
		if (found(s, t) != matches)
			fail_msg("%s on %s", s, t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_found),
		cmocka_unit_test(t_refused),
		cmocka_unit_test(t_too_long),
		cmocka_unit_test(t_no_bombs),
		cmocka_unit_test(t_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
