/* t_ftp_time.c - 14 digits to a second and back, and nothing else. */
#include "src/ftp/ftp_time.c"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void t_good(void **state)
{
	static const struct {
		const char *text;
		size_t took;
		int64_t at;
	} rows[] = {
		{ "19700101000000", 14, 0 },
		{ "20240229235959", 14, 1709251199 },
		{ "20380119031408 x", 14, INT64_C(2147483648) },
		{ "20010909014640.123 x", 18, 1000000000 },
		{ "20010909014640.", 15, 1000000000 },
		{ "99991231235959", 14, INT64_C(253402300799) },
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		char text[FTP_TIME_TEXT];
		int64_t at = -1;

		assert_int_equal(ftp_time_parse(rows[i].text, &at),
		    rows[i].took);
		assert_true(at == rows[i].at);
		ftp_time_text(text, at);
		assert_memory_equal(text, rows[i].text, 14);
		assert_int_equal(text[14], 0);
	}
}

static void t_bad(void **state)
{
	static const char *const bad[] = { "", "x", "2024", "2024022923595",
		"202402292359590", "20230229000000", "20240001000000",
		"20241301000000", "20240100000000", "20240132000000",
		"20240101240000", "20240101006000", "20240101000060",
		"19691231235959", "-0240101000000", " 20240101000000",
		"20240101T00000" };
	int64_t at;

	(void)state;
	for (size_t i = 0; i < LEN(bad); i++)
		if (ftp_time_parse(bad[i], &at) != 0)
			fail_msg("taken: %s", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_good),
		cmocka_unit_test(t_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
