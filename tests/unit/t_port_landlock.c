/* t_port_landlock.c - files that were not named cannot be opened any more. A
 * kernel without Landlock says so, and nothing changes. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "port/sandbox.h"

static char folder[] = "/tmp/wherry-landlock-XXXXXX";
static char kept[64], other[64], in_kept[80], in_other[80], new_one[80];

static void make(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	close(fd);
}

static int set_up(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(kept, sizeof kept, "%s/kept", folder);
	snprintf(other, sizeof other, "%s/other", folder);
	snprintf(in_kept, sizeof in_kept, "%s/link", folder);
	assert_int_equal(mkdir(kept, 0700), 0);
	assert_int_equal(mkdir(other, 0700), 0);
	/* It is named by a link; where it lies counts. */
	snprintf(new_one, sizeof new_one, "%s/file", kept);
	make(new_one);
	assert_int_equal(symlink(new_one, in_kept), 0);
	snprintf(in_other, sizeof in_other, "%s/file", other);
	make(in_other);
	snprintf(new_one, sizeof new_one, "%s/new", kept);
	return 0;
}

static int tear_down(void **state)
{
	char file[96];

	(void)state;
	(void)unlink(in_kept);
	(void)unlink(in_other);
	(void)unlink(new_one);
	snprintf(file, sizeof file, "%s/file", kept);
	(void)unlink(file);
	(void)rmdir(kept);
	(void)rmdir(other);
	return rmdir(folder);
}

static bool opens(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* What went wrong in a child with that right, 0 = nothing; 1 = no Landlock. */
static int look(bool write)
{
	struct sandbox_file list[] = { { in_kept, write },
		{ "/no/such/folder/file", true } };

	switch (port_sandbox_files(list, 2)) {
	case -E_NOSUP:
		return opens(in_other, O_RDONLY) ? 1 : 2;
	case 0:
		break;
	default:
		return 3;
	}
	if (!opens(in_kept, O_RDONLY) || opens(in_other, O_RDONLY))
		return 4;
	if (opens("/etc/passwd", O_RDONLY) || opens("/dev/null", O_RDWR))
		return 5;
	if (opens(in_kept, O_WRONLY) != write)
		return 6;
	return opens(new_one, O_WRONLY | O_CREAT) == write ? 0 : 7;
}

static void in_child(int (*fn)(bool), bool how)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(fn(how));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 1)
		print_message("this kernel has no Landlock\n");
	else
		assert_int_equal(WEXITSTATUS(status), 0);
}

static void t_files(void **state)
{
	(void)state;
	in_child(look, false);
	in_child(look, true);
}

/* The folder of the test, or no file at all. */
static int look_at_tree(bool any)
{
	int dir = any ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	switch (port_sandbox_tree(dir)) {
	case -E_NOSUP:
		return opens("/etc/passwd", O_RDONLY) ? 1 : 2;
	case 0:
		break;
	default:
		return 3;
	}
	if (opens("/etc/passwd", O_RDONLY) || opens("/dev/null", O_RDWR))
		return 4;
	if (opens(in_other, O_RDWR) != any)
		return 5;
	if (!any)
		return 0;
	(void)unlink(new_one);
	if (symlink("x", new_one) == 0 || mkfifo(new_one, 0600) == 0)
		return 6;
	if (mkdir(new_one, 0700) != 0 || rmdir(new_one) != 0)
		return 7;
	/* From one folder into the other, and back. */
	if (rename(in_other, new_one) != 0 || rename(new_one, in_other) != 0)
		return 8;
	return opens("/bin/sh", O_RDONLY) ? 9 : 0;
}

static void t_tree(void **state)
{
	(void)state;
	in_child(look_at_tree, false);
	in_child(look_at_tree, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_files),
		cmocka_unit_test(t_tree),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
