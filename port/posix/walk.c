/* walk.c - resolving a path inside a root, one component at a time.
 *
 * No ".." is ever given to the system and no link is ever followed by it. What
 * was passed is remembered as text without links; ".." cuts that text and walks
 * down again from the root, so a directory moved away meanwhile leads nowhere
 * but to an error. */
#include <errno.h>
#include <unistd.h>

#include "port/file.h"
#include "port/posix/beneath.h"
#include "port/posix/errno_map.h"

#define LINKS_MAX 40

struct walk {
	int root, dir;		/* dir: where we are; may be the root */
	int links;		/* resolved so far */
	size_t done_len;
	char done[PORT_PATH_MAX];	/* "a/b/" from root to dir */
	char rest[PORT_PATH_MAX];	/* still to go */
	char name[256];		/* the component at hand */
};

static void leave_dir(struct walk *w)
{
	if (w->dir != w->root)
		close(w->dir);
	w->dir = w->root;
}

static void to_root(struct walk *w)
{
	leave_dir(w);
	w->done_len = 0;
}

static int open_dir(int dir, const char *name)
{
	int fd;

	do
		fd = openat(dir, name, O_SEARCH | O_DIRECTORY | O_NOFOLLOW |
		    O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	return fd;
}

/* Into the directory `name`, which is no link. false and errno else. */
static bool enter(struct walk *w, const char *name)
{
	int fd = open_dir(w->dir, name);

	if (fd < 0)
		return false;
	leave_dir(w);
	w->dir = fd;
	return true;
}

/* Takes the first component off rest into name; its length, 0 = none. */
static int take(struct walk *w)
{
	const char *from = w->rest + strspn(w->rest, "/");
	size_t len = strcspn(from, "/");

	if (len >= sizeof w->name)
		return -E_LONG;
	memcpy(w->name, from, len);
	w->name[len] = '\0';
	memmove(w->rest, from + len, strlen(from + len) + 1);
	return (int)len;
}

/* One directory up: again from the root along all of done but its last. */
static int up(struct walk *w)
{
	char *from = w->done, *end;
	size_t len = w->done_len;

	if (len == 0)
		return 0;
	while (--len > 0 && w->done[len - 1] != '/')
		;
	w->done_len = len;
	w->done[len] = '\0';
	leave_dir(w);
	for (; (end = strchr(from, '/')) != NULL; from = end + 1) {
		bool ok;

		*end = '\0';
		ok = enter(w, from);
		*end = '/';
		if (!ok)
			return sys_fail();
	}
	return 0;
}

static int down(struct walk *w)
{
	size_t len = strlen(w->name);

	if (w->done_len + len + 2 > sizeof w->done)
		return -E_LONG;
	if (!enter(w, w->name))
		return sys_fail();
	memcpy(w->done + w->done_len, w->name, len);
	w->done_len += len;
	w->done[w->done_len++] = '/';
	w->done[w->done_len] = '\0';
	return 0;
}

/*
 * If name is a link, what it says takes its place before rest.
 * 1 when it was one, 0 when not, or error.
 */
static int expand(struct walk *w)
{
	char to[PORT_PATH_MAX];
	size_t rest = strlen(w->rest) + 1;
	ssize_t len = readlinkat(w->dir, w->name, to, sizeof to);

	if (len < 0)
		return errno == EINVAL ? 0 : sys_fail();
	if (len == 0)
		return -E_NOENT;
	if (++w->links > LINKS_MAX)
		return -E_LOOP;
	if ((size_t)len + rest > sizeof w->rest)
		return -E_LONG;
	memmove(w->rest + len, w->rest, rest);
	memcpy(w->rest, to, (size_t)len);
	if (to[0] == '/')
		to_root(w);
	return 1;
}

/*
 * After err on name: 0 when it was a link, which is now expanded, else err.
 * Systems disagree on what O_NOFOLLOW says of a link, so most errors look.
 */
static int follow_after(struct walk *w, int err)
{
	int is_link;

	if (err == -E_NOENT || err == -E_EXIST || err == -E_LONG ||
	    err == -E_NOFILE)
		return err;
	is_link = expand(w);
	return is_link == 0 ? err : MIN(is_link, 0);
}

/* Through a component that has others behind it. */
static int pass(struct walk *w)
{
	int err;

	if (strcmp(w->name, ".") == 0)
		return 0;
	if (strcmp(w->name, "..") == 0)
		return up(w);
	err = down(w);
	return err < 0 ? follow_after(w, err) : 0;
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Up to the last component: in name, "." when it is dir itself. */
static int to_last(struct walk *w)
{
	int err;

	for (;;) {
		err = take(w);
		if (err < 0)
			return err;
		if (err == 0) {
			strcpy(w->name, ".");
			return 0;
		}
		if (w->rest[0] == '\0' && !is_dots(w->name))
			return 0;
		err = pass(w);
		if (err < 0)
			return err;
	}
}

static int start(struct walk *w, int root, const char *path)
{
	size_t len = strlen(path);

	if (len == 0)
		return -E_NOENT;
	if (len >= sizeof w->rest)
		return -E_LONG;
	w->root = w->dir = root;
	w->links = 0;
	w->done_len = 0;
	w->done[0] = '\0';
	memcpy(w->rest, path, len + 1);
	return 0;
}

static int open_last(struct walk *w, int flags, mode_t mode)
{
	int fd;

	do
		fd = openat(w->dir, w->name, flags | O_NOFOLLOW, mode);
	while (fd < 0 && errno == EINTR);
	return fd < 0 ? sys_fail() : fd;
}

int walk_open(int root, const char *path, int flags, mode_t mode)
{
	struct walk w;
	int fd = -1, err = start(&w, root, path);

	if (err < 0)
		return err;
	do {
		err = to_last(&w);
		if (err < 0)
			break;
		fd = open_last(&w, flags, mode);
		err = fd < 0 ? follow_after(&w, fd) : 0;
	} while (err == 0 && fd < 0);
	leave_dir(&w);
	return err < 0 ? err : fd;
}

int walk_stat(int root, const char *path, bool follow, struct stat *out)
{
	struct walk w;
	int err = start(&w, root, path);

	if (err < 0)
		return err;
	for (;;) {
		err = to_last(&w);
		if (err < 0)
			break;
		if (fstatat(w.dir, w.name, out, AT_SYMLINK_NOFOLLOW) < 0) {
			err = sys_fail();
			break;
		}
		if (!follow || !S_ISLNK(out->st_mode))
			break;
		err = expand(&w);
		if (err <= 0) {
			err = err < 0 ? err : -E_NOENT;
			break;
		}
	}
	leave_dir(&w);
	return err;
}
