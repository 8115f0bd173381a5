/* t_text.c - formatting, numbers, encodings; against snprintf where we can. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "src/base/text.c"
#include "src/base/text_code.c"
#include "src/base/text_fmt.c"
#include "src/base/text_num.c"
#include "src/base/text_utf8.c"

static jmp_buf panicked;

_Noreturn void port_panic(const char *file, int line, const char *what)
{
	(void)file;
	(void)line;
	(void)what;
	longjmp(panicked, 1);
}

/* The same as libc's, in whole and cut at each length. */
#define SAME(...) do { \
	char want[128], got[128]; \
	size_t all = (size_t)snprintf(want, sizeof(want), __VA_ARGS__); \
	for (size_t room = 1; room <= all + 2; room++) { \
		size_t n = text_fmt(got, room, __VA_ARGS__); \
		snprintf(want, room, __VA_ARGS__); \
		assert_string_equal(got, want); \
		assert_int_equal(n, strlen(want)); \
	} \
} while (0)

static void formats_like_libc(void **state)
{
	(void)state;
	SAME("plain");
	SAME("%s|%10s|%-10s|%3s", "abc", "abc", "abc", "abcdef");
	SAME("%.*s|%.2s|%5.1s|%.0s", 2, "abc", "xyz", "qrs", "gone");
	SAME("%.*s", -1, "negative is none");
	SAME("%c%5c%-5c|", 'a', 'b', 'c');
	SAME("%d %d %d", 0, INT32_MAX, INT32_MIN);
	SAME("%5d|%-5d|%05d|", -42, -42, -42);
	SAME("%u %x %08x %lx %llx", UINT32_MAX, 0xbeefu, 0xbeefu, 0xfeedul,
	    0xfeedfacecafebeefull);
	SAME("%ld %lu", -5l, 5ul);
	SAME("%lld %lld %llu", (long long)INT64_MIN, (long long)INT64_MAX,
	    (unsigned long long)UINT64_MAX);
	SAME("%zu %zd %zx", (size_t)99, (ptrdiff_t)-99, (size_t)255);
	SAME("100%% %20d%-20d|", 1, 2);
}

static void a_null_text_is_shown(void **state)
{
	char out[16];
	const char *volatile none = NULL;

	(void)state;
	text_fmt(out, sizeof(out), "<%s>", none);
	assert_string_equal(out, "<(null)>");
}

static void unknown_conversions_panic(void **state)
{
	static const char *const volatile bad[] = { "%q", "%", "%f", "%5",
		"%hd", "%n", "%*d", "%+d" };
	char out[16];

	(void)state;
	for (volatile size_t i = 0; i < LEN(bad); i++) {
		const char *volatile fmt = bad[i];

		if (setjmp(panicked) == 0) {
			text_fmt(out, sizeof(out), fmt, 1, 2);
			fail_msg("%s was taken", fmt);
		}
	}
}

static void copies_say_when_they_cut(void **state)
{
	char out[5] = "????";

	(void)state;
	assert_true(text_copy(out, sizeof(out), "four"));
	assert_string_equal(out, "four");
	assert_false(text_copy(out, sizeof(out), "fives"));
	assert_string_equal(out, "five");
	assert_true(text_copy_n(out, sizeof(out), "abcdef", 2));
	assert_string_equal(out, "ab");
	assert_false(text_copy(out, 1, "x"));
	assert_string_equal(out, "");
}

static int u64(const char *s, uint64_t max, uint64_t *v)
{
	return text_u64(s, strlen(s), max, v);
}

static void unsigned_numbers(void **state)
{
	static const char *const bad[] = { "", " 1", "1 ", "+1", "-1", "0x1",
		"1a", "99999999999999999999999x" };
	uint64_t v = 7;

	(void)state;
	for (size_t i = 0; i < LEN(bad); i++)
		assert_int_equal(u64(bad[i], UINT64_MAX, &v), -E_INVAL);
	assert_int_equal(u64("18446744073709551616", UINT64_MAX, &v),
	    -E_RANGE);
	assert_int_equal(u64("65536", 65535, &v), -E_RANGE);
	assert_int_equal(u64("1", 0, &v), -E_RANGE);
	assert_true(v == 7);
	assert_int_equal(u64("18446744073709551615", UINT64_MAX, &v), 0);
	assert_true(v == UINT64_MAX);
	assert_int_equal(u64("0000000000000000000000000042", 65535, &v), 0);
	assert_true(v == 42);
	assert_int_equal(u64("0", 0, &v), 0);
	assert_int_equal(text_u64("123", 2, 99, &v), 0);
	assert_true(v == 12);
}

static int i64(const char *s, int64_t min, int64_t max, int64_t *v)
{
	return text_i64(s, strlen(s), min, max, v);
}

static void signed_numbers(void **state)
{
	static const char *const bad[] = { "", "-", "+", "--1", "+-1", "1-" };
	int64_t v = 7;

	(void)state;
	for (size_t i = 0; i < LEN(bad); i++)
		assert_int_equal(i64(bad[i], INT64_MIN, INT64_MAX, &v),
		    -E_INVAL);
	assert_int_equal(i64("-9223372036854775808", INT64_MIN, 0, &v), 0);
	assert_true(v == INT64_MIN);
	assert_int_equal(i64("-9223372036854775809", INT64_MIN, 0, &v),
	    -E_RANGE);
	assert_int_equal(i64("9223372036854775808", 0, INT64_MAX, &v),
	    -E_RANGE);
	assert_int_equal(i64("+9223372036854775807", 0, INT64_MAX, &v), 0);
	assert_true(v == INT64_MAX);
	assert_int_equal(i64("-0", 0, 1, &v), 0);
	assert_true(v == 0);
	assert_int_equal(i64("-5", -4, 4, &v), -E_RANGE);
	assert_int_equal(i64("5", -4, 4, &v), -E_RANGE);
}

static void letters_without_a_locale(void **state)
{
	(void)state;
	for (int c = -128; c < 128; c++) {
		bool upper = c >= 'A' && c <= 'Z';

		assert_true(text_lower((char)c) ==
		    (char)(upper ? c + 32 : c));
		assert_int_equal(text_is_digit((char)c), c >= '0' && c <= '9');
		assert_int_equal(text_is_space((char)c),
		    c == 32 || (c >= 9 && c <= 13));
	}
	assert_true(text_eq_nocase("Yes", "yEs"));
	assert_true(text_eq_nocase("", ""));
	assert_false(text_eq_nocase("ye", "yes"));
	assert_false(text_eq_nocase("yes", "ye"));
	assert_false(text_eq_nocase("[", "{"));
}

static void hex_there_and_back(void **state)
{
	static const uint8_t octets[] = { 0x00, 0x0f, 0xf0, 0xff, 0xa5 };
	uint8_t back[sizeof(octets)];
	char text[2 * sizeof(octets) + 1];

	(void)state;
	text_hex(text, octets, sizeof(octets));
	assert_string_equal(text, "000ff0ffa5");
	assert_int_equal(text_unhex(back, sizeof(back), "000fF0FfA5", 10), 5);
	assert_memory_equal(back, octets, sizeof(octets));
	assert_int_equal(text_unhex(back, 4, text, 10), -E_FULL);
	assert_int_equal(text_unhex(back, 5, text, 9), -E_INVAL);
	assert_int_equal(text_unhex(back, 5, "0g", 2), -E_INVAL);
	assert_int_equal(text_unhex(back, 5, "", 0), 0);
}

static int unbase64(uint8_t *out, size_t room, const char *s)
{
	return text_unbase64(out, room, s, strlen(s));
}

/* The examples of RFC 4648, 10. */
static void base64_there_and_back(void **state)
{
	static const char *const pairs[][2] = { { "", "" }, { "f", "Zg==" },
		{ "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
		{ "\xfb\xff\xbf", "+/+/" } };
	uint8_t back[8];
	char text[12];

	(void)state;
	for (size_t i = 0; i < LEN(pairs); i++) {
		const char *plain = pairs[i][0], *coded = pairs[i][1];
		size_t n = strlen(plain), m = strlen(coded);

		assert_int_equal(text_base64(text, m + 1, plain, n), m);
		assert_string_equal(text, coded);
		assert_int_equal(text_base64(text, m, plain, n), -E_FULL);
		assert_int_equal(unbase64(back, n, coded), n);
		assert_memory_equal(back, plain, n);
		assert_int_equal(text_unbase64(back, n, coded,
		    strcspn(coded, "=")), n);
		if (n > 0)
			assert_int_equal(unbase64(back, n - 1, coded),
			    -E_FULL);
	}
	assert_int_equal(unbase64(back, sizeof(back), "-_-_"), 3);
	assert_memory_equal(back, "\xfb\xff\xbf", 3);
}

static void bad_base64(void **state)
{
	static const char *const bad[] = { "Z", "Zg=", "Zg===", "Z===", "====",
		"=", "Zh==", "Zm9=", "Zm9v====", "Zm 9v", "Zm9v\n", "Z*9v",
		"Zg==Zg==", "Zm9v=" };
	uint8_t out[16];

	(void)state;
	for (size_t i = 0; i < LEN(bad); i++)
		if (unbase64(out, sizeof(out), bad[i]) != -E_INVAL)
			fail_msg("\"%s\" was taken", bad[i]);
}

static void utf8_of_rfc_3629(void **state)
{
	static const char *const good[] = { "", "ascii", "\xc2\x80",
		"\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
		"\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf" };
	static const char *const bad[] = { "\x80", "\xbf", "\xc0\x80",
		"\xc1\xbf", "\xc2", "\xc2\x41", "\xc2\xc2", "\xe0\x9f\xbf",
		"\xe0\xa0", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf",
		"\xf0\x90\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff",
		"\xe1\x80\x41", "ok\xfe" };

	(void)state;
	for (size_t i = 0; i < LEN(good); i++)
		assert_true(text_is_utf8(good[i], strlen(good[i])));
	for (size_t i = 0; i < LEN(bad); i++)
		assert_false(text_is_utf8(bad[i], strlen(bad[i])));
	assert_true(text_is_utf8("a\0b", 3));
}

static void what_is_shown_is_safe(void **state)
{
	char out[32];

	(void)state;
	assert_int_equal(text_safe(out, sizeof(out), "a\n\\\x7f\xff ~", 7), 19);
	assert_string_equal(out, "a\\x0a\\x5c\\x7f\\xff ~");
	assert_int_equal(text_safe(out, 5, "\n\n", 2), 4);
	assert_string_equal(out, "\\x0a");
	assert_int_equal(text_safe(out, 4, "\n", 1), 0);
	assert_string_equal(out, "");
	assert_int_equal(text_safe(out, 1, "abc", 3), 0);
}

static void strings_of_json(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "", "\"\"" }, { "anna", "\"anna\"" },
		{ "a\"b\\c/", "\"a\\\"b\\\\c/\"" },
		{ "a\xc0\x80", "\"a\\u0000\"" },
		{ "\n\x01\x1f", "\"\\u000a\\u0001\\u001f\"" },
		{ "\xc3\xa4\xf0\x9f\x98\x80", "\"\xc3\xa4\xf0\x9f\x98\x80\"" },
		{ "\xff\xc3", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		size_t len = strlen(rows[i].out);

		assert_int_equal(text_json(out, sizeof(out), rows[i].in), len);
		assert_string_equal(out, rows[i].out);
		assert_int_equal(text_json(out, len + 1, rows[i].in), len);
		for (size_t room = 1; room <= len; room++) {
			assert_int_equal(text_json(out, room, rows[i].in), 0);
			assert_string_equal(out, "");
		}
	}
}

/* A piece that does not fit is left out whole, and all that come after it. */
static void text_that_grows(void **state)
{
	char mem[16];
	struct text_out o = { .mem = mem, .room = sizeof(mem) };

	(void)state;
	text_put(&o, "%d,", 12);
	text_put_json(&o, "a");
	assert_string_equal(mem, "12,\"a\"");
	text_put(&o, "%s", "0123456789");
	assert_true(o.full);
	text_put(&o, "x");
	text_put_json(&o, "x");
	assert_string_equal(mem, "12,\"a\"");
	assert_int_equal(o.len, 6);
	o = (struct text_out){ .mem = mem, .room = 4 };
	text_put_json(&o, "ab");
	assert_true(o.full);
	assert_string_equal(mem, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_like_libc),
		cmocka_unit_test(a_null_text_is_shown),
		cmocka_unit_test(unknown_conversions_panic),
		cmocka_unit_test(copies_say_when_they_cut),
		cmocka_unit_test(unsigned_numbers),
		cmocka_unit_test(signed_numbers),
		cmocka_unit_test(letters_without_a_locale),
		cmocka_unit_test(hex_there_and_back),
		cmocka_unit_test(base64_there_and_back),
		cmocka_unit_test(bad_base64),
		cmocka_unit_test(utf8_of_rfc_3629),
		cmocka_unit_test(what_is_shown_is_safe),
		cmocka_unit_test(strings_of_json),
		cmocka_unit_test(text_that_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
