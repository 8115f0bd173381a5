/* t_json.c - what is JSON, what is not and where, and what strings say. */
#include "src/core/json.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

static struct json_fault fault;

/* In memory of exactly its size, so that the sanitizer sees a step too far. */
static int check_mem(const char *text, size_t len)
{
	char *exact = malloc(len > 0 ? len : 1);
	int rc;

	memcpy(exact, text, len);
	fault.line = 0;
	fault.what[0] = '\0';
	rc = json_check(exact, len, &fault);
	free(exact);
	if (rc < 0) {
		assert_true(fault.line >= 1);
		assert_true(fault.what[0] != '\0');
	}
	return rc;
}

static int check(const char *text)
{
	return check_mem(text, strlen(text));
}

static const char *const good[] = {
	"{}", " \t\r\n{ } \n", "{\"a\":1}", "{\"a\":1,\"a\":2}",
	"{\"\":\"\"}", "{\"a\":[]}", "{\"a\":[1,\"x\",true,false,null,{}]}",
	"{\"a\":-0,\"b\":0.5,\"c\":1e9,\"d\":-1.25E-10,\"e\":10E+0}",
	"{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\ude00\"}",
	"{\"a\":\"\xc3\xa9\xf0\x9f\x98\x80\x7f\"}",
	"{\"a\":{\"b\":{\"c\":[[[]]]}},\"d\":[{},{}]}",
	"{\"lone\":\"\\ud800 \\u0000\"}",
};

static const struct {
	const char *text;
	int line;
	const char *what;
} bad[] = {
	{ "", 1, "expected '{', found the end" },
	{ "\n\n", 3, "expected '{', found the end" },
	{ "[]", 1, "expected '{', found '['" },
	{ "1", 1, "expected '{', found '1'" },
	{ "{", 1, "expected a key in quotes, found the end" },
	{ "}", 1, "expected '{', found '}'" },
	{ "{a:1}", 1, "expected a key in quotes, found 'a'" },
	{ "{'a':1}", 1, "expected a key in quotes, found '''" },
	{ "{1:1}", 1, "expected a key in quotes, found '1'" },
	{ "{{}:1}", 1, "expected a key in quotes, found '{'" },
	{ "{\"a\"}", 1, "expected ':', found '}'" },
	{ "{\"a\" 1}", 1, "expected ':', found '1'" },
	{ "{\"a\"=1}", 1, "expected ':', found '='" },
	{ "{\"a\":}", 1, "expected a value, found '}'" },
	{ "{\"a\":", 1, "expected a value, found the end" },
	{ "{\"a\"::1}", 1, "expected a value, found ':'" },
	{ "{\"a\":1\n\"b\":2}", 2, "expected ',' or '}', found '\"'" },
	{ "{\"a\":1;}", 1, "expected ',' or '}', found ';'" },
	{ "{\"a\":1,}", 1, "expected a key in quotes, found '}'" },
	{ "{,}", 1, "expected a key in quotes, found ','" },
	{ "{\"a\":1,,\"b\":2}", 1, "expected a key in quotes, found ','" },
	{ "{\"a\":[1,]}", 1, "expected a value, found ']'" },
	{ "{\"a\":[1 2]}", 1, "expected ',' or ']', found '2'" },
	{ "{\"a\":[1:2]}", 1, "expected ',' or ']', found ':'" },
	{ "{\"a\":[1}", 1, "expected ',' or ']', found '}'" },
	{ "{\"a\":1]", 1, "expected ',' or '}', found ']'" },
	{ "{}\n}", 2, "expected the end of the object, found '}'" },
	{ "{} {}", 1, "expected the end of the object, found '{'" },
	{ "{\n// x\n}", 2, "JSON has no comments" },
	{ "{\"a\":1 /* x */}", 1, "JSON has no comments" },
	{ "{\n\n# x\n}", 3, "JSON has no comments" },
	{ "{\"a\":True}", 1, "expected a value, found 'T'" },
	{ "{\"a\":nul}", 1, "expected a value, found 'n'" },
	{ "{\"a\":truer}", 1, "expected ',' or '}', found 'r'" },
	{ "{\"a\":01}", 1, "expected ',' or '}', found '1'" },
	{ "{\"a\":+1}", 1, "expected a value, found '+'" },
	{ "{\"a\":-}", 1, "expected a digit, found '}'" },
	{ "{\"a\":1.}", 1, "expected a digit, found '}'" },
	{ "{\"a\":.5}", 1, "expected a value, found '.'" },
	{ "{\"a\":1e}", 1, "expected a digit, found '}'" },
	{ "{\"a\":1e+-1}", 1, "expected a digit, found '-'" },
	{ "{\"a\":0x1}", 1, "expected ',' or '}', found 'x'" },
	{ "{\"a\":\"x}", 1, "a string is not closed" },
	{ "{\n\"a\":\"x\n\"}", 2, "a string is not closed" },
	{ "{\"a\":\"\t\"}", 1, "a control character in a string" },
	{ "{\"a\":\"\xe9\"}", 1, "not UTF-8" },
	{ "{\"a\":\"\\x41\"}", 1, "expected an escape like \\n, found 'x'" },
	{ "{\"a\":\"\\u12g4\"}", 1, "expected four hex digits, found 'g'" },
	{ "{\"a\":\"\\u12\"}", 1, "expected four hex digits, found '\"'" },
	{ "{\"a\":\"\\", 1, "expected an escape like \\n, found the end" },
	{ "\xef\xbb\xbf{}", 1, "expected '{', found '\\xef'" },
};

static void json_is_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(good); i++)
		if (check(good[i]) != 0)
			fail_msg("%s: %s", good[i], fault.what);
}

static void the_rest_is_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(bad); i++) {
		if (check(bad[i].text) == 0)
			fail_msg("%s was taken", bad[i].text);
		assert_string_equal(fault.what, bad[i].what);
		assert_int_equal(fault.line, bad[i].line);
	}
	assert_int_equal(check_mem("{}\0", 3), -E_INVAL);
	assert_int_equal(check_mem("{\"a\0\":1}", 8), -E_INVAL);
	assert_int_equal(check_mem("{\"a\":\"\\\0\"}", 10), -E_INVAL);
}

static void no_part_of_json_is_json(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(good); i++) {
		size_t end = (size_t)(strrchr(good[i], '}') - good[i]);

		for (size_t n = 0; n <= end; n++)
			assert_int_equal(check_mem(good[i], n), -E_INVAL);
	}
}

static void depth_is_bounded(void **state)
{
	static char text[1 << 20];
	size_t head = strlen("{\"a\":"), n;

	(void)state;
	for (n = JSON_DEPTH - 2; n <= JSON_DEPTH + 1; n++) {
		memcpy(text, "{\"a\":", head);
		memset(text + head, '[', n);
		memset(text + head + n, ']', n);
		text[head + 2 * n] = '}';
		assert_int_equal(check_mem(text, head + 2 * n + 1),
		    n < JSON_DEPTH ? 0 : -E_INVAL);
	}
	assert_string_equal(fault.what, "nested too deeply");
	memset(text, '[', sizeof(text));
	memcpy(text, "{\"a\":", head);
	assert_int_equal(check_mem(text, sizeof(text)), -E_INVAL);
	for (n = 0; n + head <= sizeof(text); n += head)
		memcpy(text + n, "{\"a\":", head);
	assert_int_equal(check_mem(text, n), -E_INVAL);
}

static void unescape(const char *in, const char *out)
{
	size_t len = strlen(in);
	char *exact = malloc(len);
	ptrdiff_t n;

	memcpy(exact, in, len);
	n = json_unescape(exact, len);
	assert_int_equal(n, strlen(out));
	assert_memory_equal(exact, out, (size_t)n);
	free(exact);
}

static void strings_say(void **state)
{
	(void)state;
	unescape("plain", "plain");
	unescape("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t");
	unescape("\\u0041\\u00e9\\u20AC\\uffff", "A\xc3\xa9\xe2\x82\xac"
	    "\xef\xbf\xbf");
	unescape("\\ud83d\\ude00", "\xf0\x9f\x98\x80");
	unescape("\\ud800\\udc00\\udbff\\udfff", "\xf0\x90\x80\x80"
	    "\xf4\x8f\xbf\xbf");
	unescape("a\\u0000b", "a\xc0\x80" "b");
	unescape("\\u007f\\u0080\\u07ff\\u0800", "\x7f\xc2\x80\xdf\xbf"
	    "\xe0\xa0\x80");
}

static void strings_that_say_nothing(void **state)
{
	static const char *const none[] = { "a\\ud800",
		"\\ud800b", "\\ud800\\n", "\\ud800\\u0041", "\\udc00",
		"\\ud800\\ud800", "\\udfff\\ud800", "\\ud83d\\ude0" };

	(void)state;
	for (size_t i = 0; i < LEN(none); i++) {
		size_t len = strlen(none[i]);
		char *exact = malloc(len);

		memcpy(exact, none[i], len);
		assert_int_equal(json_unescape(exact, len), -E_INVAL);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_taken),
		cmocka_unit_test(the_rest_is_not),
		cmocka_unit_test(no_part_of_json_is_json),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(strings_say),
		cmocka_unit_test(strings_that_say_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
