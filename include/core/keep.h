/* keep.h - a program that is to run: started, heard, and started again when it
 * ends. Plugins are kept so, and the services of `wherry run`. */
#ifndef CORE_KEEP_H
#define CORE_KEEP_H

#include "core/loop.h"

#define KEEP_LINE 320 /* octets of a line; longer ones are cut in two */
#define KEEP_PAUSE_MS 1000 /* before it is started again, at first */
#define KEEP_PAUSE_MAX_MS 60000
#define KEEP_GROWN_UP_MS 30000 /* who lives so long does not die young */

struct keep;

struct keep_of {
	/* Starts it by port_spawn: what that says, the output in *out. */
	int (*spawn)(struct keep *k, int *out);
	/* A line of its output, without its end; never an empty one. */
	void (*say)(struct keep *k, const char *line, size_t len);
	/* Started (rc: its pid), could not be (rc: -E_*), or has ended (0); in
	 * the latter two, it is started again in pause_ms. */
	void (*news)(struct keep *k, int rc);
};

/* Embedded. */
struct keep {
	struct loop *loop;
	const struct keep_of *of;
	struct watch out;
	struct timer again;
	int64_t began_ms, pause_ms;
	int pid; /* 0 = it does not run */
	int fd; /* of its output, -1 = none */
	bool leaving;
	size_t len;
	char line[KEEP_LINE]; /* not yet said */
};

/* Nothing starts yet. */
void keep_open(struct keep *k, struct loop *l, const struct keep_of *of);
/* What cannot be started is tried again, after a pause that grows. */
void keep_start(struct keep *k);
/* Now, where it waits to be started again; as if it had never died. */
void keep_again(struct keep *k);
/* A child has ended: was it this one? Then it starts again after a pause that
 * grows while it dies young, unless it was asked to end. */
bool keep_ended(struct keep *k, int pid);
/* Asked to end (again: for sure), and not started any more. True while it
 * runs. */
bool keep_end(struct keep *k, bool for_sure);
/* Forgets it; it does not run. */
void keep_close(struct keep *k);

#endif
