/* ftp_host.h - what a session asks of the process it lives in: one that serves
 * all of them (ftp_alone.c), or its own beside a monitor (ftp_child.c). */
#ifndef FTP_HOST_H
#define FTP_HOST_H

#include "base/base.h"

struct ftp_sess;

struct ftp_host {
	/* In FTP_CHECK: is it the password of s->user? ftp_login_verdict
	 * follows, or another process goes on as that user. */
	void (*check)(struct ftp_sess *s, const char *password);
	/* In FTP_CHECK: the session has its turn; it is going. */
	void (*turn)(struct ftp_sess *s);
	void (*drop)(struct ftp_sess *s);
	/* A socket that connects to s->data.peer, from port 20 or whatever is
	 * configured. fd, or -E_*: it must be any other port. */
	int (*dial)(struct ftp_sess *s);
	/* An upload that is to change its owner. 0 or -E_*. */
	int (*give)(struct ftp_sess *s, int fd);
	/* A transfer ended: the memory it took may go. */
	void (*rest)(struct ftp_sess *s);
	/* It is over, nothing of it is used any more: its memory. */
	void (*gone)(struct ftp_sess *s);
	bool again;		/* REIN: others may log in after this one */
};

extern const struct ftp_host ftp_alone;

#endif
