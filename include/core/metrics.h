/* metrics.h - named counters, dumped as text on SIGUSR1. */
#ifndef CORE_METRICS_H
#define CORE_METRICS_H

#include "base/base.h"

/* File scope, static: METRIC(ss_accepted, "connections accepted"); */
struct metric {
	const char *name, *help;
	uint64_t value;
	struct metric *next;
	bool listed;
};
#define METRIC(id, text) \
	static struct metric id = { .name = #id, .help = (text) }

void metric_add(struct metric *m, uint64_t n);
/* Of those used so far, for metrics_shared.c. */
struct metric *metric_first(void);

/*
 * metrics_text - "name value\n" for each counter used so far, then for each
 * pool "pool_NAME_used", "_peak", "_refused". Whole entries only, with a
 * terminator; room >= METRICS_ROOM, names of at most 32 octets.
 * Octets written; *from is the place to go on (0 at first, -1 when done).
 */
#define METRICS_ROOM 384
size_t metrics_text(char *out, size_t room, int *from);
/* The same as Prometheus reads it: each name with HELP and TYPE before it,
 * "wherry_NAME_total" and "wherry_pool_used{pool="NAME"}". */
size_t metrics_exposition(char *out, size_t room, int *from);
/* All of it through log_info. */
void metrics_log(void);

/*
 * Several processes that count together. The texts of each then have the sums
 * of all, as they were at the end of each one's last turn.
 *
 * metrics_share - before they are forked; n <= LIMIT_WORKERS. 0 or -E_NOMEM.
 * metrics_join - this process is the i-th, from 0; what it had counted before
 *	it was forked is the first's.
 * metrics_publish - the loop calls it at the end of each turn.
 * metrics_left - the i-th has ended: what it counted stays, its pools are gone.
 */
int metrics_share(unsigned n);
void metrics_join(unsigned i);
void metrics_publish(void);
void metrics_left(unsigned i);

#endif
