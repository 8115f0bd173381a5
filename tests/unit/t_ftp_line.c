/* t_ftp_line.c - command lines, octet by octet and in every cut. */
#include "src/ftp/ftp_line.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/lib/codec_feed.h"

static struct ftp_line line;

/* Feeds the octets in pieces of `piece`; the text of the first whole line. */
static const char *feed(const void *mem, size_t len, size_t piece, int *rc)
{
	const uint8_t *p = mem;

	memset(&line, 0, sizeof(line));
	for (size_t at = 0; at < len; at += piece) {
		*rc = ftp_line_feed(&line, p + at, MIN(piece, len - at));
		if (*rc != 0)
			return line.text;
	}
	return NULL;
}

static void expect(const char *in, size_t len, const char *text)
{
	for (size_t piece = 1; piece <= len; piece++) {
		int rc = 0;
		const char *got = feed(in, len, piece, &rc);

		assert_non_null(got);
		assert_true(rc > 0);
		assert_string_equal(got, text);
	}
}
#define EXPECT(in, text) expect(in, sizeof(in) - 1, text)

static void t_endings(void **state)
{
	(void)state;
	EXPECT("NOOP\r\n", "NOOP");
	EXPECT("NOOP\n", "NOOP");
	EXPECT("NOOP\r\r\r\n", "NOOP");
	EXPECT("A\rB\r\n", "A\rB");
	EXPECT("\n", "");
	EXPECT("\r\n", "");
	EXPECT("RETR  a b \r\n", "RETR  a b ");
}

static void t_consumed(void **state)
{
	static const uint8_t two[] = "USER a\r\nPASS b\r\n";
	int rc;

	(void)state;
	memset(&line, 0, sizeof(line));
	rc = ftp_line_feed(&line, two, 16);
	assert_int_equal(rc, 8);
	assert_string_equal(line.text, "USER a");
	ftp_line_next(&line);
	assert_int_equal(line.text[0], 0);
	rc = ftp_line_feed(&line, two + 8, 8);
	assert_int_equal(rc, 8);
	assert_string_equal(line.text, "PASS b");
	ftp_line_next(&line);
	assert_int_equal(ftp_line_feed(&line, two, 7), 0);
}

static void t_telnet(void **state)
{
	(void)state;
	EXPECT("\xff\xf4\xff\xf2" "ABOR\r\n", "ABOR");
	/* Urgent octets may be lost, or arrive alone. */
	EXPECT("\xff\xf4\xff" "ABOR\r\n", "ABOR");
	EXPECT("\xf4\xf2" "ABOR\r\n", "ABOR");
	EXPECT("\xf2\r\n", "");
	EXPECT("CWD \xf2\r\n", "CWD \xf2");
	EXPECT("AB\xff\xfb\x01OR\r\n", "ABOR");
	EXPECT("AB\xff\xfe\nOR\r\n", "ABOR");
	EXPECT("CWD a\xff\xff" "b\r\n", "CWD a\xff" "b");
	/* An IAC before the line's end takes the LF with it. */
	EXPECT("A\xff\nB\n", "AB");
}

static void t_nul(void **state)
{
	(void)state;
	EXPECT("CWD a\0b\r\n", "CWD a\nb");
}

static void t_long(void **state)
{
	static uint8_t mem[FTP_LINE_MAX + 2];
	int rc = 0;

	(void)state;
	memset(mem, 'x', sizeof(mem));
	mem[FTP_LINE_MAX] = '\n';
	assert_non_null(feed(mem, FTP_LINE_MAX + 1, 100, &rc));
	assert_true(rc > 0);
	assert_true(line.cut);
	assert_int_equal(line.len, FTP_LINE_ROOM - 1);
	mem[FTP_LINE_MAX] = 'x';
	mem[FTP_LINE_MAX + 1] = '\n';
	assert_non_null(feed(mem, FTP_LINE_MAX + 2, 100, &rc));
	assert_int_equal(rc, -E_LONG);
}

static void t_longest_kept(void **state)
{
	static uint8_t mem[FTP_LINE_ROOM + 1];
	int rc = 0;

	(void)state;
	memset(mem, 'x', sizeof(mem));
	mem[FTP_LINE_ROOM - 1] = '\n';
	feed(mem, FTP_LINE_ROOM, 7, &rc);
	assert_false(line.cut);
	mem[FTP_LINE_ROOM - 1] = 'x';
	mem[FTP_LINE_ROOM] = '\n';
	feed(mem, FTP_LINE_ROOM + 1, 7, &rc);
	assert_true(line.cut);
	ftp_line_next(&line);
	assert_false(line.cut);
}

static void split(const char *in, const char *verb, const char *arg)
{
	char text[64];
	char *got;

	strcpy(text, in);
	got = ftp_line_split(text);
	assert_string_equal(text, verb);
	assert_string_equal(got, arg);
}

static void t_split(void **state)
{
	(void)state;
	split("noop", "NOOP", "");
	split("Retr  a b ", "RETR", " a b ");
	split("CWD ", "CWD", "");
	split(" x", "", "x");
	split("\xe9" "a", "\xe9" "A", "");
}

static void t_trim(void **state)
{
	char text[] = "TYPE I  ";

	(void)state;
	ftp_line_trim(text);
	assert_string_equal(text, "TYPE I");
	text[0] = '\0';
	ftp_line_trim(text);
}

/* Whatever comes: no crash, no text longer than its room, no NUL inside. */
static void t_random(void **state)
{
	static const uint8_t likely[] = { 0xff, 0xfb, '\r', '\n', 0, ' ', 'A' };
	unsigned seeds = test_seeds(1000);

	(void)state;
	for (unsigned seed = 1; seed <= seeds; seed++) {
		uint64_t random = seed;
		uint8_t mem[200];
		int rc;

		for (size_t i = 0; i < sizeof(mem); i++) {
			uint32_t r = test_random(&random);

			mem[i] = r % 2 ? (uint8_t)(r >> 8) :
			    likely[r / 2 % LEN(likely)];
		}
		memset(&line, 0, sizeof(line));
		rc = ftp_line_feed(&line, mem, sizeof(mem));
		if (rc < 0 || rc > (int)sizeof(mem) ||
		    (rc > 0 && strlen(line.text) != line.len))
			fail_msg("seed %u", seed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_endings),
		cmocka_unit_test(t_consumed),
		cmocka_unit_test(t_telnet),
		cmocka_unit_test(t_nul),
		cmocka_unit_test(t_long),
		cmocka_unit_test(t_longest_kept),
		cmocka_unit_test(t_split),
		cmocka_unit_test(t_trim),
		cmocka_unit_test(t_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
