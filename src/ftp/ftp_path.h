/* ftp_path.h - the path a client sees: absolute, canonical, as text only. */
#ifndef FTP_PATH_H
#define FTP_PATH_H

#include "base/base.h"

/*
 * ftp_path_join - what arg means in the directory cwd.
 *
 *   cwd   canonical: begins with '/', no "." "..", no empty parts, no '/' at
 *         the end but in "/" itself
 *   out   canonical; not cwd
 *
 * ".." goes up in the text, so it leads back out of a symbolic link the way
 * one came in; at the root it stays. The file system is not asked: the port
 * keeps links inside the root.
 * 0 or -E_LONG.   Tests: unit/t_ftp_path.c
 */
int ftp_path_join(char *out, size_t room, const char *cwd, const char *arg);

/* The last part of a canonical path; "" of "/". */
const char *ftp_path_base(const char *path);

/* The directory a canonical path lies in; of "/" itself. room > 1. */
void ftp_path_parent(char *out, size_t room, const char *path);

/*
 * A name to upload under, in the same directory: ".in.NAME.1234abcd". A long
 * NAME is cut so that any file system takes it. 0 or -E_LONG.
 */
int ftp_path_temp(char *out, size_t room, const char *path, uint32_t salt);

/* Is a name one of those? */
bool ftp_path_is_temp(const char *name);

#endif
