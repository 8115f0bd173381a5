/* t_chan.c - channels over loopback: what the owner is told, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "src/core/chan.c"
#include "src/core/chan_half.c"
#include "src/core/chan_pump.c"
#include "core/pool.h"
#include "port/time.h"
#include "tests/lib/codec_frame.h"

#define PATIENCE_MS 5000

static struct loop loop;
static struct net_how plain_how;

/* An owner that remembers what it was told. */
struct owner {
	struct chan chan;
	struct frame_codec rx, tx;
	uint8_t got[300000];
	size_t got_n;
	size_t take_max;	/* at a time; 0 = nothing */
	int opened, ends, end_why, sents, fails, why, joined_ends;
	bool drain, close_on_data, drain_on_data;
};

static struct owner a, b;

static struct owner *owner_of(struct chan *c)
{
	return OWNER(c, struct owner, chan);
}

static void on_open(struct chan *c)
{
	owner_of(c)->opened++;
}

static void on_data(struct chan *c)
{
	struct owner *o = owner_of(c);
	uint8_t *p;
	size_t n = chan_data(c, &p);

	if (o->close_on_data) {
		chan_close(c);
		return;
	}
	if (o->drain_on_data) {
		o->got_n++;
		assert_int_equal(chan_write(c, "never sent", 10), 0);
		chan_drain(c);
		return;
	}
	n = MIN(n, o->take_max);
	assert_true(o->got_n + n <= sizeof(o->got));
	memcpy(o->got + o->got_n, p, n);
	o->got_n += n;
	chan_took(c, n);
}

static void on_end(struct chan *c, int why)
{
	owner_of(c)->ends++;
	owner_of(c)->end_why = why;
}

static void on_sent(struct chan *c)
{
	owner_of(c)->sents++;
}

static void on_fail(struct chan *c, int why)
{
	owner_of(c)->fails++;
	owner_of(c)->why = why;
	if (owner_of(c)->drain)
		chan_drain(c);
	else
		chan_close(c);
}

static void on_joined_end(struct chan *c)
{
	owner_of(c)->joined_ends++;
}

static const struct chan_ops ops = {
	.on_open = on_open, .on_data = on_data, .on_end = on_end,
	.on_sent = on_sent, .on_fail = on_fail, .on_joined_end = on_joined_end,
};

/* ---- the world ---- */

static int setup(void **state)
{
	(void)state;
	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	a.take_max = b.take_max = SIZE_MAX;
	return loop_open(&loop, NULL);
}

static int teardown(void **state)
{
	(void)state;
	chan_close(&a.chan);
	chan_close(&b.chan);
	chan_close(&a.chan);
	assert_int_equal(loop.watches, 0);
	assert_int_equal(loop.timers.armed, 0);
	for (struct pool *p = pool_first(); p != NULL; p = p->next) {
		assert_int_equal(p->used, 0);
		assert_true(list_empty(&p->waiters));
	}
	loop_close(&loop);
	return 0;
}

static int listen_at(struct addr *at)
{
	*at = (struct addr){ .family = 4, .ip = { 127, 0, 0, 1 } };
	return port_tcp_listen(at, &plain_how);
}

static int accept_one(int ls)
{
	struct addr peer;
	int64_t until = port_now_ms() + PATIENCE_MS;
	int fd;

	while ((fd = port_tcp_accept(ls, &peer)) == -E_AGAIN)
		assert_true(port_now_ms() < until);
	assert_true(fd >= 0);
	return fd;
}

/* A connection: fd[0] connected, fd[1] accepted. */
static void make_pair(int fd[2])
{
	struct addr at;
	int ls = listen_at(&at);

	assert_true(ls >= 0);
	fd[0] = port_tcp_connect(&at, &plain_how);
	assert_true(fd[0] >= 0);
	fd[1] = accept_one(ls);
	port_close(ls);
}

#define turn_until(cond) do { \
	int64_t until_ = port_now_ms() + PATIENCE_MS; \
	while (!(cond)) { \
		assert_true(port_now_ms() < until_); \
		loop_turn(&loop, port_now_ms() + 20); \
	} \
} while (0)

/* What is under way in the kernel may come; then turns bring no event. */
static void assert_quiet(void)
{
	int quiet = 0;

	for (int i = 0; i < 1000 && quiet < 5; i++) {
		uint64_t events = loop.events;

		loop_turn(&loop, 0);
		quiet = loop.events == events ? quiet + 1 : 0;
	}
	assert_int_equal(quiet, 5);
}

static void send_all(int fd, const void *mem, size_t len)
{
	const uint8_t *p = mem;

	while (len > 0) {
		ptrdiff_t n = port_send(fd, p, len);

		if (n == -E_AGAIN) {
			loop_turn(&loop, port_now_ms() + 1);
			continue;
		}
		assert_true(n > 0);
		p += n;
		len -= (size_t)n;
	}
}

static void recv_exactly(int fd, const void *mem, size_t len)
{
	int64_t until = port_now_ms() + PATIENCE_MS;
	uint8_t got[4096];
	size_t at = 0;

	while (at < len) {
		ptrdiff_t n = port_recv(fd, got, MIN(sizeof(got), len - at));

		assert_true(port_now_ms() < until);
		if (n == -E_AGAIN) {
			loop_turn(&loop, port_now_ms() + 1);
			continue;
		}
		assert_true(n > 0);
		assert_memory_equal(got, (const uint8_t *)mem + at, (size_t)n);
		at += (size_t)n;
	}
}

static void recv_end(int fd)
{
	int64_t until = port_now_ms() + PATIENCE_MS;
	uint8_t got[1];
	ptrdiff_t n;

	while ((n = port_recv(fd, got, 1)) == -E_AGAIN) {
		assert_true(port_now_ms() < until);
		loop_turn(&loop, port_now_ms() + 1);
	}
	assert_int_equal(n, 0);
}

static void fill(uint8_t *mem, size_t len)
{
	for (size_t i = 0; i < len; i++)
		mem[i] = (uint8_t)(i * 7 + i / 251);
}

/* ---- alone ---- */

static void small_and_idle(void **state)
{
	int fd[2];

	(void)state;
	make_pair(fd);
	assert_int_equal(chan_open(&a.chan, &loop, fd[1], &ops, NULL, NULL), 0);
	send_all(fd[0], "hello", 5);
	turn_until(a.got_n == 5);
	assert_memory_equal(a.got, "hello", 5);
	assert_int_equal(buf_used(), 0);
	assert_int_equal(chan_write(&a.chan, "220 ", 4), 0);
	assert_int_equal(chan_write(&a.chan, "ready\r\n", 7), 0);
	assert_int_equal(chan_unsent(&a.chan), 11);
	turn_until(a.sents == 1);
	recv_exactly(fd[0], "220 ready\r\n", 11);
	assert_int_equal(chan_unsent(&a.chan), 0);
	assert_int_equal(buf_used(), 0);
	assert_int_equal(a.chan.got, 5);
	assert_int_equal(a.chan.sent, 11);
	assert_quiet();
	port_close(fd[0]);
	turn_until(a.ends == 1);
	assert_int_equal(a.end_why, 0);
	assert_int_equal(a.fails, 0);
	assert_quiet();
}

/* More is asked for when there is room; nothing is missing, no buffer held. */
static void files_go_without_a_buffer(void **state)
{
	static uint8_t mem[3000000];
	FILE *f = tmpfile();
	size_t at = 0, got = 0, told = 0;
	int fd[2];

	(void)state;
	assert_non_null(f);
	fill(mem, sizeof(mem));
	assert_int_equal(fwrite(mem, 1, sizeof(mem), f), sizeof(mem));
	assert_int_equal(fflush(f), 0);
	make_pair(fd);
	assert_int_equal(chan_open(&a.chan, &loop, fd[1], &ops, NULL, NULL), 0);
	while (at < sizeof(mem)) {
		ptrdiff_t n = chan_send_file(&a.chan, fileno(f), (int64_t)at,
		    1u << 20);

		if (n == -E_NOSUP)	/* not on every system */
			skip();
		assert_true(n > 0 || n == -E_AGAIN);
		assert_int_equal(buf_used(), 0);
		at += n > 0 ? (size_t)n : 0;
		recv_exactly(fd[0], mem + got, at - got);
		got = at;
		turn_until(a.sents > (int)told);
		told = (size_t)a.sents;
	}
	assert_int_equal(a.chan.sent, sizeof(mem));
	assert_int_equal(chan_send_file(&a.chan, fileno(f), (int64_t)at, 1), 0);
	assert_quiet();
	port_close(fd[0]);
	fclose(f);
	turn_until(a.ends == 1);
}

static void data_not_taken_stays_and_stops_reading(void **state)
{
	static uint8_t much[200000];
	int fd[2];
	uint8_t *p;
	size_t sent = 0;
	ptrdiff_t n;

	(void)state;
	fill(much, sizeof(much));
	make_pair(fd);
	assert_int_equal(chan_open(&a.chan, &loop, fd[1], &ops, NULL, NULL), 0);
	a.take_max = 0;
	while (sent < sizeof(much) &&
	    (n = port_send(fd[0], much + sent, sizeof(much) - sent)) > 0)
		sent += (size_t)n;
	turn_until(chan_data(&a.chan, &p) == BUF_OCTETS);
	assert_int_equal(buf_used(), 1);
	assert_quiet();
	port_shutdown_send(fd[0]);
	assert_int_equal(a.ends, 0);
	a.take_max = SIZE_MAX;
	on_data(&a.chan);
	turn_until(a.ends == 1);
	assert_int_equal(a.got_n, sent);
	assert_memory_equal(a.got, much, sent);
	port_close(fd[0]);
}

static void taken_one_by_one(void **state)
{
	int fd[2];

	(void)state;
	make_pair(fd);
	a.take_max = 1;
	assert_int_equal(chan_open(&a.chan, &loop, fd[1], &ops, NULL, NULL), 0);
	send_all(fd[0], "0123456789", 10);
	turn_until(a.got_n == 10);
	assert_memory_equal(a.got, "0123456789", 10);
	assert_int_equal(buf_used(), 0);
	port_close(fd[0]);
}

static void the_end_waits_for_the_last_octet(void **state)
{
	int fd[2];
	uint8_t *p;

	(void)state;
	make_pair(fd);
	a.take_max = 0;
	assert_int_equal(chan_open(&a.chan, &loop, fd[1], &ops, NULL, NULL), 0);
	send_all(fd[0], "last", 4);
	port_shutdown_send(fd[0]);
	turn_until((a.chan.flags & CHAN_GOT_EOF) != 0);
	assert_int_equal(a.ends, 0);
	assert_quiet();
	assert_int_equal(chan_data(&a.chan, &p), 4);
	chan_took(&a.chan, 4);
	assert_int_equal(a.ends, 0);	/* not inside a call of ours */
	turn_until(a.ends == 1);
	assert_quiet();
	port_close(fd[0]);
}

static void reading_off_is_quiet(void **state)
{
	int fd[2];

	(void)state;
	make_pair(fd);
	assert_int_equal(chan_open(&a.chan, &loop, fd[1], &ops, NULL, NULL), 0);
	chan_read(&a.chan, false);
	send_all(fd[0], "x", 1);
	assert_quiet();
	assert_int_equal(a.got_n, 0);
	port_abort(fd[0]);
	assert_quiet();
	chan_read(&a.chan, true);
	turn_until(a.fails == 1);
	assert_int_equal(a.why, -E_RESET);
}

static void finish_follows_what_was_written(void **state)
{
	int fd[2];

	(void)state;
	make_pair(fd);
	assert_int_equal(chan_open(&a.chan, &loop, fd[1], &ops, NULL, NULL), 0);
	assert_int_equal(chan_write(&a.chan, "bye", 3), 0);
	chan_finish(&a.chan);
	assert_int_equal(chan_write(&a.chan, "more", 4), -E_CLOSED);
	recv_exactly(fd[0], "bye", 3);
	recv_end(fd[0]);
	send_all(fd[0], "still here", 10);
	turn_until(a.got_n == 10);
	assert_quiet();
	port_close(fd[0]);
	turn_until(a.ends == 1);
	assert_quiet();
}

static void full_is_told_and_then_sent(void **state)
{
	static uint8_t piece[8192];
	int fd[2];
	int n = 0;

	(void)state;
	make_pair(fd);
	assert_int_equal(chan_open(&a.chan, &loop, fd[1], &ops, NULL, NULL), 0);
	assert_true(chan_room(&a.chan) >= LIMIT_BUF_PAYLOAD);
	assert_int_equal(buf_used(), 0);
	while (chan_write(&a.chan, piece, sizeof(piece)) == 0)
		n++;
	assert_int_equal(n, 2);
	turn_until(a.sents == 1);
	assert_int_equal(chan_write(&a.chan, piece, sizeof(piece)), 0);
	port_close(fd[0]);
}

static void idle_ends_it(void **state)
{
	int fd[2];

	(void)state;
	make_pair(fd);
	assert_int_equal(chan_open(&a.chan, &loop, fd[1], &ops, NULL, NULL), 0);
	chan_idle(&a.chan, 400);
	loop_turn(&loop, port_now_ms() + 100);
	send_all(fd[0], "x", 1);
	turn_until(a.got_n == 1);
	assert_int_equal(a.fails, 0);
	turn_until(a.fails == 1);
	assert_int_equal(a.why, -E_TIMEOUT);
	port_close(fd[0]);
}

static void closed_inside_on_data(void **state)
{
	int fd[2];

	(void)state;
	make_pair(fd);
	a.close_on_data = true;
	assert_int_equal(chan_open(&a.chan, &loop, fd[1], &ops, NULL, NULL), 0);
	send_all(fd[0], "x", 1);
	turn_until(!chan_is_open(&a.chan));
	port_close(fd[0]);
}

/* ---- connecting ---- */

static void connect_and_what_was_written_before(void **state)
{
	struct addr at;
	int ls = listen_at(&at), fd;

	(void)state;
	assert_int_equal(chan_connect(&a.chan, &loop, &at, &plain_how, 3000,
	    &ops, NULL, NULL), 0);
	assert_int_equal(chan_write(&a.chan, "first", 5), 0);
	chan_finish(&a.chan);
	fd = accept_one(ls);
	turn_until(a.opened == 1);
	recv_exactly(fd, "first", 5);
	recv_end(fd);
	port_close(fd);
	turn_until(a.ends == 1);
	port_close(ls);
}

static void connect_with_fast_open(void **state)
{
	struct net_how how = { .flags = NET_FAST_OPEN };
	struct addr at;
	int ls = listen_at(&at), fd;

	(void)state;
	assert_int_equal(chan_connect(&a.chan, &loop, &at, &how, 3000,
	    &ops, NULL, NULL), 0);
	assert_int_equal(chan_write(&a.chan, "first", 5), 0);
	turn_until(a.sents == 1);
	fd = accept_one(ls);
	recv_exactly(fd, "first", 5);
	port_close(fd);
	turn_until(a.ends == 1);
	port_close(ls);
}

static void connect_refused(void **state)
{
	struct addr at;
	int ls = listen_at(&at);
	int rc;

	(void)state;
	port_close(ls);
	rc = chan_connect(&a.chan, &loop, &at, &plain_how, 3000, &ops, NULL,
	    NULL);
	if (rc == 0) {
		turn_until(a.fails == 1);
		rc = a.why;
	}
	assert_int_equal(rc, -E_REFUSED);
	assert_int_equal(a.opened, 0);
	assert_false(chan_is_open(&a.chan));
}

/* ---- codecs ---- */

static void frames_both_ways(void **state)
{
	uint8_t wire[64];
	size_t n = frame_make(wire, "hello", 5);
	int fd[2];

	(void)state;
	make_pair(fd);
	assert_int_equal(chan_open(&a.chan, &loop, fd[1], &ops,
	    frame_rx(&a.rx), frame_tx(&a.tx)), 0);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(a.got_n, 0);
		send_all(fd[0], wire + i, 1);
		loop_turn(&loop, port_now_ms() + 20);
	}
	turn_until(a.got_n == 5);
	assert_memory_equal(a.got, "hello", 5);
	assert_int_equal(buf_used(), 0);
	assert_int_equal(chan_write(&a.chan, "hello", 5), 0);
	recv_exactly(fd[0], wire, n);
	send_all(fd[0], wire, 4);
	port_shutdown_send(fd[0]);
	turn_until(a.ends == 1);
	assert_int_equal(a.end_why, -E_PROTO);
	port_close(fd[0]);
}

static void forged_is_drained_without_a_word(void **state)
{
	static uint8_t junk[30000];
	uint8_t wire[64];
	size_t n = frame_make(wire, "hello", 5);
	int fd[2];
	uint8_t one;

	(void)state;
	wire[n - 1] ^= 1;
	make_pair(fd);
	a.drain = true;
	assert_int_equal(chan_open(&a.chan, &loop, fd[1], &ops,
	    frame_rx(&a.rx), frame_tx(&a.tx)), 0);
	send_all(fd[0], wire, n);
	turn_until(a.fails == 1);
	assert_int_equal(a.why, -E_AUTH);
	assert_true(a.rx.closed && a.tx.closed);
	assert_int_equal(buf_used(), 0);
	send_all(fd[0], junk, sizeof(junk));
	turn_until(a.chan.got == n + sizeof(junk));
	assert_int_equal(port_recv(fd[0], &one, 1), -E_AGAIN);
	assert_int_equal(a.got_n, 0);
	assert_quiet();
	port_shutdown_send(fd[0]);
	turn_until(a.ends == 1);
	assert_int_equal(a.fails, 1);
	port_close(fd[0]);
}

static void drained_inside_on_data(void **state)
{
	static uint8_t much[40000];
	int fd[2];

	(void)state;
	make_pair(fd);
	a.drain_on_data = true;
	assert_int_equal(chan_open(&a.chan, &loop, fd[1], &ops, NULL, NULL), 0);
	send_all(fd[0], much, sizeof(much));
	port_shutdown_send(fd[0]);
	turn_until(a.ends == 1);
	assert_int_equal(a.got_n, 1);
	assert_int_equal(chan_write(&a.chan, "x", 1), -E_CLOSED);
	assert_quiet();
	assert_int_equal(port_recv(fd[0], much, 1), -E_AGAIN);
	assert_int_equal(buf_used(), 0);
	port_close(fd[0]);
}

static void drained_until_idle(void **state)
{
	uint8_t wire[3] = { 0xff, 0xff, 0 };
	int fd[2];

	(void)state;
	make_pair(fd);
	a.drain = true;
	assert_int_equal(chan_open(&a.chan, &loop, fd[1], &ops,
	    frame_rx(&a.rx), frame_tx(&a.tx)), 0);
	chan_idle(&a.chan, 50);
	send_all(fd[0], wire, 3);
	turn_until(a.fails == 1);
	assert_int_equal(a.why, -E_PROTO);
	a.drain = false;
	turn_until(a.fails == 2);
	assert_int_equal(a.why, -E_TIMEOUT);
	port_close(fd[0]);
}

/* ---- buffers ---- */

static void waits_for_a_buffer(void **state)
{
	struct buf *held[LIMIT_BUFS];
	int fd[2];

	(void)state;
	make_pair(fd);
	assert_int_equal(chan_open(&a.chan, &loop, fd[1], &ops, NULL, NULL), 0);
	for (size_t i = 0; i < LEN(held); i++)
		held[i] = buf_get();
	send_all(fd[0], "x", 1);
	turn_until((a.chan.flags & CHAN_WAIT_BUF) != 0);
	assert_quiet();
	assert_int_equal(chan_write(&a.chan, "y", 1), -E_FULL);
	assert_int_equal(a.got_n + (size_t)a.sents, 0);
	for (size_t i = 0; i < LEN(held); i++)
		buf_put(&held[i]);
	turn_until(a.got_n == 1 && a.sents == 1);
	assert_int_equal(chan_write(&a.chan, "y", 1), 0);
	recv_exactly(fd[0], "y", 1);
	port_close(fd[0]);
}

static struct pool_waiter queued;
static bool had_its_turn;

static void on_turn(struct pool_waiter *w)
{
	struct buf *got = buf_get();

	(void)w;
	assert_non_null(got);
	had_its_turn = true;
	buf_put(&got);
}

/* A stream that never rests between two frames has to give its buffer on. */
static void a_busy_stream_gives_way(void **state)
{
	static uint8_t payload[1000], wire[4 * (1000 + FRAME_EXTRA)];
	struct buf *held[LIMIT_BUFS - 1];
	size_t one = sizeof(wire) / 4;
	int fd[2];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		frame_make(wire + i * one, payload, sizeof(payload));
	make_pair(fd);
	assert_int_equal(chan_open(&a.chan, &loop, fd[1], &ops,
	    frame_rx(&a.rx), frame_tx(&a.tx)), 0);
	for (size_t i = 0; i < LEN(held); i++)
		held[i] = buf_get();
	send_all(fd[0], wire, one * 2 + 500);
	turn_until(a.got_n == 2 * sizeof(payload));
	assert_int_equal(buf_used(), LIMIT_BUFS);
	queued.fn = on_turn;
	buf_wait(&queued);
	send_all(fd[0], wire + one * 2 + 500, one);
	turn_until(had_its_turn);
	turn_until(a.got_n == 3 * sizeof(payload));
	for (size_t i = 0; i < LEN(held); i++)
		buf_put(&held[i]);
	port_close(fd[0]);
}

/* ---- pairs ---- */

enum side { PLAIN, FRAMES };

/* fd[0] <-> a joined b <-> fd[1], either side with codecs or without. */
static void make_joined(int fd[2], enum side one, enum side other)
{
	int x[2], y[2];

	make_pair(x);
	make_pair(y);
	assert_int_equal(chan_open(&a.chan, &loop, x[1], &ops,
	    one == FRAMES ? frame_rx(&a.rx) : NULL,
	    one == FRAMES ? frame_tx(&a.tx) : NULL), 0);
	assert_int_equal(chan_open(&b.chan, &loop, y[1], &ops,
	    other == FRAMES ? frame_rx(&b.rx) : NULL,
	    other == FRAMES ? frame_tx(&b.tx) : NULL), 0);
	fd[0] = x[0];
	fd[1] = y[0];
}

static size_t encode(uint8_t *out, enum side s, const void *mem, size_t len)
{
	if (s == FRAMES)
		return frame_make(out, mem, len);
	memcpy(out, mem, len);
	return len;
}

static void relay(enum side one, enum side other)
{
	uint8_t wire[64];
	int fd[2];
	size_t n;

	setup(NULL);
	make_joined(fd, one, other);
	a.take_max = b.take_max = 0;
	n = encode(wire, one, "early", 5);	/* before the two are joined */
	send_all(fd[0], wire, n);
	turn_until(a.chan.got == n);
	chan_join(&a.chan, &b.chan);
	n = encode(wire, other, "early", 5);
	recv_exactly(fd[1], wire, n);
	n = encode(wire, one, "up", 2);
	send_all(fd[0], wire, n);
	n = encode(wire, other, "up", 2);
	recv_exactly(fd[1], wire, n);
	port_shutdown_send(fd[1]);
	recv_end(fd[0]);
	assert_quiet();
	n = encode(wire, one, "after the end", 13);
	send_all(fd[0], wire, n);
	n = encode(wire, other, "after the end", 13);
	recv_exactly(fd[1], wire, n);
	assert_int_equal(a.joined_ends, 0);
	port_shutdown_send(fd[0]);
	recv_end(fd[1]);
	turn_until(a.joined_ends == 1);
	assert_int_equal(b.joined_ends + a.fails + b.fails, 0);
	assert_int_equal(a.ends + b.ends, 0);
	assert_int_equal(buf_used(), 0);
	assert_quiet();
	port_close(fd[0]);
	port_close(fd[1]);
	teardown(NULL);
}

static void relay_of_every_kind(void **state)
{
	(void)state;
	relay(PLAIN, PLAIN);
	relay(PLAIN, FRAMES);
	relay(FRAMES, PLAIN);
	relay(FRAMES, FRAMES);
}

static void a_slow_reader_holds_the_writer(void **state)
{
	static uint8_t much[100000];
	size_t sent = 0;
	int fd[2];
	ptrdiff_t n;

	(void)state;
	make_joined(fd, PLAIN, PLAIN);
	chan_join(&a.chan, &b.chan);
	for (int quiet = 0; quiet < 5; quiet++) {
		while ((n = port_send(fd[0], much, sizeof(much))) > 0) {
			sent += (size_t)n;
			quiet = 0;
		}
		loop_turn(&loop, port_now_ms() + 20);
	}
	assert_quiet();
	assert_true(buf_used() <= 1);
	port_shutdown_send(fd[0]);
	while (sent > 0) {
		n = port_recv(fd[1], much, sizeof(much));
		if (n == -E_AGAIN) {
			loop_turn(&loop, port_now_ms() + 20);
			continue;
		}
		assert_true(n > 0);
		sent -= (size_t)n;
	}
	recv_end(fd[1]);
	port_close(fd[0]);
	port_close(fd[1]);
}

static void reset_of_one_side_is_told_once(void **state)
{
	int fd[2];

	(void)state;
	make_joined(fd, PLAIN, FRAMES);
	chan_join(&a.chan, &b.chan);
	loop_turn(&loop, 0);
	port_abort(fd[1]);
	turn_until(b.fails == 1);
	assert_int_equal(b.why, -E_RESET);
	assert_int_equal(a.fails, 0);
	assert_null(a.chan.peer);
	send_all(fd[0], "x", 1);
	assert_quiet();
	port_close(fd[0]);
}

static void a_cut_stream_does_not_look_ended(void **state)
{
	uint8_t wire[64];
	int fd[2];

	(void)state;
	make_joined(fd, FRAMES, PLAIN);
	chan_join(&a.chan, &b.chan);
	frame_make(wire, "hello", 5);
	send_all(fd[0], wire, 4);
	port_shutdown_send(fd[0]);
	turn_until(a.fails == 1);
	assert_int_equal(a.why, -E_PROTO);
	assert_false((b.chan.flags & CHAN_FIN_SENT) != 0);
	port_close(fd[0]);
	port_close(fd[1]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(small_and_idle), TEST(files_go_without_a_buffer),
		TEST(data_not_taken_stays_and_stops_reading),
		TEST(taken_one_by_one),
		TEST(the_end_waits_for_the_last_octet),
		TEST(reading_off_is_quiet),
		TEST(finish_follows_what_was_written),
		TEST(full_is_told_and_then_sent),
		TEST(idle_ends_it),
		TEST(closed_inside_on_data),
		TEST(connect_and_what_was_written_before),
		TEST(connect_with_fast_open),
		TEST(connect_refused),
		TEST(frames_both_ways),
		TEST(forged_is_drained_without_a_word),
		TEST(drained_inside_on_data),
		TEST(drained_until_idle),
		TEST(waits_for_a_buffer),
		TEST(a_busy_stream_gives_way),
		cmocka_unit_test(relay_of_every_kind),
		TEST(a_slow_reader_holds_the_writer),
		TEST(reset_of_one_side_is_told_once),
		TEST(a_cut_stream_does_not_look_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
