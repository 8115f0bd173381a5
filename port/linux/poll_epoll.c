/* poll_epoll.c - the poll port over epoll(7). */
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "port/posix/errno_map.h"
#include "port/posix/poll_port.h"

#define BATCH 64

static int epoll_fd = -1;

static int epoll_port_open(void)
{
	if (epoll_fd >= 0)
		return -E_BUSY;
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_fd >= 0)
		return 0;
	if (errno != ENOSYS)
		return sys_fail();
	epoll_fd = epoll_create(1);
	if (epoll_fd < 0)
		return sys_fail();
	(void)fcntl(epoll_fd, F_SETFD, FD_CLOEXEC);
	return 0;
}

static uint32_t events_of(unsigned want)
{
	return (want & POLL_IN ? EPOLLIN | EPOLLRDHUP : 0u) |
	    (want & POLL_OUT ? EPOLLOUT : 0u);
}

/*
 * A descriptor that nobody wants anything of is taken out: the kernel would
 * go on reporting its errors and hang-ups.
 */
static int epoll_port_set(int fd, uint64_t tag, unsigned had, unsigned want)
{
	struct epoll_event ev = { events_of(want), { .u64 = tag } };
	int op = EPOLL_CTL_MOD;

	if (had == 0 && want == 0)
		return 0;
	if (had == 0)
		op = EPOLL_CTL_ADD;
	else if (want == 0)
		op = EPOLL_CTL_DEL;
	if (epoll_ctl(epoll_fd, op, fd, &ev) == 0)
		return 0;
	return errno == ENOSPC || errno == ENOMEM ? -E_FULL : -E_INVAL;
}

static unsigned got_of(uint32_t events)
{
	unsigned got = 0;

	if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP))
		got |= POLL_IN;
	if (events & EPOLLOUT)
		got |= POLL_OUT;
	if (events & (EPOLLERR | EPOLLHUP))
		got |= POLL_ERR;
	return got;
}

static int epoll_port_wait(struct poll_event *out, size_t max, int64_t until_ms)
{
	struct epoll_event ev[BATCH];
	int n = epoll_wait(epoll_fd, ev, (int)MIN(max, BATCH),
	    poll_timeout_ms(until_ms));

	if (n < 0)
		return errno == EINTR ? 0 : -E_IO;
	for (int i = 0; i < n; i++) {
		out[i].tag = ev[i].data.u64;
		out[i].got = got_of(ev[i].events);
	}
	return n;
}

static void epoll_port_close(void)
{
	close(epoll_fd);
	epoll_fd = -1;
}

const struct poll_port poll_epoll = {
	.name = "epoll",
	.open = epoll_port_open,
	.set = epoll_port_set,
	.wait = epoll_port_wait,
	.close = epoll_port_close,
};
