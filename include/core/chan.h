/* chan.h - one connection: a descriptor with a codec each way. The only
 * reader and writer of session sockets; knows nothing of what is carried. */
#ifndef CORE_CHAN_H
#define CORE_CHAN_H

#include "base/addr.h"
#include "core/buf.h"
#include "core/codec.h"
#include "core/loop.h"

struct chan;

/*
 * What the owner is told. Any of them may close the channel (chan_close) and
 * put the memory it lies in back at the end of the turn (loop_later), not
 * before. Unused ones may be NULL.
 */
struct chan_ops {
	/* The connect succeeded (chan_connect only). */
	void (*on_open)(struct chan *c);
	/* New octets: chan_data shows, chan_took consumes. Called again only
	 * when more came; the owner takes what it can each time. */
	void (*on_data)(struct chan *c);
	/* The peer's stream ended and all octets were taken. why: 0 = clean,
	 * -E_PROTO = the codec says truncated. Writing goes on. */
	void (*on_end)(struct chan *c, int why);
	/* All that was written is in the kernel's hands. */
	void (*on_sent)(struct chan *c);
	/*
	 * What is there is taken from the descriptor by the owner, without
	 * passing through here (port/pipe.h); on_data follows, chan_data has
	 * none of it. Of plain channels. Octets, 0 = the peer's last was
	 * before, -E_AGAIN, -E_NOSUP = not this time, or port_recv's errors.
	 */
	ptrdiff_t (*receive)(struct chan *c, int fd);
	/* It is over: -E_RESET, -E_REFUSED, -E_UNREACH, -E_TIMEOUT (idle), or
	 * the codec's -E_AUTH, -E_PROTO. The owner decides: chan_close, or
	 * after a codec's error chan_drain. Nothing more is delivered. */
	void (*on_fail)(struct chan *c, int why);
	/* Octets came from the peer: c->got has grown. For who counts them;
	 * may call chan_read and set timers, nothing else. */
	void (*on_got)(struct chan *c);
	/* Both directions of a joined pair ended well and were flushed. Told to
	 * the channel that chan_join was called with first. */
	void (*on_joined_end)(struct chan *c);
};

enum chan_flag {
	CHAN_CONNECTING = 1u, CHAN_READ_OFF = 2u, CHAN_GOT_EOF = 4u,
	CHAN_TOLD_END = 8u, CHAN_FIN_WANTED = 16u, CHAN_FIN_SENT = 32u,
	CHAN_DRAINING = 64u, CHAN_FAILED = 128u, CHAN_WAIT_BUF = 256u,
	CHAN_IN_FULL = 512u,		/* no room to read into */
	CHAN_WANT_OUT = 1024u,		/* something to send, or to look at */
	CHAN_OWE_SENT = 2048u,		/* on_sent is due */
	CHAN_CUT = 4096u,		/* the stream ended inside something */
	CHAN_JOINED_FIRST = 8192u,	/* on_joined_end is for this one */
	CHAN_BROKEN = 16384u,		/* the poll backend refused it */
	CHAN_HOLDING = 32768u		/* a buffer, since mark_ms */
};

struct chan {
	struct watch watch;
	struct timer timer;		/* idle or connect deadline */
	struct pool_waiter waiter;	/* for a buffer */
	const struct chan_ops *ops;
	struct codec *rx, *tx;		/* NULL = plain; owned by the session */
	struct buf *in, *out;		/* of the plain sides, borrowed */
	struct chan *peer;		/* joined with */
	uint32_t idle_ms;		/* 0 = no limit */
	uint16_t flags;
	uint8_t held, held_big : 7;	/* buffers borrowed, codecs' included */
	uint8_t running : 1;		/* an event of it is being handled */
	uint32_t mark, mark_ms;		/* got + sent, and when, in low bits */
	int64_t touched_ms;		/* last octet either way */
	uint64_t got, sent;		/* octets on the wire */
};
_Static_assert(sizeof(struct chan) <= 176, "a channel stays small");

/* While another waits for a buffer, a channel that holds one this long and
 * moves less than a buffer's worth meanwhile fails with -E_TIMEOUT. */
#define CHAN_HOLD_MS 10000

/* Takes over fd, starts reading. 0 or watch_open's errors (fd stays open). */
int chan_open(struct chan *c, struct loop *l, int fd,
    const struct chan_ops *ops, struct codec *rx, struct codec *tx);
/*
 * Starts a connection; on_open or on_fail follows, -E_TIMEOUT after
 * timeout_ms. What is written meanwhile goes out first. With NET_FAST_OPEN
 * something must be written: the connection may begin with it.
 * 0, or port_tcp_connect's and watch_open's errors at once (c stays closed).
 */
struct net_how;
int chan_connect(struct chan *c, struct loop *l, const struct addr *to,
    const struct net_how *how, int64_t timeout_ms,
    const struct chan_ops *ops, struct codec *rx, struct codec *tx);

/* on_fail(-E_TIMEOUT) after ms without an octet either way; 0 = never. For a
 * joined pair traffic on either side counts for both. */
void chan_idle(struct chan *c, int64_t ms);

/* Octets received and not taken, contiguous; 0 = none. */
size_t chan_data(struct chan *c, uint8_t **p);
void chan_took(struct chan *c, size_t n);
/* From now on what is written goes through tx (NULL = as it is); all that was
 * written must have left. The one before is closed. */
void chan_set_tx(struct chan *c, struct codec *tx);
/* No reading while off: the kernel's window closes (back-pressure). */
void chan_read(struct chan *c, bool on);

/*
 * All of it or nothing: 0, -E_FULL (more than fits now: wait for on_sent), or
 * -E_CLOSED (FIN was asked for, or it is over). Leaves at the end of this
 * event or in the next turn, in one piece with what else was written. An
 * empty channel takes at least LIMIT_BUF_PAYLOAD / 2 octets.
 */
int chan_write(struct chan *c, const void *mem, size_t len);
/*
 * Of a plain channel with nothing unsent: octets of a file, without a copy.
 * Octets that went, 0 = end of the file, -E_AGAIN = none now; on_sent follows
 * when there is room for more. Other errors: as of port_file_send, and nothing
 * has changed; chan_write shows what is wrong with the connection.
 */
ptrdiff_t chan_send_file(struct chan *c, int fd, int64_t off, size_t len);
/*
 * chan_write without a copy: where at least need octets can be put, *p, how
 * many, until chan_placed says how many were (0 is fine); nothing else of the
 * channel is called between the two. 0 = not now, as of chan_write, and
 * chan_placed is not called.
 */
size_t chan_place(struct chan *c, size_t need, uint8_t **p);
int chan_placed(struct chan *c, size_t n);
/* Octets chan_write would take now; 0 = wait for on_sent. */
size_t chan_room(struct chan *c);
/* Octets written and not yet in the kernel. */
size_t chan_unsent(struct chan *c);
/* What the codec made of its own accord leaves, and on_sent follows. */
void chan_flush(struct chan *c);
/* FIN once everything written is out. Reading goes on. */
void chan_finish(struct chan *c);

/*
 * From now on what a receives goes to b and back, with half-close: the end of
 * one side becomes a FIN of the other after its last octet. No copy where one
 * of the two codecs between is plain. Octets already received by either are
 * sent first. on_data, on_end, on_sent are silent from here;
 * on_joined_end(a) or on_fail (of either side) ends it: with -E_PROTO when a
 * codec says that its peer's stream was cut. Either may still be connecting.
 * Reading is turned on.
 */
void chan_join(struct chan *a, struct chan *b);

/* Reads and throws away until the peer ends or the idle time is over
 * (on_end or on_fail), never answers; holds no buffer. Codecs are closed at
 * once, unsent octets are lost. */
void chan_drain(struct chan *c);

/*
 * Off its loop, with descriptor and codecs left as they are: chan_open goes on
 * with them, in this process or in another. Of channels with a codec each way
 * that are not joined. The descriptor.
 */
int chan_park(struct chan *c);

/* Closes codecs, buffers, watch, timer and descriptor. From anywhere, twice is
 * harmless. Unsent octets are lost: chan_finish first when they matter. */
void chan_close(struct chan *c);
/* The same with RST. */
void chan_abort(struct chan *c);
bool chan_is_open(const struct chan *c);

#endif
