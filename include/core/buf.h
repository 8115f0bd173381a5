/* buf.h - large buffers, borrowed only while octets are in flight. */
#ifndef CORE_BUF_H
#define CORE_BUF_H

#include "base/base.h"
#include "base/limits.h"
#include "core/pool.h"

/* Room for one payload, and before it for the headers that begin a stream (the
 * longest: SIP022 with four identity headers, 123 octets). */
#define BUF_HEAD 128
#define BUF_OCTETS (LIMIT_BUF_PAYLOAD + BUF_HEAD + 64)

/* A whole chunk of SIP022 with its tag, and some of the next. */
#define BUF_BIG_OCTETS (65535 + 16 + 1024)

/* Live octets are data[off .. off + len), len <= size. */
struct buf {
	uint32_t off, len, size;
	uint8_t *data;
};

/* A buffer with off = len = 0 (contents unspecified), or NULL: none is left. */
struct buf *buf_get(void);
/* Back; *b becomes NULL. NULL is fine. */
void buf_put(struct buf **b);
/* For one of the kind that buf_get or buf_grow last refused. */
void buf_wait(struct pool_waiter *w);
uint32_t buf_used(void);
/* As pool_spare, of both pools. */
void buf_spare(void);
/* None is left and somebody waits for one. */
bool buf_starved(void);

/*
 * Big ones, for a chunk that a buffer cannot hold: LIMIT_BIG_BUFS, so borrowed
 * only once such a chunk was announced, by one whose earlier chunks opened.
 * Whoever waits for one may hold a buffer; whoever holds one waits for nobody.
 *
 * buf_grow - *b becomes a big one with len octets from `from` at its start;
 * the other is given back. 0, or -E_FULL: none is left, *b is as it was.
 */
int buf_grow(struct buf **b, const uint8_t *from, size_t len);
uint32_t buf_big_used(void);
bool buf_big_starved(void);

#endif
