/* file.c - the simulated disk: files, directories and links in memory, which
 * may be full, broken, slow or read-only. */
#include "port/file.h"
#include "port/net.h"

#include <stdlib.h>

#include "base/list.h"
#include "port/sim/inside.h"
#include "port/time.h"

#define LINKS_MAX 40
#define NAME_OCTETS 256

struct node {
	struct list link;		/* in its parent */
	struct node *parent;		/* NULL: the root, or removed */
	char name[NAME_OCTETS];
	enum file_type type;
	uint16_t mode;
	uint32_t held;			/* by descriptors */
	uint64_t ino;
	int64_t mtime_s;
	bool locked;
	int readers;		/* that have it locked to read */
	uint8_t *mem;			/* contents, or a link's text */
	size_t len, room;
	struct list children;
};

struct open_file {
	struct node *node;
	unsigned how;
	bool holds_lock, holds_read;
};

static struct {
	struct node *root;
	uint64_t next_ino, free;
	bool read_only;
	unsigned umask;
} D;

/* ---- nodes ---- */

static struct node *node_new(struct node *parent, const char *name,
    enum file_type type, unsigned mode)
{
	struct node *n = calloc(1, sizeof(*n));

	n->type = type;
	n->mode = (uint16_t)(mode & 07777);
	n->ino = ++D.next_ino;
	n->mtime_s = port_wall_ms() / 1000;
	n->parent = parent;
	list_init(&n->children);
	ASSERT(strlen(name) < sizeof(n->name));
	strcpy(n->name, name);
	if (parent != NULL) {
		list_push(&parent->children, &n->link);
		parent->mtime_s = n->mtime_s;
	}
	return n;
}

static void node_free(struct node *n)
{
	free(n->mem);
	free(n);
}

/* Off the tree; gone when nobody holds it. */
static void node_unlink(struct node *n)
{
	list_remove(&n->link);
	n->parent->mtime_s = port_wall_ms() / 1000;
	n->parent = NULL;
	if (n->held > 0)
		return;
	D.free += n->type == FILE_REGULAR ? n->len : 0;
	node_free(n);
}

static void node_release(struct node *n)
{
	if (--n->held > 0 || n->parent != NULL || n == D.root)
		return;
	D.free += n->type == FILE_REGULAR ? n->len : 0;
	node_free(n);
}

static void tree_free(struct node *n)
{
	struct list *l;

	while ((l = list_pop(&n->children)) != NULL)
		tree_free(OWNER(l, struct node, link));
	n->parent = NULL;
	if (n->held == 0)
		node_free(n);
}

static void fds_free(void)
{
	for (int fd = 0; fd < W.fd_top; fd++) {
		struct fd *f = &W.fd[fd];

		if (f->kind == FD_FILE) {
			node_release(f->u.file->node);
			free(f->u.file);
		} else if (f->kind == FD_DIR || f->kind == FD_ROOT) {
			node_release(f->u.node);
		}
	}
}

void file_reset(void)
{
	if (D.root != NULL) {
		fds_free();
		D.root->held = 0;
		tree_free(D.root);
	}
	memset(&D, 0, sizeof(D));
	D.umask = 022;
	D.root = node_new(NULL, "", FILE_DIR, 0755);
}

static struct node *child(struct node *dir, const char *name, size_t len)
{
	for (struct list *l = dir->children.next; l != &dir->children;
	    l = l->next) {
		struct node *n = OWNER(l, struct node, link);

		if (strlen(n->name) == len && memcmp(n->name, name, len) == 0)
			return n;
	}
	return NULL;
}

static bool may(const struct node *n, unsigned owner_bits)
{
	return port_uid() == 0 || (n->mode >> 6 & owner_bits) == owner_bits;
}

/* ---- paths ---- */

struct walk {
	struct node *root, *dir;	/* where the last name lies, or will */
	struct node *node;		/* NULL: no such name */
	char last[NAME_OCTETS];		/* "" for the root, "." and ".." */
	int links;
};

static int walk_path(struct walk *w, const char *path, bool follow);

static int walk_link(struct walk *w, const struct node *link, bool follow)
{
	char text[PORT_PATH_MAX];

	if (++w->links > LINKS_MAX)
		return -E_LOOP;
	memcpy(text, link->mem, link->len);
	text[link->len] = '\0';
	return walk_path(w, text, follow);
}

/* One name below w->dir. Ends with w->node set or NULL. */
static int walk_name(struct walk *w, const char *name, size_t len, bool follow)
{
	w->node = NULL;
	w->last[0] = '\0';
	if (len >= NAME_OCTETS)
		return -E_LONG;
	if (!may(w->dir, 1))
		return -E_PERM;
	if (len == 1 && name[0] == '.') {
		w->node = w->dir;
		return 0;
	}
	if (len == 2 && name[0] == '.' && name[1] == '.') {
		if (w->dir != w->root && w->dir->parent != NULL)
			w->dir = w->dir->parent;
		w->node = w->dir;
		return 0;
	}
	memcpy(w->last, name, len);
	w->last[len] = '\0';
	w->node = child(w->dir, name, len);
	if (w->node != NULL && w->node->type == FILE_LINK && follow)
		return walk_link(w, w->node, true);
	return 0;
}

static int walk_path(struct walk *w, const char *path, bool follow)
{
	if (*path == '\0')
		return -E_NOENT;
	if (*path == '/') {
		w->dir = w->node = w->root;
		w->last[0] = '\0';
	}
	for (;;) {
		size_t len;
		bool more, slash;
		int err;

		path += strspn(path, "/");
		if (*path == '\0')
			return 0;
		len = strcspn(path, "/");
		slash = path[len] == '/';
		more = path[len + strspn(path + len, "/")] != '\0';
		err = walk_name(w, path, len, follow || slash);
		if (err < 0)
			return err;
		if (slash && w->node != NULL && w->node->type != FILE_DIR)
			return -E_NOTDIR;
		if (!more)
			return 0;
		if (w->node == NULL)
			return -E_NOENT;
		w->dir = w->node;
		path += len;
	}
}

static int walk(struct walk *w, int root, const char *path, bool follow)
{
	memset(w, 0, sizeof(*w));
	if (strlen(path) >= PORT_PATH_MAX)
		return -E_LONG;
	w->root = root == PORT_FS ? D.root : fd_get(root, FD_ROOT)->u.node;
	w->dir = w->node = w->root;
	return walk_path(w, path, follow);
}

/* A call on a path begins: luck, then the walk. */
static int begin(enum sim_kind kind, struct walk *w, int root,
    const char *path, bool follow)
{
	int err = fault(kind, -1);

	spend(W.conf.disk_us);
	if (err < 0)
		return err;
	return walk(w, root, path, follow);
}

static int may_change(const struct walk *w)
{
	return !D.read_only && may(w->dir, 3) ? 0 : -E_PERM;
}

/* ---- opening ---- */

static int open_node(enum fd_kind kind, struct node *n, void *what)
{
	int fd = fd_new(kind, what, W.outside);

	ASSERT(fd >= 0);
	n->held++;
	trace("open", fd, (int64_t)n->ino);
	return fd;
}

int port_root_open(const char *path)
{
	struct walk w;
	int err = begin(SIM_FILE_OPEN, &w, PORT_FS, path, true);

	if (err < 0)
		return err;
	if (w.node == NULL)
		return -E_NOENT;
	if (w.node->type != FILE_DIR)
		return -E_NOTDIR;
	return fd_room(W.outside) ? open_node(FD_ROOT, w.node, w.node) :
	    -E_NOFILE;
}

static int check_open(struct walk *w, unsigned how)
{
	struct node *n = w->node;
	unsigned bits = (how & FILE_READ ? 4 : 0) |
	    (how & (FILE_WRITE | FILE_APPEND) ? 2 : 0);

	if (!fd_room(W.outside))
		return -E_NOFILE;
	if (n == NULL && !(how & FILE_CREATE))
		return -E_NOENT;
	if (n == NULL)
		return may_change(w);
	if (how & FILE_CREATE && how & FILE_EXCL)
		return -E_EXIST;
	if (n->type == FILE_DIR)
		return -E_ISDIR;
	if (!may(n, bits) || (D.read_only && bits & 2))
		return -E_PERM;
	return 0;
}

static void cut(struct node *n, size_t len)
{
	if (len < n->len) {
		D.free += n->len - len;
		n->len = len;
	}
}

int port_file_open(int root, const char *path, unsigned how, unsigned mode)
{
	struct walk w;
	struct open_file *f;
	int err = begin(SIM_FILE_OPEN, &w, root, path, !(how & FILE_EXCL));

	if (err == 0)
		err = check_open(&w, how);
	if (err < 0)
		return err;
	if (w.node == NULL)
		w.node = node_new(w.dir, w.last, FILE_REGULAR, mode & ~D.umask);
	if (how & FILE_TRUNC)
		cut(w.node, 0);
	f = calloc(1, sizeof(*f));
	f->node = w.node;
	f->how = how;
	return open_node(FD_FILE, w.node, f);
}

void port_file_close(int fd)
{
	struct fd *f = fd_get(fd, FD_NONE);

	trace("file_close", fd, 0);
	if (f->kind == FD_FILE) {
		if (f->u.file->holds_lock)
			f->u.file->node->locked = false;
		f->u.file->node->readers -= f->u.file->holds_read;
		node_release(f->u.file->node);
		free(f->u.file);
	} else {
		ASSERT(f->kind == FD_ROOT);
		node_release(f->u.node);
	}
	fd_free(fd);
}

/* ---- contents ---- */

static struct open_file *file_of(int fd)
{
	spend(W.conf.disk_us);
	return fd_get(fd, FD_FILE)->u.file;
}

ptrdiff_t port_file_read(int fd, int64_t off, void *mem, size_t len)
{
	struct open_file *f = file_of(fd);
	struct node *n = f->node;
	int err = fault(SIM_FILE_READ, fd);

	ASSERT(off >= 0 && f->how & FILE_READ);
	trace("file_read", off, (int64_t)len);
	if (err < 0)
		return err;
	if ((uint64_t)off >= n->len)
		return 0;
	len = MIN(len, n->len - (size_t)off);
	if (len > 0 && chance(W.conf.chop))
		len = 1 + luck((uint32_t)len);
	memcpy(mem, n->mem + off, len);
	return (ptrdiff_t)len;
}

ptrdiff_t port_file_send(int fd, int64_t off, int to, size_t len)
{
	uint8_t mem[10000];
	ptrdiff_t n = port_file_read(fd, off, mem, MIN(len, sizeof(mem)));

	return n > 0 ? port_send(to, mem, (size_t)n) : n;
}

static void put(struct node *n, size_t off, const void *mem, size_t len)
{
	if (off + len > n->room) {
		n->room = (off + len) * 2;
		n->mem = realloc(n->mem, n->room);
	}
	if (off > n->len)
		memset(n->mem + n->len, 0, off - n->len);
	if (len > 0)
		memcpy(n->mem + off, mem, len);
	n->len = MAX(n->len, off + len);
	n->mtime_s = port_wall_ms() / 1000;
}

/* Octets; the disk is charged for what the file grows. */
static ptrdiff_t write_at(struct node *n, size_t off, const void *mem,
    size_t len)
{
	size_t grows = off + len > n->len ? off + len - n->len : 0;

	if (grows > D.free) {
		if (grows - (size_t)D.free >= len)
			return -E_NOSPC;
		len -= grows - (size_t)D.free;
		grows = (size_t)D.free;
	}
	D.free -= grows;
	put(n, off, mem, len);
	return (ptrdiff_t)len;
}

ptrdiff_t port_file_write(int fd, int64_t off, const void *mem, size_t len)
{
	struct open_file *f = file_of(fd);
	int err = fault(SIM_FILE_WRITE, fd);

	ASSERT(off >= 0 && len > 0 && f->how & FILE_WRITE);
	trace("file_write", off, (int64_t)len);
	if (err < 0)
		return err;
	if (chance(W.conf.chop))
		len = 1 + luck((uint32_t)len);
	return write_at(f->node, (size_t)off, mem, len);
}

ptrdiff_t port_file_append(int fd, const void *mem, size_t len)
{
	struct open_file *f = file_of(fd);
	int err = fault(SIM_FILE_WRITE, fd);

	ASSERT(f->how & FILE_APPEND);
	return err < 0 ? err : write_at(f->node, f->node->len, mem, len);
}

int port_file_truncate(int fd, int64_t len)
{
	struct open_file *f = file_of(fd);
	int err = fault(SIM_FILE_META, fd);

	ASSERT(len >= 0 && f->how & FILE_WRITE);
	if (err < 0)
		return err;
	cut(f->node, (size_t)len);
	if ((size_t)len > f->node->len) {
		D.free -= MIN(D.free, (size_t)len - f->node->len);
		put(f->node, (size_t)len, "", 0);
	}
	return 0;
}

int port_file_sync(int fd)
{
	file_of(fd);
	return fault(SIM_FILE_META, fd);
}

int port_file_lock(int fd)
{
	struct open_file *f = file_of(fd);
	int err = fault(SIM_FILE_META, fd);

	if (err < 0)
		return err;
	if ((f->node->locked && !f->holds_lock) || f->node->readers > 0)
		return -E_BUSY;
	f->node->locked = f->holds_lock = true;
	return 0;
}

int port_file_lock_read(int fd)
{
	struct open_file *f = file_of(fd);
	int err = fault(SIM_FILE_META, fd);

	ASSERT(!f->holds_lock && !f->holds_read);
	if (err < 0)
		return err;
	if (f->node->locked)
		return -E_BUSY;
	f->holds_read = true;
	f->node->readers++;
	return 0;
}

int port_file_give(int fd, uint32_t uid, unsigned mode)
{
	(void)uid;
	file_of(fd)->node->mode = (uint16_t)mode;
	return fault(SIM_FILE_META, fd);
}

int port_file_free(int fd, uint64_t *out)
{
	fd_get(fd, FD_NONE);
	*out = D.free;
	return fault(SIM_FILE_META, fd);
}

int port_file_reserve(int fd, int64_t octets)
{
	fd_get(fd, FD_NONE);
	return octets > 0 && (uint64_t)octets > D.free ? -E_NOSPC :
	    fault(SIM_FILE_META, fd) != 0 ? -E_NOSUP : 0;
}

static void describe(const struct node *n, struct file_info *out)
{
	*out = (struct file_info){
		.type = n->type, .mode = n->mode, .links = 1,
		.uid = port_uid(), .gid = port_uid(),
		.size = (int64_t)n->len, .mtime_s = n->mtime_s,
		.dev = 1, .ino = n->ino,
	};
}

int port_file_info(int fd, struct file_info *out)
{
	struct fd *f = fd_get(fd, FD_NONE);
	int err = fault(SIM_FILE_META, fd);

	if (err < 0)
		return err;
	describe(f->kind == FD_FILE ? f->u.file->node : f->u.node, out);
	return 0;
}

int port_path_info(int root, const char *path, bool follow,
    struct file_info *out)
{
	struct walk w;
	int err = begin(SIM_PATH, &w, root, path, follow);

	if (err == 0 && w.node == NULL)
		err = -E_NOENT;
	if (err == 0)
		describe(w.node, out);
	return err;
}

static int link_text(const struct node *n, char *out, size_t room)
{
	size_t len = MIN(n->len, room);

	if (n->type != FILE_LINK)
		return -E_INVAL;
	memcpy(out, n->mem, len);
	return (int)len;
}

int port_path_link(int root, const char *path, char *out, size_t room)
{
	struct walk w;
	int err = begin(SIM_PATH, &w, root, path, false);

	if (err == 0 && w.node == NULL)
		err = -E_NOENT;
	return err < 0 ? err : link_text(w.node, out, room);
}

/* ---- attributes ---- */

static int attr_begin(struct walk *w, int root, const char *path)
{
	int err = begin(SIM_PATH, w, root, path, true);

	if (err < 0)
		return err;
	if (w->node == NULL)
		return -E_NOENT;
	return D.read_only ? -E_PERM : 0;
}

int port_path_set_mode(int root, const char *path, unsigned mode)
{
	struct walk w;
	int err = attr_begin(&w, root, path);

	if (err == 0)
		w.node->mode = (uint16_t)mode;
	return err;
}

int port_path_set_time(int root, const char *path, int64_t mtime_s)
{
	struct walk w;
	int err = attr_begin(&w, root, path);

	if (err == 0)
		w.node->mtime_s = mtime_s;
	return err;
}

/* ---- changing the tree ---- */

static int remove_node(int root, const char *path, bool dir)
{
	struct walk w;
	int err = begin(SIM_PATH, &w, root, path, false);

	if (err < 0)
		return err;
	if (w.node == NULL)
		return -E_NOENT;
	if (may_change(&w) < 0 || w.node == w.root || w.last[0] == '\0')
		return -E_PERM;
	if (!dir && w.node->type == FILE_DIR)
		return -E_ISDIR;
	if (dir && w.node->type != FILE_DIR)
		return -E_NOTDIR;
	if (!list_empty(&w.node->children))
		return -E_EXIST;
	trace("remove", (int64_t)w.node->ino, 0);
	node_unlink(w.node);
	return 0;
}

int port_path_remove(int root, const char *path)
{
	return remove_node(root, path, false);
}

int port_dir_remove(int root, const char *path)
{
	return remove_node(root, path, true);
}

static int check_rename(const struct walk *a, const struct walk *b)
{
	if (a->node == NULL)
		return -E_NOENT;
	if (may_change(a) < 0 || may_change(b) < 0 || a->last[0] == '\0' ||
	    b->last[0] == '\0')
		return -E_PERM;
	for (struct node *n = b->dir; n != NULL; n = n->parent)
		if (n == a->node)
			return -E_INVAL;
	if (b->node == NULL || b->node == a->node)
		return 0;
	if (a->node->type != FILE_DIR)
		return b->node->type == FILE_DIR ? -E_ISDIR : 0;
	if (b->node->type != FILE_DIR)
		return -E_NOTDIR;
	return list_empty(&b->node->children) ? 0 : -E_EXIST;
}

int port_path_rename(int root, const char *from, const char *to)
{
	struct walk a, b = { 0 };
	int err = begin(SIM_PATH, &a, root, from, false);

	if (err == 0)
		err = walk(&b, root, to, false);
	if (err == 0)
		err = check_rename(&a, &b);
	if (err < 0 || a.node == b.node)
		return err;
	if (b.node != NULL)
		node_unlink(b.node);
	list_remove(&a.node->link);
	list_push(&b.dir->children, &a.node->link);
	a.node->parent = b.dir;
	strcpy(a.node->name, b.last);
	return 0;
}

int port_dir_make(int root, const char *path, unsigned mode)
{
	struct walk w;
	int err = begin(SIM_PATH, &w, root, path, false);

	if (err == 0 && w.node != NULL)
		err = -E_EXIST;
	if (err == 0)
		err = may_change(&w);
	if (err == 0)
		node_new(w.dir, w.last, FILE_DIR, mode & ~D.umask);
	return err;
}

/* ---- directories ---- */

int port_dir_open(struct port_dir *d, int root, const char *path, void *mem,
    size_t len)
{
	struct walk w;
	int err = begin(SIM_DIR, &w, root, path, true);

	ASSERT(len >= 1024);
	if (err < 0)
		return err;
	if (w.node == NULL)
		return -E_NOENT;
	if (w.node->type != FILE_DIR)
		return -E_NOTDIR;
	if (!may(w.node, 4))
		return -E_PERM;
	if (!fd_room(W.outside))
		return -E_NOFILE;
	*d = (struct port_dir){ .mem = mem, .len = (uint32_t)len };
	d->fd = open_node(FD_DIR, w.node, w.node);
	return 0;
}

int port_dir_next(struct port_dir *d, const char **name)
{
	struct node *dir = fd_get(d->fd, FD_DIR)->u.node;
	struct list *l = dir->children.next;
	int err = fault(SIM_DIR, d->fd);

	if (err < 0)
		return -E_IO;
	for (uint32_t i = 0; i < d->at && l != &dir->children; i++)
		l = l->next;
	if (l == &dir->children)
		return 0;
	d->at++;
	strcpy((char *)d->mem, OWNER(l, struct node, link)->name);
	*name = (const char *)d->mem;
	return 1;
}

static int dir_child(struct port_dir *d, const char *name, bool follow,
    struct walk *w)
{
	int err = fault(SIM_PATH, d->fd);

	memset(w, 0, sizeof(*w));
	w->root = D.root;
	w->dir = fd_get(d->fd, FD_DIR)->u.node;
	if (err == 0)
		err = walk_name(w, name, strlen(name), follow);
	return err == 0 && w->node == NULL ? -E_NOENT : err;
}

int port_dir_info(struct port_dir *d, const char *name, bool follow,
    struct file_info *out)
{
	struct walk w;
	int err = dir_child(d, name, follow, &w);

	if (err == 0)
		describe(w.node, out);
	return err;
}

int port_dir_link(struct port_dir *d, const char *name, char *out,
    size_t room)
{
	struct walk w;
	int err = dir_child(d, name, false, &w);

	return err < 0 ? err : link_text(w.node, out, room);
}

void port_dir_close(struct port_dir *d)
{
	node_release(fd_get(d->fd, FD_DIR)->u.node);
	fd_free(d->fd);
	d->fd = -1;
}

unsigned port_umask(unsigned mask)
{
	unsigned was = D.umask;

	D.umask = mask & 0777;
	return was;
}

/* ---- the test's hand on the disk ---- */

static struct walk must_walk(const char *path, bool follow)
{
	struct walk w;
	int err = walk(&w, PORT_FS, path, follow);

	if (err < 0)
		port_panic(__FILE__, __LINE__, path);
	return w;
}

void sim_make_dir(const char *path)
{
	char part[PORT_PATH_MAX];

	ASSERT(path[0] == '/' && strlen(path) < sizeof(part));
	for (size_t i = 1; path[i - 1] != '\0'; i++) {
		struct walk w;

		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		w = must_walk(part, true);
		if (w.node == NULL)
			node_new(w.dir, w.last, FILE_DIR, 0755);
	}
}

static void make_parents(const char *path)
{
	char dir[PORT_PATH_MAX];
	size_t len = (size_t)(strrchr(path, '/') - path);

	memcpy(dir, path, len);
	dir[len] = '\0';
	if (len > 0)
		sim_make_dir(dir);
}

void sim_put(const char *path, const void *mem, size_t len)
{
	struct walk w;

	make_parents(path);
	w = must_walk(path, true);
	if (w.node == NULL)
		w.node = node_new(w.dir, w.last, FILE_REGULAR, 0644);
	w.node->len = 0;
	put(w.node, 0, mem, len);
}

const uint8_t *sim_get(const char *path, size_t *len)
{
	struct walk w;

	if (walk(&w, PORT_FS, path, true) < 0 || w.node == NULL ||
	    w.node->type != FILE_REGULAR)
		return NULL;
	*len = w.node->len;
	return w.node->mem != NULL ? w.node->mem : (const uint8_t *)"";
}

void sim_make_link(const char *path, const char *target)
{
	struct walk w;

	make_parents(path);
	w = must_walk(path, false);
	ASSERT(w.node == NULL && strlen(target) < PORT_PATH_MAX);
	put(node_new(w.dir, w.last, FILE_LINK, 0777), 0, target,
	    strlen(target));
}

void sim_chmod(const char *path, unsigned mode)
{
	must_walk(path, true).node->mode = (uint16_t)mode;
}

static void remove_tree(struct node *n)
{
	while (!list_empty(&n->children))
		remove_tree(OWNER(n->children.next, struct node, link));
	node_unlink(n);
}

void sim_remove(const char *path)
{
	struct walk w = must_walk(path, false);

	ASSERT(w.node != NULL && w.node != D.root);
	remove_tree(w.node);
}

void sim_disk_room(uint64_t octets)
{
	D.free = octets;
}

void sim_disk_read_only(bool yes)
{
	D.read_only = yes;
}

int port_cwd(char *out, size_t room)
{
	ASSERT(room >= 2);
	memcpy(out, "/", 2);
	return 1;
}
