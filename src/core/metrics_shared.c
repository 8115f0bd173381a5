/* metrics_shared.c - the counters of several processes: each writes its own
 * part of one mapping, one of them reads all. They are forks of one program:
 * an address is the same counter in each. */
#include "metrics_shared.h"

#include "base/limits.h"
#include "core/metrics.h"
#include "core/pool.h"
#include "port/child.h"

#define COUNTERS 96
#define POOLS 64
#define TRIES 1000		/* whoever writes may have died while he did */

struct part {
	uint32_t turn;		/* odd: it is being written */
	uint32_t metrics_n, pools_n;
	bool left;
	struct {
		struct metric *of;
		uint64_t value;
	} metric[COUNTERS];
	struct {
		struct pool *of;
		uint32_t used, peak;
		uint64_t refused;
	} pool[POOLS];
};

static struct part *parts;	/* NULL: this process is alone */
static unsigned parts_n, mine;

int metrics_share(unsigned n)
{
	ASSERT(parts == NULL && n <= LIMIT_WORKERS);
	parts = port_shared_map(n * sizeof(*parts));
	if (parts == NULL)
		return -E_NOMEM;
	parts_n = n;
	mine = 0;
	return 0;
}

void metrics_join(unsigned i)
{
	ASSERT(i < parts_n);
	mine = i;
	for (struct metric *m = metric_first(); m != NULL; m = m->next)
		m->value = 0;
}

void metrics_left(unsigned i)
{
	ASSERT(i < parts_n);
	parts[i].left = true;
}

void metrics_publish(void)
{
	struct part *p;
	uint32_t n = 0;

	if (parts == NULL)
		return;
	p = &parts[mine];
	__atomic_fetch_add(&p->turn, 1, __ATOMIC_ACQ_REL);
	for (struct metric *m = metric_first(); m != NULL && n < COUNTERS;
	    m = m->next) {
		p->metric[n].of = m;
		p->metric[n++].value = m->value;
	}
	p->metrics_n = n;
	n = 0;
	for (struct pool *q = pool_first(); q != NULL && n < POOLS;
	    q = q->next) {
		p->pool[n].of = q;
		p->pool[n].used = q->used;
		p->pool[n].peak = q->peak;
		p->pool[n++].refused = q->refused;
	}
	p->pools_n = n;
	__atomic_fetch_add(&p->turn, 1, __ATOMIC_RELEASE);
}

/* ---- the others' ---- */

static const struct part *other(unsigned i)
{
	return parts == NULL || i == mine ? NULL : &parts[i];
}

void metrics_others_list(void)
{
	for (unsigned i = 0; i < parts_n; i++) {
		const struct part *p = other(i);

		for (uint32_t k = 0; p != NULL && k < p->metrics_n; k++)
			metric_add(p->metric[k].of, 0);
		for (uint32_t k = 0; p != NULL && k < p->pools_n; k++)
			pool_list(p->pool[k].of);
	}
}

/* What one of them has of a counter (in `used` alone) or of a pool. */
typedef struct pool_sums part_fn(const struct part *p, const void *of);

static struct pool_sums of_metric(const struct part *p, const void *of)
{
	struct pool_sums s = { 0 };

	for (uint32_t k = 0; k < p->metrics_n; k++)
		if (p->metric[k].of == of)
			s.used = p->metric[k].value;
	return s;
}

static struct pool_sums of_pool(const struct part *p, const void *of)
{
	const struct pool *q = of;
	struct pool_sums s = { 0 };

	for (uint32_t k = 0; k < p->pools_n; k++) {
		if (p->pool[k].of != q)
			continue;
		s.refused = p->pool[k].refused;
		if (!p->left) {
			s.size = q->count;
			s.used = p->pool[k].used;
			s.peak = p->pool[k].peak;
		}
	}
	return s;
}

/* Nobody wrote there since it was `turn`. */
static bool is_still(const struct part *p, uint32_t turn)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return (turn & 1) == 0 &&
	    __atomic_load_n(&p->turn, __ATOMIC_RELAXED) == turn;
}

static struct pool_sums read_part(const struct part *p, part_fn *fn,
    const void *of)
{
	struct pool_sums s;
	uint32_t turn;
	int tries = TRIES;

	do {
		turn = __atomic_load_n(&p->turn, __ATOMIC_ACQUIRE);
		s = fn(p, of);
	} while (!is_still(p, turn) && --tries > 0);
	return s;
}

static struct pool_sums read_others(part_fn *fn, const void *of)
{
	struct pool_sums sum = { 0 }, s;

	for (unsigned i = 0; i < parts_n; i++) {
		if (other(i) == NULL)
			continue;
		s = read_part(other(i), fn, of);
		sum.size += s.size;
		sum.used += s.used;
		sum.peak += s.peak;
		sum.refused += s.refused;
	}
	return sum;
}

uint64_t metrics_others(const struct metric *m)
{
	return read_others(of_metric, m).used;
}

struct pool_sums metrics_others_pool(const struct pool *q)
{
	return read_others(of_pool, q);
}
