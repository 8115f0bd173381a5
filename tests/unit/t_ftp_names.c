/* t_ftp_names.c - names in a file, a line each. */
#include "src/ftp/ftp_names.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/lib/tree.h"

static int has(const char *text, const char *name)
{
	struct tree tree;
	int fd, rc;

	tree_make(&tree);
	tree_file(&tree, "names", text);
	fd = port_file_open(PORT_FS, tree_path(&tree, "names"), FILE_READ, 0);
	assert_true(fd >= 0);
	rc = ftp_names_has(fd, name);
	port_file_close(fd);
	tree_remove(&tree);
	return rc;
}

static void t_rows(void **state)
{
	static const char text[] = "# root\nroot\n  padded\t\r\n\nprefix1\n"
	    "#hidden\nlast";

	(void)state;
	assert_int_equal(has(text, "root"), 1);
	assert_int_equal(has(text, "padded"), 1);
	assert_int_equal(has(text, "last"), 1);
	assert_int_equal(has(text, "prefix1"), 1);
	assert_int_equal(has(text, "prefix"), 0);
	assert_int_equal(has(text, "prefix11"), 0);
	assert_int_equal(has(text, "roo"), 0);
	assert_int_equal(has(text, "hidden"), 0);
	assert_int_equal(has(text, "#hidden"), 0);
	assert_int_equal(has(text, "# root"), 0);
	assert_int_equal(has(text, ""), 0);
	assert_int_equal(has("", "x"), 0);
	assert_int_equal(has("two words\n", "two"), 0);
	assert_int_equal(has("two words \n", "two words"), 1);
}

/* Wherever the pieces it is read in end. */
static void t_cuts(void **state)
{
	char text[1100];

	(void)state;
	for (size_t pad = 500; pad < 520; pad++) {
		memset(text, 'x', pad);
		strcpy(text + pad, "\nname\nother\n");
		assert_int_equal(has(text, "name"), 1);
		assert_int_equal(has(text, "other"), 1);
		assert_int_equal(has(text, "nam"), 0);
	}
}

static void t_no_file(void **state)
{
	(void)state;
	assert_true(ftp_names_has(-1, "x") < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_rows),
		cmocka_unit_test(t_cuts),
		cmocka_unit_test(t_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
