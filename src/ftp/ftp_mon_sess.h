/* ftp_mon_sess.h - a session as the monitor sees it. */
#ifndef FTP_MON_SESS_H
#define FTP_MON_SESS_H

#include "ftp_monitor.h"

/* A new connection, of a free place: forks its process. Takes fd. */
void mon_sess_begin(struct ftp_monitor *m, struct mon_sess *s, int fd,
    const struct addr *peer, const struct addr *local, bool tls);
/* Its processes are killed; it is free when they are gone. */
void mon_sess_end(struct ftp_monitor *m, struct mon_sess *s);
/* A process has ended. */
void mon_sess_lost(struct ftp_monitor *m, int pid);
/* It shall end in its own time; who is not logged in, at once. */
void mon_sess_ask_end(struct ftp_monitor *m, struct mon_sess *s);

/* In a child: nothing of other sessions, and of the monitor's own, stays. mine
 * may be NULL. */
void mon_leave(struct ftp_monitor *m, const struct mon_sess *mine);

/* ftp_mon_serve.c: what a user's process may have. 0 or -E_*. */
int mon_dial(const struct mon_sess *s, uint32_t port, int *fd);
int mon_give(const struct mon_sess *s, int file);

/* ftp_monitor.c: one has become free. */
void mon_freed(struct ftp_monitor *m);

#endif
