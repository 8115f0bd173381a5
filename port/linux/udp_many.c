/* udp_many.c - batches by recvmmsg (Linux 2.6.33) and sendmmsg (3.0). The calls
 * themselves: musl's functions send one by one on 64 bits. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "port/posix/errno_map.h"
#include "port/posix/udp_parts.h"

static bool none_to_recv, none_to_send;

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

/* The first alone says what is wrong with it, or goes after all. */
int port_udp_send_many(int fd, const struct udp_msg *m, size_t n)
{
	struct mmsghdr h[UDP_BATCH];
	struct udp_parts p[UDP_BATCH];
	long i, sent;

	if (n <= 1 || none_to_send)
		return udp_each_send(fd, m, n);
	memset(h, 0, n * sizeof *h);
	for (i = 0; i < (long)n; i++)
		udp_parts_to_send(&h[i].msg_hdr, &p[i], &m[i]);
	sent = send_many(fd, h, n);
	if (sent < 0 && errno == ENOSYS)
		none_to_send = true;
	if (sent >= 0)
		return (int)sent;
	if (errno == EAGAIN)
		return -E_AGAIN;
	return udp_each_send(fd, m, none_to_send ? n : 1);
}
