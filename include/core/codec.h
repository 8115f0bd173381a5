/* codec.h - octets to octets, one direction. No I/O, no clock, no log. */
#ifndef CORE_CODEC_H
#define CORE_CODEC_H

#include "base/base.h"

struct codec;

/*
 * The engine a channel pumps, after BearSSL's four calls:
 *
 *	n = in_room(c, &p)	where input may be put: n > 0 octets at p
 *	... the channel reads k <= n octets to p ...
 *	in_done(c, k)		they are there; transform what is complete
 *	m = out_data(c, &q)	output that is ready: m octets at q, 0 = none
 *	... the channel writes j <= m of them ...
 *	out_done(c, j)		they are gone
 *
 * A codec holds a borrowed buffer (core/buf.h) only between the first octet in
 * and the last octet out; with nothing in flight it holds none. One that keeps
 * the beginning of a chunk in its buffer offers room to the end of that chunk
 * only while buf_starved(), so that a busy stream gives the buffer on.
 */
struct codec_ops {
	/*
	 * Octets of room (> 0); 0 = output must leave first; -E_FULL = no
	 * buffer is left: wait for one (buf_wait) and ask again.
	 * Asking without a following in_done is allowed; in_done(c, 0) gives an
	 * unused buffer back.
	 */
	ptrdiff_t (*in_room)(struct codec *c, uint8_t **p);
	/* 0, or for good: -E_AUTH (forged), -E_PROTO (malformed), -E_DENY
	 * (seen before), -E_RANGE (too old, or of the future), -E_BUSY (it
	 * cannot be told whether it was seen before). */
	int (*in_done)(struct codec *c, size_t n);
	/* Input has ended. 0 = cleanly, -E_PROTO = inside of something. */
	int (*in_end)(struct codec *c);
	size_t (*out_data)(struct codec *c, uint8_t **p);
	void (*out_done)(struct codec *c, size_t n);
	/* Gives everything back and wipes keys. */
	void (*close)(struct codec *c);
};

/* First member of every codec's struct. */
struct codec {
	const struct codec_ops *ops;
};

#endif
