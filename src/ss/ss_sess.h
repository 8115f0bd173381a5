/* ss_sess.h - one relayed connection: an ingress, an egress, and the states it
 * lives through. Both programs are this with another pair. */
#ifndef SS_SESS_H
#define SS_SESS_H

#include "core/chan.h"
#include "core/dns.h"
#include "core/listen.h"
#include "in_http.h"
#include "names_tx.h"
#include "ss_addr.h"
#include "ss_codec.h"
#include "ss_half.h"
#include "ss_ports.h"

struct ss;
struct ss_sess;

/* In the order of life. */
enum ss_state {
	SS_FREE,
	SS_GREET,	/* SOCKS5: the client offers its methods */
	SS_LOGIN,	/* SOCKS5: the client says who it is */
	SS_REQUEST,	/* the client names its target */
	SS_PAYLOAD,	/* out_ss: the first octets may ride with the address */
	SS_RESOLVE,	/* a name is being looked up */
	SS_CONNECT,	/* the addresses are tried, one after another */
	SS_EXCHANGE,	/* HTTP: a request and its answer go by */
	SS_RELAY,	/* octets go both ways */
	SS_ASSOCIATE,	/* SOCKS5: its datagrams go as long as it is there */
	SS_REFUSE,	/* the client was told no; its end is awaited */
	SS_DRAIN,	/* a bad handshake: read on, never answer */
	SS_CLOSED,	/* freed at the end of the turn */
	SS_STATES
};

/* Toward the client. */
struct ss_ingress {
	enum ss_state first;
	bool ciphered;		/* in speaks Shadowsocks */
	bool at_once;		/* its first octets are not waited for */
	/* The target is known before the client speaks. NULL = not. */
	void (*begin)(struct ss_sess *s);
	/* Octets came in SS_GREET, SS_LOGIN or SS_REQUEST; in SS_EXCHANGE also
	 * when there is room, and for either side. */
	void (*data)(struct ss_sess *s);
	/* NULL for those that have nothing to say to it: what the target is to
	 * get first; the way is open (true = it sees to the rest itself); there
	 * is none (true = it was seen to). */
	size_t (*first_octets)(struct ss_sess *s, uint8_t *mem, size_t room);
	bool (*opened)(struct ss_sess *s);
	bool (*failed)(struct ss_sess *s, int why);
};

/* Away from the client. */
struct ss_egress {
	bool ciphered;		/* out speaks Shadowsocks */
	/* The target is known: s->head. */
	void (*start)(struct ss_sess *s);
	/* Has it been there of late? NULL = who knows. */
	bool (*is_well)(const struct ss_sess *s);
	/* SS_PAYLOAD only: octets came, or will not come. */
	void (*payload)(struct ss_sess *s);
	/* May this address be connected to? NULL = all may. */
	bool (*allows)(const struct ss_sess *s, const struct addr *a);
	/* The addresses are there, in SS_CONNECT: which first, and how long.
	 * NULL = as they are. */
	void (*order)(struct ss_sess *s);
	/* No address took the connection: true = another way is being tried,
	 * or it was seen to otherwise. NULL = there is none. */
	bool (*lost)(struct ss_sess *s, int why);
	/* It is there: s->to[s->to_at - 1]. NULL = nothing to do. */
	void (*made)(struct ss_sess *s);
	/* A connection was begun: the moment to write. NULL = nothing to do.
	 * 0, -E_FULL (asked again when there is a buffer), or the end of it. */
	int (*begun)(struct ss_sess *s);
};

extern const struct ss_ingress ss_in_local, ss_in_fixed, ss_in_redir,
    ss_in_names, ss_in_ss;
/* ss_out_local becomes one of the two after it. */
extern const struct ss_egress ss_out_direct, ss_out_local, ss_out_ss,
    ss_out_bypass;

/* SOCKS5's VER CMD RSV before the address header. */
#define SS_HEAD_MAX (3 + SS_ADDR_MAX)

/* What a client that speaks HTTP is at. */
enum ss_http { SS_HTTP_NO, SS_HTTP_IDLE, SS_HTTP_PASS, SS_HTTP_CONNECT,
	SS_HTTP_TUNNEL };

struct ss_sess {
	struct list link;		/* of struct ss */
	struct ss_port *port;
	const struct ss_egress *egress;	/* the port's, or what became of it */
	struct ss_user *user;		/* of the port, or NULL */
	struct chan in, out;
	union ss_rx rx;			/* of the ciphered one of them */
	union ss_tx tx;
	struct timer deadline;		/* of the state */
	union {
		struct dns_ask ask;	/* SS_RESOLVE */
		struct list udp;	/* SS_ASSOCIATE: of struct ss_udp */
		struct task reap;	/* SS_CLOSED */
	};
	int64_t due_ms;			/* of the handshake, however it ends */
	union {
		struct ss_half half;		/* while is_half */
		struct addr to[DNS_ADDRS];	/* SS_CONNECT: what to try */
		struct http_exchange exchange;	/* SS_EXCHANGE */
		struct names_tx told;		/* the same of ss_in_names */
	};
	uint16_t to_port;
	uint8_t to_n, to_at;
	uint8_t hurry;			/* tries left that are cut short */
	uint8_t state;			/* enum ss_state */
	uint8_t http;			/* enum ss_http */
	bool from_cache;		/* the addresses are; they may be old */
	bool asked_anew;		/* and once they were found to be */
	uint16_t flight;		/* octets that rode with the head */
	bool head_due;			/* no buffer was left to write it */
	bool is_half;			/* it has not shown who it is */
	struct ss_remote *remote;	/* held; out_ss only */
	uint64_t tried;			/* remotes, by their bits */
	uint16_t head_len;
	uint8_t head[SS_HEAD_MAX];	/* request, then address header */
	struct ss_share share;		/* of the port's account, and user's */
};
/* An idle relayed connection holds this and nothing else. */
_Static_assert(sizeof(struct ss_sess) <= 1240, "a session stays small");

/* For the listener of a port: 0 or -E_FULL. */
int ss_sess_open(struct listener *ls, int fd, const struct addr *peer);
extern struct pool *const ss_sess_pool;

/* The only way to change a state: checks the arrow, logs it, arms the
 * deadline. */
void ss_sess_state(struct ss_sess *s, enum ss_state next);

/*
 * Feeds parse with the head and what has come since, until it is satisfied:
 * returns what it returned; then s->head holds exactly that much.
 */
typedef int ss_parse(const uint8_t *mem, size_t len);
int ss_sess_gather(struct ss_sess *s, ss_parse *parse);

/* Nobody learns what was wrong with it: reads on, never answers; or as
 * on_bad_request says. */
void ss_sess_drain(struct ss_sess *s, const char *why);
/*
 * The target cannot be had: the end. Where nothing was authenticated (stream
 * methods) it may have been noise that looked like a target: drained too.
 */
void ss_sess_give_up(struct ss_sess *s, int why);
/* All of this is over, but the client may ask for something else. */
void ss_sess_anew(struct ss_sess *s);
/* The client gets these last octets, then the end. */
void ss_sess_refuse(struct ss_sess *s, const void *mem, size_t len);
/* Its limits hold from now on; harmless where nothing is limited. */
void ss_sess_pace(struct ss_sess *s);
/* Who pays for it. */
struct ss_bill ss_sess_bill(const struct ss_sess *s);
/* It is this user's from its first octet on. */
void ss_sess_meet(struct ss_sess *s, struct ss_user *u);
/* Does its stream speak with this user's key? */
bool ss_sess_is_of(const struct ss_sess *s, const struct ss_user *u);
/* The accounts know all that this session moved until now. */
void ss_sess_count(struct ss_sess *s);
/* From anywhere, once. why: -E_* or 0. A reset is passed on as a reset, and
 * -E_DENY is one: who pays for it may not go on. */
void ss_sess_close(struct ss_sess *s, int why);

/* Looks up the name (or takes the address), connects, relays. May be called
 * again from the egress's `lost`. */
void ss_sess_dial(struct ss_sess *s, const struct ss_addr *to,
    enum dns_prefer prefer);
/* What SS_RESOLVE or SS_CONNECT began is over: another way, or the end. */
void ss_sess_dial_lost(struct ss_sess *s, int why);

/* Fast open: the connection failed, but what it began with may have arrived.
 * To say it a second time would be wrong. */
bool ss_sess_was_said(const struct ss_sess *s, int why);

/* Both directions from now on, with half-close. */
void ss_sess_relay(struct ss_sess *s);

/* The address header of s->head; "connecting example.com:80 from ...". */
struct ss_addr ss_sess_target(const struct ss_sess *s);
void ss_sess_log_target(const struct ss_sess *s);

#endif
