/* ftp_monitor.h - the one process of the FTP server that stays root: it accepts
 * connections, counts, forks, and answers its children's few requests. It reads
 * no octet of a client, and none of a slot. */
#ifndef FTP_MONITOR_H
#define FTP_MONITOR_H

#include "core/listen.h"
#include "ftp.h"
#include "ftp_ask.h"
#include "ftp_conf.h"
#include "ftp_guard.h"
#include "ftp_mon_name.h"
#include "port/proc.h"

/* A configuration; one that is no longer new stays as long as a session has
 * it. */
struct ftp_monitor;
struct ftp_gen {
	struct ftp_monitor *monitor;
	struct ftp_conf *conf;
	struct ftp ftp;
	uint32_t used;		/* by sessions */
	bool whole;		/* it has been read and is good */
};
#define FTP_GENS 3

/* A process of a session. */
struct mon_end {
	struct watch watch;	/* our end of the pair */
	struct mon_end *next;	/* of the bucket of its pid */
	int pid;		/* 0 = none */
	uint8_t who;		/* enum mon_who */
};

struct mon_sess {
	struct list link;	/* of the queue, in MON_QUEUE */
	struct timer timer;
	struct mon_end end[2];	/* enum mon_who */
	struct ftp_gen *gen;
	struct guard *guard;
	struct addr peer, local;
	int ctl;		/* until the user's process has it; -1 */
	uint32_t number;
	uint32_t fails;
	uint8_t state;
	bool good;		/* MON_PAUSE: the verdict */
	bool anonymous;		/* what was asked for */
	bool tls;		/* from the first octet */
};

struct ftp_monitor {
	struct loop *loop;
	struct listener listener;
	struct listener implicit;	/* TLS from the first octet */
	struct ftp_gen gen[FTP_GENS];
	struct ftp_gen *now;	/* of new sessions */
	struct list queue;	/* sessions that wait for a place */
	struct timer late;	/* when stopping takes too long */
	struct port_user nobody;
	int jail, pid;
	uint32_t live, checks;	/* sessions; login children at work */
	uint32_t number;
	bool stopping, reload;
	struct mon_name name;
	/* From here on a child has no use for it. */
	struct guards guards;
	struct mon_end *by_pid[GUARD_BUCKETS];
	struct mon_sess sess[LIMIT_FTP_SESSIONS];
};

/*
 * ftp_monitor_open - as root: slots, files, listener. conf is for each
 * generation a place to read it into, the first of them filled and checked.
 * 0, or -E_* with why.
 */
int ftp_monitor_open(struct ftp_monitor *m, struct loop *l,
    struct ftp_conf conf[FTP_GENS], char *why, size_t room);
/* A place for a new configuration, or NULL: old ones are still in use. Then
 * m->reload is set, and it is worth another try when a session has ended. */
struct ftp_conf *ftp_monitor_place(struct ftp_monitor *m);
/* What was read into it is for new sessions. 0, or -E_* with why: the one
 * before stays in force. */
int ftp_monitor_renew(struct ftp_monitor *m, struct ftp_conf *conf, char *why,
    size_t room);
/* SIGCHLD. */
void ftp_monitor_reap(struct ftp_monitor *m);
/* Ends all sessions; loop_stop follows, soon. */
void ftp_monitor_stop(struct ftp_monitor *m);
void ftp_monitor_close(struct ftp_monitor *m);

#endif
