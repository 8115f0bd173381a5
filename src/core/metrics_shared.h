/* metrics_shared.h - what other processes of ours counted; for metrics.c. */
#ifndef CORE_METRICS_SHARED_H
#define CORE_METRICS_SHARED_H

#include "base/base.h"

struct metric;
struct pool;

/* Cost of each: a look at what all of them counted. */

/* Counters and pools that others alone have used are listed here as well. */
void metrics_others_list(void);
/* Zeros where a process is alone. */
uint64_t metrics_others(const struct metric *m);
struct pool_sums {
	uint64_t size, used, peak, refused;
} metrics_others_pool(const struct pool *p);

#endif
