/* t_text_file.c - lines of a file, however long they are and wherever it is cut
 * into reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "port/file.h"

/* What is read instead: at most so much at once. */
static const char *in;
static size_t piece;
static int64_t fails_at;

static ptrdiff_t fake_read(int fd, int64_t off, void *mem, size_t room)
{
	size_t n = MIN(MIN(room, piece), strlen(in) - (size_t)off);

	assert_int_equal(fd, 7);
	if (fails_at >= 0 && off >= fails_at)
		return -E_IO;
	memcpy(mem, in + off, n);
	return (ptrdiff_t)n;
}

static int fake_open(int dir, const char *path, unsigned how, unsigned mode)
{
	(void)dir, (void)how, (void)mode;
	return path[0] == '/' ? 7 : -E_NOENT;
}

static void fake_close(int fd)
{
	assert_int_equal(fd, 7);
}

#define port_file_open fake_open
#define port_file_read fake_read
#define port_file_close fake_close
#include "src/core/text_file.c"

static char out[400];

/* All lines, each with '|' behind it, in a room of 12. */
static int read_all(const char *text, size_t at_once, int64_t fail)
{
	struct text_file f;
	char line[12];
	size_t len = 0;
	ptrdiff_t n;

	in = text;
	piece = at_once;
	fails_at = fail;
	assert_int_equal(text_file_open(&f, "/x"), 0);
	while ((n = text_file_next(&f, line, sizeof(line))) >= 0) {
		assert_int_equal(strlen(line), n);
		len += text_fmt(out + len, sizeof(out) - len, "%s|", line);
	}
	out[len] = '\0';
	text_file_close(&f);
	return (int)n;
}

static void t_lines(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "", "" }, { "\n", "|" }, { "a", "a|" }, { "a\n", "a|" },
		{ "a\nb", "a|b|" }, { "\n\na\n\n", "||a||" },
		{ "a\r\nb\r\n", "a\r|b\r|" },
		{ "0123456789abcdef\nx\n", "0123456789a|x|" },
		{ "0123456789a\n0123456789ab", "0123456789a|0123456789a|" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		for (size_t n = 1; n <= 20; n++) {
			assert_int_equal(read_all(rows[i].in, n, -1),
			    -E_CLOSED);
			assert_string_equal(out, rows[i].out);
		}
	}
}

static void t_faults(void **state)
{
	struct text_file f;

	(void)state;
	assert_int_equal(text_file_open(&f, "x"), -E_NOENT);
	assert_int_equal(read_all("a\nb\n", 2, 0), -E_IO);
	assert_string_equal(out, "");
	assert_int_equal(read_all("a\nb\n", 2, 2), -E_IO);
	assert_string_equal(out, "a|");
	/* A line that is not whole is not given. */
	assert_int_equal(read_all("a\nb\n", 3, 3), -E_IO);
	assert_string_equal(out, "a|");
}

static void t_whole(void **state)
{
	char mem[5];

	(void)state;
	in = "abcd";
	fails_at = -1;
	for (piece = 1; piece < 6; piece++) {
		assert_int_equal(text_file_read("/x", mem, 5), 4);
		assert_memory_equal(mem, "abcd", 4);
		assert_int_equal(text_file_read("/x", mem, 4), -E_LONG);
		assert_int_equal(text_file_read("/x", mem, 3), -E_LONG);
	}
	in = "";
	assert_int_equal(text_file_read("/x", mem, 5), 0);
	assert_int_equal(text_file_read("x", mem, 5), -E_NOENT);
	in = "abcd";
	piece = 2;
	fails_at = 2;
	assert_int_equal(text_file_read("/x", mem, 5), -E_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_lines),
		cmocka_unit_test(t_faults),
		cmocka_unit_test(t_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
