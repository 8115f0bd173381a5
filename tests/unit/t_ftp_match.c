/* t_ftp_match.c - what patterns name, and how long it takes. */
#include "src/ftp/ftp_match.c"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "port/time.h"

struct row {
	const char *pattern, *path;
};

static void t_named(void **state)
{
	static const struct row rows[] = {
		{ "*.mp3", "/a.mp3" }, { "*.mp3", "/dir/a.mp3" },
		{ "*.mp3", "/a.mp3/inside" }, { "{*.mp3}", "/x/a.mp3" },
		{ "{*.mp3,*.mov}", "/a.mov" }, { "{*.mp3,*.mov}", "/a.mp3" },
		{ ".ht*", "/pub/.htaccess" }, { ".ht*", "/.ht" },
		{ "a?c", "/abc" }, { "a?c", "/x/abc/y" },
		{ "secret", "/my-secrets/x" }, { "/etc", "/etc/passwd" },
		{ "/a/*", "/a/b" }, { "/a/?", "/a/b/c" }, { "*", "/a" },
		{ "{a,b}{c,d}", "/bc" }, { "x{,y}", "/xy" }, { "x{,y}", "/x" },
		{ "{a", "/{a" }, { "a,b", "/a,b" }, { "a}b*", "/a}bc" },
		{ "{a,?}*z", "/qz" }, { "a{b*,c}d", "/abxxd" },
		{ "{a,{b}", "/{b" }, { "**a**", "/bab" },
		{ "b/c", "/a/b/c/d" }, { "[a]", "/[a]" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++)
		if (!ftp_match_path(rows[i].pattern, rows[i].path))
			fail_msg("%s does not name %s", rows[i].pattern,
			    rows[i].path);
}

static void t_not_named(void **state)
{
	static const struct row rows[] = {
		{ "", "/a" }, { "", "/" }, { "*.mp3", "/a.mp3x" },
		{ "*.mp3", "/a.MP3" }, { "a?c", "/ac" }, { "a?c", "/abbc" },
		{ "?", "/ab" }, { "{a,b}", "/c" }, { "{a,b}", "/ab" },
		{ "{a,b}c", "/ab" }, { ".ht*", "/x.ht" }, { "{a,b", "/a" },
		{ "x{y}", "/x" }, { "[a]", "/a" }, { "{a,b}", "/" },
		{ "/a/?", "/a" }, { "a*", "/ba" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++)
		if (ftp_match_path(rows[i].pattern, rows[i].path))
			fail_msg("%s names %s", rows[i].pattern, rows[i].path);
}

/* What takes others minutes (CVE-2011-0762). */
/* Of a listing: the whole name, and no text found somewhere in it. */
static void t_whole_names(void **state)
{
	static const struct {
		const char *pattern, *name;
		bool named;
	} rows[] = {
		{ "*.txt", "a.txt", true }, { "*.txt", "a.txt.gz", false },
		{ "*", "x", true }, { "*", "", true }, { "?", "", false },
		{ "??", "ab", true }, { "?", "ab", false },
		{ "a*c", "abcbc", true }, { "a*c", "abcb", false },
		{ "{a,b}?", "b1", true }, { "{a,b}?", "c1", false },
		{ "b", "abc", false }, { "[a-z]", "b", false },
		{ "*.*", "a.b", true }, { "", "", false },
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++)
		if (ftp_match_name(rows[i].pattern, rows[i].name) !=
		    rows[i].named)
			fail_msg("%s and %s", rows[i].pattern, rows[i].name);
	assert_true(ftp_match_is_pattern("a?"));
	assert_false(ftp_match_is_pattern("[a]"));
}

static void t_bomb(void **state)
{
	char pattern[FTP_PATTERN_MAX], path[1024];
	int64_t from = port_now_ms();

	(void)state;
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	for (size_t i = 0; i + 1 < sizeof(pattern); i++)
		pattern[i] = "{*a,*}"[i % 6];
	pattern[252] = 'b';
	pattern[253] = '\0';
	assert_false(ftp_match_path(pattern, path));
	memset(pattern, '*', sizeof(pattern));
	pattern[254] = 'b';
	pattern[255] = '\0';
	assert_false(ftp_match_path(pattern, path));
	assert_true(port_now_ms() - from < 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_named),
		cmocka_unit_test(t_not_named),
		cmocka_unit_test(t_whole_names),
		cmocka_unit_test(t_bomb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
