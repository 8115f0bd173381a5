/* t_ftp_path.c - whatever a client says, a path stays canonical. */
#include "src/ftp/ftp_path.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/lib/codec_feed.h"

static void join(const char *cwd, const char *arg, const char *want)
{
	char out[64];

	assert_int_equal(ftp_path_join(out, sizeof(out), cwd, arg), 0);
	assert_string_equal(out, want);
}

static void t_join(void **state)
{
	(void)state;
	join("/", "", "/");
	join("/", "a", "/a");
	join("/", "/", "/");
	join("/", "..", "/");
	join("/", "../../..", "/");
	join("/a/b", "", "/a/b");
	join("/a/b", "..", "/a");
	join("/a/b", "../..", "/");
	join("/a/b", "../../../../x", "/x");
	join("/a/b", "/c//d/", "/c/d");
	join("/a/b", "./c/.", "/a/b/c");
	join("/a/b", "c/../d", "/a/b/d");
	join("/a", "...", "/a/...");
	join("/a", "..b", "/a/..b");
	join("/a", " ", "/a/ ");
	join("/a", "-x", "/a/-x");
}

static void t_too_long(void **state)
{
	char out[8];

	(void)state;
	assert_int_equal(ftp_path_join(out, sizeof(out), "/", "123456"), 0);
	assert_string_equal(out, "/123456");
	assert_int_equal(ftp_path_join(out, sizeof(out), "/", "1234567"),
	    -E_LONG);
	assert_int_equal(ftp_path_join(out, sizeof(out), "/12345678", "x"),
	    -E_LONG);
	assert_int_equal(ftp_path_join(out, sizeof(out), "/123", "45"), 0);
	assert_int_equal(ftp_path_join(out, sizeof(out), "/123", "456"),
	    -E_LONG);
}

static void t_parts(void **state)
{
	char out[64];

	(void)state;
	assert_string_equal(ftp_path_base("/a/bc"), "bc");
	assert_string_equal(ftp_path_base("/"), "");
	ftp_path_parent(out, sizeof(out), "/a/bc");
	assert_string_equal(out, "/a");
	ftp_path_parent(out, sizeof(out), "/a");
	assert_string_equal(out, "/");
	ftp_path_parent(out, sizeof(out), "/");
	assert_string_equal(out, "/");
}

static void t_temp(void **state)
{
	char out[512], path[300], small[16];

	(void)state;
	assert_int_equal(ftp_path_temp(out, sizeof(out), "/a/b.txt", 0xab), 0);
	assert_string_equal(out, "/a/.in.b.txt.000000ab");
	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[256] = '\0';
	assert_int_equal(ftp_path_temp(out, sizeof(out), path, 1), 0);
	assert_true(strlen(out + 1) <= 255);
	assert_int_equal(ftp_path_temp(small, sizeof(small), "/abc", 1),
	    -E_LONG);
}

static bool canonical(const char *p)
{
	if (p[0] != '/')
		return false;
	if (p[1] == '\0')
		return true;
	while (*p == '/') {
		size_t n = strcspn(++p, "/");

		if (n == 0 || (n == 1 && p[0] == '.') ||
		    (n == 2 && p[0] == '.' && p[1] == '.'))
			return false;
		p += n;
	}
	return true;
}

static void t_property(void **state)
{
	static const char letters[] = "/././/ab..\n\xff~";
	unsigned seeds = test_seeds(5000);
	char cwd[32] = "/", out[32], arg[24];

	(void)state;
	assert_false(canonical("/a/../b"));
	assert_false(canonical("/a/"));
	for (unsigned seed = 1; seed <= seeds; seed++) {
		uint64_t random = seed;
		size_t len = test_random(&random) % sizeof(arg), i;

		for (i = 0; i < len; i++)
			arg[i] = letters[test_random(&random) %
			    (sizeof(letters) - 1)];
		arg[i] = '\0';
		if (ftp_path_join(out, sizeof(out), cwd, arg) < 0)
			continue;
		if (!canonical(out))
			fail_msg("seed %u: %s + %s = %s", seed, cwd, arg, out);
		strcpy(cwd, out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_join),
		cmocka_unit_test(t_too_long),
		cmocka_unit_test(t_parts),
		cmocka_unit_test(t_temp),
		cmocka_unit_test(t_property),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
