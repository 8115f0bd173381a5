/* ss_packet.h - one datagram of Shadowsocks, opened and sealed where it lies.
 * Plaintext is an address header and a payload: the body. */
#ifndef SS_PACKET_H
#define SS_PACKET_H

#include "ss_2022.h"
#include "ss_addr.h"

#define SS_PADDING_MAX 900
#define SS_SESSION_ID 8

/* Octets that sealing may need before a body, and after it. The most: SIP022
 * with four identity headers, or its answer. */
#define SS_PACKET_BEFORE (16 + 16 * SS_IPSK_MAX + 1 + 8 + 8 + 2 + \
    SS_PADDING_MAX)
#define SS_PACKET_AFTER AEAD_TAG

struct ss_packet {
	struct ss_addr addr;	/* the target; in answers, who answered */
	uint8_t *body;		/* the address header... */
	size_t head_len;	/* so long... */
	uint8_t *payload;	/* and what follows it */
	size_t len;
};

/* A body. 0, -E_PROTO (unknown type or cut short), -E_INVAL (no name). */
int ss_packet_parse(struct ss_packet *out, uint8_t *body, size_t len);

/*
 * Random octets for the packets of a batch, drawn at once: one call of the
 * system, not one for each. Zeros = none. Nothing may be left when a process
 * forks, as both would use it: ss_random_expect(s, 0) at the end of a batch.
 */
struct ss_random {
	size_t more;		/* packets that are to come */
	size_t left;		/* octets, the last of mem */
	uint8_t mem[LIMIT_UDP_BATCH * SS_SALT_MAX];
};
void ss_random_expect(struct ss_random *s, size_t packets);
/* len <= SS_SALT_MAX. NULL: from the system. */
void ss_random_take(struct ss_random *s, uint8_t *out, size_t len);

/* ---- SIP004, stream methods, none: every packet by itself ---- */

/*
 * ss_packet_open - decrypts and checks one datagram in place.
 *
 * 0, -E_AUTH (wiped), or ss_packet_parse's; a stream method has nothing to
 * tell noise by but the address header. *out points into mem.
 * One key derivation and one AEAD. Source: SIP004 "UDP".
 */
int ss_packet_open(struct ss_packet *out, const struct ss_key *k, uint8_t *mem,
    size_t len);
/*
 * *body gets the start of the datagram (SS_PACKET_BEFORE is enough room).
 * Octets of it. A fresh salt each time, with a server's mark (ss_seen.h).
 */
size_t ss_packet_seal(const struct ss_key *k, struct ss_random *random,
    uint8_t **body, size_t len);

/* ---- SIP022: sessions with a key each ---- */

enum ss_packet_type { SS_PACKET_UP = 0, SS_PACKET_DOWN = 1 };

/* Who sent it and the how manieth it is, before the body is looked at. */
struct ss_packet_id {
	uint8_t session[SS_SESSION_ID];
	uint64_t number;
	uint8_t head[16];	/* both, as they are on the wire */
	uint8_t *sealed;	/* AES: what is still encrypted... */
	size_t len;		/* ...with its tag. ChaCha20: plain, no tag */
};

/*
 * ss_packet_id - AES: the separate header; ChaCha20 has none, there the whole
 * packet is opened.
 *
 * 0, -E_PROTO (too short), or -E_AUTH (ChaCha20). Nothing of it is proved with
 * AES: session and number may be noise.
 */
int ss_packet_id(struct ss_packet_id *out, const struct ss_key *k,
    uint8_t *mem, size_t len);
/* AES, a port of many users: takes off the identity header, the first octets
 * of BLAKE3 of the user's key. 0 or -E_PROTO. */
int ss_packet_identity(struct ss_packet_id *id, const struct ss_key *k,
    uint8_t hash[16]);
/* Of a session's body, once for all its packets; ChaCha20 needs none. */
void ss_packet_key(uint8_t out[KEY_MAX], const struct ss_method *m,
    const uint8_t *psk, const uint8_t session[SS_SESSION_ID]);
/*
 * ss_packet_body - the rest.
 *
 *   key    of ss_packet_key
 *   mine   SS_PACKET_DOWN: the session that the answer must name
 *   now_s  wall clock
 *
 * 0, -E_AUTH, -E_PROTO (type, session, lengths, address), -E_RANGE (more than
 * 30 s from now), -E_INVAL (no name). Source: SIP022 3.2.3.
 */
int ss_packet_body(struct ss_packet *out, const struct ss_method *m,
    const uint8_t key[KEY_MAX], const struct ss_packet_id *id,
    enum ss_packet_type type, const uint8_t *mine, int64_t now_s);

/* A session of ours. */
struct ss_packet_tx {
	uint8_t session[SS_SESSION_ID];
	uint64_t next;		/* number of the next packet */
	uint8_t key[KEY_MAX];	/* of the bodies */
};
void ss_packet_tx_start(struct ss_packet_tx *tx, const struct ss_method *m,
    const uint8_t *psk);
/* One that was there before goes on. */
void ss_packet_tx_resume(struct ss_packet_tx *tx, const struct ss_method *m,
    const uint8_t *psk, const uint8_t session[SS_SESSION_ID], uint64_t next);
/* Forgets the keys, their schedules too. */
void ss_packet_key_wipe(const struct ss_method *m, uint8_t key[KEY_MAX]);

/*
 * As ss_packet_seal, with padding before the address.
 *
 *   psk      whose the session is: the user's or the port's
 *   theirs   the client's session, in answers; NULL: a request, with the
 *            identity headers of k->shared
 *   padding  0..SS_PADDING_MAX
 */
size_t ss_packet_seal_2022(const struct ss_key *k, struct ss_random *random,
    const uint8_t *psk, struct ss_packet_tx *tx, const uint8_t *theirs,
    int64_t now_s, size_t padding, uint8_t **body, size_t len);

/* Octets of padding for a body of len to or from this port, so that it grows
 * no longer than max: names that are asked for cannot be told by length. */
size_t ss_packet_padding(uint16_t port, size_t len, size_t max);

#endif
