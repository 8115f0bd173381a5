/* ss_reload.h - another configuration for what serves already. */
#ifndef SS_RELOAD_H
#define SS_RELOAD_H

#include "ss_serve.h"

/*
 * ss_reload - serves `next` from now on, and no connection is lost: listeners
 * it has no more are closed, while their sessions go on; what it has anew is
 * opened; where only the keys or users differ, new sessions get those, and
 * what waits to be accepted waits on. Ports of a manager stay. All or nothing:
 * when a listener cannot be had, ss is as it was.
 *
 * 0: next is read from now on, and what was before it is not. -E_FULL,
 * -E_INUSE ... as ss_port_add, with the reason in `why`.
 */
int ss_reload(struct ss *ss, const struct ss_conf *next, char *why,
    size_t why_room);

#endif
