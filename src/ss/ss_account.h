/* ss_account.h - what a port or a user has moved: octets and connections.
 * Knows neither sockets nor sessions. Several processes may have an account
 * (ss_book.h): only these functions change it. */
#ifndef SS_ACCOUNT_H
#define SS_ACCOUNT_H

#include "base/base.h"

/*
 * As the originals count: what clients sent, as it is on the wire, and what
 * their targets answered, as it came from them. Zeros = nothing yet.
 */
struct ss_bucket {
	int64_t rate;		/* octets a second; 0 = no limit */
	int64_t level;		/* thousandths of octets; < 0 = wait */
	int64_t at_ms;		/* when it was filled, monotonic */
};

/* All zeros: none. */
struct ss_limits {
	int64_t rate_up, rate_down;	/* octets a second */
	int64_t quota;			/* octets both ways */
	int64_t expires_s;		/* Unix time */
};

struct ss_account {
	uint64_t up, down;	/* octets */
	uint64_t sessions;	/* TCP connections accepted */
	struct ss_bucket of_up, of_down;
	int64_t quota, expires_s;
	uint64_t told;		/* of up + down, pushed to a manager's client */
};

/* A connection's share of it: where it was when it was last counted. */
struct ss_share {
	uint64_t up, down;
};

/* Of limits at most; a rate above it is none that anyone could reach. */
#define SS_RATE_MAX INT64_C(100000000000)

/* From now on, in place of those before; what was moved stays. */
void ss_account_limit(struct ss_account *a, const struct ss_limits *l,
    int64_t now_ms);
bool ss_account_limited(const struct ss_account *a);
/* The quota is used up, or its time is over. */
bool ss_account_spent(const struct ss_account *a, int64_t wall_ms);
/*
 * Milliseconds until more may be read: 0 = now. What was read above the rate
 * is waited for afterwards, so that over any time it is rate * time and at
 * most a quarter of a second's worth and one read more.
 */
int64_t ss_bucket_wait(struct ss_bucket *b, int64_t now_ms);

struct ss_sums {
	uint64_t up, down, sessions;
};
struct ss_sums ss_account_sums(const struct ss_account *a);
/* What it had moved before, in another life of the process. */
void ss_account_resume(struct ss_account *a, const struct ss_sums *before);
/* One connection more. */
void ss_account_begin(struct ss_account *a);
/* The connection stands at up and down now. */
void ss_account_move(struct ss_account *a, struct ss_share *last, uint64_t up,
    uint64_t down);

/* Who pays for a connection or an association: limits of both hold. */
struct ss_bill {
	struct ss_account *port;
	struct ss_account *user;	/* NULL: the port alone */
};
bool ss_bill_limited(const struct ss_bill *b);
bool ss_bill_spent(const struct ss_bill *b, int64_t wall_ms);
/* As ss_bucket_wait, for the longer of both. */
int64_t ss_bill_wait_up(const struct ss_bill *b, int64_t now_ms);
int64_t ss_bill_wait_down(const struct ss_bill *b, int64_t now_ms);
/* As ss_account_move, on both. */
void ss_bill_move(const struct ss_bill *b, struct ss_share *last, uint64_t up,
    uint64_t down);

/* All accounts that may be shared are, under this lock (port_shared_lock) from
 * now on. */
void ss_accounts_share(uint32_t *lock);
bool ss_accounts_shared(void);

/* Octets both ways. */
uint64_t ss_account_total(const struct ss_account *a);
/* What came since it was last asked. */
uint64_t ss_account_news(struct ss_account *a);

#endif
