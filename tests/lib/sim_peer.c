/* sim_peer.c - peers of the system under test, on other simulated machines. */
#include "sim_peer.h"

#include <stdio.h>

#include "port/net.h"
#include "port/sim/sim.h"
#include "port/time.h"

uint8_t peer_octet(uint32_t seed, uint32_t off)
{
	return (uint8_t)((off + seed) * 0x9e3779b1u >> 23);
}

static void over(struct peer *p, int broke)
{
	if (p->over)
		return;
	p->over = true;
	p->broke = broke;
	timer_stop(p->loop, &p->timer);
	if (p->on_over != NULL)
		p->on_over(p);
}

static void leave(struct peer *p, int broke, bool rst)
{
	int fd = p->watch.fd;

	if (p->over)
		return;
	watch_close(&p->watch);
	if (rst)
		port_abort(fd);
	else
		port_close(fd);
	over(p, broke);
}

void peer_drop(struct peer *p)
{
	if (p->opened)
		leave(p, -E_CLOSED, true);
}

static bool may_send(const struct peer *p)
{
	return p->connected && p->streams &&
	    (p->way != PEER_ANSWERS || p->got_eof);
}

static bool fin_due(const struct peer *p)
{
	return may_send(p) && !p->fin_sent && p->out_len == 0 &&
	    p->sent == p->out_total &&
	    (p->way != PEER_WAITS || p->got_eof);
}

/* The time for a whim has come: true when the connection is gone. */
static bool whim(struct peer *p)
{
	if (p->whim == PEER_POLITE || p->sent + p->got < p->whim_at)
		return false;
	if (p->whim == PEER_VANISHES)
		sim_vanish(p->watch.fd);
	leave(p, -E_CLOSED, p->whim == PEER_ABORTS);
	return true;
}

static void settle(struct peer *p)
{
	unsigned want = 0;

	if (p->over || whim(p))
		return;
	if (fin_due(p)) {
		p->fin_sent = true;
		if (port_shutdown_send(p->watch.fd) < 0) {
			leave(p, -E_RESET, false);
			return;
		}
	}
	if (p->fin_sent && p->got_eof) {
		leave(p, 0, false);
		return;
	}
	if (!p->got_eof && !p->resting)
		want |= POLL_IN;
	if (!p->connected || p->out_len > 0 ||
	    (may_send(p) && p->sent < p->out_total))
		want |= POLL_OUT;
	ASSERT(watch_want(&p->watch, want) == 0);
}

static void rested(struct timer *t)
{
	struct peer *p = OWNER(t, struct peer, timer);

	p->resting = false;
	settle(p);
}

static void take_stream(struct peer *p, const uint8_t *mem, size_t len)
{
	for (size_t i = 0; i < len; i++, p->got++)
		if (p->got >= p->in_total ||
		    mem[i] != peer_octet(p->in_seed, p->got))
			p->wrong = true;
}

/* Prologue first; what is behind it belongs to the stream. */
static int take(struct peer *p, const uint8_t *mem, size_t len)
{
	ptrdiff_t n;

	if (p->streams) {
		take_stream(p, mem, len);
		return 0;
	}
	ASSERT(p->in_len + len <= sizeof(p->in));
	memcpy(p->in + p->in_len, mem, len);
	p->in_len += (uint32_t)len;
	while (p->in_len > 0 && !p->streams && !p->over) {
		n = p->talk(p, p->in, p->in_len);
		if (n <= 0)
			return (int)n;
		p->in_len -= (uint32_t)n;
		memmove(p->in, p->in + n, p->in_len);
	}
	if (p->streams)
		take_stream(p, p->in, p->in_len);
	return 0;
}

static void on_in(struct peer *p)
{
	uint8_t mem[4096];
	size_t max = p->read_max > 0 ? p->read_max : sizeof(mem);
	ptrdiff_t n;

	if (!p->streams)
		max = sizeof(p->in) - p->in_len;
	n = port_recv(p->watch.fd, mem, MIN(max, sizeof(mem)));
	if (n == -E_AGAIN)
		return;
	if (n == 0)
		p->got_eof = true;
	else if (n > 0)
		n = take(p, mem, (size_t)n);
	if (n < 0) {
		leave(p, (int)n, n == -E_PROTO);
		return;
	}
	if (p->got_eof && !p->streams) {
		leave(p, -E_CLOSED, false);
		return;
	}
	if (p->rest_ms > 0 && p->streams && !p->over) {
		p->resting = true;
		timer_set(p->loop, &p->timer, p->loop->now_ms + p->rest_ms,
		    rested);
	}
}

static ptrdiff_t send_talk(struct peer *p)
{
	ptrdiff_t n = port_send(p->watch.fd, p->out, 1 + sim_pick(p->out_len));

	if (n > 0) {
		p->out_len -= (uint32_t)n;
		memmove(p->out, p->out + n, p->out_len);
	}
	return n;
}

static ptrdiff_t send_stream(struct peer *p)
{
	uint8_t mem[4096];
	size_t len = MIN(sizeof(mem), p->out_total - p->sent);
	ptrdiff_t n;

	for (size_t i = 0; i < len; i++)
		mem[i] = peer_octet(p->out_seed, p->sent + (uint32_t)i);
	n = port_send(p->watch.fd, mem, len);
	if (n > 0)
		p->sent += (uint32_t)n;
	return n;
}

static void on_out(struct peer *p)
{
	ptrdiff_t n = 0;

	if (!p->connected) {
		n = port_tcp_connected(p->watch.fd);
		p->connected = true;
	}
	if (n == 0 && p->out_len > 0)
		n = send_talk(p);
	else if (n == 0 && may_send(p) && p->sent < p->out_total)
		n = send_stream(p);
	if (n < 0 && n != -E_AGAIN)
		leave(p, (int)n, false);
}

static void on_event(struct watch *w, unsigned got)
{
	struct peer *p = OWNER(w, struct peer, watch);

	if (got & (POLL_IN | POLL_ERR) && p->connected && !p->resting &&
	    !p->got_eof)
		on_in(p);
	if (!p->over && got & (POLL_OUT | POLL_ERR))
		on_out(p);
	settle(p);
}

static void begin(struct peer *p, struct loop *l, int fd)
{
	p->loop = l;
	p->opened = true;
	ASSERT(watch_open(l, &p->watch, fd, 0, on_event) == 0);
	settle(p);
}

bool peer_connect(struct peer *p, struct loop *l, const struct addr *to)
{
	bool was = sim_outside(true);
	int fd = port_tcp_connect(to, NULL);

	sim_outside(was);
	if (fd < 0) {
		p->loop = l;
		over(p, fd);
		return false;
	}
	begin(p, l, fd);
	return true;
}

void peer_accept(struct peer *p, struct loop *l, int fd)
{
	p->connected = true;
	begin(p, l, fd);
}

void peer_say(struct peer *p, const void *mem, size_t len)
{
	ASSERT(p->out_len + len <= sizeof(p->out));
	memcpy(p->out + p->out_len, mem, len);
	p->out_len += (uint32_t)len;
	if (p->opened)
		settle(p);
}

void peer_stream(struct peer *p)
{
	p->streams = true;
}

bool peer_whole(const struct peer *p)
{
	return p->over && p->broke == 0 && !p->wrong &&
	    p->sent == p->out_total && p->got == p->in_total;
}

/* ---- plans ---- */

static uint32_t some_octets(void)
{
	static const uint32_t about[] = { 1, 2, 100, 5000, 70000 };

	return sim_pick(about[sim_pick(LEN(about))]);
}

static void plan_reading(struct peer *p)
{
	if (sim_pick(4) != 0)
		return;
	p->read_max = 1 + p->in_total / 50;
	p->rest_ms = sim_pick(100);
}

void peer_plan(struct peer *client, struct peer *target, bool polite)
{
	struct peer *one = sim_pick(2) ? client : target;

	client->out_total = target->in_total = some_octets();
	target->out_total = client->in_total = some_octets();
	client->out_seed = target->in_seed = sim_pick(1u << 30);
	target->out_seed = client->in_seed = sim_pick(1u << 30);
	client->way = target->way = PEER_BOTH;
	one->way = (enum peer_way)sim_pick(3);
	plan_reading(client);
	plan_reading(target);
	if (polite)
		return;
	one = sim_pick(2) ? client : target;
	one->whim = (enum peer_whim)sim_pick(4);
	one->whim_at = sim_pick(one->out_total + one->in_total + 1);
}

static void show(const char *who, const struct peer *p)
{
	fprintf(stderr, "%s: sent %u/%u%s, got %u/%u%s%s, broke %d, whim %d "
	    "at %u\n", who, p->sent, p->out_total, p->fin_sent ? " fin" : "",
	    p->got, p->in_total, p->got_eof ? " end" : "",
	    p->wrong ? " WRONG" : "", p->broke, p->whim, p->whim_at);
}

bool peer_honest(const struct peer *p, const struct peer *other)
{
	if (!p->wrong && p->got <= other->sent &&
	    (!p->got_eof || !p->streams || p->got == other->sent))
		return true;
	show("this", p);
	show("other", other);
	return false;
}

/* ---- hosts ---- */

static void on_caller(struct watch *w, unsigned got)
{
	struct host *h = OWNER(w, struct host, watch);
	struct addr from;
	int fd = port_tcp_accept(w->fd, &from);

	(void)got;
	if (fd < 0)
		return;
	if (h->peer == NULL || h->peer->opened) {
		h->refused++;
		port_abort(fd);
		return;
	}
	peer_accept(h->peer, w->loop, fd);
}

void host_open(struct host *h, struct loop *l, const struct addr *at,
    struct peer *p)
{
	struct addr own = *at;
	bool was = sim_outside(true);
	int fd = port_tcp_listen(&own, NULL);

	sim_outside(was);
	ASSERT(fd >= 0);
	*h = (struct host){ .peer = p };
	ASSERT(watch_open(l, &h->watch, fd, POLL_IN, on_caller) == 0);
}

void host_close(struct host *h)
{
	int fd = h->watch.fd;

	if (!watch_is_open(&h->watch))
		return;
	watch_close(&h->watch);
	port_close(fd);
}
