/* t_udp_train.c - trains of datagrams: what becomes one, and that nobody who
 * gets them sees a difference, whatever the kernel says to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

static long judged_syscall(long number, ...);

#define syscall judged_syscall
#include "port/linux/udp_many.c"
#undef syscall
#include "port/linux/udp_train.c"

/* ---- a kernel that refuses ---- */

static struct {
	int refuse;		/* errno of each batch that begins with one */
	unsigned refused, tried;
} kernel;

static bool is_train(const struct mmsghdr *h)
{
	return h->msg_hdr.msg_iovlen > 1;
}

static long judged_syscall(long number, ...)
{
	struct mmsghdr *h;
	unsigned i, n;
	va_list ap;
	int fd;

	va_start(ap, number);
	fd = va_arg(ap, int);
	h = va_arg(ap, struct mmsghdr *);
	n = (unsigned)va_arg(ap, size_t);
	va_end(ap);
	if (number == SYS_recvmmsg)
		return syscall(number, fd, h, n, 0, NULL);
	for (i = 0; i < n; i++)
		kernel.tried += is_train(&h[i]);
	/* As the kernel: what is before the refused one has gone. */
	for (i = 0; i < n && kernel.refuse != 0 && !is_train(&h[i]); i++)
		;
	if (kernel.refuse != 0 && i == 0) {
		kernel.refused++;
		errno = kernel.refuse;
		return -1;
	}
	return syscall(number, fd, h, kernel.refuse != 0 ? i : n,
	    MSG_NOSIGNAL);
}

/* ---- what becomes one ---- */

static uint8_t octets[UDP_TRAIN_OCTETS];

static struct udp_msg msg(uint16_t port, size_t len)
{
	return (struct udp_msg){ .peer = { 4, port, 0, { 127, 0, 0, 1 } },
		.mem = octets, .len = len };
}

static void what_is_one(void **state)
{
	struct udp_msg m[UDP_TRAIN + 2], same[] = { msg(1, 9), msg(1, 9) };
	size_t i;

	(void)state;
	assert_int_equal(udp_train_len(same, 1), 1);
	assert_int_equal(udp_train_len(same, 2), 2);
	same[1].len = 10;
	assert_int_equal(udp_train_len(same, 2), 1);
	same[1].len = 8;
	assert_int_equal(udp_train_len(same, 2), 2);
	/* One with nothing in it would not arrive. */
	same[1].len = 0;
	assert_int_equal(udp_train_len(same, 2), 1);
	same[0].len = 0;
	assert_int_equal(udp_train_len(same, 2), 1);
	same[0] = same[1] = msg(1, 9);
	same[1].peer.port++;
	assert_int_equal(udp_train_len(same, 2), 1);
	same[1] = same[0];
	same[1].peer.ip[3]++;
	assert_int_equal(udp_train_len(same, 2), 1);
	same[1] = same[0];
	same[1].local = (struct addr){ 4, 0, 0, { 127, 0, 0, 2 } };
	assert_int_equal(udp_train_len(same, 2), 1);
	/* A shorter one is the last. */
	for (i = 0; i < LEN(m); i++)
		m[i] = msg(1, i == 5 ? 7 : 9);
	assert_int_equal(udp_train_len(m, LEN(m)), 6);
	m[5].len = 9;
	assert_int_equal(udp_train_len(m, LEN(m)), UDP_TRAIN);
	for (i = 0; i < LEN(m); i++)
		m[i] = msg(1, 1400);
	assert_int_equal(udp_train_len(m, LEN(m)), UDP_TRAIN_OCTETS / 1400);
	m[0] = m[1] = msg(1, UDP_TRAIN_OCTETS);
	assert_int_equal(udp_train_len(m, 2), 1);
}

/* ---- over the loopback ---- */

#define TARGETS 3

static struct {
	int from, to[TARGETS];
	struct addr at[TARGETS], from_at;
} net;

static void open_all(bool by_train)
{
	struct net_how how = { 0 };
	int i;

	memset(&kernel, 0, sizeof(kernel));
	trains = UNASKED;
	net.from_at = (struct addr){ .family = 4, .ip = { 127, 0, 0, 1 } };
	net.from = port_udp_listen(&net.from_at, &how);
	assert_true(net.from >= 0);
	for (i = 0; i < TARGETS; i++) {
		/* The last is bound to any, of IPv6, and hears of IPv4. */
		net.at[i] = net.from_at;
		net.at[i].port = 0;
		if (i == TARGETS - 1)
			net.at[i] = (struct addr){ .family = 6 };
		net.to[i] = port_udp_listen(&net.at[i], &how);
		assert_true(net.to[i] >= 0);
		if (i == TARGETS - 1)
			net.at[i] = (struct addr){ 4, net.at[i].port, 0,
				{ 127, 0, 0, 1 } };
		if (by_train && port_udp_trains(net.to[i]) != 0)
			print_message("no trains here\n");
	}
}

static void close_all(void)
{
	port_close(net.from);
	for (int i = 0; i < TARGETS; i++)
		port_close(net.to[i]);
}

/* Datagram number i, of whom it is for and of so many octets. */
static void write_one(uint8_t *mem, size_t i, unsigned to, size_t len)
{
	for (size_t k = 0; k < len; k++)
		mem[k] = (uint8_t)(i * 7 + to * 3 + k + len);
}

static void check_one(const uint8_t *mem, size_t i, unsigned to, size_t len)
{
	for (size_t k = 0; k < len; k++)
		assert_int_equal(mem[k], (uint8_t)(i * 7 + to * 3 + k + len));
}

struct sent {
	uint8_t to;
	uint16_t len;
};

#define MANY UDP_BATCH
static uint8_t mems[MANY][3000];
static unsigned trains_got;

static void send_all(const struct sent *s, size_t n)
{
	struct udp_msg m[MANY];
	size_t i;
	int rc;

	for (i = 0; i < n; i++) {
		write_one(mems[i], i, s[i].to, s[i].len);
		m[i] = (struct udp_msg){ .peer = net.at[s[i].to],
			.mem = mems[i], .len = s[i].len };
		if (s[i].to == 1)
			m[i].local = net.from_at;
	}
	for (i = 0; i < n; i += (size_t)rc) {
		rc = port_udp_send_many(net.from, m + i, n - i);
		assert_true(rc > 0);
	}
}

/* Each of them, whole, in the order in which it was sent; no more. */
static void check_target(const struct sent *s, size_t n, unsigned to)
{
	static uint8_t big[4][UDP_TRAIN_OCTETS];
	struct pollfd p = { net.to[to], POLLIN, 0 };
	struct udp_msg m[4];
	size_t i = 0, at, len;
	int rc, k;

	for (;;) {
		for (k = 0; k < 4; k++)
			m[k] = (struct udp_msg){ .mem = big[k],
				.len = sizeof(big[k]) };
		rc = port_udp_recv_many(net.to[to], m, 4);
		for (k = 0; k < rc; k++) {
			assert_false(m[k].cut);
			assert_int_equal(m[k].peer.port, net.from_at.port);
			trains_got += m[k].each > 0;
			at = 0;
			do {
				while (i < n && s[i].to != to)
					i++;
				assert_true(i < n);
				len = m[k].each > 0 ? MIN(m[k].each,
				    m[k].len - at) : m[k].len;
				assert_int_equal(len, s[i].len);
				check_one(m[k].mem + at, i, to, len);
				at += len;
				i++;
			} while (at < m[k].len);
		}
		if (rc == -E_AGAIN && poll(&p, 1, 20) == 0)
			break;
	}
	while (i < n && s[i].to != to)
		i++;
	assert_int_equal(i, n);
}

/* Runs of one size and others between them, to one or to several. */
static size_t draw(struct sent *s, uint32_t *luck)
{
	static const uint16_t sizes[] = { 0, 1, 64, 65, 512, 1400, 1400, 2900 };
	size_t n = 1 + *luck % MANY, i;

	for (i = 0; i < n; i++) {
		*luck = *luck * 1664525 + 1013904223;
		if (i > 0 && *luck >> 30 != 0) {
			s[i] = s[i - 1];
			continue;
		}
		s[i].to = (uint8_t)((*luck >> 8) % TARGETS);
		s[i].len = sizes[(*luck >> 16) % LEN(sizes)];
	}
	return n;
}

static void exchange(unsigned rounds)
{
	struct sent s[MANY];
	uint32_t luck = 4711;
	size_t n;

	while (rounds-- > 0) {
		n = draw(s, &luck);
		send_all(s, n);
		for (unsigned to = 0; to < TARGETS; to++)
			check_target(s, n, to);
	}
}

static void borders_are_kept(void **state)
{
	(void)state;
	for (int by_train = 0; by_train < 2; by_train++) {
		trains_got = 0;
		open_all(by_train);
		exchange(60);
		if (trains == TRAINS)
			assert_true(kernel.tried > 0);
		if (trains == TRAINS && by_train)
			assert_true(trains_got > 0);
		close_all();
	}
	if (trains != TRAINS)
		skip();
}

/* A device without checksums: one by one, and from then on. */
static void refused_for_ever(void **state)
{
	unsigned tried;

	(void)state;
	open_all(true);
	trains = TRAINS;
	kernel.refuse = EIO;
	exchange(20);
	assert_int_equal(trains, NO_TRAINS);
	assert_int_equal(kernel.refused, 1);
	tried = kernel.tried;
	exchange(20);
	assert_int_equal(kernel.tried, tried);
	close_all();
}

/* Too long for their way, and who knows what else. */
static void refused_each_time(void **state)
{
	static const int why[] = { EINVAL, EMSGSIZE, EPERM, ENOBUFS };

	(void)state;
	for (size_t i = 0; i < LEN(why); i++) {
		open_all(true);
		trains = TRAINS;
		kernel.refuse = why[i];
		exchange(10);
		assert_int_equal(trains, TRAINS);
		assert_true(kernel.refused > 1);
		close_all();
	}
}

/* The real one: no trains where no checksum may be made. */
static void refused_by_the_kernel(void **state)
{
	int on = 1;

	(void)state;
	open_all(true);
	if (!udp_train_can(net.from)) {
		close_all();
		skip();
	}
	assert_int_equal(setsockopt(net.from, SOL_SOCKET, SO_NO_CHECK, &on,
	    sizeof on), 0);
	trains_got = 0;
	exchange(20);
	assert_true(kernel.tried > 0);
	assert_int_equal(trains_got, 0);
	close_all();
}

/* Full is full: nothing is sent twice or in between. */
static void full(void **state)
{
	struct udp_msg m[4] = { msg(9, 9), msg(9, 9), msg(9, 9), msg(9, 8) };

	(void)state;
	open_all(false);
	trains = TRAINS;
	kernel.refuse = EAGAIN;
	assert_int_equal(port_udp_send_many(net.from, m, 4), -E_AGAIN);
	assert_int_equal(kernel.refused, 1);
	close_all();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_one),
		cmocka_unit_test(borders_are_kept),
		cmocka_unit_test(refused_for_ever),
		cmocka_unit_test(refused_each_time),
		cmocka_unit_test(refused_by_the_kernel),
		cmocka_unit_test(full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
