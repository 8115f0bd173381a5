/* ss_replay.h - the salts of the last minute, exactly: a request that was
 * recorded and sent again is known by its salt. */
#ifndef SS_REPLAY_H
#define SS_REPLAY_H

#include "base/base.h"
#include "base/limits.h"
#include "ss_method.h"

/* A request is good for 30 s before its time and 30 s after it. */
#define SS_SALT_MS 60000

struct ss_lock;

/* All zeros = empty. Salts of one length each store. */
struct ss_replay {
	struct ss_lock *lock;	/* several processes have it; NULL = one */
	uint8_t secret[32];	/* nobody can choose where a salt goes */
	uint32_t first, n;	/* of seen, a ring in order of time */
	struct {
		int64_t until_ms;
		uint32_t home;
		uint8_t salt[SS_SALT_MAX];
	} seen[LIMIT_SALTS];
	uint32_t slot[2 * LIMIT_SALTS];	/* place in seen + 1; 0 = free */
};

/* Zeros become a store. */
void ss_replay_start(struct ss_replay *r);

/*
 * ss_replay_add - remembers the salt of an authenticated request.
 *
 *   now_ms  monotonic
 *
 * Returns 0, -E_DENY (it is there already), or -E_BUSY (LIMIT_SALTS within a
 * minute, or another process has the store: one that cannot be remembered must
 * not be served).
 * One BLAKE3 compression and a probe or two. Source: SIP022 3.1.5.
 */
int ss_replay_add(struct ss_replay *r, const uint8_t *salt, size_t len,
    int64_t now_ms);

#endif
