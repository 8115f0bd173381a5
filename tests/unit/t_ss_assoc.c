/* t_ss_assoc.c - the table of associations: who is found, who goes for whom,
 * when each is over, and what its sockets are asked to have. The sockets are
 * recorded, no datagram is sent. */
#include "core/loop.h"
#include "port/net.h"

static int recorded_open(struct addr *at);
static void recorded_wish(int fd, const struct net_how *how);
static void recorded_close(int fd);
static void recorded_shut(struct watch *w);

#define port_udp_open recorded_open
#define port_net_wish recorded_wish
#define port_close recorded_close
#define watch_shut recorded_shut
#include "src/ss/ss_assoc.c"
#undef port_close
#undef watch_shut

#include "tests/lib/codec_feed.h"

static struct {
	int next, open, left;	/* descriptors; left < 0: no limit */
	struct addr at;
	struct net_how wish;
	unsigned refuse;	/* NET_NOT_* of the next wish */
} port_;

static int recorded_open(struct addr *at)
{
	struct addr any = { .family = 4, .ip = { 127, 0, 0, 1 } };
	int fd;

	if (port_.left == 0)
		return -E_NOFILE;
	port_.left -= port_.left > 0;
	port_.at = *at;
	port_.open++;
	/* One the loop can watch, whatever the family. */
	fd = port_tcp_listen(&any, NULL);
	assert_true(fd >= 0);
	return fd;
}

static void recorded_wish(int fd, const struct net_how *how)
{
	(void)fd;
	port_.wish = *how;
	*how->refused |= port_.refuse;
}

static void recorded_close(int fd)
{
	port_.open--;
	port_.left += port_.left >= 0;
	port_close(fd);
}

static void recorded_shut(struct watch *w)
{
	int fd = w->fd;

	watch_close(w);
	recorded_close(fd);
}

/* Every board has room for them. */
#define MANY 200
_Static_assert(MANY <= LIMIT_ASSOCS, "more than the board takes");

static struct loop loop;
static struct ss ss;
static struct ss_conf conf;
static struct ss_port port[2];
static struct ss_ghosts ghosts;
static int gone_n;

static void gone(struct ss_assoc *a)
{
	(void)a;
	gone_n++;
}

static const struct ss_udp_side side = { .gone = gone };

static void begin(enum ss_role role, const char *method, int64_t max)
{
	struct opt_table t;

	memset(&conf, 0, sizeof(conf));
	t = ss_conf_table(&conf, role);
	ss_conf_defaults(&t);
	conf.udp.max_associations = max;
	memset(&ss, 0, sizeof(ss));
	memset(&port_, 0, sizeof(port_));
	port_.left = -1;
	gone_n = 0;
	assert_int_equal(loop_open(&loop, ""), 0);
	ss.loop = &loop;
	ss.conf = &conf;
	ss_udp_start(&ss);
	memset(&ghosts, 0, sizeof(ghosts));
	ss_ghosts_start(&ghosts);
	ss.udp.ghosts = &ghosts;
	for (size_t i = 0; i < LEN(port); i++) {
		memset(&port[i], 0, sizeof(port[i]));
		port[i].ss = &ss;
		port[i].udp_side = &side;
		port[i].key.method = ss_method_find(method);
		port[i].listener.at.port = (uint16_t)(8000 + i);
	}
}

static void end(void)
{
	while (ss_assoc_oldest(&ss.udp) != NULL)
		ss_assoc_close(ss_assoc_oldest(&ss.udp));
	assert_int_equal(ss.udp.newest, 0);
	for (size_t i = 0; i < SS_UDP_ROWS; i++)
		assert_int_equal(ss.udp.row[i], 0);
	ss.udp.ghosts = NULL;
	ss_udp_stop(&ss);
	assert_int_equal(ss_assocs.used, 0);
	assert_int_equal(ss_assoc_rxs.used, 0);
	assert_int_equal(port_.open, 0);
	loop_turn(&loop, 0);
	loop_close(&loop);
}

static const struct addr *peer(uint32_t n)
{
	static struct addr a;

	a = (struct addr){ .family = 4, .port = (uint16_t)(1 + n % 50) };
	put_u32be(a.ip, n / 50);
	return &a;
}

static const uint8_t *session(uint32_t n)
{
	static uint8_t id[SS_SESSION_ID];

	put_u32be(id + 4, n);
	return id;
}

/* A server's of SIP022, which has something to remember. */
static struct ss_assoc *met(uint32_t n)
{
	struct ss_assoc *a = ss_assoc_open(&port[0], peer(n), session(n));

	if (a != NULL) {
		a->rx->seen_ms = loop.now_ms;
		a->rx->window.next = n + 1;
	}
	return a;
}

static void t_found_by_peer(void **state)
{
	struct ss_assoc *a[2][MANY / 2];
	uint32_t i;

	(void)state;
	begin(SS_SERVER, "aes-256-gcm", 0);
	for (i = 0; i < MANY; i++)
		a[i % 2][i / 2] = ss_assoc_open(&port[i % 2], peer(i / 2),
		    NULL);
	assert_int_equal(ss.udp.n, MANY);
	for (i = 0; i < MANY; i++)
		assert_ptr_equal(ss_assoc_by_peer(&ss.udp, &port[i % 2],
		    peer(i / 2)), a[i % 2][i / 2]);
	assert_null(ss_assoc_by_peer(&ss.udp, &port[0], peer(MANY)));
	/* Every second one goes: the others stay where they are. */
	for (i = 0; i < MANY; i += 4)
		ss_assoc_close(a[0][i / 2]);
	for (i = 0; i < MANY; i += 2)
		assert_ptr_equal(ss_assoc_by_peer(&ss.udp, &port[0],
		    peer(i / 2)), i % 4 == 0 ? NULL : a[0][i / 2]);
	assert_int_equal(gone_n, MANY / 4);
	end();
}

/* Wherever the client is now, and at whichever port. */
static void t_found_by_session(void **state)
{
	struct ss_assoc *a[100];
	uint32_t i;

	(void)state;
	begin(SS_SERVER, "2022-blake3-aes-128-gcm", 0);
	for (i = 0; i < LEN(a); i++)
		a[i] = met(i);
	for (i = 0; i < LEN(a); i++) {
		a[i]->peer = *peer(7);
		assert_ptr_equal(ss_assoc_by_session(&ss.udp, session(i)),
		    a[i]);
	}
	assert_null(ss_assoc_by_session(&ss.udp, session(100)));
	assert_null(ss_assoc_by_peer(&ss.udp, &port[0], peer(500)));
	end();
}

/* A client's are found by the peer, and know of no session yet. */
static void t_client(void **state)
{
	struct ss_assoc *a;

	(void)state;
	begin(SS_LOCAL, "2022-blake3-aes-128-gcm", 0);
	a = ss_assoc_open(&port[0], peer(1), NULL);
	assert_non_null(a);
	assert_null(a->rx);
	assert_ptr_equal(ss_assoc_by_peer(&ss.udp, &port[0], peer(1)), a);
	assert_null(ss_assoc_by_session(&ss.udp, session(0)));
	a->rx = ss_assoc_rx_get();
	a->old = ss_assoc_rx_get();
	assert_ptr_equal(ss_assoc_by_peer(&ss.udp, &port[0], peer(1)), a);
	end();
	assert_int_equal(ghosts.n, 0);
}

static void t_least_recently_used_goes(void **state)
{
	struct ss_assoc *a;
	uint32_t i;

	(void)state;
	begin(SS_SERVER, "aes-256-gcm", 3);
	for (i = 0; i < 3; i++)
		assert_non_null(ss_assoc_open(&port[0], peer(i), NULL));
	a = ss_assoc_by_peer(&ss.udp, &port[0], peer(0));
	ss_assoc_used(a, 1000);
	assert_non_null(ss_assoc_open(&port[0], peer(3), NULL));
	assert_non_null(ss_assoc_by_peer(&ss.udp, &port[0], peer(0)));
	assert_null(ss_assoc_by_peer(&ss.udp, &port[0], peer(1)));
	assert_int_equal(ss.udp.n, 3);
	assert_int_equal(gone_n, 1);
	end();
}

/* The pool is the limit where the configuration has none. */
static void t_full_table(void **state)
{
	uint32_t i;

	(void)state;
	begin(SS_SERVER, "aes-256-gcm", 0);
	for (i = 0; i < LIMIT_ASSOCS + 10; i++)
		assert_non_null(ss_assoc_open(&port[0], peer(i), NULL));
	assert_int_equal(ss.udp.n, LIMIT_ASSOCS);
	assert_null(ss_assoc_by_peer(&ss.udp, &port[0], peer(9)));
	assert_non_null(ss_assoc_by_peer(&ss.udp, &port[0], peer(10)));
	end();
}

/* What is pushed out is remembered; when that cannot be, who is there stays. */
static void t_pushed_is_remembered(void **state)
{
	struct ss_ghost none = { 0 };
	const struct ss_ghost *g;
	uint32_t i;

	(void)state;
	begin(SS_SERVER, "2022-blake3-aes-128-gcm", 2);
	assert_non_null(met(1));
	assert_non_null(met(2));
	assert_non_null(met(3));
	assert_null(ss_assoc_by_session(&ss.udp, session(1)));
	g = ss_ghost_find(&ghosts, session(1), loop.now_ms);
	assert_non_null(g);
	assert_true(g->next == 2);
	for (i = 1000; ghosts.n < LIMIT_GHOSTS; i++)
		assert_int_equal(ss_ghost_add(&ghosts, session(i), &none,
		    loop.now_ms), 0);
	assert_null(met(4));
	assert_non_null(ss_assoc_by_session(&ss.udp, session(2)));
	assert_int_equal(ss.udp.n, 2);
	/* Of whom nothing came for a minute nothing need be known. */
	loop.now_ms += SS_GHOST_MS;
	assert_non_null(met(4));
	assert_null(ss_assoc_by_session(&ss.udp, session(2)));
	end();
}

static void t_timeouts(void **state)
{
	struct ss_assoc *a, *b;

	(void)state;
	begin(SS_SERVER, "aes-256-gcm", 0);
	a = ss_assoc_open(&port[0], peer(0), NULL);
	b = ss_assoc_open(&port[0], peer(1), NULL);
	ss_assoc_used(a, 60000);
	ss_assoc_used(b, 20000);
	/* A question for a name does not shorten what was promised. */
	ss_assoc_used(a, SS_UDP_SHORT_MS);
	assert_true(timer_is_set(&ss.udp.sweep));
	loop.now_ms += 19999;
	ss_assocs_sweep(&ss.udp);
	assert_int_equal(ss.udp.n, 2);
	loop.now_ms += 1;
	ss_assocs_sweep(&ss.udp);
	assert_int_equal(ss.udp.n, 1);
	assert_null(ss_assoc_by_peer(&ss.udp, &port[0], peer(1)));
	loop.now_ms += 40000;
	ss_assocs_sweep(&ss.udp);
	assert_int_equal(ss.udp.n, 0);
	assert_int_equal(gone_n, 2);
	end();
}

/* Over, but not to be forgotten: it stays without its sockets. */
static void t_over_and_no_room_for_its_ghost(void **state)
{
	struct ss_ghost none = { 0 };
	struct ss_assoc *a;
	uint32_t i;

	(void)state;
	begin(SS_SERVER, "2022-blake3-aes-128-gcm", 0);
	a = met(1);
	assert_true(ss_assoc_socket(a, 4) >= 0);
	ss_assoc_used(a, 1000);
	for (i = 1000; ghosts.n < LIMIT_GHOSTS; i++)
		assert_int_equal(ss_ghost_add(&ghosts, session(i), &none,
		    loop.now_ms), 0);
	loop.now_ms += 1000;
	ss_assocs_sweep(&ss.udp);
	assert_ptr_equal(ss_assoc_by_session(&ss.udp, session(1)), a);
	assert_int_equal(port_.open, 0);
	loop.now_ms += SS_GHOST_MS;
	ss_assocs_sweep(&ss.udp);
	assert_int_equal(ss.udp.n, 0);
	end();
}

/* One of each family, opened once; those of whoever was idle longest go. */
static void t_sockets(void **state)
{
	struct ss_assoc *a, *b;
	int fd;

	(void)state;
	begin(SS_SERVER, "aes-256-gcm", 0);
	a = ss_assoc_open(&port[0], peer(0), NULL);
	b = ss_assoc_open(&port[0], peer(1), NULL);
	port_.left = 2;
	fd = ss_assoc_socket(a, 4);
	assert_true(fd >= 0);
	assert_int_equal(ss_assoc_socket(a, 4), fd);
	assert_int_equal(port_.at.family, 4);
	assert_true(ss_assoc_socket(a, 6) >= 0);
	assert_int_equal(port_.at.family, 6);
	assert_true(ss_assoc_socket(b, 4) >= 0);
	assert_false(has_socket(a));
	assert_int_equal(port_.open, 1);
	port_.left = 0;
	/* His own are not taken for another of his. */
	assert_int_equal(ss_assoc_socket(b, 6), -E_NOFILE);
	assert_true(has_socket(b));
	end();
}

/* What the configuration wants of sockets that lead out. */
static void t_wishes(void **state)
{
	static const struct net_how none;
	static const struct addr server = { 4, 8388, 0, { 192, 0, 2, 1 } };
	struct ss_assoc *a;

	(void)state;
	begin(SS_LOCAL, "aes-256-gcm", 0);
	conf.sock = (struct ss_sock_conf){ .fwmark = 77, .out_snd = 30000,
		.out_rcv = 40000, .keep_alive_s = 9, .mptcp = true,
		.interface = "wan0", .out4 = { 4, 0, 0, { 10, 1, 2, 3 } },
		.dscp = { { 8388, 46 } }, .dscp_n = 1 };
	a = ss_assoc_open(&port[0], peer(0), NULL);
	a->server = &server;
	port_.refuse = NET_NOT_MARK;
	assert_true(ss_assoc_socket(a, 4) >= 0);
	assert_int_equal(port_.at.ip[0], 10);
	assert_int_equal(port_.wish.mark, 77);
	assert_int_equal(port_.wish.send_buf, 30000);
	assert_int_equal(port_.wish.recv_buf, 40000);
	assert_int_equal(port_.wish.dscp, 46);
	assert_string_equal(port_.wish.interface, "wan0");
	/* TCP's are not asked for. */
	assert_int_equal(port_.wish.alive_s, 0);
	assert_int_equal(port_.wish.flags, 0);
	/* One of the other family leads to no server that has a class. */
	assert_true(ss_assoc_socket(a, 6) >= 0);
	assert_int_equal(port_.wish.dscp, 0);
	assert_int_equal(port_.wish.mark, 77);
	/* Said once, however often it is refused. */
	assert_int_equal(ss.refused_said, NET_NOT_MARK);
	end();
	begin(SS_SERVER, "aes-256-gcm", 0);
	a = ss_assoc_open(&port[0], peer(0), NULL);
	assert_true(ss_assoc_socket(a, 4) >= 0);
	port_.wish.refused = NULL;
	assert_memory_equal(&port_.wish, &none, sizeof(none));
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_found_by_peer),
		cmocka_unit_test(t_found_by_session),
		cmocka_unit_test(t_client),
		cmocka_unit_test(t_least_recently_used_goes),
		cmocka_unit_test(t_full_table),
		cmocka_unit_test(t_pushed_is_remembered),
		cmocka_unit_test(t_timeouts),
		cmocka_unit_test(t_over_and_no_room_for_its_ghost),
		cmocka_unit_test(t_sockets),
		cmocka_unit_test(t_wishes),
	};

	log_set_level(LOG_NONE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
