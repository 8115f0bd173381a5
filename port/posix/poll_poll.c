/* poll_poll.c - the poll port over poll(2). */
#include <errno.h>
#include <poll.h>

#include "base/limits.h"
#include "port/posix/poll_port.h"

/* Watched descriptors lie dense in set; at[fd] is one more than the place. */
static struct {
	bool is_open;
	unsigned n, first;	/* first: where the next wait starts to look */
	uint16_t at[LIMIT_FDS];
	uint64_t tag[LIMIT_FDS];
	struct pollfd set[LIMIT_FDS];
} polls;

_Static_assert(LIMIT_FDS < 65536, "at[] is 16 bits wide");

static int poll_port_open(void)
{
	if (polls.is_open)
		return -E_BUSY;
	polls.is_open = true;
	return 0;
}

static void take_out(int fd)
{
	unsigned at = polls.at[fd];

	if (at == 0)
		return;
	polls.n--;
	polls.set[at - 1] = polls.set[polls.n];
	polls.tag[at - 1] = polls.tag[polls.n];
	polls.at[polls.set[at - 1].fd] = (uint16_t)at;
	polls.at[fd] = 0;
}

static int poll_port_set(int fd, uint64_t tag, unsigned had, unsigned want)
{
	unsigned at;

	(void)had;
	if (fd < 0)
		return -E_INVAL;
	if (fd >= LIMIT_FDS)
		return -E_FULL;
	if (want == 0) {
		take_out(fd);
		return 0;
	}
	at = polls.at[fd];
	if (at == 0) {
		if (!poll_fd_is_open(fd))
			return -E_INVAL;
		at = ++polls.n;
		polls.at[fd] = (uint16_t)at;
		polls.set[at - 1].fd = fd;
	}
	polls.tag[at - 1] = tag;
	polls.set[at - 1].events = (short)((want & POLL_IN ? POLLIN : 0) |
	    (want & POLL_OUT ? POLLOUT : 0));
	return 0;
}

static unsigned got_by_poll(short events)
{
	unsigned got = 0;

	if (events & (POLLIN | POLLHUP))
		got |= POLL_IN;
	if (events & POLLOUT)
		got |= POLL_OUT;
	if (events & (POLLERR | POLLHUP | POLLNVAL))
		got |= POLL_ERR;
	return got;
}

/* Starts where the last wait ran out of room, so that nobody starves. */
static int poll_collect(struct poll_event *out, size_t max)
{
	unsigned i, put = 0;

	for (i = 0; i < polls.n && put < max; i++) {
		unsigned at = (polls.first + i) % polls.n;
		unsigned got = got_by_poll(polls.set[at].revents);

		if (got == 0)
			continue;
		out[put].tag = polls.tag[at];
		out[put++].got = got;
	}
	polls.first = polls.n == 0 ? 0 : (polls.first + i) % polls.n;
	return (int)put;
}

static int poll_port_wait(struct poll_event *out, size_t max, int64_t until_ms)
{
	int n = poll(polls.set, polls.n, poll_timeout_ms(until_ms));

	if (n < 0)
		return errno == EINTR ? 0 : -E_IO;
	return n == 0 ? 0 : poll_collect(out, max);
}

static void poll_port_close(void)
{
	while (polls.n > 0)
		take_out(polls.set[0].fd);
	polls.is_open = false;
}

const struct poll_port poll_poll = {
	.name = "poll",
	.open = poll_port_open,
	.set = poll_port_set,
	.wait = poll_port_wait,
	.close = poll_port_close,
};
