/*
 * chan_half.h - one direction of a channel: its codec, or where it has none a
 * buffer of its own, behind the four calls of core/codec.h. Counts the borrowed
 * buffers of the channel. Knows no descriptor.
 */
#ifndef CORE_CHAN_HALF_H
#define CORE_CHAN_HALF_H

#include "core/chan.h"

struct half {
	struct chan *chan;
	struct codec *codec;	/* NULL = plain: */
	struct buf **buf;
};

struct half half_rx(struct chan *c);
struct half half_tx(struct chan *c);

/* Each as in codec_ops, plain or not. */
ptrdiff_t half_room(struct half h, uint8_t **p);
int half_done(struct half h, size_t n);
int half_end(struct half h);
size_t half_data(struct half h, uint8_t **p);
void half_took(struct half h, size_t n);
/* Gives all back; the codec is the channel's no more. */
void half_close(struct half h);
/* Octets moved from one to the other; 0, -E_FULL: no buffer is left. */
int half_move(struct half from, struct half to);

#endif
