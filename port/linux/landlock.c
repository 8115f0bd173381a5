/* landlock.c - which files a process can still reach, by Landlock: Linux 5.13.
 * Source: landlock(7); the numbers of its calls are the same on all processors
 * but for MIPS's offset. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"
#include "port/posix/errno_map.h"
#include "port/sandbox.h"

#if defined(__mips__)
#define FIRST 4000
#else
#define FIRST 0
#endif
#define CALL_CREATE (FIRST + 444)
#define CALL_ADD (FIRST + 445)
#define CALL_RESTRICT (FIRST + 446)
#define RULE_BENEATH 1

/* Its first version's rights, from "execute" to "make a symbolic link". */
#define RIGHTS ((1ull << 13) - 1)
#define READ (1ull << 2 | 1ull << 3) /* a file, a directory */
#define WRITE (1ull << 1 | 1ull << 5 | 1ull << 8 | 1ull << 9)
/* a file; remove, make one; make a socket */

#define OF_A_FILE (1ull << 1 | 1ull << 2)
/* Of its second version: from one folder into another. Where that is not known
 * it is forbidden to whoever is restricted. */
#define REFER (1ull << 13)
#define ASK_VERSION 1u
#define TREE                                                                   \
	(READ | REFER | 1ull << 1 | 1ull << 4 | 1ull << 5 | 1ull << 7 |        \
	 1ull << 8)
/* write a file; remove a folder, a file; make a folder, a file */

struct ruleset {
	uint64_t rights;
};

struct beneath {
	uint64_t rights;
	int32_t folder;
} __attribute__((packed));

/* The path without symbolic links, where it can be had. */
static void resolve(const char *path, char *real, size_t room)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	char self[32];
	ssize_t n = -1;

	if (fd >= 0) {
		text_fmt(self, sizeof self, "/proc/self/fd/%d", fd);
		n = readlink(self, real, room - 1);
		close(fd);
	}
	if (n > 0)
		real[n] = '\0';
	else
		text_copy(real, room, path);
}

/* The folder in which a file lies, behind its symbolic links: what replaces the
 * file is in it as well. Of the root directory the file alone. */
static int open_place(const char *path, bool *is_file)
{
	char real[PATH_MAX], *slash;

	resolve(path, real, sizeof real);
	slash = strrchr(real, '/');
	*is_file = slash == real;
	if (slash == NULL)
		return open(".", O_PATH | O_CLOEXEC);
	if (slash != real)
		*slash = '\0';
	return open(real, O_PATH | O_CLOEXEC);
}

/* One that is not there needs no right. */
static int allow(int ruleset, const struct sandbox_file *f)
{
	bool is_file;
	struct beneath b = { .folder = open_place(f->path, &is_file) };
	long rc;

	if (b.folder < 0)
		return 0;
	b.rights =
	    (READ | (f->write ? WRITE : 0)) & (is_file ? OF_A_FILE : RIGHTS);
	rc = syscall(CALL_ADD, ruleset, RULE_BENEATH, &b, 0u);
	close(b.folder);
	return rc < 0 ? -1 : 0;
}

static int begin(uint64_t rights)
{
	struct ruleset r = { rights };
	int fd = (int)syscall(CALL_CREATE, &r, sizeof r, 0u);

	if (fd >= 0)
		return fd;
	return errno == ENOSYS || errno == EOPNOTSUPP ? -E_NOSUP : sys_fail();
}

/* rc: of the rules before. Closes fd. */
static int restrict_to(int fd, int rc)
{
	if (rc == 0)
		rc = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (rc == 0)
		rc = (int)syscall(CALL_RESTRICT, fd, 0u);
	if (rc < 0)
		rc = sys_fail();
	close(fd);
	return rc;
}

int port_sandbox_files(const struct sandbox_file *file, size_t n)
{
	int fd = begin(RIGHTS), rc = 0;
	size_t i;

	if (fd < 0)
		return fd;
	for (i = 0; i < n && rc == 0; i++)
		rc = allow(fd, &file[i]);
	return restrict_to(fd, rc);
}

int port_sandbox_tree(int dir)
{
	struct beneath b = { .rights = TREE, .folder = dir };
	long rc = 0;
	int fd;

	if (dir >= 0 && syscall(CALL_CREATE, NULL, 0, ASK_VERSION) < 2)
		return -E_NOSUP;
	fd = begin(dir >= 0 ? RIGHTS | REFER : RIGHTS);
	if (fd < 0)
		return fd;
	if (dir >= 0)
		rc = syscall(CALL_ADD, fd, RULE_BENEATH, &b, 0u);
	return restrict_to(fd, rc < 0 ? -1 : 0);
}
