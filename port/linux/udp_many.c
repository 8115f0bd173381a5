/* udp_many.c - batches by recvmmsg (Linux 2.6.33) and sendmmsg (3.0), trains in
 * them. The calls themselves: musl's functions send one by one on 64 bits. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "port/linux/udp_train.h"
#include "port/posix/errno_map.h"
#include "port/posix/udp_parts.h"

static bool none_to_recv, none_to_send;
static enum { UNASKED, TRAINS, NO_TRAINS } trains;

/* Of the kernel, which has a second word for the time on 32 bits; none is
 * given. */
static long recv_many(int fd, struct mmsghdr *h, size_t n)
{
	long got;

	do
		got = syscall(SYS_recvmmsg, fd, h, n, 0, NULL);
	while (got < 0 && errno == EINTR);
	return got;
}

static long send_many(int fd, struct mmsghdr *h, size_t n)
{
	long sent;

	do
		sent = syscall(SYS_sendmmsg, fd, h, n, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent;
}

int port_udp_recv_many(int fd, struct udp_msg *m, size_t n)
{
	struct mmsghdr h[UDP_BATCH];
	struct udp_parts p[UDP_BATCH];
	long i, got;

	if (n <= 1 || none_to_recv)
		return udp_each_recv(fd, m, n);
	memset(h, 0, n * sizeof *h);
	for (i = 0; i < (long)n; i++)
		udp_parts_to_recv(&h[i].msg_hdr, &p[i], &m[i]);
	got = recv_many(fd, h, n);
	if (got < 0 && errno == ENOSYS) {
		none_to_recv = true;
		return udp_each_recv(fd, m, n);
	}
	for (i = 0; i < got; i++)
		udp_parts_got(&m[i], &h[i].msg_hdr, h[i].msg_len);
	return got < 0 ? sys_fail() : (int)got;
}

/* What goes out by one call: datagrams and trains of them. */
struct train_batch {
	struct mmsghdr h[UDP_BATCH];
	struct udp_parts p[UDP_BATCH];
	struct iovec iov[UDP_BATCH];
	uint8_t len[UDP_BATCH];		/* datagrams of each */
};

/* One more, of k datagrams. */
static void put(struct train_batch *b, size_t at, struct iovec *iov,
    const struct udp_msg *m, size_t k)
{
	struct msghdr *h = &b->h[at].msg_hdr;
	size_t i;

	b->len[at] = (uint8_t)k;
	udp_parts_to_send(h, &b->p[at], m);
	if (k == 1)
		return;
	for (i = 0; i < k; i++)
		iov[i] = (struct iovec){ m[i].mem, m[i].len };
	h->msg_iov = iov;
	h->msg_iovlen = k;
	udp_train_put(h, &b->p[at].control, m->len);
}

/* How many of n datagrams went; -1: why not is in errno, and the first of them
 * is one of `first`. */
static long send_batch(int fd, const struct udp_msg *m, size_t n,
    bool by_train, size_t *first)
{
	struct train_batch b;
	size_t i, k, entries = 0;
	long sent, done = 0;

	memset(b.len, 0, sizeof b.len);
	for (i = 0; i < n; i += k) {
		k = by_train ? udp_train_len(&m[i], n - i) : 1;
		put(&b, entries++, &b.iov[i], &m[i], k);
	}
	*first = b.len[0];
	sent = send_many(fd, b.h, entries);
	for (i = 0; (long)i < sent; i++)
		done += b.len[i];
	return sent < 0 ? -1 : done;
}

static bool may_train(int fd)
{
	if (trains == UNASKED)
		trains = udp_train_can(fd) ? TRAINS : NO_TRAINS;
	return trains == TRAINS;
}

/* A train may be refused where its datagrams are not: they are longer than a
 * packet of their way (EINVAL, EMSGSIZE), or it leads to a device that makes no
 * checksums (EIO); then there are none any more. The first datagram alone says
 * what is wrong with it, or goes after all. */
int port_udp_send_many(int fd, const struct udp_msg *m, size_t n)
{
	size_t first;
	long sent;

	if (n <= 1 || none_to_send)
		return udp_each_send(fd, m, n);
	sent = send_batch(fd, m, n, may_train(fd), &first);
	if (sent < 0 && first > 1 && errno != EAGAIN && errno != ENOSYS) {
		if (errno == EIO)
			trains = NO_TRAINS;
		sent = send_batch(fd, m, first, false, &first);
	}
	if (sent < 0 && errno == ENOSYS)
		none_to_send = true;
	if (sent >= 0)
		return (int)sent;
	if (errno == EAGAIN)
		return -E_AGAIN;
	return udp_each_send(fd, m, none_to_send ? n : 1);
}
