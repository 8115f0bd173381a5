/* ss_shared.c - what all workers have, and locks that survive a death.
 * Knows no salt. */
#include "ss_shared.h"

#include "core/log.h"
#include "core/metrics.h"
#include "port/child.h"
#include "ss_book.h"
#include "ss_replay.h"
#include "ss_seen.h"

struct shared {
	struct ss_lock of_replay, of_seen;
	struct ss_replay replay;
	struct ss_seen seen;
};
static struct shared *shared;

int ss_lock_take(struct ss_lock *l, int64_t now_ms, bool *anew)
{
	if (!port_shared_lock(&l->owner))
		return -E_BUSY;
	*anew = l->broken;
	if (l->broken && now_ms < l->good_ms) {
		port_shared_unlock(&l->owner);
		return -E_BUSY;
	}
	l->broken = false;
	return 0;
}

void ss_lock_give(struct ss_lock *l)
{
	port_shared_unlock(&l->owner);
}

int ss_shared_open(unsigned n)
{
	if (shared != NULL)
		return 0;
	shared = port_shared_map(sizeof(*shared));
	if (shared == NULL)
		return -E_NOMEM;
	ss_replay_start(&shared->replay);
	shared->replay.lock = &shared->of_replay;
	ss_seen_start(&shared->seen);
	ss_seen_share(&shared->seen, &shared->of_seen);
	return metrics_share(n) != 0 || ss_book_share() != 0 ? -E_NOMEM : 0;
}

struct ss_replay *ss_shared_replay(void)
{
	return shared != NULL ? &shared->replay : NULL;
}

struct ss_seen *ss_shared_seen(void)
{
	return shared != NULL ? &shared->seen : NULL;
}

/* Nobody else can have it while it is the dead one's. */
static bool freed(struct ss_lock *l, int pid)
{
	if (!port_shared_has(&l->owner, pid))
		return false;
	port_shared_unlock(&l->owner);
	return true;
}

/* A filter that was half written knows too much, never too little. */
void ss_shared_died(int pid, int64_t now_ms)
{
	struct ss_lock *l;

	if (shared == NULL)
		return;
	(void)freed(&shared->of_seen, pid);
	ss_book_died(pid);
	l = &shared->of_replay;
	if (!port_shared_has(&l->owner, pid))
		return;
	l->broken = true;
	l->good_ms = now_ms + SS_SALT_MS;
	(void)freed(l, pid);
	log_warn("worker %d died with the salts: handshakes are refused for "
	    "%d s", pid, SS_SALT_MS / 1000);
}
