/* sim_case.h - runs a scenario for one seed after the other, and says how to
 * see a failed one again. Tests of tests/sim only. */
#ifndef TEST_SIM_CASE_H
#define TEST_SIM_CASE_H

#include "base/base.h"

struct loop;

/* In a scenario, instead of assert_*: says the line, the seed, the log. */
#define check(cond) \
	((cond) ? (void)0 : case_failed(__FILE__, __LINE__, #cond))
_Noreturn void case_failed(const char *file, int line, const char *what);

/*
 * run(seed) for seeds 1..count; count from SIM_SEEDS, else `count`. With
 * SIM_SEED=n only that one. name: the test's, for the message.
 */
void case_seeds(const char *name, unsigned count, void (*run)(uint64_t seed));

/*
 * run(n) makes the nth call fail and says whether it came to that: n = 1, 2...
 * until one run passed with none failing. With SIM_SEED=n only that one; with
 * SIM_NTH=m only m, m + SIM_NTH_STEP, m + 2 SIM_NTH_STEP...
 */
void case_nth(const char *name, bool (*run)(uint64_t n));

/* Turns until done(ctx) or that much virtual time is over. */
bool case_turn(struct loop *l, int64_t max_ms, bool (*done)(void *ctx),
    void *ctx);

/* No more than so many objects of a pool; 0 = as many as it has. */
void case_pool_limit(const char *name, uint32_t limit);

/* No pool object in use, no descriptor inside, nothing watched. */
void case_clean(struct loop *l);

#endif
