/* buf.h - large buffers, borrowed only while octets are in flight. */
#ifndef CORE_BUF_H
#define CORE_BUF_H

#include "base/base.h"
#include "base/limits.h"
#include "core/pool.h"

/* Room for one payload, a salt, a length chunk and two tags around it. */
#define BUF_HEAD 96
#define BUF_OCTETS (LIMIT_BUF_PAYLOAD + BUF_HEAD + 64)

/* Live octets are data[off .. off + len). */
struct buf {
	uint32_t off, len;
	uint8_t data[BUF_OCTETS];
};

/* A buffer with off = len = 0 (contents unspecified), or NULL: none is left. */
struct buf *buf_get(void);
/* Back; *b becomes NULL. NULL is fine. */
void buf_put(struct buf **b);
void buf_wait(struct pool_waiter *w);
uint32_t buf_used(void);
/* None is left and somebody waits for one. */
bool buf_starved(void);

#endif
