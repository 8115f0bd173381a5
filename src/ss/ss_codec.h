/* ss_codec.h - the two directions of an encrypted connection, as codecs.
 * An idle one holds its key and a few octets, and no buffer. */
#ifndef SS_CODEC_H
#define SS_CODEC_H

#include "core/buf.h"
#include "core/codec.h"
#include "ss_method.h"

/* A chunk carries 1..0x3fff octets (SIP004). */
#define SS_CHUNK_MAX 0x3fff

/*
 * Input that cannot be opened yet waits in the codec itself while it is this
 * short, so that a peer that sends a salt octet by octet holds no buffer.
 */
#define SS_STASH 34

struct ss_aead_rx;
struct ss_aead_tx;

/*
 * What stands before the chunks: the salt (SIP004), or salt and headers
 * (SIP022), which say what the first chunk is.
 */
struct ss_opening {
	uint16_t chunk_max;	/* octets of payload a peer may send in one */
	uint16_t first_max;	/* of payload we send with it */
	/* Octets that the first read must bring; 0 = as they come. */
	size_t (*at_once)(const struct ss_aead_rx *r);
	/* Octets of the next piece, and what is done with it at mem, until
	 * stage is RX_LENGTH or RX_PAYLOAD. 0, or in_done's errors. */
	size_t (*needs)(const struct ss_aead_rx *r);
	int (*open)(struct ss_aead_rx *r, uint8_t *mem);
	/* n octets of payload stand at BUF_HEAD: seals them and what goes
	 * before, sets off and len of the buffer. */
	void (*send)(struct ss_aead_tx *t, size_t n);
};

enum ss_rx_stage { RX_SALT, RX_LENGTH, RX_PAYLOAD, RX_IDENTITY, RX_HEADER,
	RX_FIRST };

/* From the peer: opening | { sealed length | sealed payload }. */
struct ss_aead_rx {
	struct codec codec;
	const struct ss_key *ss;	/* the port's, then its user's */
	const struct ss_opening *opening;
	struct ss_aead_tx *reply;	/* the other direction (SIP022) */
	struct buf *buf;	/* plaintext at off/len, then ciphertext: */
	uint32_t raw_off, raw_len;
	uint16_t chunk_len;	/* of the opened length chunk */
	uint8_t stage, stash_len;	/* enum ss_rx_stage */
	struct aead_key key;
	uint8_t stash[SS_STASH];
};

struct ss_aead_tx {
	struct codec codec;
	const struct ss_key *ss;
	struct buf *buf;	/* ciphertext at off/len */
	struct ss_aead_rx *reply;
	struct aead_key key;
	bool started;		/* the opening is in the stream */
};

/* IV | ciphertext. */
struct ss_stream_rx {
	struct codec codec;
	const struct ss_key *ss;
	struct buf *buf;
	struct stream_state state;
	struct ss_ota *ota;	/* a server's that asks for it, or NULL */
	uint8_t iv_len;		/* octets of it so far, in iv */
	uint8_t iv[16];
};

struct ss_stream_tx {
	struct codec codec;
	const struct ss_key *ss;
	struct buf *buf;
	struct stream_state state;
	struct ss_ota *ota;	/* a client's that has it, or NULL */
	bool started;
};

union ss_rx {
	struct ss_aead_rx aead;
	struct ss_stream_rx stream;
};

union ss_tx {
	struct ss_aead_tx aead;
	struct ss_stream_tx stream;
};

/* k outlives them. What comes in is checked; -E_AUTH and -E_PROTO are final. */
struct codec *ss_aead_rx_start(struct ss_aead_rx *c, const struct ss_key *k);
struct codec *ss_aead_tx_start(struct ss_aead_tx *c, const struct ss_key *k);
struct codec *ss_stream_rx_start(struct ss_stream_rx *c,
    const struct ss_key *k);
struct codec *ss_stream_tx_start(struct ss_stream_tx *c,
    const struct ss_key *k);

/* The pair that the method wants; each is told of the other. NULL: it has none
 * ("none"). */
struct codec *ss_rx_start(union ss_rx *c, union ss_tx *other,
    const struct ss_key *k);
struct codec *ss_tx_start(union ss_tx *c, union ss_rx *other,
    const struct ss_key *k);

/* ---- for the openings ---- */

/* Plaintext at mem, in the codec's buffer, joins what leaves it. */
void ss_aead_deliver(struct ss_aead_rx *r, const uint8_t *mem, size_t len);

/* ---- what the four have in common: output that leaves one buffer ---- */

/* As in_room: a buffer is borrowed, the payload's place is after BUF_HEAD. */
ptrdiff_t ss_out_room(struct buf **b, uint8_t **p, size_t room);
size_t ss_out_data(struct buf *b, uint8_t **p);
/* n octets have left; the rest stays. */
void ss_out_done(struct buf *b, size_t n);

#endif
