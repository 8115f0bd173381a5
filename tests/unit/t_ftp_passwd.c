/* t_ftp_passwd.c - `wherry passwd`: lines printed, and a file edited whole. */
#include "src/ftp/passwd.c"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/lib/tree.h"

static struct tree tree;
static char out[4096];
static int old_in, old_out, old_err;

static int setup(void **state)
{
	(void)state;
	tree_make(&tree);
	old_in = dup(0);
	old_out = dup(1);
	old_err = dup(2);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	close(old_in);
	close(old_out);
	close(old_err);
	tree_remove(&tree);
	return 0;
}

static void redirect(const char *name, int fd, int how)
{
	int file = open(tree_path(&tree, name), how, 0600);

	assert_true(file >= 0);
	fflush(NULL);
	dup2(file, fd);
	close(file);
}

static void load(const char *name)
{
	FILE *f = fopen(tree_path(&tree, name), "r");

	assert_non_null(f);
	out[fread(out, 1, sizeof(out) - 1, f)] = '\0';
	fclose(f);
}

/* Runs with the password on standard input; what it printed is in out. */
static int passwd(const char *typed, const char *const *words)
{
	char *argv[10] = { "passwd" };
	int argc = 1, rc;

	for (; words[argc - 1] != NULL; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
	tree_file(&tree, "in", typed);
	redirect("in", 0, O_RDONLY);
	redirect("out", 1, O_WRONLY | O_CREAT | O_TRUNC);
	redirect("err", 2, O_WRONLY | O_CREAT | O_TRUNC);
	rc = passwd_main(argc, argv);
	dup2(old_in, 0);
	dup2(old_out, 1);
	dup2(old_err, 2);
	load(rc == 0 ? "out" : "err");
	return rc;
}
#define RUN(typed, ...) passwd(typed, (const char *[]){ __VA_ARGS__, NULL })

/* Whether the password opens the line of name in `out`. */
static bool opens(const char *name, const char *password, struct ftp_user *u)
{
	struct ftp_users_at at;
	uint8_t hash[64];
	int fd;

	tree_file(&tree, "check", out);
	fd = port_file_open(PORT_FS, tree_path(&tree, "check"), FILE_READ, 0);
	if (ftp_users_find(fd, name, u, &at) != 0)
		fail_msg("%s is not in: %s", name, out);
	port_file_close(fd);
	kdf_pbkdf2_sha512(hash, password, strlen(password), u->hash.salt,
	    u->hash.salt_len, u->hash.rounds);
	return memcmp(hash, u->hash.hash, sizeof(hash)) == 0;
}

static void t_print(void **state)
{
	struct ftp_user u;

	(void)state;
	assert_int_equal(RUN("secret\n", "-r", "/srv/joe", "-w", "-n", "1000",
	    "joe"), 0);
	assert_true(opens("joe", "secret", &u));
	assert_false(opens("joe", "Secret", &u));
	assert_string_equal(u.root, "/srv/joe");
	assert_true(u.write);
	assert_int_equal(u.hash.rounds, 1000);
	assert_int_equal(RUN("x", "ann"), 0);
	assert_true(opens("ann", "x", &u));
	assert_int_equal(u.hash.rounds, FTP_ROUNDS);
	assert_false(u.write);
}

static void t_edit(void **state)
{
	char path[256];
	struct ftp_user u;
	struct stat st;

	(void)state;
	strcpy(path, tree_path(&tree, "users"));
	assert_int_equal(RUN("one\n", "-n1000", "-r/ann", "-w", "ann", path),
	    0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(RUN("two\n", "-n1000", "-r/joe", "joe", path), 0);
	assert_int_equal(RUN("three\n", "-n1000", "ann", path), 0);
	load("users");
	assert_true(opens("ann", "three", &u));
	assert_string_equal(u.root, "/ann");
	assert_true(u.write);
	assert_true(opens("joe", "two", &u));
	assert_false(u.write);
	assert_int_equal(access(tree_path(&tree, "users.new"), F_OK), -1);
}

/* Comments, other lines and a last line without an end stay. */
static void t_keeps(void **state)
{
	char path[256];
	struct ftp_user u;

	(void)state;
	tree_file(&tree, "users", "# mine\n\njoe:!:/joe\nlast:*:/last:w");
	strcpy(path, tree_path(&tree, "users"));
	assert_int_equal(RUN("p\n", "-n1000", "joe", path), 0);
	load("users");
	assert_memory_equal(out, "# mine\n\njoe:$pbkdf2-sha512$1000$", 32);
	assert_non_null(strstr(out, ":/joe\nlast:*:/last:w"));
	assert_int_equal(RUN("p\n", "-n1000", "new", path), 0);
	load("users");
	assert_non_null(strstr(out, "\nlast:*:/last:w\nnew:$"));
	assert_true(opens("new", "p", &u));
	assert_int_equal(RUN("p\n", "-n1000", "last", path), 0);
	load("users");
	assert_true(opens("last", "p", &u));
	assert_true(u.write);
}

static void t_refused(void **state)
{
	char path[256], longest[200];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	strcpy(path, tree_path(&tree, "users"));
	tree_file(&tree, "users", "joe:!:/joe\nbroken\n");
	assert_int_equal(RUN("p\n", "ann", path), 1);
	assert_non_null(strstr(out, "users:2: "));
	assert_int_equal(RUN("\n", "ann"), 1);
	assert_int_equal(RUN("", "ann"), 1);
	assert_int_equal(RUN(longest, "ann"), 1);
	assert_int_equal(RUN("p\n", "a:b"), 1);
	assert_int_equal(RUN("p\n", "a b"), 1);
	assert_int_equal(RUN("p\n", "#a"), 1);
	assert_int_equal(RUN("p\n", ""), 1);
	assert_int_equal(RUN("p\n", longest), 1);
	assert_int_equal(RUN("p\n", "-r", "/a:b", "ann"), 1);
	assert_int_equal(RUN("p\n", "-n", "10", "ann"), 1);
	assert_int_equal(RUN("p\n", "-x", "ann"), 1);
	assert_int_equal(RUN("p\n", "ann", "/nowhere/users"), 1);
	assert_int_equal(RUN("p\n", "-w"), 1);
}

static void t_help(void **state)
{
	(void)state;
	assert_int_equal(RUN("", "--help"), 0);
	assert_non_null(strstr(out, "NAME:HASH:ROOT"));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(t_print), TEST(t_edit), TEST(t_keeps), TEST(t_refused),
		TEST(t_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
