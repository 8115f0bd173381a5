/* ftp_match.h - patterns of deny_file and hide_file against paths. */
#ifndef FTP_MATCH_H
#define FTP_MATCH_H

#include "base/base.h"

#define FTP_PATTERN_MAX 256	/* with terminator */

/*
 * ftp_match_path - does the pattern name the path, or a directory above it?
 *
 *   pattern  shorter than FTP_PATTERN_MAX: '*' any octets, '?' one octet,
 *            "{a,b}" one of them, not nested; "" matches nothing
 *   path     canonical
 *
 * True when it matches one or more whole components of path, one after the
 * other, or when its text is found anywhere in path, as vsftpd has it. Upper
 * and lower case differ. At most strlen(pattern) * strlen(path) steps.
 * Tests: unit/t_ftp_match.c
 */
bool ftp_match_path(const char *pattern, const char *path);

#endif
