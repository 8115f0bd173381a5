/* sim_peer.h - the other machine of a connection: talks a prologue, then
 * sends and checks a stream of known octets. For tests/sim only. */
#ifndef TEST_SIM_PEER_H
#define TEST_SIM_PEER_H

#include "base/addr.h"
#include "core/loop.h"

#define PEER_TALK 1024

enum peer_way {
	PEER_BOTH,		/* sends at once, FIN after the last octet */
	PEER_ANSWERS,		/* sends after the other's FIN, then FIN */
	PEER_WAITS		/* sends at once, FIN after the other's FIN */
};

enum peer_whim { PEER_POLITE, PEER_ABORTS, PEER_CLOSES, PEER_VANISHES };

struct peer {
	/* Set before peer_connect or peer_accept. */
	uint32_t out_seed, in_seed;	/* of the streams; see peer_octet */
	uint32_t out_total, in_total;	/* octets of them */
	enum peer_way way;
	enum peer_whim whim;
	uint32_t whim_at;		/* after so many octets either way */
	uint32_t read_max;		/* in one event; 0 = 4096 */
	int64_t rest_ms;		/* after each read; 0 = none */
	/*
	 * The prologue: shown all of in[] that was not taken, says how much it
	 * takes; -E_PROTO ends the connection. peer_stream ends the prologue.
	 */
	ptrdiff_t (*talk)(struct peer *p, const uint8_t *mem, size_t len);
	void (*on_over)(struct peer *p);	/* may be NULL */
	void *ctx;

	/* Read only. */
	bool opened, connected, streams, over;
	bool fin_sent, got_eof;		/* a clean end */
	int broke;			/* -E_* of a bad one */
	bool wrong;			/* an octet that was not sent */
	uint32_t sent, got;		/* of the streams */

	struct watch watch;
	struct timer timer;
	struct loop *loop;
	bool resting;
	uint32_t in_len, out_len;
	uint8_t in[PEER_TALK], out[PEER_TALK];
};

/* The octet at `off` of the stream of a seed. */
uint8_t peer_octet(uint32_t seed, uint32_t off);

/* Connects from another machine. False: it failed at once (over is set). */
bool peer_connect(struct peer *p, struct loop *l, const struct addr *to);
/* Takes a descriptor that port_tcp_accept gave outside. */
void peer_accept(struct peer *p, struct loop *l, int fd);
/* Prologue octets. */
void peer_say(struct peer *p, const void *mem, size_t len);
/* The prologue is over: streams begin. */
void peer_stream(struct peer *p);
/* Gone without another word. Harmless when it is over. */
void peer_drop(struct peer *p);
/* Sent and received all that was planned, both ways ended cleanly. */
bool peer_whole(const struct peer *p);

/*
 * A random plan for the two ends of one connection: how much, who ends first,
 * how slowly they read; unless polite, one may leave early in some way.
 */
void peer_plan(struct peer *client, struct peer *target, bool polite);
/*
 * What holds for them whatever went wrong between: no octet but those sent,
 * in order, and a clean end only after all of them. If not, both are shown.
 */
bool peer_honest(const struct peer *p, const struct peer *other);

/* A listening machine: at most one connection, which becomes p. */
struct host {
	struct watch watch;
	struct peer *peer;
	uint32_t refused;	/* further connections, reset */
};
void host_open(struct host *h, struct loop *l, const struct addr *at,
    struct peer *p);
void host_close(struct host *h);

#endif
