/* ss_ghost.h - sessions that were given up while packets of theirs might still
 * be replayed: how far each had come. */
#ifndef SS_GHOST_H
#define SS_GHOST_H

#include "base/base.h"
#include "base/limits.h"
#include "ss_packet.h"

/* A packet is good for 30 s before its time and 30 s after it. */
#define SS_GHOST_MS 60000

/* Where it goes on, should it come back. */
struct ss_ghost {
	uint64_t next;		/* of its window */
	uint64_t tx_next;	/* of ours, which the client knows by its id: */
	uint8_t tx_session[SS_SESSION_ID];	/* of others it takes few */
};

/* All zeros = empty. */
struct ss_ghosts {
	uint64_t mix[2];	/* nobody can choose where a session goes */
	uint32_t first, n;	/* of ring, in order of time */
	struct {
		int64_t until_ms;
		struct ss_ghost ghost;
		uint8_t session[SS_SESSION_ID];
		uint32_t older;	/* in its row: place in ring + 1; 0 = none */
	} ring[LIMIT_GHOSTS];
	uint32_t row[LIMIT_GHOSTS];	/* the newest: place in ring + 1 */
};

/* Zeros become a store. */
void ss_ghosts_start(struct ss_ghosts *g);

/* From now on it is known for a minute. 0, or -E_BUSY: LIMIT_GHOSTS within a
 * minute; a session that cannot be remembered must not be forgotten. */
int ss_ghost_add(struct ss_ghosts *g, const uint8_t session[SS_SESSION_ID],
    const struct ss_ghost *ghost, int64_t now_ms);
/* NULL = it is not known. */
const struct ss_ghost *ss_ghost_find(struct ss_ghosts *g,
    const uint8_t session[SS_SESSION_ID], int64_t now_ms);

#endif
