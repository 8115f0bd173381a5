/* ftp_rate.h - how fast a transfer may go: by itself, with all others of its
 * user, and with all of the server. Knows no session.
 *
 * Each limit is a bucket: the time at which its rate has paid for all octets so
 * far. Those of users and of the server lie in memory that all processes of
 * the server have in common. */
#ifndef FTP_RATE_H
#define FTP_RATE_H

#include "base/base.h"

enum ftp_way { FTP_DOWN, FTP_UP, FTP_WAYS };

/* Of a session. */
struct ftp_rate {
	/* Octets in a second, 0 = any. */
	int64_t own, user[FTP_WAYS], server[FTP_WAYS];
	uint64_t name;		/* of the user, in short; never 0 */
	uint32_t at;		/* where his bucket was last */
	int64_t paid_us;	/* of the transfer under way */
};

/* Before processes are made that have them in common; without it they are the
 * process's own. 0 or -E_NOMEM. */
int ftp_rates_make(void);
void ftp_rates_free(void);
/* A process that has died: it may have been in the midst of it. */
void ftp_rates_lost(int pid);

/* Who it is from now on. */
void ftp_rate_user(struct ftp_rate *r, const char *name);
/* A transfer begins: nothing is owed for it. */
static inline void ftp_rate_begin(struct ftp_rate *r)
{
	r->paid_us = 0;
}
/* Of most octets so many now; 0 = not before *at_ms, of the same clock. */
size_t ftp_rate_may(struct ftp_rate *r, enum ftp_way way, int64_t now_ms,
    size_t most, int64_t *at_ms);
/* So many went. */
void ftp_rate_pay(struct ftp_rate *r, enum ftp_way way, int64_t now_ms,
    size_t n);

#endif
