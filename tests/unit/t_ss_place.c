/* t_ss_place.c - paths and loopback addresses, nothing that others reach. */
#include "src/ss/ss_place.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void t_places(void **state)
{
	static const struct {
		const char *text;
		int rc;
		const char *is;
	} rows[] = {
		{ "127.0.0.1:6001", 0, "127.0.0.1:6001" },
		{ "127.9.8.7:0", 0, "127.9.8.7:0" },
		{ "[::1]:6001", 0, "[::1]:6001" },
		{ "::1:6001", 0, "[::1]:6001" },
		{ "localhost:1", 0, "127.0.0.1:1" },
		{ "/run/x.sock", 0, "/run/x.sock" }, { "x", 0, "x" },
		{ "0.0.0.0:1", -E_DENY, "" }, { "[::]:1", -E_DENY, "" },
		{ "10.0.0.1:1", -E_DENY, "" },
		{ "[::ffff:127.0.0.1]:1", -E_DENY, "" },
		{ "127.0.0.1:", -E_INVAL, "" }, { ":1", -E_INVAL, "" },
		{ "127.0.0.1:65536", -E_INVAL, "" },
		{ "example.com:1", -E_INVAL, "" },
		{ "localhosts:1", -E_INVAL, "" },
	};
	char text[ADDR_TEXT], longest[UNIX_NAME + 1];
	struct ss_place p;

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		assert_int_equal(ss_place_read(&p, rows[i].text), rows[i].rc);
		if (rows[i].rc != 0)
			continue;
		addr_text(text, sizeof(text), &p.at);
		assert_string_equal(p.at.family != 0 ? text : p.path,
		    rows[i].is);
	}
	memset(longest, 'x', UNIX_NAME);
	longest[UNIX_NAME] = '\0';
	assert_int_equal(ss_place_read(&p, longest), -E_LONG);
	longest[UNIX_NAME - 1] = '\0';
	assert_int_equal(ss_place_read(&p, longest), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
