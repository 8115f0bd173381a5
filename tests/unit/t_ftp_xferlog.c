/* t_ftp_xferlog.c - lines of the transfer log. */
#include "src/ftp/ftp_xferlog.c"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void is(const struct ftp_xferlog *x, const char *want)
{
	char out[FTP_XFERLOG_MAX];
	size_t n = ftp_xferlog_line(out, sizeof(out), x);

	assert_int_equal(n, strlen(want));
	assert_memory_equal(out, want, n);
}

static void t_lines(void **state)
{
	struct ftp_xferlog x = { .at_s = 1000000000, .took_ms = 1500,
		.peer = { .family = 4, .ip = { 192, 0, 2, 7 } },
		.octets = INT64_C(5000000000), .path = "/pub/a b\n",
		.user = "joe", .whole = true };

	(void)state;
	is(&x, "Sun Sep  9 01:46:40 2001 2 192.0.2.7 5000000000 /pub/a_b_ "
	    "b _ o r joe ftp 0 * c\n");
	x.upload = x.ascii = x.anonymous = true;
	x.whole = false;
	x.user = "me @x";
	x.took_ms = 0;
	x.octets = 0;
	x.at_s = 1700000000;
	is(&x, "Tue Nov 14 22:13:20 2023 0 192.0.2.7 0 /pub/a_b_ a _ i a "
	    "me_@x ftp 0 * i\n");
}

/* The longest of all fits, and the end of the line is there. */
static void t_longest(void **state)
{
	char path[PORT_PATH_MAX], user[64], out[FTP_XFERLOG_MAX];
	struct ftp_xferlog x = { .at_s = INT64_C(9999999999999),
		.took_ms = INT64_MAX / 2, .octets = INT64_MAX, .path = path,
		.user = user, .peer = { .family = 6, .scope = UINT32_MAX } };
	size_t n;

	(void)state;
	memset(path, 'p', sizeof(path) - 1);
	memset(user, 'u', sizeof(user) - 1);
	path[sizeof(path) - 1] = user[sizeof(user) - 1] = '\0';
	memset(x.peer.ip, 0xab, sizeof(x.peer.ip));
	n = ftp_xferlog_line(out, sizeof(out), &x);
	assert_true(n < sizeof(out));
	assert_int_equal(out[n - 1], '\n');
	assert_non_null(strstr(out, "ppp b _ o r uuu"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_lines),
		cmocka_unit_test(t_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
