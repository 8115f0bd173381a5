/* ss_shared.h - what the workers of one server know together, in memory that
 * all of them have: the salts of their clients, accounts, counters. */
#ifndef SS_SHARED_H
#define SS_SHARED_H

#include "base/base.h"

struct ss_replay;
struct ss_seen;

/*
 * A lock over one store. Whoever has it may die: then what the store holds is
 * not to be relied on, and it refuses for SS_SALT_MS, as long as a salt counts,
 * before it begins anew.
 */
struct ss_lock {
	uint32_t owner;
	bool broken;
	int64_t good_ms;	/* monotonic, when it is broken */
};
/* 0; -E_BUSY: not now. *anew: empty the store first. */
int ss_lock_take(struct ss_lock *l, int64_t now_ms, bool *anew);
void ss_lock_give(struct ss_lock *l);

/* Before the workers are forked, n processes in all. 0 or -E_NOMEM. */
int ss_shared_open(unsigned n);
/* NULL where a process is alone. */
struct ss_replay *ss_shared_replay(void);
struct ss_seen *ss_shared_seen(void);
/* The first process saw a worker end. */
void ss_shared_died(int pid, int64_t now_ms);

#endif
