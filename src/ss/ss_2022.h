/* ss_2022.h - what the connections of a 2022 method share, and how their
 * streams begin. Source: SIP022. */
#ifndef SS_2022_H
#define SS_2022_H

#include "ss_codec.h"
#include "ss_replay.h"

/* Seconds that two clocks may differ. */
#define SS_CLOCK_S 30
/* Before any of this was written: a clock that nobody has set. */
#define SS_CLOCK_UNSET_MS (INT64_C(1704067200) * 1000)	/* 2024-01-01 */

/* Octets of an identity: a block of AES, and the hash of a key in it. */
#define SS_IDENTITY 16
/* Identity keys of a chain, as client. */
#define SS_IPSK_MAX 4

/* Of a port or a server entry. The two times are looked at when a header is
 * made or opened. */
struct ss_2022 {
	const int64_t *now_ms, *wall_ms;
	struct ss_replay *replay;	/* NULL: this is the client */
	bool in_pieces;		/* a request's header may come so */
	/*
	 * Server: a client's identity stands behind the salt, opened with this
	 * key. Whose key is it the hash of? NULL = nobody's. No function:
	 * clients send none.
	 */
	const struct ss_key *(*who)(const struct ss_key *k,
	    const uint8_t *identity);
	uint8_t ipsk_n;
	uint8_t ipsk[SS_IPSK_MAX][KEY_MAX];
};

extern const struct ss_opening ss_2022_opening;

#endif
