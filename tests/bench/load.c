/* load.c - load for the benchmarks, fast enough not to be what is measured.
 *
 *	load target			prints its port, serves until killed
 *	load up   SOCKS TARGET N	N octets to the target: prints seconds
 *	load down SOCKS TARGET N	N octets from the target
 *	load conns SOCKS TARGET SECONDS	with one octet each way: n/s
 *	load idle SOCKS TARGET N	holds N open until stdin ends
 *
 * A connection begins with 16 octets: U or D, seven zeros, a count in the order
 * of this machine. Both ends count, so neither needs the other's end.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
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

static void bulk(char what, uint64_t count)
{
	int fd = through();
	struct order o = { what, "", count };
	double start = now();
	char c;
	int ok = write_all(fd, &o, sizeof(o));

	if (ok && what == 'U')
		ok = give(fd, count) && read_all(fd, &c, 1);
	else if (ok)
		ok = take(fd, count);
	if (!ok)
		die("transfer");
	printf("%.6f\n", now() - start);
	close(fd);
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

static void idle(int n)
{
	for (int i = 0; i < n; i++)
		ping(through());
	puts("ready");
	fflush(stdout);
	while (getchar() != EOF)
		;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "target") == 0) {
		target();
		return 0;
	}
	if (argc != 5) {
		fputs("load target | up|down|conns|idle SOCKS TARGET N\n",
		    stderr);
		return 2;
	}
	socks_port = atoi(argv[2]);
	target_port = atoi(argv[3]);
	if (strcmp(what, "up") == 0)
		bulk('U', strtoull(argv[4], NULL, 10));
	else if (strcmp(what, "down") == 0)
		bulk('D', strtoull(argv[4], NULL, 10));
	else if (strcmp(what, "conns") == 0)
		conns(atof(argv[4]));
	else
		idle(atoi(argv[4]));
	return 0;
}
