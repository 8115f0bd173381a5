/* ss_account.h - what a port or a user has moved: octets and connections.
 * Knows neither sockets nor sessions. */
#ifndef SS_ACCOUNT_H
#define SS_ACCOUNT_H

#include "base/base.h"

/*
 * As the originals count: what clients sent, as it is on the wire, and what
 * their targets answered, as it came from them. Zeros = nothing yet.
 */
struct ss_account {
	uint64_t up, down;	/* octets */
	uint64_t sessions;	/* TCP connections accepted */
	uint64_t told;		/* of up + down, pushed to a manager's client */
};

/* A connection's share of it: where it was when it was last counted. */
struct ss_share {
	uint64_t up, down;
};

/* The connection stands at up and down now. */
void ss_account_move(struct ss_account *a, struct ss_share *last, uint64_t up,
    uint64_t down);
/* Octets both ways. */
uint64_t ss_account_total(const struct ss_account *a);
/* What came since it was last asked. */
uint64_t ss_account_news(struct ss_account *a);

#endif
