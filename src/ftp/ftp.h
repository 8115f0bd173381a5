/* ftp.h - the FTP server as one object on a loop; and the two programs. */
#ifndef FTP_H
#define FTP_H

#include "base/list.h"
#include "core/listen.h"
#include "ftp_public.h"

struct ftp_cert;
struct ftp_conf;
struct ftp_host;

struct ftp {
	struct loop *loop;
	const struct ftp_conf *conf;
	const struct ftp_host *host;
	bool processes;			/* each session has its own */
	bool system;			/* accounts of the system as well */
	struct listener listener;	/* .at has the bound port */
	struct listener implicit;	/* TLS from the first octet */
	struct ftp_cert *cert;		/* for new sessions; NULL = no TLS */
	struct list sessions;
	uint32_t sessions_n;
	uint32_t sessions_ever;
	uint32_t hashing_n;		/* sessions that check a password */
	struct addr pasv_ip;		/* pasv_name's; family 0 = not yet */
	struct ftp_public public;	/* that looks it up, if it is ours to */
	bool anonymous;			/* they are let in */
	int anon_root;			/* -1 = none */
	/* Opened at the start, -1 = none, for when the path is out of reach. */
	int users_fd, userlist_fd, banner_fd, xferlog_fd;
};

/*
 * ftp_prepare - opens all files that are needed, and checks them.
 *
 *   processes  each session has one of its own: accounts of the system are let
 *              in as well, where there is no users file or system_users=YES
 *
 * 0, or -E_* with why.
 */
int ftp_prepare(struct ftp *f, struct loop *l, const struct ftp_conf *conf,
    bool processes, char *why, size_t room);

/* In a session's process, still root: texts by their names again. */
void ftp_renew_texts(struct ftp *f);
/* And before it is not: what is not for it to read or write, and what would
 * lead out of its root directory. guest: before login. */
void ftp_forget(struct ftp *f, bool guest);

/*
 * ftp_start - opens the anonymous root, checks the users file, listens.
 * conf (checked) must outlive it. Neither arguments nor files of configuration
 * are looked at, so that it runs in a simulation.
 * 0, or -E_* with why (room octets) saying what is wrong.
 */
int ftp_start(struct ftp *f, struct loop *l, const struct ftp_conf *conf,
    char *why, size_t room);

/* The log of transfers by its name again, as it may have been moved, and the
 * certificate, and what pasv_address is. The old one goes on where that
 * fails. */
void ftp_reopen(struct ftp *f);

/* Ends every session and the listener, if there is one. Sessions are freed by
 * the next turn. */
void ftp_stop(struct ftp *f);

/* `wherry ftpd` and `wherry passwd`; exit codes. */
int ftpd_main(int argc, char **argv);
int passwd_main(int argc, char **argv);

#endif
