/*
 * chan_pump.c - moves octets between a descriptor and its codecs, or across a
 * joined pair. Knows nothing of what they mean.
 *
 * Back-pressure. A channel is read only while there is room for what comes:
 * with no room it is CHAN_IN_FULL until its octets were taken or sent, with no
 * buffer it is CHAN_WAIT_BUF until its turn in the pool's queue. So a session
 * holds at most a buffer per codec, whatever its peers send.
 *
 * Fairness. An event moves at most ROUNDS reads of one buffer each, then the
 * others have their turn; the poll backend is level triggered and tells again.
 *
 * Starvation. A buffer that was given back goes to whoever waits longest, and
 * a busy channel has to queue for its next one; for that a codec stops at the
 * end of a chunk while others wait (core/codec.h). But a peer that stalls in
 * the middle of a chunk, or does not read, could hold a buffer for its whole
 * idle time, and as many such peers as there are buffers would stop everyone.
 * So a channel that holds one looks at itself every CHAN_HOLD_MS: when none is
 * left, somebody waits, and it and its peer moved less than a buffer's worth
 * since, it fails and the first in the queue goes on. Each wait is bounded by
 * that, also one in which channels hold buffers while they wait for another.
 *
 * No detours. What was written in the course of an event is sent at its end;
 * the backend is asked only when the kernel took not all of it.
 *
 * No spinning. Each event either moves octets, or ends the channel, or is not
 * asked for again: what cannot be read or sent now is not watched.
 */
#include "chan_pump.h"
#include "chan_half.h"
#include "port/net.h"

#define ROUNDS 4

static bool is_ready(const struct chan *c)
{
	return chan_is_open(c) &&
	    !has(c, CHAN_CONNECTING | CHAN_FAILED | CHAN_DRAINING);
}

static bool may_read(const struct chan *c)
{
	return is_ready(c) && !has(c, CHAN_READ_OFF | CHAN_GOT_EOF |
	    CHAN_WAIT_BUF | CHAN_IN_FULL);
}

/* Octets so far: what one side of a pair holds, the other sends. */
static uint32_t moved(const struct chan *c)
{
	uint64_t n = c->got + c->sent;

	if (c->peer != NULL)
		n += c->peer->got + c->peer->sent;
	return (uint32_t)n;
}

static void touch(struct chan *c)
{
	c->touched_ms = c->watch.loop->now_ms;
}

/* ---- what is watched, and until when ---- */

/* Traffic on either side of a pair counts for both. */
static int64_t last_ms(const struct chan *c)
{
	if (c->peer != NULL)
		return MAX(c->touched_ms, c->peer->touched_ms);
	return c->touched_ms;
}

static void mark(struct chan *c)
{
	c->mark = moved(c);
	c->mark_ms = (uint32_t)c->watch.loop->now_ms;
}

static uint32_t marked_for_ms(const struct chan *c)
{
	return (uint32_t)c->watch.loop->now_ms - c->mark_ms;
}

void pump_arm(struct chan *c)
{
	struct loop *l = c->watch.loop;
	int64_t at = POLL_FOREVER;

	if (has(c, CHAN_CONNECTING | CHAN_BROKEN | CHAN_FAILED))
		return;
	if (c->idle_ms != 0)
		at = last_ms(c) + c->idle_ms;
	if (has(c, CHAN_HOLDING))
		at = MIN(at, l->now_ms + CHAN_HOLD_MS - marked_for_ms(c));
	if (at == POLL_FOREVER)
		timer_stop(l, &c->timer);
	else
		timer_set(l, &c->timer, at, pump_timer);
}

static void watch_hold(struct chan *c)
{
	int64_t soon_ms = c->watch.loop->now_ms + CHAN_HOLD_MS;

	if (c->held == 0 && c->held_big == 0) {
		clear(c, CHAN_HOLDING);
		return;
	}
	if (has(c, CHAN_HOLDING))
		return;
	set(c, CHAN_HOLDING);
	mark(c);
	if (!timer_is_set(&c->timer) || c->timer.at_ms > soon_ms)
		pump_arm(c);
}

/* Who may read again soon leaves the backend in peace. */
static int ask_for(struct chan *c, unsigned want)
{
	return has(c, CHAN_GOT_EOF) ? watch_want(&c->watch, want) :
	    watch_lax(&c->watch, want);
}

void pump_settle(struct chan *c)
{
	struct loop *l = c->watch.loop;
	unsigned want = 0;

	if (!chan_is_open(c) || has(c, CHAN_FAILED | CHAN_BROKEN) ||
	    c->running || (c->peer != NULL && c->peer->running))
		return;
	watch_hold(c);
	if (may_read(c) ||
	    (has(c, CHAN_DRAINING) && !has(c, CHAN_GOT_EOF)))
		want |= POLL_IN;
	if (has(c, CHAN_CONNECTING | CHAN_WANT_OUT))
		want |= POLL_OUT;
	if (ask_for(c, want) == 0)
		return;
	set(c, CHAN_BROKEN);
	timer_set(l, &c->timer, 0, pump_timer);
}

void pump_wait_buf(struct chan *c)
{
	set(c, CHAN_WAIT_BUF);
	c->waiter.fn = pump_woken;
	buf_wait(&c->waiter);
}

/* ---- the end ---- */

void pump_unjoin(struct chan *c)
{
	struct chan *peer = c->peer;

	if (peer == NULL)
		return;
	c->peer = peer->peer = NULL;
	set(peer, CHAN_READ_OFF);
	pump_settle(peer);
}

/* Returns false, as all do after which the channel may be gone. */
static bool lose(struct chan *c, int why)
{
	pump_unjoin(c);
	set(c, CHAN_FAILED);
	timer_stop(c->watch.loop, &c->timer);
	pool_unwait(&c->waiter);
	(void)watch_want(&c->watch, 0);
	if (c->ops->on_fail != NULL)
		c->ops->on_fail(c, why);
	return false;
}

/* ---- out ---- */

/* As soon as the backend says so. One that it refuses shows in pump_settle. */
static void wait_writable(struct chan *c)
{
	set(c, CHAN_WANT_OUT);
	(void)watch_want(&c->watch, c->watch.want | POLL_OUT);
}

/* What goes to this descriptor: its own codec's octets, or without one what
 * the other side of the pair received. */
static struct half out_half(struct chan *c)
{
	if (c->peer != NULL && c->tx == NULL && c->out == NULL)
		return half_rx(c->peer);
	return half_tx(c);
}

static bool tell_sent(struct chan *c)
{
	if (!has(c, CHAN_OWE_SENT))
		return true;
	clear(c, CHAN_OWE_SENT);
	if (c->ops->on_sent != NULL)
		c->ops->on_sent(c);
	return is_ready(c);
}

static bool finish(struct chan *c)
{
	int rc;

	if (!has(c, CHAN_FIN_WANTED) || has(c, CHAN_FIN_SENT))
		return true;
	rc = c->got > 0 ? port_shutdown_connected(c->watch.fd) :
	    port_shutdown_send(c->watch.fd);
	if (rc == -E_AGAIN) {	/* fast open: writable when it is connected */
		wait_writable(c);
		return true;
	}
	if (rc != 0)
		return lose(c, -E_CLOSED);
	set(c, CHAN_FIN_SENT);
	return true;
}

static bool is_over(const struct chan *c)
{
	return has(c, CHAN_GOT_EOF) && has(c, CHAN_FIN_SENT);
}

/* A pair: all that the peer received is sent. */
static bool flushed_joined(struct chan *c)
{
	struct chan *peer = c->peer;

	clear(peer, CHAN_IN_FULL);
	if (!has(peer, CHAN_GOT_EOF))
		return true;
	if (has(peer, CHAN_CUT))
		return lose(peer, -E_PROTO);
	set(c, CHAN_FIN_WANTED);
	if (!finish(c))
		return false;
	if (!is_over(c) || !is_over(peer))
		return true;
	if (!has(c, CHAN_JOINED_FIRST))
		c = peer;
	if (c->ops->on_joined_end != NULL)
		c->ops->on_joined_end(c);
	return false;
}

static bool flushed(struct chan *c)
{
	uint8_t *p;

	clear(c, CHAN_WANT_OUT);
	if (has(c, CHAN_WAIT_BUF) && c->peer != NULL &&
	    half_data(half_rx(c->peer), &p) > 0)
		return true;
	if (c->peer != NULL)
		return flushed_joined(c);
	return finish(c) && tell_sent(c);
}

/* Between two codecs octets are copied. */
static int cross(struct chan *c)
{
	int rc;

	if (c->peer == NULL || c->tx == NULL || has(c, CHAN_WAIT_BUF))
		return 0;
	rc = half_move(half_rx(c->peer), half_tx(c));
	if (rc == -E_FULL)
		pump_wait_buf(c);
	return rc == -E_FULL ? 0 : rc;
}

/* True: all sent. */
static bool send_some(struct chan *c, const uint8_t *p, size_t n, int *rc)
{
	struct half h = out_half(c);
	ptrdiff_t k = port_send(c->watch.fd, p, n);

	*rc = k < 0 && k != -E_AGAIN ? (int)k : 0;
	if (k > 0) {
		half_took(h, (size_t)k);
		c->sent += (size_t)k;
		touch(c);
	}
	if (k == (ptrdiff_t)n)
		return true;
	if (*rc == 0)
		wait_writable(c);
	return false;
}

static bool flush(struct chan *c)
{
	for (int i = 0; i < ROUNDS && is_ready(c); i++) {
		uint8_t *p;
		int rc = cross(c);
		size_t n = half_data(out_half(c), &p);

		set(c, CHAN_WANT_OUT);
		if (rc != 0)
			return lose(c, rc);
		if (n > 0 && !send_some(c, p, n, &rc))
			return rc == 0 || lose(c, rc);
		if (n > 0)
			continue;
		if (!flushed(c))
			return false;
		if (!has(c, CHAN_WANT_OUT))
			return true;
	}
	return true;
}

/* ---- in ---- */

/* Where this descriptor's octets go: into the codec ahead, which is the other
 * side's when this one has none. */
static struct half in_half(struct chan *c)
{
	if (c->peer != NULL && c->rx == NULL && c->in == NULL &&
	    c->peer->tx != NULL)
		return half_tx(c->peer);
	return half_rx(c);
}

static bool tell_end(struct chan *c)
{
	uint8_t *p;

	if (!has(c, CHAN_GOT_EOF) || has(c, CHAN_TOLD_END) ||
	    half_data(half_rx(c), &p) > 0)
		return true;
	set(c, CHAN_TOLD_END);
	if (c->ops->on_end != NULL)
		c->ops->on_end(c, has(c, CHAN_CUT) ? -E_PROTO : 0);
	return is_ready(c);
}

/* The owner is asked as long as it takes some and more is there. */
static bool tell_data(struct chan *c)
{
	uint8_t *p, *q;
	size_t n = half_data(half_rx(c), &p), left;

	while (n > 0 && c->ops->on_data != NULL) {
		c->ops->on_data(c);
		if (!is_ready(c) || c->peer != NULL)
			return is_ready(c);
		left = half_data(half_rx(c), &q);
		if (left == n && p == q)
			break;
		n = left;
		p = q;
	}
	return true;
}

static bool deliver(struct chan *c)
{
	return c->peer != NULL ? flush(c->peer) : tell_data(c);
}

static bool ended(struct chan *c)
{
	set(c, CHAN_GOT_EOF);
	if (half_end(half_rx(c)) != 0)
		set(c, CHAN_CUT);
	return c->peer != NULL ? flush(c->peer) : tell_end(c);
}

/* What a codec answers by itself (TLS: handshake, alert) leaves before the
 * owner hears of it. */
static bool answer(struct chan *c)
{
	uint8_t *p;

	if (c->peer != NULL || c->tx == NULL || !is_ready(c) ||
	    half_data(half_tx(c), &p) == 0)
		return true;
	return flush(c);
}

/* What came of it. False: not now, or the channel may be gone. */
static bool received(struct chan *c, unsigned got, ptrdiff_t k)
{
	if (k == -E_AGAIN)
		return (got & POLL_ERR) != 0 && lose(c, -E_RESET);
	if (k < 0)
		return lose(c, (int)k);
	if (k == 0)
		return ended(c) && false;
	c->got += (size_t)k;
	touch(c);
	return true;
}

/* Past us, where the owner can. */
static bool receive_past(struct chan *c, unsigned got, ptrdiff_t k)
{
	if (!received(c, got, k))
		return false;
	if (c->ops->on_data != NULL)
		c->ops->on_data(c);
	return is_ready(c);
}

/* True: more may be there. False: not now, or the channel may be gone. */
static bool receive_once(struct chan *c, unsigned got)
{
	struct half h = in_half(c);
	uint8_t *p;
	ptrdiff_t room, k;
	int rc;

	if (c->ops->receive != NULL) {
		k = c->ops->receive(c, c->watch.fd);
		if (k != -E_NOSUP)
			return receive_past(c, got, k);
	}
	room = half_room(h, &p);
	if (room == -E_FULL)
		pump_wait_buf(c);
	if (room == 0)
		set(c, CHAN_IN_FULL);
	if (room <= 0)
		return false;
	k = port_recv(c->watch.fd, p, (size_t)room);
	rc = half_done(h, k > 0 ? (size_t)k : 0);
	if (!received(c, got, k) || !answer(c))
		return false;
	if (c->ops->on_got != NULL)
		c->ops->on_got(c);
	if (rc != 0)
		return lose(c, rc);
	return deliver(c) && k == room;
}

static void receive(struct chan *c, unsigned got)
{
	for (int i = 0; i < ROUNDS && may_read(c); i++)
		if (!receive_once(c, got))
			return;
}

static void drain(struct chan *c)
{
	uint8_t junk[2048];
	ptrdiff_t k = 1;

	clear(c, CHAN_WANT_OUT);
	for (int i = 0; i < ROUNDS && k > 0; i++) {
		k = port_recv(c->watch.fd, junk, sizeof(junk));
		if (k > 0) {
			c->got += (size_t)k;
			touch(c);
		}
	}
	if (k > 0 || k == -E_AGAIN)
		return;
	set(c, CHAN_GOT_EOF);
	(void)(k == 0 ? tell_end(c) : lose(c, (int)k));
}

/* ---- called by loop and pool ---- */

static bool connected(struct chan *c)
{
	int rc = port_tcp_connected(c->watch.fd);

	if (rc != 0)
		return lose(c, rc);
	clear(c, CHAN_CONNECTING);
	set(c, CHAN_WANT_OUT);
	touch(c);
	timer_stop(c->watch.loop, &c->timer);
	pump_arm(c);
	if (c->ops->on_open != NULL)
		c->ops->on_open(c);
	return is_ready(c);
}

static void handle(struct chan *c, unsigned got)
{
	if (has(c, CHAN_CONNECTING) && !connected(c))
		return;
	if ((got & (POLL_OUT | POLL_ERR)) != 0 && !flush(c))
		return;
	if (c->peer == NULL && !tell_end(c))
		return;
	if ((got & (POLL_IN | POLL_ERR)) != 0)
		receive(c, got);
}

/* What the event made to be sent, unless it was tried already. */
static void send_now(struct chan *c)
{
	if (is_ready(c) && has(c, CHAN_WANT_OUT) &&
	    (c->watch.want & POLL_OUT) == 0)
		(void)flush(c);
}

/* A channel that was closed inside stays readable until the end of the turn. */
static void run(struct chan *c, unsigned got)
{
	struct chan *peer = c->peer;

	c->running = 1;
	if (has(c, CHAN_DRAINING))
		drain(c);
	else
		handle(c, got);
	send_now(c);
	if (c->peer != NULL)
		peer = c->peer;
	if (peer != NULL)
		send_now(peer);
	c->running = 0;
	pump_settle(c);
	if (peer != NULL)
		pump_settle(peer);
}

void pump_event(struct watch *w, unsigned got)
{
	run(OWNER(w, struct chan, watch), got);
}

void pump_woken(struct pool_waiter *w)
{
	struct chan *c = OWNER(w, struct chan, waiter);

	clear(c, CHAN_WAIT_BUF);
	if (!has(c, CHAN_CONNECTING))
		run(c, POLL_IN | POLL_OUT);
}

static bool is_idle(const struct chan *c)
{
	return c->idle_ms != 0 &&
	    c->watch.loop->now_ms - last_ms(c) >= c->idle_ms;
}

/* True: it held a buffer that others wait for, and did little with it. */
static bool is_hoarding(struct chan *c)
{
	bool little = moved(c) - c->mark < BUF_OCTETS;

	if (!has(c, CHAN_HOLDING) || marked_for_ms(c) < CHAN_HOLD_MS)
		return false;
	mark(c);
	return little && ((c->held > 0 && buf_starved()) ||
	    (c->held_big > 0 && buf_big_starved()));
}

void pump_timer(struct timer *t)
{
	struct chan *c = OWNER(t, struct chan, timer);

	if (has(c, CHAN_BROKEN))
		(void)lose(c, -E_IO);
	else if (has(c, CHAN_CONNECTING) || is_idle(c) || is_hoarding(c))
		(void)lose(c, -E_TIMEOUT);
	else
		pump_arm(c);
}
