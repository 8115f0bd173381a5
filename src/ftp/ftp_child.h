/* ftp_child.h - the processes of a session: one before login, one after. */
#ifndef FTP_CHILD_H
#define FTP_CHILD_H

#include "ftp.h"
#include "ftp_ask.h"
#include "port/proc.h"

/* What the monitor gives a child on its way. */
struct ftp_birth {
	struct ftp *ftp;
	struct ftp_conf *conf;	/* ftp->conf, to be changed for a user */
	uint32_t slot, number;
	uint32_t fails;		/* wrong passwords before */
	int ctl;		/* the control connection */
	int pair;		/* to the monitor */
	int monitor;		/* its pid */
	int jail;		/* an empty directory */
	struct port_user nobody;
	struct addr peer;
	bool tls;		/* from the first octet */
};

/* Of any child, unused: it is large, and each process has one. */
struct loop *ftp_child_loop(void);
/* Both are for a fresh fork that has closed what is not its own. */
_Noreturn void ftp_child_guest(const struct ftp_birth *b);
/* Checks the password; then it is that user and goes on with the session. */
_Noreturn void ftp_child_user(const struct ftp_birth *b,
    struct ftp_ask *login);

#endif
