/* ss_codec.c - what the codecs have in common, and which pair a method takes.
 * Knows no cipher. */
#include "ss_codec.h"

struct codec *ss_rx_start(union ss_rx *c, union ss_tx *other,
    const struct ss_key *k)
{
	struct codec *codec;

	if (k->method->kind == SS_NONE)
		return NULL;
	if (k->method->kind == SS_STREAM)
		return ss_stream_rx_start(&c->stream, k);
	codec = ss_aead_rx_start(&c->aead, k);
	c->aead.reply = &other->aead;
	return codec;
}

struct codec *ss_tx_start(union ss_tx *c, union ss_rx *other,
    const struct ss_key *k)
{
	struct codec *codec;

	if (k->method->kind == SS_NONE)
		return NULL;
	if (k->method->kind == SS_STREAM)
		return ss_stream_tx_start(&c->stream, k);
	codec = ss_aead_tx_start(&c->aead, k);
	c->aead.reply = &other->aead;
	return codec;
}

ptrdiff_t ss_out_room(struct buf **b, uint8_t **p, size_t room)
{
	if (*b == NULL)
		*b = buf_get();
	if (*b == NULL)
		return -E_FULL;
	if ((*b)->len > 0)
		return 0;
	*p = (*b)->data + BUF_HEAD;
	return (ptrdiff_t)room;
}

size_t ss_out_data(struct buf *b, uint8_t **p)
{
	if (b == NULL)
		return 0;
	*p = b->data + b->off;
	return b->len;
}

void ss_out_done(struct buf *b, size_t n)
{
	ASSERT(b != NULL ? n <= b->len : n == 0);
	if (b == NULL)
		return;
	b->off += (uint32_t)n;
	b->len -= (uint32_t)n;
}
