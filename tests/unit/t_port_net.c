/* t_port_net.c - TCP and UDP over the loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "port/posix/net.c"
#include "port/posix/sockaddr.c"
#include "port/posix/tcp.c"
#include "port/posix/udp.c"

static struct addr v4(uint8_t last, uint16_t port)
{
	return (struct addr){ .family = 4, .port = port,
		.ip = { 127, 0, 0, last } };
}

static struct addr v6(uint8_t last, uint16_t port)
{
	struct addr a = { .family = 6, .port = port };

	a.ip[15] = last;
	return a;
}

static void await(int fd, short events)
{
	struct pollfd one = { .fd = fd, .events = events };

	assert_int_equal(poll(&one, 1, 5000), 1);
}

static int accept_one(int listener, struct addr *peer)
{
	int fd;

	await(listener, POLLIN);
	fd = port_tcp_accept(listener, peer);
	if (fd < 0)
		fail_msg("accept: %s", err_text(fd));
	return fd;
}

struct pair {
	int listener, near, far;
	struct addr at, peer;
};

static void open_pair(struct pair *p, struct addr at, unsigned flags)
{
	struct net_how how = { .flags = flags };

	p->at = at;
	p->listener = port_tcp_listen(&p->at, &how);
	if (p->listener < 0)
		fail_msg("listen: %s", err_text(p->listener));
	assert_int_not_equal(p->at.port, 0);
	p->near = port_tcp_connect(&p->at, &how);
	assert_true(p->near >= 0);
	if (flags & NET_FAST_OPEN)
		return;
	p->far = accept_one(p->listener, &p->peer);
	await(p->near, POLLOUT);
	assert_int_equal(port_tcp_connected(p->near), 0);
}

static void close_pair(struct pair *p)
{
	port_close(p->near);
	port_close(p->far);
	port_close(p->listener);
}

static void check_flags(int fd)
{
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

/* IPv6 may be off: said, and not passed over in silence. */
static void need_v6(void)
{
	struct addr at = v6(1, 0);
	int fd = port_udp_open(&at);

	if (fd < 0) {
		print_message("no IPv6 here (%s)\n", err_text(fd));
		skip();
	}
	port_close(fd);
}

static void octets_there_and_back(void **state)
{
	struct pair p;
	struct addr a, b;
	char got[8];

	(void)state;
	open_pair(&p, v4(1, 0), 0);
	check_flags(p.listener);
	check_flags(p.near);
	check_flags(p.far);
	assert_int_equal(port_local_addr(p.near, &a), 0);
	assert_true(addr_eq(&a, &p.peer));
	assert_int_equal(port_peer_addr(p.far, &b), 0);
	assert_true(addr_eq(&a, &b));
	assert_int_equal(port_peer_addr(p.near, &b), 0);
	assert_true(addr_eq(&b, &p.at));
	assert_int_equal(port_recv(p.far, got, sizeof(got)), -E_AGAIN);
	assert_int_equal(port_send(p.near, "there", 5), 5);
	await(p.far, POLLIN);
	assert_int_equal(port_recv(p.far, got, sizeof(got)), 5);
	assert_memory_equal(got, "there", 5);
	assert_int_equal(port_shutdown_send(p.near), 0);
	await(p.far, POLLIN);
	assert_int_equal(port_recv(p.far, got, sizeof(got)), 0);
	assert_int_equal(port_send(p.far, "back", 4), 4);
	await(p.near, POLLIN);
	assert_int_equal(port_recv(p.near, got, sizeof(got)), 4);
	close_pair(&p);
}

static void full_is_again(void **state)
{
	static char mem[65536];
	struct pair p;
	ptrdiff_t n;

	(void)state;
	open_pair(&p, v4(1, 0), 0);
	while ((n = port_send(p.near, mem, sizeof(mem))) > 0)
		;
	assert_int_equal(n, -E_AGAIN);
	close_pair(&p);
}

/* Sent twice after the peer is gone: an error, never SIGPIPE. */
static void aborted_is_reset(void **state)
{
	struct pair p;
	char c;

	(void)state;
	open_pair(&p, v4(1, 0), 0);
	port_abort(p.far);
	await(p.near, POLLIN);
	assert_int_equal(port_recv(p.near, &c, 1), -E_RESET);
	assert_int_equal(port_send(p.near, "x", 1), -E_CLOSED);
	assert_int_equal(port_shutdown_send(p.near), -E_CLOSED);
	assert_int_equal(port_peer_addr(p.near, &p.peer), -E_CLOSED);
	port_close(p.near);
	port_close(p.listener);
}

static void why_listening_fails(void **state)
{
	struct addr at = v4(1, 0), same, none = { 0 };
	struct addr far = { .family = 4, .ip = { 203, 0, 113, 1 } };
	int fd = port_tcp_listen(&at, NULL);

	(void)state;
	assert_true(fd >= 0);
	same = at;
	assert_int_equal(port_tcp_listen(&same, NULL), -E_INUSE);
	assert_int_equal(port_tcp_listen(&far, NULL), -E_NOADDR);
	assert_int_equal(port_tcp_listen(&none, NULL), -E_INVAL);
	assert_int_equal(port_tcp_connect(&none, NULL), -E_INVAL);
	port_close(fd);
	/* The port is free again at once. */
	fd = port_tcp_listen(&same, NULL);
	assert_true(fd >= 0);
	port_close(fd);
}

static void one_port_for_many_listeners(void **state)
{
	static const struct net_how how = { .flags = NET_REUSE_PORT };
	struct addr at = v4(1, 0);
	int a = port_tcp_listen(&at, &how), b;

	(void)state;
	assert_true(a >= 0);
	b = port_tcp_listen(&at, &how);
	assert_true(b >= 0);
	assert_int_equal(port_tcp_listen(&at, NULL), -E_INUSE);
	port_close(a);
	port_close(b);
}

static void refused_and_unreachable(void **state)
{
	struct addr at = v4(1, 0), none = { .family = 4,
		.port = 9, .ip = { 255, 255, 255, 255 } };
	int fd = port_tcp_listen(&at, NULL);

	(void)state;
	assert_true(fd >= 0);
	port_close(fd);
	fd = port_tcp_connect(&at, NULL);
	if (fd >= 0) {
		await(fd, POLLOUT);
		assert_int_equal(port_tcp_connected(fd), -E_REFUSED);
		port_close(fd);
	} else {
		assert_int_equal(fd, -E_REFUSED);
	}
	fd = port_tcp_connect(&none, NULL);
	assert_true(fd == -E_UNREACH || fd == -E_PERM);
}

static void connects_from_where_told(void **state)
{
	struct addr at = v4(1, 0), from = v4(2, 0), peer;
	struct addr far = { .family = 4, .ip = { 203, 0, 113, 1 } };
	struct net_how how = { .from = &from };
	int listener = port_tcp_listen(&at, NULL), near, fd;

	(void)state;
	near = port_tcp_connect(&at, &how);
	assert_true(near >= 0);
	fd = accept_one(listener, &peer);
	assert_true(addr_eq_ip(&peer, &from));
	port_close(near);
	port_close(fd);
	how.from = &far;
	assert_int_equal(port_tcp_connect(&at, &how), -E_NOADDR);
	port_close(listener);
}

/* What the system or our rights refuse is told, and the connection stands. */
static void wishes_that_may_be_refused(void **state)
{
	struct addr at = v4(1, 0), peer;
	unsigned refused = 0;
	struct net_how how = { .flags = NET_MPTCP, .mark = 7, .dscp = 46,
		.interface = "none-such0", .send_buf = 65536,
		.recv_buf = 65536, .alive_s = 60, .refused = &refused };
	int listener = port_tcp_listen(&at, &how), near, fd, tos = 0;
	socklen_t len = sizeof(tos);

	(void)state;
	assert_true(listener >= 0);
	refused = 0;
	near = port_tcp_connect(&at, &how);
	assert_true(near >= 0);
	assert_true(refused & NET_NOT_INTERFACE);
	assert_false(refused & (NET_NOT_DSCP | NET_NOT_BUFFERS));
	assert_int_equal(getsockopt(near, IPPROTO_IP, IP_TOS, &tos, &len), 0);
	assert_int_equal(tos, 46 << 2);
	fd = accept_one(listener, &peer);
	assert_int_equal(port_net_set(fd, NET_DSCP, 64), -E_RANGE);
	port_close(fd);
	port_close(near);
	port_close(listener);
}

static int option(int fd, int level, int what)
{
	int value = -1;
	socklen_t len = sizeof(value);

	assert_int_equal(getsockopt(fd, level, what, &value, &len), 0);
	return value;
}

/* The same of datagrams: of a port, of a socket that is open. */
static void wishes_of_datagrams(void **state)
{
	struct addr at = v4(1, 0), any = v4(1, 0);
	unsigned refused = 0;
	struct net_how how = { .mark = 7, .dscp = 34, .send_buf = 65536,
		.interface = "none-such0", .recv_buf = 65536,
		.refused = &refused };
	int fd[2], i;

	(void)state;
	fd[0] = port_udp_listen(&at, &how);
	assert_true(fd[0] >= 0);
	assert_true(refused & NET_NOT_INTERFACE);
	refused = 0;
	fd[1] = port_udp_open(&any);
	assert_true(fd[1] >= 0);
	port_net_wish(fd[1], &how);
	assert_true(refused & NET_NOT_INTERFACE);
	assert_false(refused & (NET_NOT_DSCP | NET_NOT_BUFFERS));
	for (i = 0; i < 2; i++) {
		assert_int_equal(option(fd[i], IPPROTO_IP, IP_TOS), 34 << 2);
		port_close(fd[i]);
	}
}

/* With or without the kernel's help, the octets arrive. */
static void fast_open_is_a_plain_connect_at_worst(void **state)
{
	struct pair p;
	char got[8] = "";
	ptrdiff_t n;

	(void)state;
	for (int i = 0; i < 2; i++) {
		open_pair(&p, v4(1, 0), NET_FAST_OPEN);
		await(p.near, POLLOUT);
		assert_int_equal(port_tcp_connected(p.near), 0);
		while ((n = port_send(p.near, "early", 5)) == -E_AGAIN)
			await(p.near, POLLOUT);
		assert_int_equal(n, 5);
		p.far = accept_one(p.listener, &p.peer);
		await(p.far, POLLIN);
		assert_int_equal(port_recv(p.far, got, sizeof(got)), 5);
		assert_memory_equal(got, "early", 5);
		close_pair(&p);
	}
}

static void shut_when_connected(int fd)
{
	int err, asked = 0;

	while ((err = port_shutdown_send(fd)) == -E_AGAIN) {
		await(fd, POLLOUT);
		assert_in_range(++asked, 1, 3);		/* no busy loop */
	}
	assert_int_equal(err, 0);
}

/* Ended at once, with octets or without: they and the end arrive. */
static void fast_open_ended_at_once(void **state)
{
	struct pair p;
	char got[8];

	(void)state;
	for (int turn = 0; turn < 4; turn++) {
		bool early = turn % 2;
		ptrdiff_t n = 0;

		open_pair(&p, v4(1, 0), NET_FAST_OPEN);
		while (early &&
		    (n = port_send(p.near, "early", 5)) == -E_AGAIN)
			await(p.near, POLLOUT);
		assert_int_equal(n, early ? 5 : 0);
		shut_when_connected(p.near);
		p.far = accept_one(p.listener, &p.peer);
		await(p.far, POLLIN);
		if (early)
			assert_int_equal(port_recv(p.far, got, 8), 5);
		await(p.far, POLLIN);
		assert_int_equal(port_recv(p.far, got, 8), 0);
		close_pair(&p);
	}
}

static void a_full_table_keeps_the_connection(void **state)
{
	struct addr at = v4(1, 0), peer;
	int listener = port_tcp_listen(&at, NULL), near, last, fd;
	struct rlimit old, low;

	(void)state;
	near = port_tcp_connect(&at, NULL);
	assert_true(near >= 0);
	await(listener, POLLIN);
	last = dup(near);
	assert_true(last >= 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	low = (struct rlimit){ (rlim_t)last + 1, old.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	fd = port_tcp_accept(listener, &peer);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(fd, -E_NOFILE);
	fd = port_tcp_accept(listener, &peer);
	assert_true(fd >= 0);
	port_close(fd);
	assert_int_equal(port_tcp_accept(listener, &peer), -E_AGAIN);
	port_close(listener);
	assert_int_equal(port_tcp_accept(listener, &peer), -E_IO);
	port_close(near);
	port_close(last);
}

static void v6_takes_v4_unless_told_not_to(void **state)
{
	static const struct net_how only = { .flags = NET_V6_ONLY };
	struct addr any = v6(0, 0), to, peer, mine;
	int listener, near, fd;

	(void)state;
	need_v6();
	listener = port_tcp_listen(&any, NULL);
	assert_true(listener >= 0);
	to = v4(1, any.port);
	near = port_tcp_connect(&to, NULL);
	assert_true(near >= 0);
	fd = accept_one(listener, &peer);
	assert_int_equal(peer.family, 4);
	assert_true(addr_eq_ip(&peer, &to));
	assert_int_equal(port_local_addr(fd, &mine), 0);
	assert_true(addr_eq(&mine, &to));
	port_close(fd);
	port_close(near);
	port_close(listener);

	any = v6(0, 0);
	listener = port_tcp_listen(&any, &only);
	assert_true(listener >= 0);
	to = v4(1, any.port);
	fd = port_tcp_listen(&to, NULL);	/* the IPv4 half is free */
	assert_true(fd >= 0);
	port_close(fd);
	port_close(listener);
}

static void v6_there_and_back(void **state)
{
	struct pair p;

	(void)state;
	need_v6();
	open_pair(&p, v6(1, 0), 0);
	assert_int_equal(p.peer.family, 6);
	close_pair(&p);
}

static void options_are_set(void **state)
{
	struct pair p;

	(void)state;
	open_pair(&p, v4(1, 0), 0);
	assert_int_equal(port_net_set(p.near, NET_NO_DELAY, 1), 0);
	assert_true(option(p.near, IPPROTO_TCP, TCP_NODELAY));
	assert_int_equal(port_net_set(p.near, NET_KEEP_ALIVE, 77), 0);
	assert_true(option(p.near, SOL_SOCKET, SO_KEEPALIVE));
	assert_int_equal(option(p.near, IPPROTO_TCP, TCP_KEEPIDLE), 77);
	assert_int_equal(port_net_set(p.near, NET_KEEP_ALIVE, 0), 0);
	assert_false(option(p.near, SOL_SOCKET, SO_KEEPALIVE));
	assert_int_equal(port_net_set(p.near, NET_KEEP_ALIVE, 1 << 30),
	    -E_RANGE);
	assert_int_equal(port_net_set(p.near, NET_SEND_BUF, 32768), 0);
	assert_true(option(p.near, SOL_SOCKET, SO_SNDBUF) >= 32768);
	assert_int_equal(port_net_set(p.near, NET_RECV_BUF, 32768), 0);
	assert_true(option(p.near, SOL_SOCKET, SO_RCVBUF) >= 32768);
	assert_int_equal(port_net_set(p.near, NET_OOB_INLINE, 1), 0);
	assert_true(option(p.near, SOL_SOCKET, SO_OOBINLINE));
	assert_int_equal(port_net_set(p.near, NET_SEND_BUF, -1), -E_RANGE);
	assert_int_equal(port_net_set(p.near, NET_NOTSENT_LOWAT, 16384), 0);
	close_pair(&p);
}

static void datagrams(void **state)
{
	struct addr a_at = v4(1, 0), b_at = v4(1, 0), from;
	int a = port_udp_open(&a_at), b = port_udp_open(&b_at);
	static char mem[65536];

	(void)state;
	assert_true(a >= 0 && b >= 0);
	check_flags(a);
	assert_int_not_equal(a_at.port, b_at.port);
	assert_int_equal(port_udp_recv(b, &from, mem, sizeof(mem)), -E_AGAIN);
	assert_int_equal(port_udp_send(a, &b_at, "whole", 5), 5);
	await(b, POLLIN);
	assert_int_equal(port_udp_recv(b, &from, mem, sizeof(mem)), 5);
	assert_true(addr_eq(&from, &a_at));
	assert_int_equal(port_udp_send(b, &from, "cut off", 7), 7);
	await(a, POLLIN);
	assert_int_equal(port_udp_recv(a, &from, mem, 3), 3);
	assert_memory_equal(mem, "cut", 3);
	assert_int_equal(port_udp_recv(a, &from, mem, 3), -E_AGAIN);
	assert_int_equal(port_udp_send(a, &b_at, "", 0), 0);
	await(b, POLLIN);
	assert_int_equal(port_udp_recv(b, &from, mem, sizeof(mem)), 0);
	assert_int_equal(port_udp_send(a, &b_at, mem, 65508), -E_LONG);
	port_close(a);
	port_close(b);
}

static void datagrams_between_families(void **state)
{
	struct addr a_at = v6(0, 0), b_at = v4(1, 0), from, to;
	int a, b;
	char mem[8];

	(void)state;
	need_v6();
	a = port_udp_open(&a_at);
	b = port_udp_open(&b_at);
	assert_true(a >= 0 && b >= 0);
	assert_int_equal(port_udp_send(a, &b_at, "6to4", 4), 4);
	await(b, POLLIN);
	assert_int_equal(port_udp_recv(b, &from, mem, sizeof(mem)), 4);
	to = v4(1, a_at.port);
	assert_true(addr_eq(&from, &to));
	assert_int_equal(port_udp_send(b, &to, "4to6", 4), 4);
	await(a, POLLIN);
	assert_int_equal(port_udp_recv(a, &from, mem, sizeof(mem)), 4);
	assert_true(addr_eq(&from, &b_at));
	port_close(a);
	port_close(b);
}

static void check_msg(const struct udp_msg *m, const struct addr *from,
    const char *text)
{
	assert_true(addr_eq(&m->peer, from));
	assert_int_equal(m->len, strlen(text));
	assert_memory_equal(m->mem, text, m->len);
}

/* To two of this machine's addresses: each answer leaves from the one that was
 * asked. Then a batch that holds one too long for any datagram. */
static void batch_at(struct addr any, struct addr one, struct addr two)
{
	struct net_how how = { 0 };
	struct addr from_one = one, from;
	static uint8_t mem[3][65536];
	struct udp_msg m[3];
	int server = port_udp_listen(&any, &how), client;
	size_t i;

	from_one.port = 0;
	client = port_udp_open(&from_one);
	assert_true(server >= 0 && client >= 0);
	one.port = two.port = any.port;
	for (i = 0; i < 3; i++)
		m[i] = (struct udp_msg){ .mem = mem[i], .len = 5 };
	assert_int_equal(port_udp_recv_many(server, m, 3), -E_AGAIN);
	assert_int_equal(port_udp_send(client, &one, "one", 3), 3);
	assert_int_equal(port_udp_send(client, &two, "two", 3), 3);
	assert_int_equal(port_udp_send(client, &two, "longer", 6), 6);
	await(server, POLLIN);
	assert_int_equal(port_udp_recv_many(server, m, 3), 3);
	check_msg(&m[0], &from_one, "one");
	check_msg(&m[1], &from_one, "two");
	check_msg(&m[2], &from_one, "longe");
	assert_true(!m[1].cut && m[2].cut);
	assert_true(addr_eq_ip(&m[0].local, &one));
	assert_true(addr_eq_ip(&m[1].local, &two));
	assert_int_equal(port_udp_send_many(server, m, 3), 3);
	await(client, POLLIN);
	assert_int_equal(port_udp_recv(client, &from, mem[0], 9), 3);
	assert_true(addr_eq(&from, &one));
	assert_int_equal(port_udp_recv(client, &from, mem[0], 9), 3);
	assert_true(addr_eq(&from, &two));
	assert_int_equal(port_udp_recv(client, &from, mem[0], 9), 5);
	m[1].len = 65535;
	assert_int_equal(port_udp_send_many(server, m, 3), 1);
	assert_int_equal(port_udp_send_many(server, m + 1, 2), -E_LONG);
	assert_int_equal(port_udp_send_many(server, m + 2, 1), 1);
	/* An address it has no more: from any other then. */
	m[2].local.ip[one.family == 4 ? 0 : 1] = 99;
	assert_int_equal(port_udp_send_many(server, m + 2, 1), 1);
	assert_int_equal(port_net_set(server, NET_NO_FRAGMENTS, 1), 0);
	port_close(server);
	port_close(client);
}

static void batches(void **state)
{
	(void)state;
	batch_at((struct addr){ .family = 4 }, v4(1, 0), v4(2, 0));
}

static void batches_of_both_families(void **state)
{
	struct addr any = v6(0, 0);

	(void)state;
	need_v6();
	batch_at(any, v4(1, 0), v4(2, 0));
	batch_at(any, v6(1, 0), v6(1, 0));
}

static void why_udp_fails(void **state)
{
	struct addr none = { 0 }, at = v4(1, 0), same;
	struct addr far = { .family = 4, .ip = { 203, 0, 113, 1 } };
	int fd = port_udp_open(&at);

	(void)state;
	assert_true(fd >= 0);
	same = at;
	assert_int_equal(port_udp_open(&same), -E_INUSE);
	assert_int_equal(port_udp_open(&far), -E_NOADDR);
	assert_int_equal(port_udp_open(&none), -E_INVAL);
	assert_int_equal(port_udp_open(NULL), -E_INVAL);
	port_close(fd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(octets_there_and_back),
		cmocka_unit_test(full_is_again),
		cmocka_unit_test(aborted_is_reset),
		cmocka_unit_test(why_listening_fails),
		cmocka_unit_test(one_port_for_many_listeners),
		cmocka_unit_test(refused_and_unreachable),
		cmocka_unit_test(connects_from_where_told),
		cmocka_unit_test(wishes_that_may_be_refused),
		cmocka_unit_test(wishes_of_datagrams),
		cmocka_unit_test(fast_open_is_a_plain_connect_at_worst),
		cmocka_unit_test(fast_open_ended_at_once),
		cmocka_unit_test(a_full_table_keeps_the_connection),
		cmocka_unit_test(v6_takes_v4_unless_told_not_to),
		cmocka_unit_test(v6_there_and_back),
		cmocka_unit_test(options_are_set),
		cmocka_unit_test(datagrams),
		cmocka_unit_test(datagrams_between_families),
		cmocka_unit_test(batches),
		cmocka_unit_test(batches_of_both_families),
		cmocka_unit_test(why_udp_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
