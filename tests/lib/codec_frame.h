/* codec_frame.h - a small codec for tests of channels: octets in frames of
 * length, payload turned over, and a check octet. Errs like a real one. */
#ifndef TESTS_CODEC_FRAME_H
#define TESTS_CODEC_FRAME_H

#include "core/buf.h"
#include "core/codec.h"

#define FRAME_MAX 4000
#define FRAME_EXTRA 3

struct frame_codec {
	struct codec codec;
	struct buf *buf;	/* live octets are output */
	size_t raw_off, raw_len;	/* rx: input not understood yet */
	bool closed;
};

/* Plain octets in, frames out; and back. */
struct codec *frame_tx(struct frame_codec *f);
/* -E_AUTH: wrong check octet. -E_PROTO: too long, or cut. */
struct codec *frame_rx(struct frame_codec *f);
/* One frame by hand: octets written, len + FRAME_EXTRA. */
size_t frame_make(uint8_t *out, const void *mem, size_t len);

#endif
