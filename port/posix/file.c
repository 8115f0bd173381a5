/* file.c - what an open file does; how it was found is path.c's. */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "port/file.h"
#include "port/posix/errno_map.h"
#include "port/posix/file_info.h"

_Static_assert(sizeof(off_t) == 8, "files above 2 GiB need a 64-bit off_t");

void port_file_close(int fd)
{
	(void)close(fd);
}

ptrdiff_t port_file_read(int fd, int64_t off, void *mem, size_t len)
{
	ssize_t n;

	do
		n = pread(fd, mem, len, off);
	while (n < 0 && errno == EINTR);
	return n < 0 ? sys_fail() : n;
}

ptrdiff_t port_file_write(int fd, int64_t off, const void *mem, size_t len)
{
	ssize_t n;

	do
		n = pwrite(fd, mem, len, off);
	while (n < 0 && errno == EINTR);
	return n < 0 ? sys_fail() : n;
}

ptrdiff_t port_file_append(int fd, const void *mem, size_t len)
{
	ssize_t n;

	do
		n = write(fd, mem, len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? sys_fail() : n;
}

int port_file_truncate(int fd, int64_t len)
{
	return ftruncate(fd, len) < 0 ? sys_fail() : 0;
}

int port_file_sync(int fd)
{
	return fsync(fd) < 0 ? sys_fail() : 0;
}

static int lock(int fd, int how)
{
	if (flock(fd, how | LOCK_NB) == 0)
		return 0;
	return errno == EWOULDBLOCK ? -E_BUSY : sys_fail();
}

int port_file_lock(int fd)
{
	return lock(fd, LOCK_EX);
}

int port_file_lock_read(int fd)
{
	return lock(fd, LOCK_SH);
}

int port_file_give(int fd, uint32_t uid, unsigned mode)
{
	if (fchown(fd, (uid_t)uid, (gid_t)-1) < 0 ||
	    fchmod(fd, (mode_t)mode) < 0)
		return sys_fail();
	return 0;
}

int port_file_free(int fd, uint64_t *out)
{
	struct statvfs fs;

	if (fstatvfs(fd, &fs) < 0)
		return sys_fail();
	*out = (uint64_t)fs.f_bavail * fs.f_frsize;
	return 0;
}

static enum file_type type_of(mode_t mode)
{
	if (S_ISREG(mode))
		return FILE_REGULAR;
	if (S_ISDIR(mode))
		return FILE_DIR;
	return S_ISLNK(mode) ? FILE_LINK : FILE_OTHER;
}

void file_info_from(struct file_info *out, const struct stat *st)
{
	out->type = type_of(st->st_mode);
	out->mode = st->st_mode & 07777;
	out->links = (uint32_t)st->st_nlink;
	out->uid = st->st_uid;
	out->gid = st->st_gid;
	out->size = st->st_size;
	out->mtime_s = st->st_mtime;
	out->dev = (uint64_t)st->st_dev;
	out->ino = (uint64_t)st->st_ino;
}

int port_file_info(int fd, struct file_info *out)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return sys_fail();
	file_info_from(out, &st);
	return 0;
}
