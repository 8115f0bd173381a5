/* ss_window.h - which of the latest packets of a session have come: each once,
 * in whatever order. */
#ifndef SS_WINDOW_H
#define SS_WINDOW_H

#include "base/base.h"

/* How far behind the newest a packet may come. A power of two. */
#define SS_WINDOW 2048

/* Zeros = none has come. */
struct ss_window {
	uint64_t next;		/* above the highest that has come */
	uint32_t bits[SS_WINDOW / 32];	/* a ring, by number */
};

/* May it be new? Looked at before a packet is opened. */
bool ss_window_may(const struct ss_window *w, uint64_t id);
/* It has come: only after all of it was found good. */
void ss_window_set(struct ss_window *w, uint64_t id);
/* Goes on where one with this `next` was lost: all below has come. */
void ss_window_resume(struct ss_window *w, uint64_t next);

#endif
