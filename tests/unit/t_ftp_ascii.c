/* t_ftp_ascii.c - ends of lines, whole and cut anywhere. */
#include "src/ftp/ftp_ascii.c"

#include "tests/lib/codec_feed.h"

static const struct {
	const char *file, *wire, *back;	/* file to wire, and that back */
} rows[] = {
	{ "", "", "" },
	{ "a\nb\n", "a\r\nb\r\n", "a\nb\n" },
	{ "\n\n", "\r\n\r\n", "\n\n" },
	{ "dos\r\nunix\n", "dos\r\nunix\r\n", "dos\nunix\n" },
	{ "mac\rx", "mac\rx", "mac\rx" },
	{ "end\r", "end\r", "end\r" },
	{ "\r\r\n", "\r\r\n", "\r\n" },
	{ "\r\n\r", "\r\n\r", "\n\r" },
};

/* In pieces of n octets, in the upper half of the room as the pump has it. */
static size_t down(uint8_t *out, const char *in, size_t piece)
{
	size_t left = strlen(in), n, len = 0;
	bool cr = false;

	for (; left > 0; in += n, left -= n) {
		n = MIN(left, piece);
		memcpy(out + len + n, in, n);
		len += ftp_ascii_down(out + len, out + len + n, n, &cr);
	}
	return len;
}

static size_t up(uint8_t *out, const char *in, size_t piece)
{
	size_t left = strlen(in), n, len = 0;
	bool held = false;

	for (; left > 0; in += n, left -= n) {
		n = MIN(left, piece);
		if (held && *in != '\n')
			out[len++] = '\r';
		memcpy(out + len, in, n);
		len += ftp_ascii_up(out + len, n, &held);
	}
	if (held)
		out[len++] = '\r';
	return len;
}

static void t_rows(void **state)
{
	uint8_t out[100];
	size_t i, piece, n;

	(void)state;
	for (i = 0; i < LEN(rows); i++) {
		for (piece = 1; piece < 20; piece++) {
			n = down(out, rows[i].file, piece);
			assert_int_equal(n, strlen(rows[i].wire));
			assert_memory_equal(out, rows[i].wire, n);
			n = up(out, rows[i].wire, piece);
			assert_int_equal(n, strlen(rows[i].back));
			assert_memory_equal(out, rows[i].back, n);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
