/* udp_parts.c - datagrams with the addresses of both their ends, one by one. */
#include <errno.h>
#include <string.h>

#include "port/posix/errno_map.h"
#include "port/posix/udp_parts.h"
#include "port/posix/udp_train.h"

static void fill(struct msghdr *h, struct udp_parts *p,
    const struct udp_msg *m)
{
	memset(h, 0, sizeof *h);
	p->iov.iov_base = m->mem;
	p->iov.iov_len = m->len;
	h->msg_name = &p->sa;
	h->msg_iov = &p->iov;
	h->msg_iovlen = 1;
	h->msg_control = p->control.room;
	h->msg_controllen = sizeof p->control;
}

void udp_parts_to_recv(struct msghdr *h, struct udp_parts *p,
    const struct udp_msg *m)
{
	fill(h, p, m);
	h->msg_namelen = sizeof p->sa;
}

void udp_parts_to_send(struct msghdr *h, struct udp_parts *p,
    const struct udp_msg *m)
{
	memset(&p->control, 0, sizeof p->control);
	fill(h, p, m);
	h->msg_namelen = sockaddr_from(&p->sa, &m->peer);
	udp_local_write(h, &m->local);
}

void udp_parts_got(struct udp_msg *m, struct msghdr *h, size_t n)
{
	sockaddr_to(&m->peer, h->msg_name);
	udp_local_read(&m->local, h);
	m->len = n;
	m->each = udp_train_read(h);
	m->cut = (h->msg_flags & MSG_TRUNC) != 0;
}

static int recv_one(int fd, struct udp_msg *m)
{
	struct udp_parts p;
	struct msghdr h;
	ssize_t n;

	do {
		udp_parts_to_recv(&h, &p, m);
		n = recvmsg(fd, &h, 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return sys_fail();
	udp_parts_got(m, &h, (size_t)n);
	return 1;
}

static int send_one(int fd, const struct udp_msg *m)
{
	struct udp_parts p;
	struct msghdr h;
	ssize_t n;

	udp_parts_to_send(&h, &p, m);
	do
		n = sendmsg(fd, &h, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? sys_fail() : 1;
}

int udp_each_recv(int fd, struct udp_msg *m, size_t n)
{
	size_t done = 0;
	int rc = 0;

	while (done < n && (rc = recv_one(fd, &m[done])) == 1)
		done++;
	return done > 0 ? (int)done : rc;
}

/* What a socket that told local addresses cannot send with one, because the
 * address is gone or the kernel old, it may without. */
static int send_any(int fd, const struct udp_msg *m)
{
	struct udp_msg plain = *m;
	ptrdiff_t n;
	int rc = send_one(fd, m);

	if (rc == 1 || m->local.family == 0 ||
	    (rc != -E_INVAL && rc != -E_NOADDR && rc != -E_UNREACH &&
	    rc != -E_NOSUP))
		return rc;
	plain.local.family = 0;
	n = port_udp_send(fd, &plain.peer, plain.mem, plain.len);
	return n < 0 ? (int)n : 1;
}

int udp_each_send(int fd, const struct udp_msg *m, size_t n)
{
	size_t done = 0;
	int rc = 0;

	while (done < n && (rc = send_any(fd, &m[done])) == 1)
		done++;
	return done > 0 ? (int)done : rc;
}
