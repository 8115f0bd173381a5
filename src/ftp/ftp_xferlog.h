/* ftp_xferlog.h - the transfer log that statistics programs have read for
 * thirty years. */
#ifndef FTP_XFERLOG_H
#define FTP_XFERLOG_H

#include "base/addr.h"
#include "port/file.h"

/* A transfer that has ended. */
struct ftp_xferlog {
	int64_t at_s;		/* end, as a clock on the wall here shows it */
	int64_t took_ms;
	struct addr peer;
	int64_t octets;
	const char *path, *user;
	bool ascii, upload, anonymous, whole;
};
#define FTP_XFERLOG_MAX (PORT_PATH_MAX + 256)

/*
 * One line with its LF, room >= FTP_XFERLOG_MAX. Blanks and what is not
 * printable become '_' in path and user, so that the fields stay apart.
 * Octets. Source: xferlog(5) of wu-ftpd.   Tests: unit/t_ftp_xferlog.c
 */
size_t ftp_xferlog_line(char *out, size_t room, const struct ftp_xferlog *x);

#endif
