/* ftp_ask.h - what a session's process may ask of the monitor, and its answers:
 * messages of fixed size, without pointers and lengths. */
#ifndef FTP_ASK_H
#define FTP_ASK_H

#include "ftp_users.h"

enum ftp_ask_kind {
	ASK_LOGIN,		/* is this the password? */
	ASK_VERDICT,		/* of the login child: it was, or not */
	ASK_DIAL,		/* a socket that connects from port 20 */
	ASK_GIVE,		/* another owner for the file that is passed */
	ASK_KINDS
};

struct ftp_ask {
	uint32_t kind;
	uint32_t number;	/* LOGIN: anonymous; VERDICT: good; DIAL: port
				 * of the client */
	char user[FTP_NAME_MAX];
	char password[FTP_PASS_MAX + 3];
};

enum ftp_tell_kind {
	TELL_DENIED,		/* after LOGIN: go on before login */
	TELL_TAKE,		/* after VERDICT: the slot is yours */
	TELL_DONE		/* after DIAL, with a socket, and GIVE */
};

struct ftp_tell {
	uint32_t kind;
	int32_t rc;		/* TELL_DONE: 0 or -E_* */
};

/* The life of a session as the monitor sees it, in this order. */
enum mon_state {
	MON_FREE,
	MON_GUEST,		/* its process serves it before login */
	MON_QUEUE,		/* that asks something, which has to wait */
	MON_CHECK,		/* a login child looks at the password */
	MON_PAUSE,		/* the answer has to wait */
	MON_SWITCH,		/* the first process has to be gone */
	MON_USER,		/* the login child goes on with it */
	MON_GONE		/* over; processes are still there */
};

/* Of the two processes of a session. */
enum mon_who { WHO_GUEST, WHO_USER };

/*
 * May this be asked, by whom, now, with a descriptor or without; and is every
 * field what it may be? The table of all that is allowed is in ftp_ask.c.
 */
bool ftp_ask_may(const struct ftp_ask *a, enum mon_who who,
    enum mon_state state, bool with_fd);

#endif
