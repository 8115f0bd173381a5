/* names_tx.h - one answer of a name server on its way to a client by TCP, as a
 * codec: its beginning is held until somebody has looked at it. */
#ifndef NAMES_TX_H
#define NAMES_TX_H

#include "core/buf.h"
#include "core/codec.h"

/* What is looked at; a longer one is passed on behind it. */
#define NAMES_LOOK 4096

struct names_tx {
	struct codec codec;
	struct buf *buf;	/* octets that have not left */
	uint32_t left;		/* octets of it that are still to come */
	bool sized;		/* its length is known */
	bool passed;		/* what is there may leave */
};

/* Takes no octet more than the answer has. */
struct codec *names_tx_start(struct names_tx *t);
/* All of it that is looked at is there: the message and its octets so far. */
bool names_tx_held(const struct names_tx *t, const uint8_t **m, size_t *len);
/* It may leave: chan_flush. */
void names_tx_pass(struct names_tx *t);
/* Nothing is to come and nothing to leave. */
bool names_tx_over(const struct names_tx *t);

#endif
