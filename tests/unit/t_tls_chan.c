/* t_tls_chan.c - TLS below channels, over loopback: handshake, octets, both
 * ends, a stream that is cut, and an alert that arrives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/chan.h"
#include "crypto/tls.h"
#include "port/net.h"
#include "port/time.h"

#define PATIENCE_MS 20000

static struct loop loop;
static struct tls_shared server_side, client_side;
static _Alignas(16) uint8_t mem[2][TLS_ARENA_TWO];

struct owner {
	struct chan chan;
	struct tls tls;
	struct tls_arena arena;
	size_t got;
	int ends, end_why, fails;
};
static struct owner a, b;	/* server, client */

static struct owner *owner_of(struct chan *c)
{
	return OWNER(c, struct owner, chan);
}

static void on_data(struct chan *c)
{
	uint8_t *p;
	size_t n = chan_data(c, &p);

	owner_of(c)->got += n;
	chan_took(c, n);
}

static void on_end(struct chan *c, int why)
{
	owner_of(c)->ends++;
	owner_of(c)->end_why = why;
}

static void on_fail(struct chan *c, int why)
{
	(void)why;
	owner_of(c)->fails++;
	chan_close(c);
}

static const struct chan_ops ops = { .on_data = on_data, .on_end = on_end,
	.on_fail = on_fail };

static void setup_shared(void)
{
	static char pem[2048];
	struct tls_pem cert = { pem, 0 };
	char why[160];
	int n;

	assert_int_equal(tls_start(), 0);
	n = tls_make_cert(&server_side, "here.example", "20200101000000",
	    "20491231235959", pem, sizeof(pem));
	assert_true(n > 0);
	cert.len = (size_t)n;
	assert_int_equal(tls_shared_open(&server_side, &cert, NULL, NULL, why,
	    sizeof(why)), 0);
	assert_int_equal(tls_shared_open(&client_side, NULL, NULL, &cert, why,
	    sizeof(why)), 0);
}

static void sockets(int fd[2])
{
	struct addr at = { .family = 4, .ip = { 127, 0, 0, 1 } }, peer;
	struct net_how how = { 0 };
	int64_t until = port_now_ms() + PATIENCE_MS;
	int ls = port_tcp_listen(&at, &how);

	assert_true(ls >= 0);
	fd[1] = port_tcp_connect(&at, &how);
	while ((fd[0] = port_tcp_accept(ls, &peer)) == -E_AGAIN)
		assert_true(port_now_ms() < until);
	port_close(ls);
	assert_true(fd[0] >= 0 && fd[1] >= 0);
}

static void open_one(struct owner *o, int fd, const struct tls_how *how)
{
	assert_int_equal(tls_open(&o->tls, how), 0);
	assert_int_equal(chan_open(&o->chan, &loop, fd, &ops, &o->tls.rx,
	    &o->tls.tx), 0);
}

static int open_both(void **state)
{
	struct tls_how hs = { .shared = &server_side, .arena = &a.arena,
		.tls12 = true, .tls13 = true, .tickets = 4 };
	struct tls_how hc = { .shared = &client_side, .arena = &b.arena,
		.client = true, .name = "here.example", .tls12 = true,
		.tls13 = true };
	int fd[2];

	(void)state;
	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	memset(mem, 0, sizeof(mem));
	tls_arena_open(&a.arena, mem[0], sizeof(mem[0]));
	tls_arena_open(&b.arena, mem[1], sizeof(mem[1]));
	assert_int_equal(loop_open(&loop, NULL), 0);
	sockets(fd);
	open_one(&a, fd[0], &hs);
	open_one(&b, fd[1], &hc);
	return 0;
}

static int close_both(void **state)
{
	(void)state;
	chan_close(&a.chan);
	chan_close(&b.chan);
	assert_int_equal(a.arena.used, 0);
	assert_int_equal(b.arena.used, 0);
	assert_int_equal(buf_used(), 0);
	loop_close(&loop);
	return 0;
}

#define UNTIL(cond) \
	for (int64_t until = port_now_ms() + PATIENCE_MS; !(cond);) { \
		assert_true(port_now_ms() < until); \
		loop_turn(&loop, port_now_ms() + 50); \
	}

static void t_whole(void **state)
{
	static uint8_t octets[LIMIT_BUF_PAYLOAD];

	(void)state;
	UNTIL(tls_is_up(&a.tls) && tls_is_up(&b.tls));
	a.tls.bulk = true;
	assert_int_equal(chan_write(&a.chan, octets, sizeof(octets)), 0);
	assert_int_equal(chan_write(&b.chan, octets, 1000), 0);
	UNTIL(b.got == sizeof(octets) && a.got == 1000);
	tls_bye(&a.tls);
	chan_finish(&a.chan);
	UNTIL(b.ends == 1);
	assert_int_equal(b.end_why, 0);
	tls_bye(&b.tls);
	chan_finish(&b.chan);
	UNTIL(a.ends == 1);
	assert_int_equal(a.end_why, 0);
}

static void t_cut(void **state)
{
	(void)state;
	UNTIL(tls_is_up(&a.tls) && tls_is_up(&b.tls));
	assert_int_equal(chan_write(&b.chan, "half", 4), 0);
	chan_finish(&b.chan);
	UNTIL(a.ends == 1);
	assert_int_equal(a.got, 4);
	assert_int_equal(a.end_why, -E_PROTO);
}

/* The server fails for what the client sent; the client is told why. */
static void t_alert(void **state)
{
	(void)state;
	UNTIL(tls_is_up(&a.tls) && tls_is_up(&b.tls));
	assert_int_equal(port_send(b.chan.watch.fd,
	    "\x17\x03\x03\x00\x20" "0123456789abcdef0123456789abcdef", 37),
	    37);
	UNTIL(a.fails == 1 && b.fails == 1);
	assert_int_equal(a.ends + b.ends, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_both, close_both)
	const struct CMUnitTest tests[] = {
		TEST(t_whole),
		TEST(t_cut),
		TEST(t_alert),
	};
	int rc;

	setup_shared();
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	tls_shared_close(&server_side);
	tls_shared_close(&client_side);
	return rc;
}
