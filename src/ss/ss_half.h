/* ss_half.h - connections that have not yet shown who they are, and those that
 * never will: how many in all, how many from where, which is the oldest. */
#ifndef SS_HALF_H
#define SS_HALF_H

#include "base/addr.h"
#include "base/limits.h"
#include "base/list.h"

#define SS_HALF_ROWS 1024

/* Of a struct ss. Sources that share a row by chance share its count; nobody
 * can choose his row. */
struct ss_halves {
	struct list all; /* the oldest first */
	uint32_t n;
	uint64_t mix[2];
	uint16_t count[SS_HALF_ROWS];
};

/* In a session, while it is one of them. */
struct ss_half {
	struct list link;
	uint16_t row;
};

void ss_halves_start(struct ss_halves *h);

/* The row of an IPv4 address, or of an IPv6 network of 64 bits. */
uint16_t ss_half_row(const struct ss_halves *h, const struct addr *peer);

/*
 * ss_half_over - before one more of that row: who is to go first, the oldest of
 * it when it has `per_source`, or of all when there are `total` (0 = any
 * number); NULL = there is room. In the first case it searches all.
 */
struct ss_half *ss_half_over(const struct ss_halves *h, uint16_t row,
    uint32_t total, uint32_t per_source);
void ss_half_add(struct ss_halves *h, struct ss_half *x, uint16_t row);
/* It is one of them. */
void ss_half_leave(struct ss_halves *h, struct ss_half *x);

#endif
