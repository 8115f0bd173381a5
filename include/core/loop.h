/* loop.h - descriptors, timers and tasks of a process; one loop, no threads. */
#ifndef CORE_LOOP_H
#define CORE_LOOP_H

#include "base/limits.h"
#include "base/list.h"
#include "port/poll.h"

struct loop;
struct watch;

/* got: POLL_IN, POLL_OUT, POLL_ERR. The watch may be closed inside. */
typedef void watch_fn(struct watch *w, unsigned got);

/* Embedded by whoever owns the descriptor; all zeros = closed. */
struct watch {
	struct loop *loop;
	watch_fn *fn;
	int fd;
	uint8_t want;
	uint8_t armed;		/* now with the backend */
};

struct timer;
typedef void timer_fn(struct timer *t);

/* Embedded; all zeros = stopped. */
struct timer {
	struct list link;
	timer_fn *fn;
	int64_t at_ms;
};

/* Runs once, at the end of the turn: closing and freeing. All zeros = idle. */
struct task {
	struct list link;
	void (*fn)(struct task *t);
};

#define TIMER_WHEELS 4
#define TIMER_SLOTS 64

/* Static: all zeros before loop_open, nothing of it is touched there. */
struct loop {
	const struct poll_port *poll;
	int64_t now_ms;		/* monotonic, of this turn */
	int64_t wall_ms;	/* since 1970, of this turn */
	bool stop;
	int exit_code;
	uint32_t watches;	/* open now */
	uint32_t wait_failures;	/* in a row */
	uint64_t turns, events, stale;
	struct list tasks;
	struct list mark;	/* end of the list that is being worked off */
	struct {		/* slot = descriptor; tag = gen << 32 | slot */
		struct watch *watch;
		uint32_t gen;
	} slot[LIMIT_FDS];
	struct {
		int64_t tick;		/* of TIMER_TICK_MS, last expired */
		uint32_t armed;
		uint64_t bits[TIMER_WHEELS];	/* slots that may hold some */
		struct list slot[TIMER_WHEELS][TIMER_SLOTS];
		struct list far;	/* beyond the last wheel */
		struct list due;
	} timers;
};

/* Timers fire at their time or up to this much later, never before. */
#define TIMER_TICK_MS 16

/*
 * loop_open - poll_name "" or NULL takes the first backend that opens.
 * 0, or -E_NOENT (no backend of that name), -E_NOSUP, -E_BUSY.
 */
int loop_open(struct loop *l, const char *poll_name);
/* Runs turns until loop_stop; returns its exit code. */
int loop_run(struct loop *l);
/* One turn: waits at most until until_ms, handles what is there. */
void loop_turn(struct loop *l, int64_t until_ms);
void loop_stop(struct loop *l, int exit_code);
/* Asserts that nothing is watched any more. */
void loop_close(struct loop *l);
/* In a forked child: this loop is its parent's. The child may open another. */
void loop_leave(struct loop *l);
void loop_later(struct loop *l, struct task *t);

/* 0, -E_NOFILE (fd >= LIMIT_FDS), or what the backend says. */
int watch_open(struct loop *l, struct watch *w, int fd, unsigned want,
    watch_fn *fn);
/* Cheap when nothing changes. 0 or what the backend says. */
int watch_want(struct watch *w, unsigned want);
/* The same for who will soon want POLL_IN again: the backend hears that it is
 * not wanted only once it comes. */
int watch_lax(struct watch *w, unsigned want);
/* Events already fetched for it are dropped. The descriptor stays open. */
void watch_close(struct watch *w);
/* The same, and the descriptor is closed as well. Twice is harmless. */
void watch_shut(struct watch *w);
bool watch_is_open(const struct watch *w);
/* `from` is closed, `to` goes on in its place. Cannot fail. */
void watch_move(struct watch *to, struct watch *from);

/* O(1). Setting an armed timer moves it. at_ms in the past = next turn. */
void timer_set(struct loop *l, struct timer *t, int64_t at_ms, timer_fn *fn);
void timer_stop(struct loop *l, struct timer *t);
bool timer_is_set(const struct timer *t);

#endif
