/* path.c - what is done to names: by plain path, or beneath a root.
 *
 * Whatever changes a directory works on the parent, opened inside the root, and
 * the last component, which no system call below follows. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/file.h"
#include "port/posix/beneath.h"
#include "port/posix/errno_map.h"
#include "port/posix/file_info.h"

/* ---- Opening */

int path_open(int root, const char *path, int flags, mode_t mode)
{
	int fd;

	if (strlen(path) >= PORT_PATH_MAX)
		return -E_LONG;
	if (root != PORT_FS)
		return beneath_open(root, path, flags, mode);
	do
		fd = open(path, flags, mode);
	while (fd < 0 && errno == EINTR);
	return fd < 0 ? sys_fail() : fd;
}

int port_root_open(const char *path)
{
	return path_open(PORT_FS, path, O_SEARCH | O_DIRECTORY | O_CLOEXEC, 0);
}

static int flags_of(unsigned how)
{
	int flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

	if ((how & (FILE_READ | FILE_WRITE)) == (FILE_READ | FILE_WRITE))
		flags |= O_RDWR;
	else
		flags |= how & FILE_WRITE ? O_WRONLY : O_RDONLY;
	flags |= how & FILE_CREATE ? O_CREAT : 0;
	flags |= how & FILE_EXCL ? O_EXCL : 0;
	flags |= how & FILE_TRUNC ? O_TRUNC : 0;
	flags |= how & FILE_APPEND ? O_APPEND : 0;
	return flags;
}

/*
 * Beneath a root only regular files are handed out: a FIFO or a device in a
 * shared tree is nobody's download.
 */
static int check_type(int fd, int root)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return sys_fail();
	if (S_ISDIR(st.st_mode))
		return -E_ISDIR;
	if (root != PORT_FS && !S_ISREG(st.st_mode))
		return -E_PERM;
	return 0;
}

int port_file_open(int root, const char *path, unsigned how, unsigned mode)
{
	int err, fd = path_open(root, path, flags_of(how), (mode_t)mode);

	if (fd < 0)
		return fd;
	err = check_type(fd, root);
	if (err < 0) {
		close(fd);
		return err;
	}
	return fd;
}

/* ---- Parent and last component */

struct place {
	int dir;		/* AT_FDCWD for plain paths */
	const char *name;
	char text[PORT_PATH_MAX];
};

static void place_close(struct place *p)
{
	if (p->dir != AT_FDCWD)
		close(p->dir);
}

/* Cuts text at its last component; slashes behind it do not count. */
static int split(struct place *p, const char **parent)
{
	size_t end = strlen(p->text), from;

	while (end > 0 && p->text[end - 1] == '/')
		end--;
	p->text[end] = '\0';
	for (from = end; from > 0 && p->text[from - 1] != '/'; from--)
		;
	p->name = p->text + from;
	if (p->name[0] == '\0' || strcmp(p->name, ".") == 0 ||
	    strcmp(p->name, "..") == 0)
		return -E_BUSY;		/* nobody removes or makes these */
	*parent = from == 0 ? "." : p->text;
	if (from > 0)
		p->text[from - 1] = '\0';
	if (from == 1)
		*parent = "/";
	return 0;
}

static int place_open(struct place *p, int root, const char *path)
{
	const char *parent;
	size_t len = strlen(path);
	int err;

	p->dir = AT_FDCWD;
	if (len == 0)
		return -E_NOENT;
	if (len >= sizeof p->text)
		return -E_LONG;
	memcpy(p->text, path, len + 1);
	p->name = p->text;
	if (root == PORT_FS)
		return 0;
	err = split(p, &parent);
	if (err < 0)
		return err;
	p->dir = beneath_open(root, parent,
	    O_SEARCH | O_DIRECTORY | O_CLOEXEC, 0);
	return MIN(p->dir, 0);
}

static int stat_at(int root, const char *path, bool follow, struct stat *st)
{
	if (strlen(path) >= PORT_PATH_MAX)
		return -E_LONG;
	if (root != PORT_FS)
		return beneath_stat(root, path, follow, st);
	return fstatat(AT_FDCWD, path, st, follow ? 0 : AT_SYMLINK_NOFOLLOW) <
	    0 ? sys_fail() : 0;
}

int port_path_info(int root, const char *path, bool follow,
    struct file_info *out)
{
	struct stat st;
	int err = stat_at(root, path, follow, &st);

	if (err == 0)
		file_info_from(out, &st);
	return err;
}

int port_path_link(int root, const char *path, char *out, size_t room)
{
	struct place p;
	ssize_t n;
	int err = place_open(&p, root, path);

	if (err < 0)
		return err;
	n = readlinkat(p.dir, p.name, out, room);
	err = n < 0 ? sys_fail() : (int)n;
	place_close(&p);
	return err;
}

/* ---- Attributes */

/* An open file cannot be exchanged for another. Not all that one owns may be
 * read, or written: -E_PERM when neither. */
static int attr_open(int root, const char *path)
{
	const int flags = O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = path_open(root, path, O_RDONLY | flags, 0);

	return fd == -E_PERM ? path_open(root, path, O_WRONLY | flags, 0) : fd;
}

static int attr_check(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return sys_fail();
	return S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) ? 0 : -E_PERM;
}

int port_path_set_mode(int root, const char *path, unsigned mode)
{
	struct place p;
	int err, fd = attr_open(root, path);

	if (fd >= 0) {
		err = attr_check(fd);
		if (err == 0 && fchmod(fd, (mode_t)mode) < 0)
			err = sys_fail();
		close(fd);
		return err;
	}
	if (fd != -E_PERM)
		return fd;
	/* Mode 0: by name, and never through a link. */
	err = place_open(&p, root, path);
	if (err < 0)
		return err;
	if (fchmodat(p.dir, p.name, (mode_t)mode, AT_SYMLINK_NOFOLLOW) < 0)
		err = sys_fail();
	place_close(&p);
	return err;
}

int port_path_set_time(int root, const char *path, int64_t mtime_s)
{
	const struct timespec at[2] = { { .tv_sec = (time_t)mtime_s },
		{ .tv_sec = (time_t)mtime_s } };
	int err, fd = attr_open(root, path);

	if (fd < 0)
		return fd;
	err = attr_check(fd);
	if (err == 0 && futimens(fd, at) < 0)
		err = sys_fail();
	close(fd);
	return err;
}

/* ---- Removing, making, renaming */

/* "name/" names a directory, which is not removed like a file. */
static int no_slash(int root, const char *path)
{
	struct file_info info;
	size_t len = strlen(path);
	int err;

	if (len == 0 || path[len - 1] != '/')
		return 0;
	err = port_path_info(root, path, true, &info);
	return err < 0 ? err : -E_ISDIR;
}

static int remove_at(int root, const char *path, int flags)
{
	struct place p;
	int err = place_open(&p, root, path);

	if (err < 0)
		return err;
	err = unlinkat(p.dir, p.name, flags) < 0 ? sys_fail() : 0;
	place_close(&p);
	return err;
}

int port_path_remove(int root, const char *path)
{
	int err = no_slash(root, path);

	return err < 0 ? err : remove_at(root, path, 0);
}

int port_dir_remove(int root, const char *path)
{
	return remove_at(root, path, AT_REMOVEDIR);
}

int port_dir_make(int root, const char *path, unsigned mode)
{
	struct place p;
	int err = place_open(&p, root, path);

	if (err < 0)
		return err;
	err = mkdirat(p.dir, p.name, (mode_t)mode) < 0 ? sys_fail() : 0;
	place_close(&p);
	return err;
}

int port_path_rename(int root, const char *from, const char *to)
{
	struct place a, b;
	int err = place_open(&a, root, from);

	if (err < 0)
		return err;
	err = place_open(&b, root, to);
	if (err == 0) {
		if (renameat(a.dir, a.name, b.dir, b.name) < 0)
			err = sys_fail();
		place_close(&b);
	}
	place_close(&a);
	return err;
}
