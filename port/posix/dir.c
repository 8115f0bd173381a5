/* dir.c - a directory as a stream of names in the caller's memory. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/file.h"
#include "port/posix/beneath.h"
#include "port/posix/dents.h"
#include "port/posix/errno_map.h"
#include "port/posix/file_info.h"

/* Octets of the longest entry on any system: NetBSD has names of 511. */
#define DENT_MAX 576

/* Sets mem aside for entries, and its end for the path if that fits. */
static void lay_out(struct port_dir *d, const char *path, void *mem,
    size_t len)
{
	size_t skew = (size_t)(-(uintptr_t)mem % 8), text = strlen(path) + 1;

	d->mem = (uint8_t *)mem + skew;
	len -= skew;
	d->path = NULL;
	if (len >= text + DENT_MAX) {
		len -= text;
		d->path = (char *)d->mem + len;
		memcpy(d->path, path, text);
	}
	d->len = (uint32_t)len;
	d->at = d->have = 0;
}

int port_dir_open(struct port_dir *d, int root, const char *path, void *mem,
    size_t len)
{
	ASSERT(len >= 1024);
	lay_out(d, path, mem, len);
	d->root = root;
	d->fd = path_open(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	return MIN(d->fd, 0);
}

static int refill(struct port_dir *d)
{
	ssize_t n;

	do
		n = dents_read(d->fd, d->mem, d->len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return sys_fail();
	d->at = 0;
	d->have = (uint32_t)n;
	return n > 0;
}

int port_dir_next(struct port_dir *d, const char **name)
{
	for (;;) {
		const struct dirent *entry;

		if (d->at >= d->have) {
			int got = refill(d);

			if (got <= 0)
				return got;
		}
		entry = (const void *)(d->mem + d->at);
		d->at += entry->d_reclen;
		if (!dents_live(entry) || strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		*name = entry->d_name;
		return 1;
	}
}

/* A link beneath a root is resolved by its whole path, never by the system. */
static int info_through_link(struct port_dir *d, const char *name,
    struct file_info *out)
{
	char path[PORT_PATH_MAX];
	size_t dir_len, len = strlen(name) + 1;

	if (d->path == NULL)
		return -E_LONG;
	dir_len = strlen(d->path);
	if (dir_len + 1 + len > sizeof path)
		return -E_LONG;
	memcpy(path, d->path, dir_len);
	path[dir_len] = '/';
	memcpy(path + dir_len + 1, name, len);
	return port_path_info(d->root, path, true, out);
}

int port_dir_info(struct port_dir *d, const char *name, bool follow,
    struct file_info *out)
{
	bool plain = follow && d->root == PORT_FS;
	struct stat st;

	if (fstatat(d->fd, name, &st, plain ? 0 : AT_SYMLINK_NOFOLLOW) < 0)
		return sys_fail();
	if (follow && S_ISLNK(st.st_mode))
		return info_through_link(d, name, out);
	file_info_from(out, &st);
	return 0;
}

int port_dir_link(struct port_dir *d, const char *name, char *out,
    size_t room)
{
	ssize_t n = readlinkat(d->fd, name, out, room);

	return n < 0 ? sys_fail() : (int)n;
}

void port_dir_close(struct port_dir *d)
{
	(void)close(d->fd);
}
