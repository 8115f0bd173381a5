/* timer.h - the loop's side of its timers (loop.c, timer.c). */
#ifndef CORE_TIMER_H
#define CORE_TIMER_H

#include "core/loop.h"

/* Before the first timer; l->now_ms is set. */
void timers_open(struct loop *l);
/* When to look again, at the latest: in the past when something is due. */
int64_t timers_next_ms(struct loop *l);
/* Calls what is due at l->now_ms. What is set meanwhile waits a turn. */
void timers_run(struct loop *l);

#endif
