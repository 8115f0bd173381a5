/* chan.c - the life of a channel, and its owner's calls. What moves the octets
 * is in chan_pump.c, where the rules of waiting are written down. */
#include "core/chan.h"
#include "chan_half.h"
#include "chan_pump.h"
#include "port/file.h"
#include "port/net.h"

static int start(struct chan *c, struct loop *l, int fd, unsigned want)
{
	int rc = watch_open(l, &c->watch, fd, want, pump_event);

	c->touched_ms = l->now_ms;
	/* We write whole messages: holding small ones back never helps. */
	if (rc == 0)
		(void)port_net_set(fd, NET_NO_DELAY, 1);
	return rc;
}

int chan_open(struct chan *c, struct loop *l, int fd,
    const struct chan_ops *ops, struct codec *rx, struct codec *tx)
{
	uint8_t *p;
	int rc;

	*c = (struct chan){ .ops = ops, .rx = rx, .tx = tx };
	rc = start(c, l, fd, POLL_IN);
	if (rc != 0 || tx == NULL || half_data(half_tx(c), &p) == 0)
		return rc;
	set(c, CHAN_WANT_OUT);	/* a codec that speaks first */
	pump_settle(c);
	return 0;
}

int chan_connect(struct chan *c, struct loop *l, const struct addr *to,
    const struct net_how *how, int64_t timeout_ms,
    const struct chan_ops *ops, struct codec *rx, struct codec *tx)
{
	int fd = port_tcp_connect(to, how);
	int rc;

	*c = (struct chan){ .ops = ops, .rx = rx, .tx = tx,
	    .flags = CHAN_CONNECTING };
	if (fd < 0)
		return fd;
	rc = start(c, l, fd, POLL_OUT);
	if (rc != 0) {
		port_close(fd);
		return rc;
	}
	timer_set(l, &c->timer, l->now_ms + timeout_ms, pump_timer);
	return 0;
}

bool chan_is_open(const struct chan *c)
{
	return watch_is_open(&c->watch);
}

void chan_idle(struct chan *c, int64_t ms)
{
	ASSERT(ms >= 0);
	c->idle_ms = (uint32_t)MIN(ms, UINT32_MAX);
	c->touched_ms = c->watch.loop->now_ms;
	pump_arm(c);
}

/* ---- reading ---- */

size_t chan_data(struct chan *c, uint8_t **p)
{
	return half_data(half_rx(c), p);
}

void chan_took(struct chan *c, size_t n)
{
	if (n == 0)
		return;
	half_took(half_rx(c), n);
	clear(c, CHAN_IN_FULL);
	if (has(c, CHAN_GOT_EOF))	/* on_end may be due now */
		set(c, CHAN_WANT_OUT);
	pump_settle(c);
}

void chan_read(struct chan *c, bool on)
{
	if (on)
		clear(c, CHAN_READ_OFF);
	else
		set(c, CHAN_READ_OFF);
	pump_settle(c);
}

/* ---- writing ---- */

static bool may_write(const struct chan *c)
{
	return chan_is_open(c) &&
	    !has(c, CHAN_FIN_WANTED | CHAN_FAILED | CHAN_DRAINING);
}

static int put(struct chan *c, const void *mem, size_t len)
{
	struct half h = half_tx(c);
	uint8_t *p;
	ptrdiff_t room = half_room(h, &p);

	if (room == -E_FULL)
		pump_wait_buf(c);
	if (room < 0)
		return -E_FULL;
	if ((size_t)room < len) {
		(void)half_done(h, 0);
		ASSERT(chan_unsent(c) > 0);
		return -E_FULL;
	}
	memcpy(p, mem, len);
	return half_done(h, len);
}

int chan_write(struct chan *c, const void *mem, size_t len)
{
	int rc;

	ASSERT(c->peer == NULL);
	if (!may_write(c))
		return -E_CLOSED;
	if (len == 0)
		return 0;
	rc = put(c, mem, len);
	set(c, CHAN_OWE_SENT);
	if (rc == 0)
		set(c, CHAN_WANT_OUT);
	pump_settle(c);
	return rc;
}

size_t chan_place(struct chan *c, size_t need, uint8_t **p)
{
	struct half h = half_tx(c);
	ptrdiff_t room;

	ASSERT(c->peer == NULL);
	if (!may_write(c))
		return 0;
	room = half_room(h, p);
	if (room < 0)
		return 0;
	if ((size_t)room >= need)
		return (size_t)room;
	(void)half_done(h, 0);
	return 0;
}

int chan_placed(struct chan *c, size_t n)
{
	int rc = half_done(half_tx(c), n);

	if (n == 0)
		return rc;
	set(c, CHAN_OWE_SENT);
	if (rc == 0)
		set(c, CHAN_WANT_OUT);
	pump_settle(c);
	return rc;
}

ptrdiff_t chan_send_file(struct chan *c, int fd, int64_t off, size_t len)
{
	ptrdiff_t n;

	ASSERT(c->peer == NULL && c->tx == NULL && c->out == NULL);
	if (!may_write(c))
		return -E_CLOSED;
	n = port_file_send(fd, off, c->watch.fd, len);
	if (n == 0 || (n < 0 && n != -E_AGAIN))
		return n;
	if (n > 0) {
		c->sent += (size_t)n;
		c->touched_ms = c->watch.loop->now_ms;
	}
	set(c, CHAN_WANT_OUT | CHAN_OWE_SENT);
	pump_settle(c);
	return n;
}

void chan_set_tx(struct chan *c, struct codec *tx)
{
	ASSERT(c->peer == NULL && c->out == NULL);
	half_close(half_tx(c));
	c->tx = tx;
}

size_t chan_room(struct chan *c)
{
	struct half h = half_tx(c);
	uint8_t *p;
	ptrdiff_t room;

	if (!may_write(c))
		return 0;
	room = half_room(h, &p);
	if (room < 0)
		return 0;
	(void)half_done(h, 0);
	return (size_t)room;
}

size_t chan_unsent(struct chan *c)
{
	uint8_t *p;

	return half_data(half_tx(c), &p);
}

void chan_flush(struct chan *c)
{
	if (!may_write(c))
		return;
	set(c, CHAN_WANT_OUT | CHAN_OWE_SENT);
	pump_settle(c);
}

void chan_finish(struct chan *c)
{
	if (!may_write(c))
		return;
	set(c, CHAN_FIN_WANTED | CHAN_WANT_OUT);
	pump_settle(c);
}

/* ---- pairs ---- */

static void join_one(struct chan *c, struct chan *peer)
{
	ASSERT(c->peer == NULL && chan_is_open(c) && !has(c, CHAN_FAILED));
	c->peer = peer;
	clear(c, CHAN_READ_OFF | CHAN_OWE_SENT | CHAN_JOINED_FIRST);
	set(c, CHAN_WANT_OUT);	/* looks at what is there already */
}

void chan_join(struct chan *a, struct chan *b)
{
	join_one(a, b);
	join_one(b, a);
	set(a, CHAN_JOINED_FIRST);
	pump_settle(a);
	pump_settle(b);
}

/* ---- the end ---- */

static void give_back(struct chan *c)
{
	pump_unjoin(c);
	pool_unwait(&c->waiter);
	half_close(half_rx(c));
	half_close(half_tx(c));
	ASSERT(c->held == 0 && c->held_big == 0);
}

int chan_park(struct chan *c)
{
	int fd = c->watch.fd;

	ASSERT(chan_is_open(c) && c->peer == NULL);
	ASSERT(c->in == NULL && c->out == NULL);
	pool_unwait(&c->waiter);
	timer_stop(c->watch.loop, &c->timer);
	watch_close(&c->watch);
	return fd;
}

void chan_drain(struct chan *c)
{
	ASSERT(chan_is_open(c));
	give_back(c);
	c->flags = CHAN_DRAINING;
	pump_settle(c);
	pump_arm(c);
}

static void drop(struct chan *c, void (*close_fd)(int fd))
{
	int fd = c->watch.fd;

	if (!chan_is_open(c))
		return;
	give_back(c);
	timer_stop(c->watch.loop, &c->timer);
	watch_close(&c->watch);
	close_fd(fd);
	c->flags = 0;
}

void chan_close(struct chan *c)
{
	drop(c, port_close);
}

void chan_abort(struct chan *c)
{
	drop(c, port_abort);
}
