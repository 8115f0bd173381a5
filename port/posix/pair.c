/* pair.c - messages between two processes, with descriptors. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "port/child.h"
#include "port/posix/errno_map.h"
#include "port/time.h"

/* Room for more than one, so that more than one can be closed. (CMSG_SPACE is
 * no constant everywhere.) */
union control {
	struct cmsghdr head;
	char mem[64];
};

int port_pair_open(int end[2])
{
	return socketpair(AF_UNIX,
	    SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, end) < 0 ?
	    sys_fail() : 0;
}

static void attach(struct msghdr *m, union control *c, int fd)
{
	struct cmsghdr *h;

	memset(c, 0, sizeof *c);
	m->msg_control = c->mem;
	m->msg_controllen = CMSG_SPACE(sizeof fd);
	h = CMSG_FIRSTHDR(m);
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(h), &fd, sizeof fd);
}

int port_pair_send(int end, const void *mem, size_t len, int pass)
{
	/* sendmsg reads only. */
	union {
		const void *in;
		void *out;
	} p = { .in = mem };
	struct iovec v = { .iov_base = p.out, .iov_len = len };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	union control c;
	ssize_t n;

	if (pass >= 0)
		attach(&m, &c, pass);
	do
		n = sendmsg(end, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECONNRESET ? -E_CLOSED : sys_fail();
	return (size_t)n == len ? 0 : -E_IO;
}

/* Takes what came: the first into *got, the others are closed. How many. */
static int detach(struct msghdr *m, int *got)
{
	struct cmsghdr *h;
	int n = 0, fd;

	for (h = CMSG_FIRSTHDR(m); h != NULL; h = CMSG_NXTHDR(m, h)) {
		const unsigned char *p = CMSG_DATA(h);
		size_t left = h->cmsg_len - (size_t)(p - (unsigned char *)h);

		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		for (; left >= sizeof fd; left -= sizeof fd, n++) {
			memcpy(&fd, p, sizeof fd);
			p += sizeof fd;
			if (n == 0)
				*got = fd;
			else
				close(fd);
		}
	}
	return n;
}

int port_pair_recv(int end, void *mem, size_t len, int *got)
{
	struct iovec v = { .iov_base = mem, .iov_len = len };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	union control c;
	ssize_t n;
	int fds;

	*got = -1;
	m.msg_control = c.mem;
	m.msg_controllen = sizeof c.mem;
	do
		n = recvmsg(end, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECONNRESET ? -E_CLOSED : sys_fail();
	fds = detach(&m, got);
	if (n == 0 && fds == 0)
		return -E_CLOSED;
	if ((size_t)n == len && fds <= 1 &&
	    !(m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return 0;
	if (*got >= 0)
		close(*got);
	*got = -1;
	return -E_PROTO;
}

bool port_pair_wait(int end, int64_t ms)
{
	struct pollfd p = { .fd = end, .events = POLLIN };
	int64_t until_ms = port_now_ms() + ms, left_ms = ms;
	int n;

	do {
		n = poll(&p, 1, (int)MAX(MIN(left_ms, 60000), 0));
		left_ms = until_ms - port_now_ms();
	} while (n <= 0 && left_ms > 0 && (n == 0 || errno == EINTR));
	return n > 0;
}
