/* poll_select.c - the poll port over select(2): for fds below FD_SETSIZE. */
#include <errno.h>
#include <sys/select.h>

#include "port/posix/poll_port.h"

static struct {
	bool is_open;
	int end;		/* one above the highest descriptor watched */
	int first;		/* where the next wait starts to look */
	fd_set in, out;
	uint64_t tag[FD_SETSIZE];
} selects;

static int select_port_open(void)
{
	if (selects.is_open)
		return -E_BUSY;
	selects.is_open = true;
	selects.end = selects.first = 0;
	FD_ZERO(&selects.in);
	FD_ZERO(&selects.out);
	return 0;
}

static bool select_has(int fd)
{
	return FD_ISSET(fd, &selects.in) || FD_ISSET(fd, &selects.out);
}

static int select_port_set(int fd, uint64_t tag, unsigned had, unsigned want)
{
	if (fd < 0 || (had == 0 && want != 0 && !poll_fd_is_open(fd)))
		return -E_INVAL;
	if (fd >= FD_SETSIZE)
		return -E_RANGE;
	FD_CLR(fd, &selects.in);
	FD_CLR(fd, &selects.out);
	if (want & POLL_IN)
		FD_SET(fd, &selects.in);
	if (want & POLL_OUT)
		FD_SET(fd, &selects.out);
	selects.tag[fd] = tag;
	if (want != 0)
		selects.end = MAX(selects.end, fd + 1);
	while (selects.end > 0 && !select_has(selects.end - 1))
		selects.end--;
	return 0;
}

/* Starts where the last wait ran out of room, so that nobody starves. */
static int select_collect(struct poll_event *ev, size_t max, fd_set *in,
    fd_set *out)
{
	unsigned put = 0;
	int i;

	for (i = 0; i < selects.end && put < max; i++) {
		int fd = (selects.first + i) % selects.end;
		unsigned got = (FD_ISSET(fd, in) ? POLL_IN : 0u) |
		    (FD_ISSET(fd, out) ? POLL_OUT : 0u);

		if (got == 0)
			continue;
		ev[put].tag = selects.tag[fd];
		ev[put++].got = got;
	}
	selects.first = selects.end == 0 ? 0 :
	    (selects.first + i) % selects.end;
	return (int)put;
}

static int select_port_wait(struct poll_event *ev, size_t max,
    int64_t until_ms)
{
	fd_set in = selects.in, out = selects.out;
	int n, ms = poll_timeout_ms(until_ms);
	struct timeval t = { ms / 1000, ms % 1000 * 1000 };

	n = select(selects.end, &in, &out, NULL, ms < 0 ? NULL : &t);
	if (n < 0)
		return errno == EINTR ? 0 : -E_IO;
	return n == 0 ? 0 : select_collect(ev, max, &in, &out);
}

static void select_port_close(void)
{
	selects.is_open = false;
}

const struct poll_port poll_select = {
	.name = "select",
	.open = select_port_open,
	.set = select_port_set,
	.wait = select_port_wait,
	.close = select_port_close,
};
