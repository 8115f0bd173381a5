/* t_check.c - findings that need another clock than this machine's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define port_wall_ms clock_here
#define log_line told
#include "src/core/check.c"
#undef log_line
#undef port_wall_ms

static int64_t wall;
static unsigned lines;
static enum log_level level;

int64_t clock_here(void)
{
	return wall;
}

void told(enum log_level l, const char *fmt, ...)
{
	(void)fmt;
	level = l;
	lines++;
}

static void clock_of_a_router(void **state)
{
	(void)state;
	for (wall = 0; wall < BUILT_MS; wall += BUILT_MS / 7) {
		lines = 0;
		check_clock("it matters");
		assert_int_equal(lines, 1);
		assert_int_equal(level, LOG_WARN);
	}
	lines = 0;
	wall = BUILT_MS;
	check_clock("it matters");
	assert_int_equal(lines, 0);
}

static void parts_of_names(void **state)
{
	static const struct {
		const char *path, *folder;
	} row[] = { { "/etc/x", "/etc" }, { "x", "." }, { "/x", "/" },
		{ "a/b/c", "a/b" } };
	char out[32];

	(void)state;
	for (size_t i = 0; i < LEN(row); i++) {
		part_of(out, sizeof(out), row[i].path, '/');
		assert_string_equal(out, row[i].folder);
	}
	check_file_of(out, sizeof(out), "/nowhere/wherry.conf#ssserver two");
	assert_string_equal(out, "/nowhere/wherry.conf");
	check_file_of(out, sizeof(out), "/nowhere/wherry.conf");
	assert_string_equal(out, "/nowhere/wherry.conf");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clock_of_a_router),
		cmocka_unit_test(parts_of_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
