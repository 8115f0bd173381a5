/* ftp_match.h - patterns against paths (deny_file, hide_file) and against names
 * (LIST, NLST). */
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

/*
 * The whole of name, by such a pattern: what LIST and NLST ask for. At most
 * strlen(pattern) * strlen(name) steps.
 */
bool ftp_match_name(const char *pattern, const char *name);

/* Is there anything in it but plain octets? */
bool ftp_match_is_pattern(const char *name);

#endif
