/* ss_exposition.h - all counters, pools, ports and users as text that people
 * and Prometheus read (its text format 0.0.4). Knows no socket. */
#ifndef SS_EXPOSITION_H
#define SS_EXPOSITION_H

#include "ss_serve.h"

/* Where it is. Zeros = at the beginning. */
struct ss_exposition {
	uint8_t stage;
	int from;		/* counters and pools */
	uint32_t family, at;	/* ports and users */
};

#define SS_EXPOSITION_ROOM 1024

/*
 * ss_exposition_next - the next piece of whole lines; room is at least
 * SS_EXPOSITION_ROOM. Octets, 0 = that was all. No passwords, no addresses.
 * Cost: all ports and users once over.
 */
size_t ss_exposition_next(struct ss_exposition *e, struct ss *ss, char *out,
    size_t room);

#endif
