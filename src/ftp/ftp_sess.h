/* ftp_sess.h - a session: one plain struct that every verb works on. */
#ifndef FTP_SESS_H
#define FTP_SESS_H

#include "base/list.h"
#include "core/pool.h"
#include "crypto/crypto.h"
#include "ftp.h"
#include "ftp_conf.h"
#include "ftp_data.h"
#include "ftp_host.h"
#include "ftp_in.h"
#include "ftp_line.h"
#include "ftp_list.h"
#include "ftp_out.h"
#include "ftp_quota.h"
#include "ftp_rate.h"
#include "ftp_tls.h"
#include "ftp_users.h"
#include "port/pipe.h"

/* In the order of life. */
enum ftp_state {
	FTP_FREE,
	FTP_USER,		/* waits for USER */
	FTP_PASS,		/* waits for PASS */
	FTP_CHECK,		/* a password is hashed, or an answer delayed */
	FTP_READY,		/* logged in */
	FTP_BYE,		/* the last reply was given */
	FTP_DEAD		/* closed; the loop frees it */
};
#define FTP_IN(state) (1u << (state))

/* What a login may do; the verb table says what a verb needs. */
#define RIGHT_LIST      1u
#define RIGHT_READ      2u
#define RIGHT_UPLOAD    4u
#define RIGHT_CHANGE    8u	/* what is there: replace, rename, remove */
#define RIGHT_MKDIR    16u
#define RIGHT_SITE     32u
#define RIGHT_CHMOD    64u
#define RIGHT_TIME    128u

/* A password under check. */
struct ftp_login {
	struct pbkdf2 kdf;
	uint8_t want[FTP_HASH];
	bool known;		/* user exists and is not locked */
	bool hashing;
	bool good;
};

/* STAT's listing goes to the control connection, between replies. */
enum ftp_xfer_kind { XFER_NONE, XFER_LIST, XFER_STAT, XFER_RETR, XFER_STOR };
/* An upload is the whole file, goes behind what is there, or is a new one. */
enum ftp_store { STORE_WHOLE, STORE_APPEND, STORE_UNIQUE };
enum ftp_xfer_phase { XFER_WAIT, XFER_SHAKE, XFER_PUMP, XFER_FLUSH };

/* A transfer: what it carries and how far it is. */
struct ftp_xfer {
	uint8_t kind, phase;
	bool ended;		/* the client sent its last octet */
	bool in_place;		/* STOR: into the file itself */
	bool exists;		/* STOR: there is such a file, of old_mode */
	bool convert;		/* ends of lines, of TYPE A */
	bool cr;		/* the octet before was one */
	bool direct;		/* between file and socket, past us */
	bool piped;		/* STOR: pipe is open */
	bool reserved;		/* STOR: more is set aside than has come */
	uint8_t store;		/* STOR: enum ftp_store */
	uint16_t old_mode;
	int64_t old_size;
	int fd;			/* -1 = none */
	struct port_pipe pipe;
	int why;		/* of the data connection's failure */
	uint32_t salt;		/* of the temporary name */
	int64_t from, off;	/* octets: first and next */
	int64_t began_ms;
	struct pool_waiter waiter;	/* for a buffer */
	struct ftp_list list;
	char path[PORT_PATH_MAX];	/* of the verb being served */
};

struct ftp_sess {
	struct list link;
	struct ftp *ftp;
	struct task task;	/* everything is done in it */
	struct timer timer;	/* of the state */
	struct chan ctl;
	struct ftp_data data;
	struct addr peer, local;
	struct ftp_out out;	/* replies, below ctl */
	struct ftp_in in;	/* what it received */
	struct ftp_tls *tls;	/* from AUTH on; NULL = plain */
	uint32_t number;	/* in the log */
	int64_t login_until_ms;
	int64_t rest;		/* offset for the next transfer */
	int64_t allo;		/* octets that ALLO announced for it */
	uint64_t swept;		/* directory seen by ftp_stale_sweep */
	int root;		/* directory all paths are beneath */
	uint8_t state;
	uint8_t rights;
	bool anonymous, own_root;
	bool limited;		/* has the rights of anonymous users */
	bool line_ready;	/* a whole line waits to be served */
	bool ended;		/* the client will send no more */
	bool ascii, epsv_all;
	bool prot;		/* data is encrypted */
	bool implicit;		/* TLS from the first octet */
	bool renaming;		/* xfer.path is that of an RNFR */
	uint8_t unknown;	/* commands before login */
	uint8_t facts;		/* FACT_* that MLST and MLSD tell */
	uint16_t umask;		/* bits that what is made does without */
	uint32_t fails;
	struct ftp_quota quota;
	uint32_t idle_s;	/* between commands, 0 = any time */
	struct ftp_rate rate;
	struct ftp_line line;
	char user[FTP_NAME_MAX];
	char cwd[PORT_PATH_MAX];	/* canonical */
	/* Before login there is no transfer, after it no password. */
	union {
		struct ftp_login login;
		struct ftp_xfer xfer;
	};
};
_Static_assert(sizeof(struct ftp_sess) <= 4800, "a session stays small");

static inline struct loop *ftp_loop(const struct ftp_sess *s)
{
	return s->ftp->loop;
}

static inline const struct ftp_conf *ftp_conf(const struct ftp_sess *s)
{
	return s->ftp->conf;
}

/* ---- ftp_sess.c: life */

struct pool *ftp_sess_pool(void);
/* A new control connection: greeted, or told 421. With TLS from the first octet
 * after the handshake, and not told. Takes fd. 0 or -E_FULL. */
int ftp_sess_open(struct ftp *f, int fd, const struct addr *peer, bool tls);
/* The same in memory of the caller, all zeros. */
int ftp_sess_start(struct ftp_sess *s, struct ftp *f, int fd,
    const struct addr *peer, bool tls);
/*
 * One process leaves a session in FTP_CHECK to another: nothing of it is in the
 * loop any more. The descriptor, left open. ftp_sess_resume takes it back; 0
 * or -E_*.
 */
int ftp_sess_park(struct ftp_sess *s);
int ftp_sess_resume(struct ftp_sess *s, int fd);
/*
 * The other goes on with it, in FTP_CHECK. Of what is in s only octets that
 * were received and not looked at are believed: whoever left it was before
 * login. 0 or -E_*.
 */
struct ftp_life {
	const char *user;
	struct addr peer;
	uint32_t number;
	bool anonymous;
	struct ftp_kept *kept;	/* of its TLS; NULL = none */
};
int ftp_sess_adopt(struct ftp_sess *s, struct ftp *f, int fd,
    const struct ftp_life *life);
/* The only one to change s->state. */
void ftp_sess_become(struct ftp_sess *s, enum ftp_state state);
/* The session's task runs at the end of this turn. */
void ftp_sess_wake(struct ftp_sess *s);
/* In FTP_CHECK: ftp_login_answer after ms. */
void ftp_sess_delay(struct ftp_sess *s, int64_t ms);
/* In FTP_READY: the idle time begins now, commands are read again. */
void ftp_sess_rest(struct ftp_sess *s);
/* As after the greeting; whoever was logged in has a new time for it. */
void ftp_sess_again(struct ftp_sess *s);
/* 220, with the owner's text. */
void ftp_sess_hello(struct ftp_sess *s);
/* Its control connection on fd, by TLS or not: as s->tls says. 0 or -E_*. */
int ftp_sess_channel(struct ftp_sess *s, int fd);
/* Closes everything now; why as in err_text, 0 = as it should be. */
void ftp_sess_close(struct ftp_sess *s, int why);

/* ---- ftp_reply.c: one reply, one write */

void ftp_reply(struct ftp_sess *s, int code, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* The last one: the session ends when it is out. */
void ftp_reply_bye(struct ftp_sess *s, int code, const char *text);
/* NNN "path" text, with the path quoted. */
void ftp_reply_path(struct ftp_sess *s, int code, const char *path,
    const char *text);
/* NNN text path. */
void ftp_reply_name(struct ftp_sess *s, int code, const char *text,
    const char *path);
/* MLST: a line of facts and the path in a reply of its own. */
void ftp_reply_facts(struct ftp_sess *s, const char *facts,
    const char *path);
/* NNN-first, body (lines with a space before and CRLF behind), NNN last. */
void ftp_reply_lines(struct ftp_sess *s, int code, const char *first,
    const char *body, const char *last);

/* A reply of any lines, made elsewhere: text without its last CRLF, for which
 * there is room. */
void ftp_reply_send(struct ftp_sess *s, char *text, size_t len);

/* The first line of a long one. */
void ftp_reply_line(struct ftp_sess *s, const char *line);

/* ---- ftp_message.c: texts of the owner before a reply */

#define FTP_MESSAGE_MAX 1536	/* octets read of such a text */

/* The lines of fd (-1 = none) as NNN-line, then NNN last. */
void ftp_reply_message(struct ftp_sess *s, int code, int fd,
    const char *last);
/* The same with the message_file of s->cwd, if dirmessage_enable. */
void ftp_reply_directory(struct ftp_sess *s, int code, const char *last);

/* ---- ftp_cmd.c: the verb table */

/* Serves s->line. False: not while the transfer runs, keep the line. */
bool ftp_cmd(struct ftp_sess *s);
/* The canonical path of an argument, room PORT_PATH_MAX. False: no such path
 * for this session, and the reply given. */
bool ftp_cmd_path(struct ftp_sess *s, char *out, const char *arg);
/* The verbs that are served, for HELP, in lines of eight. Octets. */
size_t ftp_cmd_names(char *out, size_t room);

/* ---- ftp_login.c */

void ftp_login_user(struct ftp_sess *s, char *arg);
void ftp_login_pass(struct ftp_sess *s, char *arg);
/* The delay is over, and s->login.good known. */
void ftp_login_answer(struct ftp_sess *s);
/* From FTP_CHECK: logged in, with this root; or not. */
struct ftp_account;
void ftp_login_in(struct ftp_sess *s, const struct ftp_account *a, int root);
void ftp_login_out(struct ftp_sess *s);

/* ---- ftp_xfer_ask.c: a transfer begins; s->xfer.path is set, and the client
 * was told where to connect */

void ftp_xfer_list(struct ftp_sess *s, unsigned how, const char *given);
void ftp_xfer_stat(struct ftp_sess *s, unsigned how, const char *given);
void ftp_xfer_retr(struct ftp_sess *s);
void ftp_xfer_stor(struct ftp_sess *s);
void ftp_xfer_appe(struct ftp_sess *s);
/* given: the name asked for. */
void ftp_xfer_stou(struct ftp_sess *s, const char *given);

/* ---- ftp_xfer.c: its life */

bool ftp_xfer_active(const struct ftp_sess *s);
/* "download, 4096 bytes" or "none". */
void ftp_xfer_progress(const struct ftp_sess *s, char *out, size_t room);
/* As far as it goes now. */
void ftp_xfer_turn(struct ftp_sess *s);
/* ABOR: 426 for the transfer. */
void ftp_xfer_abort(struct ftp_sess *s);
/* The session is going: no reply. */
void ftp_xfer_drop(struct ftp_sess *s);

/* ---- ftp_pump.c: octets between file or directory and s->data.chan.
 * 1 = all done, 0 = go on when the channel or a buffer says so, or -E_* of
 * the local side. A call moves a buffer at most. */

int ftp_pump_list(struct ftp_sess *s);
int ftp_pump_stat(struct ftp_sess *s);
int ftp_pump_retr(struct ftp_sess *s);
int ftp_pump_stor(struct ftp_sess *s);
/* As of chan_ops: what comes goes into s->xfer.pipe. */
ptrdiff_t ftp_pump_receive(struct chan *c, int fd);

/* ---- ftp_store.c: where an upload goes */

/* Before the 150, nothing is touched: 0, or why s->xfer.path cannot be it. */
int ftp_store_look(struct ftp_sess *s, enum ftp_store store);
/* STOU: makes s->xfer.path one that is not there, ".1" and so on behind it.
 * 0 or -E_EXIST, -E_LONG... */
int ftp_store_unique(struct ftp_sess *s);
/* When the data connection is there. 0 with s->xfer.fd, or an error. */
int ftp_store_open(struct ftp_sess *s);
/* After the last octet, file closed: gives it its name, or clears up.
 * 0 or port_path_rename's errors. */
int ftp_store_settle(struct ftp_sess *s, bool good);
/* What of `free` octets uploads may take: min_free_space is left. */
uint64_t ftp_store_room(const struct ftp_sess *s, uint64_t free);
bool ftp_store_fits(const struct ftp_sess *s, size_t more);
/* Gives back what ALLO set aside and nothing came for. */
void ftp_store_spare(struct ftp_xfer *x);

#endif
