/* ftp_stale.h - temporary files of uploads that nobody will finish. */
#ifndef FTP_STALE_H
#define FTP_STALE_H

#include "base/base.h"

/*
 * ftp_stale_sweep - removes what killed sessions left in a directory.
 *
 *   dir  canonical, beneath root
 *   uid  whose they are; others' are left alone
 *
 * Only regular files of one name, named as ftp_path_temp does, without a change
 * for an hour and not locked, which those of an upload under way are. Looks at
 * 4,096 names at most.   Tests: unit/t_ftp_stale.c
 */
void ftp_stale_sweep(int root, const char *dir, uint32_t uid);

#endif
