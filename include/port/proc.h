/* proc.h - the process: arguments, signals, users, daemons, limits, exit. */
#ifndef PORT_PROC_H
#define PORT_PROC_H

#include "base/base.h"

/* Exit now, without atexit handlers. */
_Noreturn void port_exit(int code);
int port_pid(void);
/* NULL when unset. */
const char *port_env(const char *name);

/* The file this program was started from. 0, -E_NOSUP, -E_LONG. */
int port_self(char *out, size_t room);
/* Writes out what is to be on disks, then switches the machine off, or restarts
 * it. Comes back only with -E_PERM or -E_NOSUP. */
int port_power(bool restart);

enum port_signal { SIG_NONE, SIG_STOP, SIG_INTR, SIG_RELOAD, SIG_QUIET,
	SIG_CHILD, SIG_STAT };
/*
 * From now on SIGTERM (STOP), SIGINT (INTR), SIGHUP (RELOAD), SIGQUIT (QUIET),
 * SIGCHLD (CHILD), SIGUSR1 (STAT) are read from a descriptor; SIGPIPE ignored.
 * fd, or -E_NOFILE. A second call gives the same fd.
 */
int port_signal_open(void);
enum port_signal port_signal_next(void);	/* SIG_NONE: no more */
/* 0, -E_NOENT (no such process), -E_PERM. SIG_NONE only asks. */
int port_signal_send(int pid, enum port_signal what);

struct port_user {
	uint32_t uid, gid;
	char home[128], shell[64];
};
/* From /etc/passwd, no NSS. 0, -E_NOENT, -E_IO. */
int port_user_find(const char *name, struct port_user *out);
/* The gid of a name in /etc/group. 0, -E_NOENT, -E_IO. */
int port_group_find(const char *name, uint32_t *gid);
/* Name of a uid / gid from /etc/passwd, /etc/group; false when unknown. */
bool port_user_name(uint32_t uid, char *out, size_t room);
bool port_group_name(uint32_t gid, char *out, size_t room);
uint32_t port_uid(void);		/* effective */
/*
 * Becomes the user for good: groups (setgroups to its gid), gid, uid; checks
 * that the old rights cannot come back. 0, -E_PERM.
 */
int port_user_become(const struct port_user *u);
/*
 * The groups of a user, by /etc/group; gid, his own, first. More than there is
 * room for are left out. 0 or -E_IO. Before a chroot.
 */
#define PORT_GROUPS 64
struct port_groups {
	uint32_t n;
	uint32_t gid[PORT_GROUPS];
};
int port_groups_of(const char *name, uint32_t gid, struct port_groups *out);
/* As port_user_become, with these groups. */
int port_user_become_with(const struct port_user *u,
    const struct port_groups *g);

/*
 * Descriptors this process may open: raises the soft limit to want (0: as it
 * is) where allowed. Returns the limit now in force.
 */
int64_t port_fd_limit(int64_t want);
unsigned port_umask(unsigned mask);	/* returns the old one */

/*
 * port_daemon_fork - forks; the child leads a new session with stdin on
 * /dev/null, stdout and stderr on log_fd (or /dev/null when < 0) and working
 * directory "/". Open the loop and port_signal_open after it, not before.
 * The parent waits up to wait_ms for port_daemon_ready of the child.
 * Child: 0. Parent: child's pid (> 0) when ready, -E_TIMEOUT, -E_CLOSED (it
 * died), -E_NOMEM.
 */
int port_daemon_fork(int log_fd, int64_t wait_ms);
void port_daemon_ready(void);

/*
 * port_worker_fork - a child to share the work, before loop and signals are
 * opened. Parent: the child's pid. Child: 0, and *parent is a descriptor that
 * becomes readable (end of file) when the parent is gone. -E_NOMEM, -E_NOFILE.
 */
int port_worker_fork(int *parent);
/* The pid of a child that has ended, 0 = no more of them now. */
int port_worker_reap(void);

/* Blocks; for start-up and command-line tools only, never inside the loop. */
void port_sleep_ms(int64_t ms);

/* Reads one line from the terminal without echo (from stdin when it is no
 * terminal). Length without newline, -E_CLOSED at end, -E_LONG. */
int port_read_password(const char *prompt, char *out, size_t room);

/* No core files: secrets stay in memory. */
void port_no_core(void);

#endif
