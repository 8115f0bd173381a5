/* ftp_store.c - where an upload goes: a temporary name that becomes the real
 * one when all is well, or the file itself. Knows no connection.
 *
 * In place go: REST and APPE, because they speak of the file that is there;
 * STOU, because its name was told before; a symbolic link, because a rename
 * would replace the link; and what may not overwrite, because only exclusive
 * creation keeps that promise. */
#include "base/text.h"
#include "ftp_path.h"
#include "ftp_sess.h"
#include "ftp_stale.h"
#include "port/rand.h"

/* Names that STOU tries. */
#define UNIQUE_TRIES 1000

static int store_look_parent(const struct ftp_sess *s)
{
	char parent[PORT_PATH_MAX];
	struct file_info info;
	int rc;

	ftp_path_parent(parent, sizeof(parent), s->xfer.path);
	rc = port_path_info(s->root, parent, true, &info);
	if (rc == 0 && info.type != FILE_DIR)
		rc = -E_NOTDIR;
	return rc;
}

static bool store_is_link(const struct ftp_sess *s)
{
	struct file_info info;

	return port_path_info(s->root, s->xfer.path, false, &info) == 0 &&
	    info.type == FILE_LINK;
}

static bool store_must_be_new(const struct ftp_sess *s)
{
	return s->xfer.store == STORE_UNIQUE || !(s->rights & RIGHT_CHANGE);
}

/* The file that is there already. */
static int store_look_old(struct ftp_sess *s, const struct file_info *info)
{
	if (info->type != FILE_REGULAR)
		return info->type == FILE_DIR ? -E_ISDIR : -E_PERM;
	if (store_must_be_new(s))
		return -E_EXIST;
	s->xfer.exists = true;
	s->xfer.old_mode = info->mode & 0777u;
	s->xfer.old_size = info->size;
	return s->rest > info->size ? -E_RANGE : 0;
}

int ftp_store_look(struct ftp_sess *s, enum ftp_store store)
{
	struct ftp_xfer *x = &s->xfer;
	struct file_info info;
	int rc = port_path_info(s->root, x->path, true, &info);

	x->store = (uint8_t)store;
	x->exists = false;
	x->in_place = s->rest > 0 || store != STORE_WHOLE ||
	    store_must_be_new(s) || store_is_link(s);
	if (rc == 0)
		return store_look_old(s, &info);
	if (rc == -E_NOENT)
		rc = s->rest > 0 ? -E_RANGE : store_look_parent(s);
	return rc;
}

/* Is the name free? It is taken only when the data connection is there. */
static int store_free(const struct ftp_sess *s)
{
	struct file_info info;
	int rc = port_path_info(s->root, s->xfer.path, false, &info);

	if (rc == 0)
		return -E_EXIST;
	return rc == -E_NOENT ? 0 : rc;
}

int ftp_store_unique(struct ftp_sess *s)
{
	char *path = s->xfer.path;
	size_t len = strlen(path), room = sizeof(s->xfer.path) - len;
	int rc = store_free(s);

	if (room < sizeof(".12345"))
		return -E_LONG;
	for (int i = 1; rc == -E_EXIST && i <= UNIQUE_TRIES; i++) {
		text_fmt(path + len, room, ".%d", i);
		rc = store_free(s);
	}
	return rc;
}

static unsigned store_mode(const struct ftp_sess *s)
{
	if (s->xfer.exists)
		return s->xfer.old_mode;
	return (unsigned)ftp_conf(s)->file_open_mode & ~s->umask;
}

static int store_open_in_place(struct ftp_sess *s)
{
	struct ftp_xfer *x = &s->xfer;
	unsigned how = FILE_WRITE | FILE_CREATE;
	int fd;

	if (store_must_be_new(s) ||
	    (x->store == STORE_APPEND && !x->exists))
		how |= FILE_EXCL;
	fd = port_file_open(s->root, x->path, how, store_mode(s));
	if (fd < 0 || !ftp_conf(s)->lock_upload_files)
		return fd;
	/* Not every file system has locks. */
	if (port_file_lock(fd) == -E_BUSY) {
		port_file_close(fd);
		return -E_BUSY;
	}
	return fd;
}

/* Once for each directory that is written to. */
static void store_sweep(struct ftp_sess *s, int fd)
{
	char parent[PORT_PATH_MAX];
	struct file_info dir, file;

	ftp_path_parent(parent, sizeof(parent), s->xfer.path);
	if (port_path_info(s->root, parent, true, &dir) < 0 ||
	    port_file_info(fd, &file) < 0 || dir.ino == s->swept)
		return;
	s->swept = dir.ino;
	ftp_stale_sweep(s->root, parent, file.uid);
}

/* The lock tells that it is in use. */
static int store_open_temp(struct ftp_sess *s)
{
	struct ftp_xfer *x = &s->xfer;
	char temp[PORT_PATH_MAX];
	int rc, fd;

	port_rand(&x->salt, sizeof(x->salt));
	rc = ftp_path_temp(temp, sizeof(temp), x->path, x->salt);
	if (rc < 0)
		return rc;
	fd = port_file_open(s->root, temp,
	    FILE_WRITE | FILE_CREATE | FILE_EXCL, store_mode(s));
	if (fd < 0)
		return fd;
	(void)port_file_lock(fd);
	store_sweep(s, fd);
	return fd;
}

uint64_t ftp_store_room(const struct ftp_sess *s, uint64_t free)
{
	uint64_t floor = (uint64_t)ftp_conf(s)->min_free_space;

	return free > floor ? free - floor : 0;
}

bool ftp_store_fits(const struct ftp_sess *s, size_t more)
{
	uint64_t free;

	return ftp_conf(s)->min_free_space == 0 ||
	    port_file_free(s->root, &free) < 0 ||
	    ftp_store_room(s, free) >= more;
}

/* For a new file; one that is there is not lengthened by a promise. */
static int store_reserve(struct ftp_sess *s)
{
	int64_t octets = s->allo;
	int rc;

	s->allo = 0;
	if (octets == 0 || s->xfer.in_place)
		return 0;
	rc = port_file_reserve(s->xfer.fd, octets);
	s->xfer.reserved = rc == 0;
	return rc == -E_NOSPC ? rc : 0;
}

/* Behind what is there, now that nobody else adds to it. */
static int store_to_end(struct ftp_xfer *x)
{
	struct file_info info;
	int rc = port_file_info(x->fd, &info);

	if (rc == 0)
		x->from = x->off = info.size;
	return rc;
}

int ftp_store_open(struct ftp_sess *s)
{
	struct ftp_xfer *x = &s->xfer;

	x->fd = x->in_place ? store_open_in_place(s) : store_open_temp(s);
	if (x->fd < 0)
		return x->fd;
	x->reserved = false;
	if (x->store == STORE_APPEND)
		return store_to_end(x);
	if (x->in_place && x->from == 0)
		return port_file_truncate(x->fd, 0);
	return store_reserve(s);
}

void ftp_store_spare(struct ftp_xfer *x)
{
	if (x->reserved)
		(void)port_file_truncate(x->fd, x->off);
	x->reserved = false;
}

/* Part of a new file is worth keeping: the client can go on with REST. */
static bool store_keep_part(const struct ftp_sess *s)
{
	const struct ftp_xfer *x = &s->xfer;
	struct file_info info;

	return !ftp_conf(s)->delete_failed_uploads && x->off > x->from &&
	    port_path_info(s->root, x->path, false, &info) == -E_NOENT;
}

static int store_settle_in_place(struct ftp_sess *s, bool good)
{
	struct ftp_xfer *x = &s->xfer;

	if (!good && !x->exists && (x->off == x->from ||
	    ftp_conf(s)->delete_failed_uploads))
		return port_path_remove(s->root, x->path);
	return 0;
}

int ftp_store_settle(struct ftp_sess *s, bool good)
{
	struct ftp_xfer *x = &s->xfer;
	char temp[PORT_PATH_MAX];
	int rc = -E_CLOSED;

	if (x->in_place)
		return store_settle_in_place(s, good);
	(void)ftp_path_temp(temp, sizeof(temp), x->path, x->salt);
	if (good || store_keep_part(s))
		rc = port_path_rename(s->root, temp, x->path);
	if (rc < 0)
		(void)port_path_remove(s->root, temp);
	return good ? rc : 0;
}
