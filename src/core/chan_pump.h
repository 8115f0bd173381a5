/* chan_pump.h - what moves the octets of a channel (chan.c, chan_pump.c). */
#ifndef CORE_CHAN_PUMP_H
#define CORE_CHAN_PUMP_H

#include "core/chan.h"

/* Flags of enum chan_flag. */

static inline bool has(const struct chan *c, unsigned flags)
{
	return (c->flags & flags) != 0;
}

static inline void set(struct chan *c, unsigned flags)
{
	c->flags = (uint16_t)(c->flags | flags);
}

static inline void clear(struct chan *c, unsigned flags)
{
	c->flags = (uint16_t)(c->flags & ~flags);
}

/* Of the watch, the timer and the waiter of a channel. */
void pump_event(struct watch *w, unsigned got);
void pump_timer(struct timer *t);
void pump_woken(struct pool_waiter *w);

/* After a change of flags: asks the poll backend for what is of use now. */
void pump_settle(struct chan *c);
/* After a change of idle_ms. */
void pump_arm(struct chan *c);
void pump_wait_buf(struct chan *c);
/* The other side, if any, goes quiet. */
void pump_unjoin(struct chan *c);

#endif
