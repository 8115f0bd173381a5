/* load.c - load for the benchmarks, fast enough not to be what is measured.
 *
 *	load target			prints its port, serves until killed
 *	load up   SOCKS TARGET N STREAMS	N octets in all: prints seconds
 *	load down SOCKS TARGET N STREAMS	N octets from the target
 *	load conns SOCKS TARGET SECONDS	with one octet each way: n/s
 *	load idle SOCKS 0 N		holds N open until stdin ends; it is
 *					the target itself
 * Datagrams to TUNNEL, which leads to TARGET: a port of this program's own.
 *	load gusts TUNNEL TARGET SIZE SECONDS	prints sent, arrived, seconds
 *	load echoes TUNNEL TARGET SIZE SECONDS	the same, there and back
 *	load gusts|echoes ... SECONDS N		of N clients by turns
 *	load clients TUNNEL TARGET N	N sockets have spoken, until stdin ends
 *
 * A connection begins with 16 octets: U or D, seven zeros, a count in the order
 * of this machine. Both ends count, so neither needs the other's end.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BLOCK (256 * 1024)
#define THREADS 8
#define STREAMS 64
#define BATCH 32
#define UNDER_WAY 64
#define LOST_S 0.05
#define CLIENTS 256

struct order {
	char what;
	char zeros[7];
	uint64_t count;
};

static int socks_port, target_port;

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* 0 when the other side ended before. */
static int read_all(int fd, void *mem, size_t len)
{
	char *at = mem;

	while (len > 0) {
		ssize_t n = read(fd, at, len);

		if (n <= 0)
			return 0;
		at += n;
		len -= (size_t)n;
	}
	return 1;
}

static int write_all(int fd, const void *mem, size_t len)
{
	const char *at = mem;

	while (len > 0) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

		if (n <= 0)
			return 0;
		at += n;
		len -= (size_t)n;
	}
	return 1;
}

static int give(int fd, uint64_t count)
{
	static const char block[BLOCK];

	while (count > 0) {
		size_t n = count < BLOCK ? (size_t)count : BLOCK;

		if (!write_all(fd, block, n))
			return 0;
		count -= n;
	}
	return 1;
}

static int take(int fd, uint64_t count)
{
	char *block = malloc(BLOCK);
	int ok = block != NULL;

	while (ok && count > 0) {
		ssize_t n = read(fd, block, BLOCK);

		ok = n > 0;
		if (ok)
			count -= (uint64_t)n;
	}
	free(block);
	return ok;
}

/* ---- target */

static void *target_one(void *arg)
{
	int fd = (int)(intptr_t)arg;
	struct order o;

	while (read_all(fd, &o, sizeof(o))) {
		if (o.what == 'D')
			give(fd, o.count);
		else if (!take(fd, o.count) || !write_all(fd, "k", 1))
			break;
	}
	close(fd);
	return NULL;
}

static void target(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int on = 1, ls = socket(AF_INET, SOCK_STREAM, 0);
	pthread_attr_t small;

	if (bind(ls, (struct sockaddr *)&at, len) < 0 ||
	    listen(ls, 4096) < 0 ||
	    getsockname(ls, (struct sockaddr *)&at, &len) < 0)
		die("target");
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
	for (;;) {
		pthread_t t;
		int fd = accept(ls, NULL, NULL);

		if (fd < 0)
			die("accept");
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		if (pthread_create(&t, &small, target_one,
		    (void *)(intptr_t)fd) != 0)
			die("pthread_create");
	}
}

/* ---- clients */

/* A connection to the target through the SOCKS5 proxy. */
static int through(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)socks_port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	unsigned char ask[] = { 5, 1, 0, 1, 127, 0, 0, 1,
		(unsigned char)(target_port >> 8), (unsigned char)target_port };
	unsigned char reply[10];
	int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		die("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (!write_all(fd, "\5\1\0", 3) || !read_all(fd, reply, 2) ||
	    !write_all(fd, ask, sizeof(ask)) || !read_all(fd, reply, 10) ||
	    reply[1] != 0)
		die("socks");
	return fd;
}

/* One octet there and back. */
static void ping(int fd)
{
	unsigned char p[sizeof(struct order) + 1] = { 0 };
	struct order o = { 'U', "", 1 };
	char c;

	memcpy(p, &o, sizeof(o));
	if (!write_all(fd, p, sizeof(p)) || !read_all(fd, &c, 1))
		die("ping");
}

static struct order bulk_order;

static void *bulk_one(void *arg)
{
	struct order o = bulk_order;
	int fd = through();
	char c;
	int ok = write_all(fd, &o, sizeof(o));

	(void)arg;
	if (ok && o.what == 'U')
		ok = give(fd, o.count) && read_all(fd, &c, 1);
	else if (ok)
		ok = take(fd, o.count);
	if (!ok)
		die("transfer");
	close(fd);
	return NULL;
}

static void bulk(char what, uint64_t count, int streams)
{
	pthread_t t[STREAMS];
	double start = now();

	if (streams < 1 || streams > STREAMS)
		die("streams");
	bulk_order = (struct order){ what, "", count / (uint64_t)streams };
	for (int i = 0; i < streams; i++)
		pthread_create(&t[i], NULL, bulk_one, NULL);
	for (int i = 0; i < streams; i++)
		pthread_join(t[i], NULL);
	printf("%.6f\n", now() - start);
}

static double conns_until;

static void *conns_one(void *arg)
{
	long *n = arg;

	while (now() < conns_until) {
		int fd = through();

		ping(fd);
		close(fd);
		++*n;
	}
	return NULL;
}

static void conns(double seconds)
{
	pthread_t t[THREADS];
	long n[THREADS] = { 0 }, sum = 0;

	conns_until = now() + seconds;
	for (int i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, conns_one, &n[i]);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(t[i], NULL);
		sum += n[i];
	}
	printf("%.0f\n", (double)sum / seconds);
}

static void hold(void)
{
	puts("ready");
	fflush(stdout);
	while (getchar() != EOF)
		;
}

/* Both ends are here: no thread is needed for each. */
static void idle(int n)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int ls = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(ls, (struct sockaddr *)&at, len) < 0 || listen(ls, 1024) < 0 ||
	    getsockname(ls, (struct sockaddr *)&at, &len) < 0)
		die("target");
	target_port = ntohs(at.sin_port);
	for (int i = 0; i < n; i++) {
		int fd = through(), far;
		char c = 'x';

		if (!write_all(fd, &c, 1) ||
		    (far = accept(ls, NULL, NULL)) < 0 ||
		    !read_all(far, &c, 1) || !write_all(far, &c, 1) ||
		    !read_all(fd, &c, 1))
			die("idle");
	}
	hold();
}

/* ---- datagrams */

struct batch {
	struct mmsghdr msg[BATCH];
	struct iovec iov[BATCH];
	struct sockaddr_in peer[BATCH];
	char mem[BATCH][2048];
};

static int datagrams(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int room = 4 << 20, fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		die("bind");
	return fd;
}

static void batch_reset(struct batch *b, size_t len)
{
	memset(b->msg, 0, sizeof(b->msg));
	for (int i = 0; i < BATCH; i++) {
		b->iov[i] = (struct iovec){ b->mem[i], len };
		b->msg[i].msg_hdr.msg_iov = &b->iov[i];
		b->msg[i].msg_hdr.msg_iovlen = 1;
		b->msg[i].msg_hdr.msg_name = &b->peer[i];
		b->msg[i].msg_hdr.msg_namelen = sizeof(b->peer[i]);
	}
}

/* How many came; with `back` they go where they came from. */
static int receive(int fd, int back)
{
	static struct batch b;
	int n, all = 0;

	do {
		batch_reset(&b, sizeof(b.mem[0]));
		n = recvmmsg(fd, b.msg, BATCH, 0, NULL);
		for (int i = 0; i < n; i++)
			b.iov[i].iov_len = b.msg[i].msg_len;
		if (n > 0 && back && sendmmsg(fd, b.msg, (unsigned)n, 0) < 0)
			die("answer");
		all += n > 0 ? n : 0;
	} while (n == BATCH);
	return all;
}

static int send_some(int fd, int n, size_t len)
{
	static struct batch b;

	batch_reset(&b, len);
	for (int i = 0; i < n; i++)
		b.peer[i] = (struct sockaddr_in){ .sin_family = AF_INET,
			.sin_port = htons((uint16_t)socks_port),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	n = sendmmsg(fd, b.msg, (unsigned)n, 0);
	return n > 0 ? n : 0;
}

/* From the first alone, or from each of them in turn. */
static int send_by_turns(const struct pollfd *here, int clients, int n,
    size_t len)
{
	static int turn;
	int i, sent = 0;

	if (clients == 1)
		return send_some(here[0].fd, n, len);
	for (i = 0; i < n; i++)
		sent += send_some(here[turn++ % clients].fd, 1, len);
	return sent;
}

/* As many follow as have come out; those that are missed for long are lost. */
static void gusts(int back, size_t len, double seconds, int clients)
{
	static struct pollfd p[1 + CLIENTS];
	int far = datagrams(target_port), under_way = 0, n, i, at_far;
	double start = now(), end = start + seconds, last = start;
	uint64_t sent = 0, came = 0;

	if (clients < 1 || clients > CLIENTS)
		die("clients");
	p[0] = (struct pollfd){ far, POLLIN, 0 };
	for (i = 0; i < clients; i++)
		p[1 + i] = (struct pollfd){ datagrams(0), POLLIN, 0 };

	while (now() < end) {
		n = UNDER_WAY - under_way;
		if (n >= BATCH / 2) {
			n = send_by_turns(p + 1, clients,
			    n < BATCH ? n : BATCH, len);
			sent += (uint64_t)n;
			under_way += n;
		}
		poll(p, (nfds_t)(1 + clients), 10);
		at_far = receive(far, back);
		for (i = 0, n = 0; i < clients; i++)
			if (p[1 + i].revents != 0)
				n += receive(p[1 + i].fd, 0);
		if (!back)
			n = at_far;
		came += (uint64_t)n;
		under_way -= n < under_way ? n : under_way;
		if (n > 0)
			last = now();
		else if (now() - last > LOST_S) {
			under_way = 0;
			last = now();
		}
	}
	printf("%llu %llu %.6f\n", (unsigned long long)(sent -
	    (uint64_t)under_way), (unsigned long long)came, now() - start);
}

static void clients(int n)
{
	int far = datagrams(target_port);

	for (int i = 0; i < n; i++) {
		struct pollfd p[] = { { datagrams(0), POLLIN, 0 },
			{ far, POLLIN, 0 } };
		int tries = 0, got = 0;

		while (got == 0) {
			if (++tries > 50)
				die("a client is not answered");
			send_some(p[0].fd, 1, 64);
			for (int k = 0; k < 20 && got == 0; k++) {
				poll(p, 2, 10);
				receive(far, 1);
				got = receive(p[0].fd, 0);
			}
		}
	}
	hold();
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "target") == 0) {
		target();
		return 0;
	}
	if (argc < 5) {
		fputs("load target | WHAT PORT TARGET N [M]\n", stderr);
		return 2;
	}
	socks_port = atoi(argv[2]);
	target_port = atoi(argv[3]);
	if (strcmp(what, "up") == 0 && argc == 6)
		bulk('U', strtoull(argv[4], NULL, 10), atoi(argv[5]));
	else if (strcmp(what, "down") == 0 && argc == 6)
		bulk('D', strtoull(argv[4], NULL, 10), atoi(argv[5]));
	else if (strcmp(what, "conns") == 0)
		conns(atof(argv[4]));
	else if (strcmp(what, "idle") == 0)
		idle(atoi(argv[4]));
	else if (strcmp(what, "gusts") == 0 && argc >= 6)
		gusts(0, (size_t)atoi(argv[4]), atof(argv[5]),
		    argc > 6 ? atoi(argv[6]) : 1);
	else if (strcmp(what, "echoes") == 0 && argc >= 6)
		gusts(1, (size_t)atoi(argv[4]), atof(argv[5]),
		    argc > 6 ? atoi(argv[6]) : 1);
	else if (strcmp(what, "clients") == 0)
		clients(atoi(argv[4]));
	else
		return 2;
	return 0;
}
