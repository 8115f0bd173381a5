/* file.h - files and directories, by plain path or beneath a root. */
#ifndef PORT_FILE_H
#define PORT_FILE_H

#include "base/base.h"

/*
 * Every call takes a root: PORT_FS for plain paths of the system (relative to
 * the working directory), or a descriptor of port_root_open: then the path is
 * resolved inside that directory as chroot would do it - "/" and ".." stop at
 * the root, absolute symbolic links start at the root, nothing outside can be
 * reached, also when others rename directories meanwhile. (Linux: openat2
 * RESOLVE_IN_ROOT; elsewhere component by component with O_NOFOLLOW and our
 * own link resolution, at most 40 links.)
 * Paths are octets without NUL, at most PORT_PATH_MAX - 1.
 *
 * Common errors: -E_NOENT -E_PERM -E_NOTDIR -E_ISDIR -E_LOOP -E_LONG -E_NOFILE
 * -E_NOSPC -E_EXIST -E_IO.
 */
#define PORT_FS (-1)
#define PORT_PATH_MAX 1024

int port_root_open(const char *path);

#define FILE_READ   1u
#define FILE_WRITE  2u
#define FILE_CREATE 4u		/* with mode; umask applies */
#define FILE_EXCL   8u
#define FILE_TRUNC  16u
#define FILE_APPEND 32u

/*
 * Opens without blocking on FIFOs or devices; close-on-exec. Beneath a root
 * only regular files: -E_PERM for anything else.
 * fd; a directory opened with FILE_READ gives -E_ISDIR.
 */
int port_file_open(int root, const char *path, unsigned how, unsigned mode);
void port_file_close(int fd);

/* At offset off (>= 0), 64 bits on every board. Octets, 0 = end, -E_*. */
ptrdiff_t port_file_read(int fd, int64_t off, void *mem, size_t len);
/*
 * From the file to a connected TCP socket without passing through our memory.
 * Octets, 0 = end of the file; -E_AGAIN when the socket takes none now; any
 * other error, the file's or the socket's, shows again in port_file_read and
 * port_send. -E_NOSUP, -E_INVAL: not of this file, or not on this system.
 */
ptrdiff_t port_file_send(int fd, int64_t off, int to, size_t len);
/* Octets, at least 1, or -E_NOSPC, -E_IO... */
ptrdiff_t port_file_write(int fd, int64_t off, const void *mem, size_t len);
/* At the end (FILE_APPEND): logs. Never blocks for longer than the disk. */
ptrdiff_t port_file_append(int fd, const void *mem, size_t len);
int port_file_truncate(int fd, int64_t len);
int port_file_sync(int fd);
/*
 * Whole-file write lock against every other open of the file, in this process
 * too. Held until the last descriptor of this open is closed: it dies with the
 * process, and passes to a forked child. 0 or -E_BUSY.
 */
int port_file_lock(int fd);
/* The same to read: others may as well, while none may write. */
int port_file_lock_read(int fd);

enum file_type { FILE_REGULAR, FILE_DIR, FILE_LINK, FILE_OTHER };

struct file_info {
	enum file_type type;
	uint16_t mode;		/* permission bits, 07777 */
	uint32_t links, uid, gid;
	int64_t size;		/* octets */
	int64_t mtime_s;	/* Unix time */
	uint64_t dev, ino;
};

/* The working directory: octets without terminator, or -E_*. */
int port_cwd(char *out, size_t room);

int port_file_info(int fd, struct file_info *out);
/* follow: what a last symbolic link points to, else the link itself. */
int port_path_info(int root, const char *path, bool follow,
    struct file_info *out);
/* Link text without terminator into out; octets or error. */
int port_path_link(int root, const char *path, char *out, size_t room);

int port_path_remove(int root, const char *path);	/* a file */
int port_path_rename(int root, const char *from, const char *to);
int port_dir_make(int root, const char *path, unsigned mode);
int port_dir_remove(int root, const char *path);

/*
 * Of a file or directory; a last symbolic link is followed, inside the root.
 * mode: permission bits, 07777, as they are. mtime_s: Unix time, both of last
 * change and of last access. 0, or -E_PERM (not the owner; neither file nor
 * directory) and the common errors.
 */
int port_path_set_mode(int root, const char *path, unsigned mode);
int port_path_set_time(int root, const char *path, int64_t mtime_s);

/*
 * port_dir_* - streams a directory in its own order, without allocation.
 * mem is the caller's and is used until close; len >= 1024.
 */
struct port_dir {
	int fd, root;
	uint32_t at, have, len;
	uint8_t *mem;
	char *path;		/* in mem, for following links; may be NULL */
};
int port_dir_open(struct port_dir *d, int root, const char *path, void *mem,
    size_t len);
/*
 * The next name but "." and "..": 1 and *name (valid until the next call),
 * 0 at the end, or an error.
 */
int port_dir_next(struct port_dir *d, const char **name);
/* Of an entry just named. -E_LONG: a link to follow, path too long for mem. */
int port_dir_info(struct port_dir *d, const char *name, bool follow,
    struct file_info *out);
/* The link text of an entry. Octets or error. */
int port_dir_link(struct port_dir *d, const char *name, char *out,
    size_t room);
void port_dir_close(struct port_dir *d);

/* Another owner and mode, of root's giving. 0 or -E_PERM... */
int port_file_give(int fd, uint32_t uid, unsigned mode);

/* Free octets for an ordinary user on the file system of fd. */
int port_file_free(int fd, uint64_t *out);
/*
 * Sets octets aside for a file, whose length stays as it is; cutting it to its
 * length gives them back. 0, -E_NOSPC, or -E_NOSUP: not this file system.
 */
int port_file_reserve(int fd, int64_t octets);

#endif
