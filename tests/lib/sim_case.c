/* sim_case.c - seeds, their replay, and what must be left at the end. */
#include "sim_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/loop.h"
#include "core/pool.h"
#include "port/sim/sim.h"
#include "port/time.h"

#define NTH_MAX 100000
#define LOG_TAIL 2000

static const char *test_name = "t_NAME";
static uint64_t current;

_Noreturn void case_failed(const char *file, int line, const char *what)
{
	const char *log = sim_out_text(2);
	size_t len = strlen(log);

	print_error("%s%s:%d: %s\n%llu faults; again: SIM_SEED=%llu make %s\n",
	    log + (len > LOG_TAIL ? len - LOG_TAIL : 0), file, line, what,
	    (unsigned long long)sim_faults(), (unsigned long long)current,
	    test_name);
	exit(1);
}

static uint64_t number_of(const char *env, uint64_t otherwise)
{
	const char *text = getenv(env);

	return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

void case_seeds(const char *name, unsigned count, void (*run)(uint64_t seed))
{
	uint64_t only = number_of("SIM_SEED", 0);
	uint64_t last = only != 0 ? only : number_of("SIM_SEEDS", count);

	test_name = name;
	for (current = only != 0 ? only : 1; current <= last; current++)
		run(current);
}

void case_nth(const char *name, bool (*run)(uint64_t n))
{
	uint64_t only = number_of("SIM_SEED", 0);
	uint64_t step = number_of("SIM_NTH_STEP", 1);
	unsigned long long runs = 1;

	test_name = name;
	current = only != 0 ? only : number_of("SIM_NTH", 1);
	for (; run(current) && only == 0; runs++) {
		current += step;
		check(current < NTH_MAX);
	}
	print_message("%s: %llu runs\n", name, runs);
}

bool case_turn(struct loop *l, int64_t max_ms, bool (*done)(void *ctx),
    void *ctx)
{
	int64_t until = port_now_ms() + max_ms;

	while (!done(ctx)) {
		if (port_now_ms() >= until)
			return false;
		loop_turn(l, until);
	}
	return true;
}

void case_pool_limit(const char *name, uint32_t limit)
{
	for (struct pool *p = pool_first(); p != NULL; p = p->next)
		if (strcmp(p->name, name) == 0)
			p->limit = limit;
}

void case_clean(struct loop *l)
{
	for (struct pool *p = pool_first(); p != NULL; p = p->next) {
		if (p->used != 0)
			print_error("pool %s: %u left\n", p->name, p->used);
		check(p->used == 0);
	}
	check(sim_open_fds() == 0);
	check(sim_open_fds_outside() == 0);
	check(l->watches == 0);
	for (size_t i = 0; i < TIMER_WHEELS * TIMER_SLOTS; i++)
		check(list_empty(&l->timers.slot[i / TIMER_SLOTS]
		    [i % TIMER_SLOTS]));
	check(list_empty(&l->timers.far));
}
