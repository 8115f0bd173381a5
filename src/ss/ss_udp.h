/* ss_udp.h - the datagrams of a program: read in batches, led by one of two
 * sides (a server's or a client's), written in batches. */
#ifndef SS_UDP_H
#define SS_UDP_H

#include "port/net.h"
#include "ss_assoc.h"
#include "ss_gate.h"
#include "ss_ghost.h"
#include "ss_udp_reply.h"

struct ss;
struct ss_seen;
struct ss_port;
struct ss_user;
struct ss_udp_batch;

/* Room before what was received: sealing in place needs it. */
#define SS_UDP_BEFORE (SS_PACKET_BEFORE + SS_ADDR_MAX)

/* Every datagram has SS_UDP_BEFORE octets of room before it, and after it
 * SS_PACKET_AFTER; it may be changed in place until it was sent. */
struct ss_udp_side {
	void (*from_client)(struct ss_port *p, struct udp_msg *m);
	void (*from_afar)(struct ss_assoc *a, struct udp_msg *m);
	/* For ss_udp_decide. */
	void (*decided)(struct ss_assoc *a, const struct ss_packet *p,
	    enum ss_way way);
	/* It is over: what the side holds for it is let go. */
	void (*gone)(struct ss_assoc *a);
};
extern const struct ss_udp_side ss_udp_server, ss_udp_local;

/* A body that is padded grows to this at most. */
#define SS_UDP_PADDED 1200

/* A target that was asked for its name and nothing more: soon over. */
#define SS_UDP_SHORT_MS 17000
#define SS_UDP_DOMAIN 53

#define SS_UDP_ROWS (LIMIT_ASSOCS / 2)

/* Of a struct ss. */
struct ss_udp {
	struct ss *ss;
	ss_assoc_no oldest, newest;	/* by use */
	struct list waits;		/* datagrams of theirs: ss_udp_direct */
	struct list owners;		/* struct ss_sess: SOCKS5 associates */
	struct ss_replies replies;	/* of a transparent proxy */
	struct timer sweep;
	int64_t keep_ms;		/* an idle one, but for short targets */
	uint32_t n, max;
	uint64_t mix[2];		/* nobody can choose a row */
	ss_assoc_no row[SS_UDP_ROWS];
	struct ss_ghosts *ghosts;	/* of a server of a 2022 method */
	struct ss_seen *seen;		/* of one of an AEAD method */
	struct ss_udp_batch *batch;	/* while one is worked off */
	struct ss_random random;	/* for what it sends */
};

void ss_udp_start(struct ss *ss);
/* Of another configuration. */
void ss_udp_limit(struct ss *ss);
/* Once no port listens any more. */
void ss_udp_stop(struct ss *ss);

/* For ss_ports.c: the port takes datagrams at this address. 0 or
 * port_udp_listen's errors. Closing it ends its associations. */
int ss_udp_listen(struct ss_port *p, struct addr *at);
void ss_udp_unlisten(struct ss_port *p);
/* What its method needs for it is there; false: another server of this process
 * has it. */
bool ss_udp_ready(const struct ss_port *p);
/* What came to `from` comes to `to`; the associations of `from` end. */
void ss_udp_move(struct ss_port *to, struct ss_port *from);

/* Sent with others, when the batch is over or the next goes elsewhere; or at
 * once, outside of one. What cannot be sent is lost, and counted. */
void ss_udp_send(struct ss_udp *u, int fd, const struct udp_msg *m);
/* Before a socket is closed. */
void ss_udp_flush(struct ss_udp *u);

/* For ss_assoc.c: what came in at a socket of its own is given to the side;
 * there is one whose end is to be looked for. */
void ss_udp_ask_trains(int fd);
void ss_udp_drain(struct ss_assoc *a, int fd);
void ss_udp_wake(struct ss_udp *u);

/* For the sides: it is not led on. */
void ss_udp_drop(const struct ss_port *p, const struct addr *from,
    const char *why);
/* Counts octets, unless port or user may not move any more: each way. */
bool ss_udp_pays_up(const struct ss_assoc *a, size_t n);
bool ss_udp_pays_down(const struct ss_assoc *a, size_t n);
int64_t ss_udp_keep_ms(const struct ss_udp *u, uint16_t port);
int64_t ss_udp_now_s(const struct ss_udp *u);

/*
 * ss_udp_direct - to the target itself, looked up first if it is a name: then
 * it is copied, or dropped where it is long or too many wait.
 *
 *   judged  only where the gate lets it (a server's do)
 */
void ss_udp_direct(struct ss_assoc *a, const struct ss_packet *p, bool judged);
/* A client's, to a name whose addresses decide about its way: they are looked
 * up, and its side is told. Dropped and copied as above. */
void ss_udp_decide(struct ss_assoc *a, const struct ss_packet *p);
/* Nothing waits for it any more. */
void ss_udp_forget_waits(struct ss_assoc *a);

/* A client's port, whose address it gives out: that by which the connection
 * fd knows us, with the port of the datagrams. 0; -E_NOSUP: it takes none. */
int ss_udp_where(const struct ss_port *p, int fd, struct addr *out);
/* Associations of its client are over when the connection is. */
void ss_udp_own(struct ss_udp *u, struct ss_sess *s);
void ss_udp_disown(struct ss_udp *u, struct ss_sess *s);
/* What is over with a user. */
void ss_udp_end_user(struct ss_udp *u, const struct ss_user *user);

#endif
