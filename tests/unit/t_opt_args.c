/* t_opt_args.c - command lines as people write them. */
#include "src/core/opt_args.c"

#include "tests/unit/opt_sample.h"

static const char *rest[4];

/* The words of a line, cut at blanks; '~' stands for an empty word. */
static int read_args(const char *line)
{
	static char copy[512];
	static char program[] = "x", empty[] = "";
	char *argv[64] = { program };
	int argc = 1;

	text_copy(copy, sizeof(copy), line);
	for (char *w = strtok(copy, " "); w != NULL; w = strtok(NULL, " "))
		argv[argc++] = strcmp(w, "~") == 0 ? empty : w;
	return opt_read_args(&sample, &at, argc, argv, rest, LEN(rest));
}

static void accepted(const char *line, int words)
{
	int n;

	fresh(NULL);
	n = read_args(line);
	if (n != words)
		fail_msg("\"%s\": %d (%s)", line, n, at.text);
	assert_string_equal(at.text, "");
	assert_null(at.key);
}

static void refused(const char *line, const char *text)
{
	fresh(NULL);
	assert_int_equal(read_args(line), -E_INVAL);
	assert_string_equal(at.text, text);
	assert_null(at.key);
}

static void glued_and_apart(void **state)
{
	static const char *const lines[] = { "-p 4242", "-p4242", "-vp 4242",
		"-vp4242", "-avp4242", "--server-port 4242",
		"--server-port=4242", "-p 1 -p 4242", "-p04242" };

	(void)state;
	for (size_t i = 0; i < LEN(lines); i++) {
		accepted(lines[i], 0);
		assert_true(conf.port == 4242);
	}
	assert_int_equal(conf.verbose, 0);
}

static void flags_alone(void **state)
{
	(void)state;
	accepted("-v", 0);
	assert_int_equal(conf.verbose, 1);
	accepted("-vv", 0);
	assert_int_equal(conf.verbose, 2);
	accepted("-v -s x -vvvv", 0);
	assert_int_equal(conf.verbose, 2);
	accepted("--fast-open", 0);
	assert_true(conf.fast_open);
	accepted("-a --fast-open=false", 0);
	assert_false(conf.fast_open);
	accepted("-h --help", 0);
	assert_int_equal(conf.helped, 2);
}

static void odd_values(void **state)
{
	(void)state;
	accepted("-k -v", 0);
	assert_string_equal(conf.password, "-v");
	accepted("-k --", 0);
	assert_string_equal(conf.password, "--");
	accepted("-k-v=w", 0);
	assert_string_equal(conf.password, "-v=w");
	accepted("-t -1", 0);
	assert_true(conf.timeout == -1);
	accepted("--timeout=-1", 0);
	accepted("--empty ~", 0);
	assert_string_equal(conf.empty, "");
	accepted("--empty=", 0);
	assert_string_equal(conf.empty, "");
	accepted("-e ~ -k a=b=c", 0);
	assert_string_equal(conf.password, "a=b=c");
	accepted("-F a -F b", 0);
	assert_string_equal(conf.calls, "0 =b;");
	accepted("--old x", 0);
}

static void other_words(void **state)
{
	(void)state;
	accepted("one -v two - -p 80", 3);
	assert_string_equal(rest[0], "one");
	assert_string_equal(rest[1], "two");
	assert_string_equal(rest[2], "-");
	assert_true(conf.port == 80);
	accepted("-v -- -v --", 2);
	assert_int_equal(conf.verbose, 1);
	assert_string_equal(rest[0], "-v");
	assert_string_equal(rest[1], "--");
	accepted("~", 1);
	assert_string_equal(rest[0], "");
	accepted("", 0);
	assert_int_equal(opt_read_args(&sample, &at, 0, NULL, rest, 0), 0);
}

static void what_is_wrong_is_named(void **state)
{
	(void)state;
	refused("-x", "-x: no such option");
	refused("-vx", "-x: no such option");
	refused("-v8", "-8: no such option");
	refused("--none", "--none: no such option");
	refused("--none=5", "--none: no such option");
	refused("--server", "--server: no such option");
	refused("--server-port-x 5", "--server-port-x: no such option");
	refused("--=5", "--: no such option");
	refused("-p", "-p: its value is missing");
	refused("-vvp", "-p: its value is missing");
	refused("--timeout", "--timeout: its value is missing");
	refused("--help=yes", "--help: takes no value");
	refused("-p 70000", "-p: 70000 is not within 1..65535");
	refused("-p7x", "-p: '7x' is not a whole number within 1..65535");
	refused("--server-port ~",
	    "--server-port: '' is not a whole number within 1..65535");
	refused("-s ~", "-s: must not be empty");
	refused("a b c d e", "e: unexpected word");
	refused("-F bad", "-F: 'bad' is refused");
	refused("--a-name-that-is-longer-than-any-that-we-have-or-want=1",
	    "--a-name-that-is-longer-than-any-that-we-have-o: no such option");
}

/* Any words at all: a verdict, and a message when it is bad. */
static void random_words(void **state)
{
	static const char letters[] = "-vpkstaeFh=0189 ~\n\xff";
	unsigned seed, n = seeds(20000);

	(void)state;
	for (seed = 1; seed <= n; seed++) {
		char line[64];
		size_t len;
		int rc;

		srand(seed);
		len = (size_t)rand() % (sizeof(line) - 1);
		for (size_t i = 0; i < len; i++)
			line[i] = letters[(size_t)rand() %
			    (sizeof(letters) - 1)];
		line[len] = '\0';
		fresh(NULL);
		rc = read_args(line);
		if ((rc < 0) != (at.text[0] != '\0'))
			fail_msg("seed %u: %d \"%s\"", seed, rc, at.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(glued_and_apart),
		TEST(flags_alone),
		TEST(odd_values),
		TEST(other_words),
		TEST(what_is_wrong_is_named),
		TEST(random_words),
	};

	return cmocka_run_group_tests(tests, NULL, no_file);
}
