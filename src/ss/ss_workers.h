/* ss_workers.h - several processes for the same ports (prefork). */
#ifndef SS_WORKERS_H
#define SS_WORKERS_H

#include "base/limits.h"
#include "core/loop.h"
#include "port/proc.h"

/* All zeros: this process is alone. */
struct ss_workers {
	struct watch parent;	/* a worker's: readable, the first is gone */
	int parent_fd;
	bool is_worker;
	unsigned number;	/* of this process; the first is 0 */
	int pid[LIMIT_WORKERS];	/* of the first process; 0 = ended */
	uint32_t live;
};

/*
 * Forks n - 1 workers, n <= LIMIT_WORKERS; both sides return 0, or the first
 * process -E_NOMEM, -E_NOFILE with none left behind. Before loop and signals
 * are opened.
 */
int ss_workers_fork(struct ss_workers *w, int64_t n);
/* A worker leaves with its parent. 0 or watch_open's errors. */
int ss_workers_watch(struct ss_workers *w, struct loop *l);
void ss_workers_close(struct ss_workers *w);
/* The first process passes a signal on. */
void ss_workers_tell(const struct ss_workers *w, enum port_signal what);
/* A child has ended: maybe one of them. Said in the log. */
void ss_workers_ended(struct ss_workers *w, int pid);
/* The first process waits until all have ended, or so long. Blocks. */
void ss_workers_wait(struct ss_workers *w, int64_t ms);

#endif
