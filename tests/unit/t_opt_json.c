/* t_opt_json.c - config.json as it is found in the field, and worse. */
#include "src/core/opt_json.c"

#include "tests/unit/opt_sample.h"

static int read_json(const char *json)
{
	fresh(NULL);
	at.file = "c.json";
	return opt_read_json_text(&sample, &at, json, strlen(json));
}

static void accepted(const char *json)
{
	if (read_json(json) != 0)
		fail_msg("%s: %s", json, at.text);
	assert_string_equal(at.text, "");
	assert_null(at.key);
}

static void refused(const char *json, const char *text)
{
	int rc = read_json(json);

	assert_string_equal(at.text, text);
	assert_int_equal(rc, -E_INVAL);
	assert_null(at.key);
}

static const char real[] =
    "{\n"
    "    \"server\":\"127.0.0.1\",\n"
    "    \"server_port\":\"8390\",\n"
    "    \"local\": {\"a\": [1, {\"server\": \"no\"}, []], \"b\": null},\n"
    "    \"password\": 123456,\n"
    "    \"timeout\": 60, \"fast_open\": true,\n"
    "    \"verbose\": false,\n"
    "    \"list\": {\"8381\": \"p1\", \"8382\": \"p\\u00e9\"}\n"
    "}\n";

static void a_real_file(void **state)
{
	(void)state;
	accepted(real);
	assert_string_equal(conf.server, "127.0.0.1");
	assert_true(conf.port == 8390);
	assert_string_equal(conf.password, "123456");
	assert_true(conf.timeout == 60);
	assert_true(conf.fast_open);
	assert_int_equal(conf.verbose, 0);
	assert_string_equal(conf.calls, "0 8381=p1;1 8382=p\xc3\xa9;");
	assert_int_equal(at.unknown, 1);
}

static void kinds_of_values(void **state)
{
	(void)state;
	accepted("{\"fast_open\":1}");
	assert_true(conf.fast_open);
	accepted("{\"fast_open\":\"true\"}");
	assert_true(conf.fast_open);
	accepted("{\"verbose\":true}");
	assert_int_equal(conf.verbose, 1);
	accepted("{\"verbose\":2}");
	assert_int_equal(conf.verbose, 2);
	accepted("{\"server\":null,\"server_port\":null,\"list\":null}");
	assert_string_equal(conf.server, "0.0.0.0");
	assert_true(conf.port == 8388);
	assert_string_equal(conf.calls, "");
	accepted("{\"server_port\":1,\"server_port\":2}");
	assert_true(conf.port == 2);
	accepted("{\"old\":[{}],\"server_port\"\n:\n9\n}");
	assert_true(conf.port == 9);
	accepted("\xef\xbb\xbf{\"server\":\"a\\\"b\\\\\"}");
	assert_string_equal(conf.server, "a\"b\\");
	accepted("{\"s\\u0065rver\":\"x\"}");
	assert_string_equal(conf.server, "x");
}

static void lists_and_objects(void **state)
{
	(void)state;
	accepted("{\"list\":\"a\"}");
	assert_string_equal(conf.calls, "0 =a;");
	accepted("{\"list\":[\"a\",2,true]}");
	assert_string_equal(conf.calls, "0 =a;1 =2;2 =true;");
	accepted("{\"list\":[]}");
	assert_string_equal(conf.calls, "0 =;");
	accepted("{\"list\":{}}");
	assert_string_equal(conf.calls, "0 =;");
	accepted("{\"list\":\"\",\"server_port\":5}");
	assert_string_equal(conf.calls, "0 =;");
	assert_true(conf.port == 5);
	accepted("{\"list\":{\"a\":\"\"},\"server_port\":6}");
	assert_string_equal(conf.calls, "0 a=;");
	assert_true(conf.port == 6);
	accepted("{\"list\":[1,2,3],\"list\":[\"x\"]}");
	assert_string_equal(conf.calls, "0 =x;");
	accepted("{\"list\":[1,2,3],\"list\":\"y\"}");
	assert_string_equal(conf.calls, "0 =y;");
	accepted("{\"list\":{\"a\":1,\"b\":\"\"},\"server_port\":5}");
	assert_string_equal(conf.calls, "0 a=1;1 b=;");
	assert_true(conf.port == 5);
}

static void what_is_wrong_is_named(void **state)
{
	(void)state;
	refused("{\n\n\"server_port\":70000\n}",
	    "c.json:3: server_port: 70000 is not within 1..65535");
	refused("{\"server_port\":\n\n70000}",
	    "c.json:3: server_port: 70000 is not within 1..65535");
	refused("{\"a\":\"\\n\\n\",\n\"b\":[\n\n],\"server_port\":\n0\n}",
	    "c.json:5: server_port: 0 is not within 1..65535");
	refused("{\"list\":[1\n,2\n],\"timeout\":3\n,\"server_port\":0}",
	    "c.json:4: server_port: 0 is not within 1..65535");
	refused("{\"server_port\":1.5}", "c.json:1: server_port: '1.5' is "
	    "not a whole number within 1..65535");
	refused("{\"server_port\":true}", "c.json:1: server_port: 'true' is "
	    "not a whole number within 1..65535");
	refused("{\"fast_open\":\"maybe\"}", "c.json:1: fast_open: 'maybe' "
	    "is neither true (yes, 1) nor false (no, 0)");
	refused("{\"server\":[\"a\"]}",
	    "c.json:1: server: must not be a list");
	refused("{\"server\":{}}", "c.json:1: server: must not be an object");
	refused("{\"list\":[1,\n[2]]}",
	    "c.json:2: list: a list, object or null within");
	refused("{\"list\":{\"a\":\n{}}}",
	    "c.json:2: list: a list, object or null within");
	refused("{\"list\":[null,\"a\"]}",
	    "c.json:1: list: a list, object or null within");
	refused("{\"list\":[1,\n\"bad\"]}",
	    "c.json:2: list: 'bad' is refused");
	refused("{\"server\":\"a\\u0000b\"}",
	    "c.json:1: server: \\u0000 or half of a \\u pair");
	refused("{\"server\":\"\\ud800\"}",
	    "c.json:1: server: \\u0000 or half of a \\u pair");
	refused("{\"server\":\"\"}", "c.json:1: server: must not be empty");
	refused("{\"server\":1}x",
	    "c.json:1: expected the end of the object, found 'x'");
	refused("{\n\"server\":1,\n}",
	    "c.json:3: expected a key in quotes, found '}'");
	refused("\n", "c.json:2: expected '{', found the end");
}

static char told[64];

static void on_unknown(struct opt_at *where, const char *key)
{
	assert_int_equal(where->line, 2);
	text_copy(told, sizeof(told), key);
}

static void unknown_keys(void **state)
{
	static const char json[] = "{\"old\":1,\n\"x\\ny\":{},\"help\":1}";

	(void)state;
	at.on_unknown = on_unknown;
	assert_int_equal(opt_read_json_text(&sample, &at, json,
	    sizeof(json) - 1), 0);
	assert_int_equal(at.unknown, 2);
	assert_string_equal(told, "help");
	at.strict = true;
	assert_int_equal(opt_read_json_text(&sample, &at, json,
	    sizeof(json) - 1), -E_INVAL);
	assert_string_equal(at.text, "x\\x0ay: no such option");
}

static void files(void **state)
{
	static char big[LIMIT_CONF_FILE + 1];
	const char *path;

	(void)state;
	path = file_with(real, sizeof(real) - 1);
	assert_int_equal(opt_read_json(&sample, &at, path), 0);
	assert_true(conf.port == 8390);
	assert_int_equal(opt_read_json(&sample, &at, "/nowhere"), -E_NOENT);
	assert_string_equal(at.text, "/nowhere: no such file or name");
	assert_int_equal(opt_read_json(&sample, &at, "/"), -E_ISDIR);
	assert_string_equal(at.text, "/: is a directory");
	memset(big, ' ', sizeof(big));
	memcpy(big, "{\"server_port\":7}", 17);
	path = file_with(big, LIMIT_CONF_FILE);
	assert_int_equal(opt_read_json(&sample, &at, path), 0);
	assert_true(conf.port == 7);
	path = file_with(big, LIMIT_CONF_FILE + 1);
	assert_int_equal(opt_read_json(&sample, &at, path), -E_LONG);
	assert_non_null(strstr(at.text, ": longer than 131072 octets"));
	assert_int_equal(opt_read_json_text(&sample, &at, big, sizeof(big)),
	    -E_LONG);
}

static void too_many_values(void **state)
{
	static char json[3 * LIMIT_JSON_TOKENS];
	size_t n = strlen("{\"list\":[1");

	(void)state;
	memcpy(json, "{\"list\":[1", n);
	/* Object, key, list, and one of them is there already. */
	for (int i = 4; i < LIMIT_JSON_TOKENS; i++, n += 2)
		memcpy(json + n, ",2", 2);
	memcpy(json + n, "]}", 2);
	assert_int_equal(opt_read_json_text(&sample, &at, json, n + 2), 0);
	assert_int_equal(at.index, LIMIT_JSON_TOKENS - 4);
	memcpy(json + n, ",2]}", 4);
	assert_int_equal(opt_read_json_text(&sample, &at, json, n + 4),
	    -E_INVAL);
	assert_string_equal(at.text, "more than 8192 keys and values");
}

/* The text holds passwords: it must not stay behind. */
static void the_text_is_wiped(void **state)
{
	char *text;

	(void)state;
	accepted(real);
	assert_int_equal(opt_file_copy(&at, "", 0, &text), 0);
	for (size_t i = 0; i < sizeof(real); i++)
		assert_int_equal(text[i], 0);
}

static void each_prefix_is_refused(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(real) - 2; n++) {
		fresh(NULL);
		assert_int_equal(opt_read_json_text(&sample, &at, real, n),
		    -E_INVAL);
		assert_true(at.text[0] != '\0');
		assert_true(conf.port == 8388);
	}
}

/* Changed, cut and shuffled files: an error or values, nothing else. */
static void damaged_files(void **state)
{
	static const char letters[] = "{}[]\",:\\u0dDn1- \n\xff";
	unsigned seed, n = seeds(20000), taken = 0;

	(void)state;
	for (seed = 1; seed <= n; seed++) {
		char json[sizeof(real)];
		size_t len = sizeof(real) - 1;
		int rc;

		srand(seed);
		memcpy(json, real, sizeof(real));
		for (int i = rand() % 4; i >= 0; i--)
			json[(size_t)rand() % len] = letters[(size_t)rand() %
			    (sizeof(letters) - 1)];
		if (rand() % 4 == 0)
			len = (size_t)rand() % len;
		fresh(NULL);
		rc = opt_read_json_text(&sample, &at, json, len);
		if ((rc < 0) != (at.text[0] != '\0'))
			fail_msg("seed %u: %d \"%s\"", seed, rc, at.text);
		taken += rc == 0;
	}
	/* With few seeds none may be whole. */
	assert_true(n < 1000 || taken > n / 100);
}

static void random_tokens(void **state)
{
	static const char *const pieces[] = { "{", "}", "[", "]", ",", ":",
		"\"server\"", "\"list\"", "\"x\"", "1", "true", "null", "\n" };
	unsigned seed, n = seeds(20000);

	(void)state;
	for (seed = 1; seed <= n; seed++) {
		char json[512] = "{\"list\":";
		int rc;

		srand(seed);
		for (int i = rand() % 40; i > 0; i--)
			strcat(json, pieces[(size_t)rand() % LEN(pieces)]);
		fresh(NULL);
		rc = opt_read_json_text(&sample, &at, json, strlen(json));
		if ((rc < 0) != (at.text[0] != '\0'))
			fail_msg("seed %u: %d \"%s\"", seed, rc, at.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_real_file),
		TEST(kinds_of_values),
		TEST(lists_and_objects),
		TEST(what_is_wrong_is_named),
		TEST(unknown_keys),
		TEST(files),
		TEST(too_many_values),
		TEST(the_text_is_wiped),
		TEST(each_prefix_is_refused),
		TEST(damaged_files),
		TEST(random_tokens),
	};

	return cmocka_run_group_tests(tests, NULL, no_file);
}
