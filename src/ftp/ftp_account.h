/* ftp_account.h - who logs in: where his password is, whom his process becomes,
 * what he sees as "/". Knows no session and no socket. */
#ifndef FTP_ACCOUNT_H
#define FTP_ACCOUNT_H

#include "ftp.h"
#include "ftp_conf.h"
#include "ftp_users.h"
#include "port/proc.h"
#include "port/shadow.h"

enum ftp_secret { SECRET_NONE, SECRET_OURS, SECRET_CRYPT };

struct ftp_account {
	char name[FTP_NAME_MAX];
	bool known;		/* the right password lets him in */
	bool anonymous;
	bool system;		/* of /etc/passwd */
	bool write;		/* his line's rights */
	bool chrooted;
	uint8_t secret;		/* enum ftp_secret */
	struct ftp_hash hash;	/* SECRET_OURS */
	char crypt[PORT_HASH_MAX];
	struct ftp_more more;
	/* By ftp_account_place. */
	struct port_user user;	/* whom his process becomes */
	char groups_of[FTP_NAME_MAX];	/* "" = that user's gid alone */
	char root[PORT_PATH_MAX], start[PORT_PATH_MAX];
};

/* What someone says he is. */
struct ftp_claim {
	const char *user, *password;
	const struct addr *peer;
	bool anonymous;
};

/*
 * ftp_account_find - the account of a claim, its password not yet checked. In
 * this order: anonymous; a line of users_file; the system's, where f->system
 * allows it. Of a name that is nobody's a secret is there as well, so that it
 * costs as much. Reads files; the caller may be root.
 */
void ftp_account_find(struct ftp_account *a, const struct ftp *f,
    const struct ftp_claim *c);

/* Is it the password? Takes the processor for its time. */
bool ftp_account_proves(const struct ftp_account *a, const char *password);

/*
 * ftp_account_place - after the password was right: user, groups, root and
 * start of an account. 0, or -E_* with why (room octets) for the log.
 */
int ftp_account_place(struct ftp_account *a, const struct ftp_conf *conf,
    char *why, size_t room);

#endif
