/* t_opt_help.c - the help text, whole, and within 80 columns. */
#include "port/out.h"

static void caught(int fd, const void *mem, unsigned long len);
#define port_out_all(fd, mem, len) caught(fd, mem, len)
#include "src/core/opt_help.c"
#undef port_out_all

#include "tests/unit/opt_sample.h"

static char out[8192];
static size_t out_len;

static void caught(int fd, const void *mem, unsigned long len)
{
	assert_int_equal(fd, 1);
	assert_true(out_len + len < sizeof(out));
	memcpy(out + out_len, mem, len);
	out_len += len;
	out[out_len] = '\0';
}

static const char expected[] =
    "usage: x [option]...\n"
    "\n"
    "  -s VALUE                address to listen on [server] (default: "
    "0.0.0.0)\n"
    "  -p, --server-port N     port to listen on [server_port] (default: "
    "8388)\n"
    "  -k VALUE                the password [password]\n"
    "  -t, --timeout N         seconds without an octet after which a "
    "connection is\n"
    "                          closed, or -1 for never, which is not wise "
    "[timeout]\n"
    "  -v                      [verbose]\n"
    "      --fast-open         [fast_open]\n"
    "  -a                      [fast_open]\n"
    "  -e, --empty VALUE       [empty] (default: full)\n"
    "  -F, --list-of-things-to-be-taken VALUE\n"
    "                          [list]\n"
    "  -h, --help\n"
    "      --old VALUE         [old]\n"
    "\n"
    "Keys of the configuration file alone:\n"
    "  mode                    (default: 0644)\n";

static void the_whole_text(void **state)
{
	(void)state;
	opt_print_help(&sample, "usage: x [option]...");
	assert_string_equal(out, expected);
}

/* A service that has no flags: its keys are all there is. */
static void a_table_without_flags(void **state)
{
	static const char begin[] = "usage: x\n\nOptions:\n  ";
	struct opt_table keys = sample;

	(void)state;
	keys.flags = NULL;
	keys.flags_n = 0;
	out_len = 0;
	opt_print_help(&keys, "usage: x");
	assert_int_equal(strncmp(out, begin, strlen(begin)), 0);
	assert_null(strstr(out, "alone"));
}

static void no_line_is_too_long(void **state)
{
	size_t at_line = 0;

	(void)state;
	assert_true(out_len > 0);
	while (at_line < out_len) {
		size_t n = strcspn(out + at_line, "\n");

		assert_in_range(n, 0, 79);
		assert_true(n == 0 || out[at_line + n - 1] != ' ');
		at_line += n + 1;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_whole_text),
		cmocka_unit_test(no_line_is_too_long),
		TEST(a_table_without_flags),
	};

	return cmocka_run_group_tests(tests, NULL, no_file);
}
