/* t_ftp_list.c - lines that clients parse by column, and directories as a
 * stream. */
#include "src/ftp/ftp_list.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/lib/tree.h"

#define DEC_11 1765463700	/* 2025-12-11 14:35:00 UTC */

static char out[LIST_LINE_MAX];

static const char *line(unsigned how, int64_t now_s, const char *name,
    const struct file_info *info, const char *target)
{
	size_t n = ftp_list_line(out, sizeof(out), how, now_s, name, info,
	    target);

	out[n] = '\0';
	return out;
}

static struct file_info file(void)
{
	return (struct file_info){ .type = FILE_REGULAR, .mode = 0644,
	    .links = 1, .uid = 1000, .gid = 1000, .size = 1057,
	    .mtime_s = DEC_11 };
}

static void t_columns(void **state)
{
	struct file_info f = file();

	(void)state;
	assert_string_equal(line(LIST_LONG, DEC_11 + 60, "name", &f, NULL),
	    "-rw-r--r--    1 1000     1000         1057 Dec 11 14:35 name\r\n");
	f.type = FILE_DIR;
	f.mode = 01777;
	f.uid = 0;
	f.size = 4096;
	assert_string_equal(line(LIST_LONG, DEC_11, " a b ", &f, NULL),
	    "drwxrwxrwt    1 0        1000         4096 Dec 11 14:35  a b "
	    "\r\n");
	f.type = FILE_LINK;
	f.mode = 0777;
	assert_string_equal(line(LIST_LONG | LIST_NO_IDS, DEC_11, "l", &f,
	    "../to"),
	    "lrwxrwxrwx    1 ftp      ftp          4096 Dec 11 14:35 "
	    "l -> ../to\r\n");
}

/* Numbers wider than their columns move what follows, and lose nothing. */
static void t_wide(void **state)
{
	struct file_info f = file();

	(void)state;
	f.size = INT64_MAX;
	f.uid = f.gid = f.links = UINT32_MAX;
	assert_string_equal(line(LIST_LONG, DEC_11, "n", &f, NULL),
	    "-rw-r--r-- 4294967295 4294967295 4294967295 "
	    "9223372036854775807 Dec 11 14:35 n\r\n");
}

static void t_mode_letters(void **state)
{
	static const struct {
		uint16_t mode;
		const char *text;
	} rows[] = {
		{ 0, "----------" }, { 0777, "-rwxrwxrwx" },
		{ 04755, "-rwsr-xr-x" }, { 04655, "-rwSr-xr-x" },
		{ 02711, "-rwx--s--x" }, { 02701, "-rwx--S--x" },
		{ 01776, "-rwxrwxrwT" }, { 0421, "-r---w---x" },
	};
	struct file_info f = file();
	char perms[11];

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		f.mode = rows[i].mode;
		list_perms(perms, &f);
		assert_string_equal(perms, rows[i].text);
	}
}

static void date_is(int64_t now_s, int64_t at_s, const char *want)
{
	char got[16];

	list_date(got, 0, now_s, at_s);
	assert_string_equal(got, want);
}

static void t_date(void **state)
{
	(void)state;
	date_is(DEC_11, DEC_11, "Dec 11 14:35");
	date_is(DEC_11 + YEAR_FORM_S, DEC_11, "Dec 11 14:35");
	date_is(DEC_11 + YEAR_FORM_S + 1, DEC_11, "Dec 11  2025");
	date_is(DEC_11 - DAY_S, DEC_11, "Dec 11 14:35");
	date_is(DEC_11 - DAY_S - 1, DEC_11, "Dec 11  2025");
	date_is(DEC_11, 0, "Jan 01  1970");
	date_is(DEC_11, 951782400, "Feb 29  2000");
}

static void t_short(void **state)
{
	struct file_info f = file();

	(void)state;
	assert_string_equal(line(0, 0, "a b", &f, NULL), "a b\r\n");
	assert_string_equal(line(0, 0, "a\nb\rc", &f, NULL), "a?b?c\r\n");
	assert_string_equal(line(0, 0, "\xc3\xa4\xff", &f, NULL),
	    "\xc3\xa4\xff\r\n");
	f.type = FILE_DIR;
	assert_string_equal(line(LIST_CLASSIFY, 0, "d", &f, NULL), "d/\r\n");
	f.type = FILE_LINK;
	assert_string_equal(line(LIST_CLASSIFY, 0, "l", &f, NULL), "l@\r\n");
}

static void t_longest(void **state)
{
	static char name[PORT_PATH_MAX], to[PORT_PATH_MAX];
	struct file_info f = file();

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	memset(to, 't', sizeof(to) - 1);
	f.size = INT64_MIN;
	f.uid = f.gid = f.links = UINT32_MAX;
	f.mtime_s = 67767976233532799;
	assert_in_range(ftp_list_line(out, sizeof(out),
	    LIST_LONG | LIST_CLASSIFY, 0, name, &f, to), 1,
	    LIST_LINE_MAX - 1);
}

static void t_options(void **state)
{
	static const struct {
		const char *arg, *rest;
		unsigned how;
	} rows[] = {
		{ "", "", 0 }, { "dir", "dir", 0 }, { "-", "", 0 },
		{ "-a", "", LIST_ALL | LIST_DOTS },
		{ "-al /dir x", "/dir x", LIST_ALL | LIST_DOTS | LIST_LONG },
		{ "-l  -F  d", "d", LIST_LONG | LIST_CLASSIFY },
		{ "-trZ9 d", "d", 0 }, { "./-a", "./-a", 0 },
		{ "-lR", "", LIST_LONG | LIST_RECURSE },
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		unsigned how = 0;

		assert_string_equal(ftp_list_options(rows[i].arg, &how),
		    rows[i].rest);
		assert_int_equal(how, rows[i].how);
	}
}

/* ---- directories */

static struct tree tree;

static int setup(void **state)
{
	(void)state;
	tree_make(&tree);
	tree_file(&tree, "a", "12345");
	tree_file(&tree, ".h", "");
	tree_dir(&tree, "sub");
	tree_file(&tree, "sub/x", "");
	assert_int_equal(symlink("a", tree_path(&tree, "link")), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tree_remove(&tree);
	assert_int_equal(ftp_dirs.used, 0);
	return 0;
}

/* All lines of a listing, one string; what is out of order sorts itself. */
static char all[1 << 16];

static int list_all(struct ftp_list *l)
{
	int n, lines = 0;
	size_t at = 0;

	assert_int_equal(ftp_list_open(l), 0);
	while ((n = ftp_list_next(l, out, sizeof(out))) > 0) {
		memcpy(all + at, out, (size_t)n);
		at += (size_t)n;
		lines++;
	}
	all[at] = '\0';
	assert_int_equal(ftp_list_next(l, out, sizeof(out)), 0);
	ftp_list_close(l);
	ftp_list_close(l);
	return n < 0 ? n : lines;
}

static int list(unsigned how, const char *path, const char *given)
{
	struct ftp_list l = { .how = how, .root = tree.root, .path = path,
	    .given = given, .hide = "", .now_s = DEC_11 };
	int n = ftp_list_look(&l);

	return n < 0 ? n : list_all(&l);
}

static void t_names(void **state)
{
	(void)state;
	assert_int_equal(list(0, "/", ""), 3);
	assert_non_null(strstr(all, "a\r\n"));
	assert_non_null(strstr(all, "sub\r\n"));
	assert_non_null(strstr(all, "link\r\n"));
	assert_int_equal(list(LIST_ALL, "/", ""), 4);
	assert_non_null(strstr(all, ".h\r\n"));
	assert_int_equal(list(LIST_ALL | LIST_DOTS, "/sub", ""), 3);
	assert_string_equal(all, ".\r\n..\r\nx\r\n");
	assert_int_equal(list(0, "/sub", "sub"), 1);
	assert_string_equal(all, "sub/x\r\n");
	assert_int_equal(list(0, "/sub", "/"), 1);
	assert_string_equal(all, "/x\r\n");
}

static void t_long_form(void **state)
{
	(void)state;
	assert_int_equal(list(LIST_LONG, "/", ""), 3);
	assert_non_null(strstr(all, " a\r\n"));
	assert_non_null(strstr(all, " link -> a\r\n"));
	assert_non_null(strstr(all, "drwx"));
	assert_int_equal(list(LIST_LONG, "/a", "./a"), 1);
	assert_non_null(strstr(all, "    5 "));
	assert_non_null(strstr(all, " ./a\r\n"));
	assert_int_equal(list(LIST_LONG, "/link", "link"), 1);
	assert_int_equal(all[0], '-');
}

static void t_missing(void **state)
{
	(void)state;
	assert_int_equal(list(0, "/none", "none"), -E_NOENT);
	assert_int_equal(list(0, "/a/b", "a/b"), -E_NOTDIR);
}

static void t_empty(void **state)
{
	(void)state;
	tree_dir(&tree, "empty");
	assert_int_equal(list(LIST_LONG, "/empty", ""), 0);
	assert_string_equal(all, "");
}

static void t_many(void **state)
{
	(void)state;
	tree_dir(&tree, "many");
	for (int i = 0; i < 500; i++) {
		char name[32];

		sprintf(name, "many/file-%03d", i);
		tree_file(&tree, name, "");
	}
	assert_int_equal(list(0, "/many", ""), 500);
	for (int i = 0; i < 500; i++) {
		char name[32];

		sprintf(name, "file-%03d\r\n", i);
		assert_non_null(strstr(all, name));
	}
}

static int list_tree(unsigned how, const char *path, const char *given)
{
	char walked[PORT_PATH_MAX];
	struct ftp_list l = { .how = how | LIST_RECURSE, .root = tree.root,
	    .path = walked, .given = given, .hide = "*secret*" };

	snprintf(walked, sizeof(walked), "%s", path);
	if (given[0] == '/')
		l.given = walked;
	assert_int_equal(ftp_list_look(&l), 0);
	ftp_list_walk(&l, walked);
	return list_all(&l);
}

/* The order of a directory is its own. */
static void t_recurse(void **state)
{
	(void)state;
	tree_dir(&tree, "r");
	tree_dir(&tree, "r/one");
	tree_dir(&tree, "r/one/deep");
	tree_dir(&tree, "r/two");
	tree_dir(&tree, "r/secret");
	tree_dir(&tree, "r/.dot");
	tree_file(&tree, "r/one/deep/f", "");
	tree_file(&tree, "r/two/g", "");
	assert_int_equal(symlink("../one",
	    tree_path(&tree, "r/two/loop")), 0);
	assert_int_equal(list_tree(0, "/r", ""), 4 + 2 + 1 + 1 + 2);
	assert_ptr_equal(strstr(all, ".:\r\n"), all);
	assert_non_null(strstr(all, "\r\n\r\n./one:\r\ndeep\r\n\r\n"
	    "./one/deep:\r\nf\r\n"));
	assert_non_null(strstr(all, "\r\n\r\n./two:\r\n"));
	assert_non_null(strstr(all, "loop\r\n"));
	assert_null(strstr(all, "loop:"));
	assert_null(strstr(all, "secret"));
	assert_null(strstr(all, ".dot"));
	/* As it was asked for, and with what begins with a dot. */
	assert_int_equal(list_tree(LIST_ALL, "/r", "/r"), 5 + 2 + 1 + 1 + 3);
	assert_ptr_equal(strstr(all, "/r:\r\n"), all);
	assert_non_null(strstr(all, "\r\n/r/one/deep:\r\nf\r\n"));
	assert_non_null(strstr(all, "\r\n/r/.dot:\r\n"));
	/* The end of a line in a name is none. */
	tree_dir(&tree, "r/two/e\r\nvil");
	assert_true(list_tree(0, "/r/two", "") > 0);
	assert_non_null(strstr(all, "\r\n./e??vil:\r\n"));
	/* From the top; one that nobody may open is passed over. */
	assert_true(list_tree(LIST_LONG, "/", "") > 500);
	assert_non_null(strstr(all, "\r\n./r/one/deep:\r\n-rw"));
	assert_int_equal(ftp_dirs.used, 0);
}

/* Many beside each other: each is there once. */
static void t_recurse_wide(void **state)
{
	(void)state;
	tree_dir(&tree, "wide");
	for (int i = 0; i < 100; i++) {
		char name[32];

		sprintf(name, "wide/d%02d", i);
		tree_dir(&tree, name);
	}
	assert_int_equal(list_tree(0, "/wide", ""), 1 + 100 + 100);
	for (int i = 0; i < 100; i++) {
		char head[32];
		const char *at;

		sprintf(head, "\r\n./d%02d:\r\n", i);
		at = strstr(all, head);
		assert_non_null(at);
		assert_null(strstr(at + 1, head));
	}
}

/* Closed in the middle, as after ABOR. */
static void t_abandoned(void **state)
{
	struct ftp_list l = { .root = tree.root, .path = "/", .given = "",
	    .hide = "" };

	(void)state;
	assert_int_equal(ftp_list_look(&l), 0);
	assert_int_equal(ftp_list_open(&l), 0);
	assert_true(ftp_list_next(&l, out, sizeof(out)) > 0);
	assert_int_equal(ftp_dirs.used, 1);
	ftp_list_close(&l);
	assert_int_equal(ftp_dirs.used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_columns),
		cmocka_unit_test(t_wide),
		cmocka_unit_test(t_mode_letters),
		cmocka_unit_test(t_date),
		cmocka_unit_test(t_short),
		cmocka_unit_test(t_longest),
		cmocka_unit_test(t_options),
		cmocka_unit_test(t_names),
		cmocka_unit_test(t_long_form),
		cmocka_unit_test(t_missing),
		cmocka_unit_test(t_empty),
		cmocka_unit_test(t_many),
		cmocka_unit_test(t_abandoned),
		cmocka_unit_test(t_recurse),
		cmocka_unit_test(t_recurse_wide),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
