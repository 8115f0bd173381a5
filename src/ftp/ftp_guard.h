/* ftp_guard.h - addresses of clients: how many sessions of each, and how often
 * it guessed passwords wrongly. Knows no socket and no session. */
#ifndef FTP_GUARD_H
#define FTP_GUARD_H

#include "base/addr.h"
#include "base/limits.h"
#include "base/list.h"

/* Wrong passwords of one address that cost it nothing. */
#define GUARD_FREE 5
/* The longest wait for one more. */
#define GUARD_WAIT_MAX_MS 16000
/* One is forgiven for each such time without another. */
#define GUARD_FORGIVE_MS 30000

/* An address; of IPv6 its first 64 bits, which is what one client has. */
struct guard {
	struct list link;	/* of its bucket, or of the unused */
	struct list idle;	/* no session; the oldest first */
	struct addr ip;
	uint32_t live;		/* sessions now */
	uint32_t fails;		/* wrong passwords, not yet forgiven */
	int64_t failed_ms;	/* the last of them */
	int64_t next_ms;	/* no password is looked at before that */
};

#define GUARD_BUCKETS 256	/* a power of two */
/* Addresses that are remembered: all with sessions, and some without. */
#define GUARD_MAX (2 * LIMIT_FTP_SESSIONS)

struct guards {
	struct list bucket[GUARD_BUCKETS];
	struct list idle;
	uint32_t used;
	uint32_t key;		/* of the hash: not to be known outside */
	struct guard guard[GUARD_MAX];
};

void guard_open(struct guards *g, uint32_t key);
/* A session more; never NULL. */
struct guard *guard_enter(struct guards *g, const struct addr *peer);
void guard_leave(struct guards *g, struct guard *a);
/* When the next password may be looked at; one more has to wait longer. */
int64_t guard_turn(struct guard *a, int64_t now_ms);
void guard_failed(struct guard *a, int64_t now_ms);

#endif
