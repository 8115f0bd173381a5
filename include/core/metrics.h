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

#endif
