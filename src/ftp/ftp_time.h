/* ftp_time.h - times as the wire has them: UTC, "YYYYMMDDHHMMSS". */
#ifndef FTP_TIME_H
#define FTP_TIME_H

#include "base/base.h"

#define FTP_TIME_TEXT 24	/* a year of more digits fits too */

void ftp_time_text(char out[FTP_TIME_TEXT], int64_t unix_s);

/*
 * ftp_time_parse - a time at the start of s; a fraction of a second behind it
 * is skipped. Octets taken, or 0: no time, or a day there never was.
 * Source: RFC 3659 2.3.   Tests: unit/t_ftp_time.c
 */
size_t ftp_time_parse(const char *s, int64_t *unix_s);

#endif
