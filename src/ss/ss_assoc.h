/* ss_assoc.h - UDP associations: a client's session, the sockets it is led out
 * by, and when it is over. All that an idle one holds is here. */
#ifndef SS_ASSOC_H
#define SS_ASSOC_H

#include "core/loop.h"
#include "ss_packet.h"
#include "ss_window.h"

struct ss_udp;
struct ss_port;
struct ss_sess;

/* SIP022: a session of the other side, and what has come of it. */
struct ss_assoc_rx {
	uint8_t session[SS_SESSION_ID];
	uint8_t key[KEY_MAX];
	int64_t seen_ms;	/* when something last came */
	struct ss_window window;
};

enum { SS_OUT_V4, SS_OUT_V6, SS_OUTS };

/* A place in the pool, from 1 on; 0 = nobody. */
typedef uint16_t ss_assoc_no;
_Static_assert(LIMIT_ASSOCS < UINT16_MAX, "more than ss_assoc_no tells apart");

struct ss_assoc {
	ss_assoc_no row_next;
	ss_assoc_no older, newer;	/* by when they were last used */
	bool direct;			/* a client's: some went straight */
	uint8_t local_family;
	uint8_t local_ip[16];
	struct ss_port *port;
	struct addr peer;		/* the client: answers go there, from
					 * an address of ours, local_ */
	struct watch out[SS_OUTS];	/* opened when first needed; one port
					 * for all targets of a family */
	int64_t close_ms;		/* idle until then: over */
	struct ss_packet_tx tx;		/* SIP022: our session */
	struct ss_assoc_rx *rx;		/* SIP022: theirs; NULL = none yet */
	const struct ss_key *key;	/* the port's, or what seals for it */
	/* Of a client's: */
	struct ss_assoc_rx *old;	/* the server's session before */
	struct ss_sess *owner;		/* over with this connection; or NULL */
	const struct addr *server;	/* of the one it goes to; NULL = not
					 * known yet */
};
_Static_assert(sizeof(struct ss_assoc) + sizeof(struct ss_assoc_rx) <= 512,
    "an association stays small");

/* By use: whoever is first to go, and who comes after him. NULL = none. */
struct ss_assoc *ss_assoc_oldest(const struct ss_udp *u);
struct ss_assoc *ss_assoc_newer(const struct ss_assoc *a);

/* Of a client's address at a port; NULL = none. */
struct ss_assoc *ss_assoc_by_peer(struct ss_udp *u, const struct ss_port *p,
    const struct addr *peer);
/* Of a session, at whichever port and wherever the client is now. */
struct ss_assoc *ss_assoc_by_session(struct ss_udp *u,
    const uint8_t session[SS_SESSION_ID]);

/*
 * ss_assoc_open - a new one. session: its rx gets it, and it is found by it;
 * NULL: by the peer. Where all are taken, the one least recently used goes.
 *
 * NULL: it cannot go, because its session must be remembered, and LIMIT_GHOSTS
 * are already.
 */
struct ss_assoc *ss_assoc_open(struct ss_port *p, const struct addr *peer,
    const uint8_t *session);
/* The address of ours that its client spoke to; family 0 = not known. No port,
 * no interface. */
struct addr ss_assoc_local(const struct ss_assoc *a);
void ss_assoc_set_local(struct ss_assoc *a, const struct addr *local);
/* Something of it came or went that keeps it alive as long. */
void ss_assoc_used(struct ss_assoc *a, int64_t keep_ms);
/* From anywhere, but not before what it queued is sent. */
void ss_assoc_close(struct ss_assoc *a);

/* The socket that leads out to addresses of a family: descriptor or error. */
int ss_assoc_socket(struct ss_assoc *a, uint8_t family);

/* Another session of the other side's: zeros, or NULL: none is left. */
struct ss_assoc_rx *ss_assoc_rx_get(void);
void ss_assoc_rx_put(const struct ss_method *m, struct ss_assoc_rx **rx);

/* For ss_udp.c: those whose time is over. */
void ss_assocs_sweep(struct ss_udp *u);

extern struct pool *const ss_assoc_pool;

#endif
