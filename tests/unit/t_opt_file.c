/* t_opt_file.c - loading a file that comes in pieces, grows, or fails. */
#include "port/file.h"

static int fake_open(int root, const char *path, unsigned how, unsigned mode);
static int fake_info(int fd, struct file_info *out);
static ptrdiff_t fake_read(int fd, int64_t off, void *mem, size_t len);
static void fake_close(int fd);

#define port_file_open fake_open
#define port_file_info fake_info
#define port_file_read fake_read
#define port_file_close fake_close
#include "src/core/opt_file.c"

#include "tests/unit/opt_sample.h"

/* A file of `len` octets that gives `piece` at a time; call number fail_at
 * fails. */
static struct {
	size_t len, piece;
	enum file_type type;
	int calls, fail_at, open;
} disk;

static bool fails(void)
{
	return ++disk.calls == disk.fail_at;
}

static int fake_open(int root, const char *path, unsigned how, unsigned mode)
{
	assert_int_equal(root, PORT_FS);
	assert_string_equal(path, "x.json");
	assert_int_equal(how, FILE_READ);
	assert_int_equal(mode, 0);
	if (fails())
		return -E_PERM;
	disk.open++;
	return 5;
}

static int fake_info(int fd, struct file_info *out)
{
	assert_int_equal(fd, 5);
	memset(out, 0, sizeof(*out));
	out->type = disk.type;
	return fails() ? -E_IO : 0;
}

static ptrdiff_t fake_read(int fd, int64_t off, void *mem, size_t len)
{
	size_t n = MIN(MIN(len, disk.piece), disk.len - (size_t)off);

	assert_int_equal(fd, 5);
	if (fails())
		return -E_IO;
	for (size_t i = 0; i < n; i++)
		((char *)mem)[i] = (char)('a' + ((size_t)off + i) % 26);
	return (ptrdiff_t)n;
}

static void fake_close(int fd)
{
	assert_int_equal(fd, 5);
	disk.open--;
}

static ptrdiff_t load_sized(size_t len, size_t piece, int fail_at, char **text)
{
	memset(&disk, 0, sizeof(disk));
	disk.len = len;
	disk.piece = piece;
	disk.type = FILE_REGULAR;
	disk.fail_at = fail_at;
	return opt_file_load(&at, "x.json", text);
}

static void pieces_make_the_whole(void **state)
{
	static const size_t pieces[] = { 1, 7, 4096, SIZE_MAX };
	char *text;

	(void)state;
	for (size_t i = 0; i < LEN(pieces); i++) {
		assert_int_equal(load_sized(1000, pieces[i], 0, &text), 1000);
		for (size_t k = 0; k < 1000; k++)
			assert_int_equal(text[k], 'a' + k % 26);
		assert_int_equal(text[1000], 0);
		assert_int_equal(disk.open, 0);
		opt_file_done(&at);
		assert_int_equal(text[0], 0);
		assert_int_equal(text[999], 0);
	}
}

static void one_octet_too_many(void **state)
{
	char *text;

	(void)state;
	assert_int_equal(load_sized(LIMIT_CONF_FILE, 4096, 0, &text),
	    LIMIT_CONF_FILE);
	assert_int_equal(load_sized(LIMIT_CONF_FILE + 1, 4096, 0, &text),
	    -E_LONG);
	assert_string_equal(at.text, "x.json: longer than 131072 octets");
	/* No end: a file that grows as we read. */
	assert_int_equal(load_sized((size_t)1 << 30, 4096, 0, &text),
	    -E_LONG);
	assert_int_equal(disk.open, 0);
	opt_file_done(&at);
}

static void every_call_may_fail(void **state)
{
	char *text;
	int nth;

	(void)state;
	for (nth = 1; load_sized(100, 30, nth, &text) < 0; nth++) {
		assert_string_equal(at.text, nth == 1 ?
		    "x.json: permission denied" :
		    "x.json: input or output error");
		assert_int_equal(disk.open, 0);
		opt_file_done(&at);
	}
	/* open, info, five reads */
	assert_int_equal(nth, 8);
	opt_file_done(&at);
}

static void only_regular_files(void **state)
{
	char *text;

	(void)state;
	memset(&disk, 0, sizeof(disk));
	disk.type = FILE_DIR;
	assert_int_equal(opt_file_load(&at, "x.json", &text), -E_ISDIR);
	assert_string_equal(at.text, "x.json: is a directory");
	disk.type = FILE_OTHER;
	assert_int_equal(opt_file_load(&at, "x.json", &text), -E_INVAL);
	assert_string_equal(at.text, "x.json: not a regular file");
	assert_int_equal(disk.open, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pieces_make_the_whole),
		TEST(one_octet_too_many),
		TEST(every_call_may_fail),
		TEST(only_regular_files),
	};

	return cmocka_run_group_tests(tests, NULL, no_file);
}
