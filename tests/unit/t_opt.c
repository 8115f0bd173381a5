/* t_opt.c - one value by its row: every kind, every bound, every message. */
#include "src/core/opt.c"

#include "tests/unit/opt_sample.h"

static int set(const char *key, const char *value)
{
	const struct opt *o = opt_find(&sample, key);

	assert_non_null(o);
	at.file = "f.conf";
	at.line = 3;
	at.key = key;
	at.text[0] = '\0';
	return opt_set(&sample, &at, o, NULL, value);
}

static void refused(const char *key, const char *value, const char *text)
{
	assert_int_equal(set(key, value), -E_INVAL);
	assert_string_equal(at.text, text);
}

static void defaults(void **state)
{
	(void)state;
	assert_string_equal(conf.server, "0.0.0.0");
	assert_string_equal(conf.empty, "full");
	assert_true(conf.port == 8388);
	assert_true(conf.mode == 0644);
	assert_false(conf.fast_open);
}

static void rows_are_found_by_their_whole_key(void **state)
{
	(void)state;
	assert_ptr_equal(opt_find(&sample, "server"), &sample_opts[0]);
	assert_null(opt_find(&sample, "serve"));
	assert_null(opt_find(&sample, ""));
}

static void booleans(void **state)
{
	static const char *const yes[] = { "true", "YES", "1", "True" };
	static const char *const no[] = { "false", "no", "0", "FALSE" };

	(void)state;
	for (size_t i = 0; i < LEN(yes); i++) {
		assert_int_equal(set("fast_open", yes[i]), 0);
		assert_true(conf.fast_open);
		assert_int_equal(set("fast_open", no[i]), 0);
		assert_false(conf.fast_open);
	}
	refused("fast_open", "2", "f.conf:3: fast_open: '2' is neither true "
	    "(yes, 1) nor false (no, 0)");
	refused("fast_open", "", "f.conf:3: fast_open: '' is neither true "
	    "(yes, 1) nor false (no, 0)");
}

static void numbers(void **state)
{
	(void)state;
	assert_int_equal(set("server_port", "1"), 0);
	assert_int_equal(set("server_port", "65535"), 0);
	assert_true(conf.port == 65535);
	assert_int_equal(set("server_port", "010"), 0);
	assert_true(conf.port == 10);
	refused("server_port", "70000",
	    "f.conf:3: server_port: 70000 is not within 1..65535");
	refused("server_port", "0",
	    "f.conf:3: server_port: 0 is not within 1..65535");
	refused("server_port", "-1",
	    "f.conf:3: server_port: -1 is not within 1..65535");
	refused("server_port", "99999999999999999999",
	    "f.conf:3: server_port: 99999999999999999999 is not within "
	    "1..65535");
	refused("server_port", "80a", "f.conf:3: server_port: '80a' is not a "
	    "whole number within 1..65535");
	refused("server_port", "1.5", "f.conf:3: server_port: '1.5' is not a "
	    "whole number within 1..65535");
	refused("server_port", "", "f.conf:3: server_port: '' is not a "
	    "whole number within 1..65535");
	assert_true(conf.port == 10);
	assert_int_equal(set("timeout", "-1"), 0);
	assert_true(conf.timeout == -1);
	assert_int_equal(set("timeout", "9223372036854775807"), 0);
	assert_true(conf.timeout == INT64_MAX);
}

static void octal_numbers(void **state)
{
	(void)state;
	assert_int_equal(set("mode", "0022"), 0);
	assert_true(conf.mode == 022);
	assert_int_equal(set("mode", "22"), 0);
	assert_true(conf.mode == 22);
	assert_int_equal(set("mode", "0"), 0);
	assert_true(conf.mode == 0);
	refused("mode", "01000", "f.conf:3: mode: 01000 is not within 0..511");
	refused("mode", "08", "f.conf:3: mode: '08' is not an octal number "
	    "within 0..511");
	refused("mode", "-1", "f.conf:3: mode: -1 is not within 0..511");
	refused("mode", "0777777777777777777777777", "f.conf:3: mode: "
	    "0777777777777777777777777 is not within 0..511");
}

static void texts(void **state)
{
	(void)state;
	assert_int_equal(set("server", "123456789012345"), 0);
	assert_string_equal(conf.server, "123456789012345");
	refused("server", "1234567890123456",
	    "f.conf:3: server: longer than 15 octets");
	refused("server", "", "f.conf:3: server: must not be empty");
	assert_int_equal(set("empty", ""), 0);
	assert_string_equal(conf.empty, "");
	assert_string_equal(conf.server, "123456789012345");
}

static void counts(void **state)
{
	(void)state;
	assert_int_equal(set("verbose", "true"), 0);
	assert_int_equal(conf.verbose, 1);
	assert_int_equal(set("verbose", "2"), 0);
	assert_int_equal(conf.verbose, 2);
	assert_int_equal(set("verbose", "FALSE"), 0);
	assert_int_equal(conf.verbose, 0);
	refused("verbose", "3", "f.conf:3: verbose: 3 is not within 0..2");
}

static void calls(void **state)
{
	(void)state;
	assert_int_equal(set("list", "a"), 0);
	assert_string_equal(conf.calls, "0 =a;");
	refused("list", "bad", "f.conf:3: list: 'bad' is refused");
	assert_int_equal(set("list", "silent"), -E_FULL);
	assert_string_equal(at.text, "f.conf:3: list: full");
	assert_int_equal(set("old", "whatever"), 0);
}

static void members_of_plain_rows_are_refused(void **state)
{
	(void)state;
	at.key = "server";
	assert_int_equal(opt_set(&sample, &at, &sample_opts[0], "m", "v"),
	    -E_INVAL);
	assert_string_equal(at.text, "server: must not be an object");
}

static void secrets_are_not_shown(void **state)
{
	const struct opt pin = { .key = "pin", .kind = OPT_INT, AT(port),
		.flags = OPT_SECRET, .max = 9 };

	(void)state;
	at.key = "pin";
	assert_int_equal(opt_set(&sample, &at, &pin, NULL, "4711"), -E_INVAL);
	assert_null(strstr(at.text, "4711"));
	refused("password", "passwordpasswordpasswordpassword",
	    "f.conf:3: password: longer than 31 octets");
}

/* Whatever is in the value, the message is one short printable line. */
static void messages_are_safe(void **state)
{
	char value[2000];

	(void)state;
	memset(value, '\n', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	assert_int_equal(set("server_port", value), -E_INVAL);
	assert_null(strchr(at.text, '\n'));
	assert_non_null(strstr(at.text, "\\x0a..."));
	assert_non_null(strstr(at.text, "1..65535"));
	at.key = value;
	at.file = value;
	opt_fail(&at, "%s", value);
	assert_int_equal(strlen(at.text), sizeof(at.text) - 1);
	assert_null(strchr(at.text, '\n'));
}

static void where_is_said(void **state)
{
	(void)state;
	assert_int_equal(opt_fail(&at, "bare"), -E_INVAL);
	assert_string_equal(at.text, "bare");
	at.file = "x";
	opt_fail(&at, "a");
	assert_string_equal(at.text, "x: a");
	at.line = 7;
	opt_fail(&at, "a %d", 1);
	assert_string_equal(at.text, "x:7: a 1");
	at.key = "k";
	opt_fail(&at, "a");
	assert_string_equal(at.text, "x:7: k: a");
	at.file = NULL;
	opt_fail(&at, "a");
	assert_string_equal(at.text, "k: a");
}

static char told[32];

static void on_unknown(struct opt_at *where, const char *key)
{
	(void)where;
	text_copy(told, sizeof(told), key);
}

static void unknown_keys(void **state)
{
	(void)state;
	at.key = "what";
	assert_int_equal(opt_unknown(&at), 0);
	at.on_unknown = on_unknown;
	assert_int_equal(opt_unknown(&at), 0);
	assert_int_equal(at.unknown, 2);
	assert_string_equal(told, "what");
	at.strict = true;
	assert_int_equal(opt_unknown(&at), -E_INVAL);
	assert_string_equal(at.text, "what: no such option");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(defaults),
		TEST(rows_are_found_by_their_whole_key),
		TEST(booleans),
		TEST(numbers),
		TEST(octal_numbers),
		TEST(texts),
		TEST(counts),
		TEST(calls),
		TEST(members_of_plain_rows_are_refused),
		TEST(secrets_are_not_shown),
		TEST(messages_are_safe),
		TEST(where_is_said),
		TEST(unknown_keys),
	};

	return cmocka_run_group_tests(tests, NULL, no_file);
}
