/* beneath.h - opening inside a root directory, as if it were "/".
 *
 * A root is a descriptor of a directory. Symbolic links, absolute ones too, and
 * ".." are resolved with the root as "/": nothing outside of it is reached, not
 * even when others rename meanwhile. walk_* do it one component at a time on
 * any system; beneath_* are what the system does best. */
#ifndef POSIX_BENEATH_H
#define POSIX_BENEATH_H

#include <fcntl.h>
#include <sys/stat.h>

#include "base/base.h"

/* A directory opened to look names up in it, whether it may be read or not. */
#ifndef O_SEARCH
#define O_SEARCH O_PATH
#endif

/* Beneath a root or, with PORT_FS, the system's own way. fd or error. */
int path_open(int root, const char *path, int flags, mode_t mode);

/* flags and mode as for open; a last link is followed. fd or error. */
int beneath_open(int root, const char *path, int flags, mode_t mode);
int walk_open(int root, const char *path, int flags, mode_t mode);

/* 0 or error. A last link is followed or itself looked at. */
int beneath_stat(int root, const char *path, bool follow, struct stat *out);
int walk_stat(int root, const char *path, bool follow, struct stat *out);

#endif
