/* t_ftp_stale.c - of what lies in a directory only old temporary files go that
 * nobody has open for an upload. */
#include "src/ftp/ftp_stale.c"

#include <fcntl.h>

#include "tests/lib/tree.h"

#define OLD (2 * AGE_S)

static struct tree tree;

static int setup(void **state)
{
	(void)state;
	tree_make(&tree);
	tree_dir(&tree, "up");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tree_remove(&tree);
	return 0;
}

static void put(const char *name, int64_t age_s)
{
	int64_t at = port_wall_ms() / 1000 - age_s;

	tree_file(&tree, name, "part");
	assert_int_equal(port_path_set_time(tree.root, name, at), 0);
}

static bool there(const char *name)
{
	struct file_info info;

	return port_path_info(tree.root, name, false, &info) == 0;
}

static void t_names(void **state)
{
	static const struct {
		const char *name;
		bool temp;
	} names[] = {
		{ "up/.in.cam.jpg.0123abcd", true },
		{ "up/.in.a.00000000", true },
		{ "up/.in..00000000", false },
		{ "up/.in.0123abcd", false },
		{ "up/in.cam.jpg.0123abcd", false },
		{ "up/.in.cam.jpg.0123ABCD", false },
		{ "up/.in.cam.jpg.0123abcg", false },
		{ "up/.in.cam.jpg.123abcd", false },
		{ "up/.in.cam.jpg.0123abcd.x", false },
		{ "up/cam.jpg", false },
	};

	(void)state;
	for (size_t i = 0; i < LEN(names); i++)
		put(names[i].name, OLD);
	ftp_stale_sweep(tree.root, "/up", (uint32_t)getuid());
	for (size_t i = 0; i < LEN(names); i++)
		assert_int_equal(there(names[i].name), !names[i].temp);
}

static void t_age_and_owner(void **state)
{
	(void)state;
	put("up/.in.new.00000001", AGE_S / 2);
	put("up/.in.future.00000002", -OLD);
	put("up/.in.old.00000003", OLD);
	ftp_stale_sweep(tree.root, "/up", (uint32_t)getuid() + 1);
	assert_true(there("up/.in.old.00000003"));
	ftp_stale_sweep(tree.root, "/up", (uint32_t)getuid());
	assert_true(there("up/.in.new.00000001"));
	assert_true(there("up/.in.future.00000002"));
	assert_false(there("up/.in.old.00000003"));
}

static void t_in_use(void **state)
{
	int fd;

	(void)state;
	put("up/.in.live.00000001", OLD);
	fd = port_file_open(tree.root, "/up/.in.live.00000001", FILE_WRITE, 0);
	assert_int_equal(port_file_lock(fd), 0);
	ftp_stale_sweep(tree.root, "/up", (uint32_t)getuid());
	assert_true(there("up/.in.live.00000001"));
	port_file_close(fd);
	ftp_stale_sweep(tree.root, "/up", (uint32_t)getuid());
	assert_false(there("up/.in.live.00000001"));
}

/* Links and directories of such a name, and a file that has another name. */
static void t_other_kinds(void **state)
{
	(void)state;
	put("file", OLD);
	put("up/.in.two.00000003", OLD);
	assert_int_equal(symlink("../file",
	    tree_path(&tree, "up/.in.link.00000001")), 0);
	tree_dir(&tree, "up/.in.dir.00000002");
	assert_int_equal(linkat(tree.root, "up/.in.two.00000003", tree.root,
	    "two", 0), 0);
	ftp_stale_sweep(tree.root, "/up", (uint32_t)getuid());
	ftp_stale_sweep(tree.root, "/none", (uint32_t)getuid());
	assert_true(there("file") && there("up/.in.link.00000001"));
	assert_true(there("up/.in.dir.00000002"));
	assert_true(there("up/.in.two.00000003"));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(t_names),
		TEST(t_age_and_owner),
		TEST(t_in_use),
		TEST(t_other_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
