/* poll_kqueue.c - the poll port over kqueue(2).
 *
 * Changes are gathered and handed over with the next wait. A filter is there as
 * long as it is wanted: ADD and DELETE, no ENABLE. */
#include <errno.h>
#include <fcntl.h>
#include <sys/types.h>
#include <sys/event.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "port/posix/errno_map.h"
#include "port/posix/poll_port.h"

#define BATCH 64

static struct {
	int fd;			/* 0 = closed: never stdin */
	int changes;
	struct kevent change[BATCH];
	uint64_t tag[LIMIT_FDS];	/* a pointer cannot hold one */
} kq;

static int kqueue_port_open(void)
{
	if (kq.fd > 0)
		return -E_BUSY;
	kq.changes = 0;
	kq.fd = kqueue();
	if (kq.fd < 0)
		return sys_fail();
	(void)fcntl(kq.fd, F_SETFD, FD_CLOEXEC);
	return 0;
}

/*
 * Hands over all changes. The errors of single ones come back as events, of
 * which there is room for all; other events stay and come again.
 */
static void hand_over(void)
{
	static const struct timespec at_once;
	struct kevent ev[BATCH];

	while (kevent(kq.fd, kq.change, kq.changes, ev, kq.changes,
	    &at_once) < 0 && errno == EINTR)
		;
	kq.changes = 0;
}

static void add_change(int fd, short filter, bool is_wanted)
{
	if (kq.changes == BATCH)
		hand_over();
	EV_SET(&kq.change[kq.changes], (unsigned)fd, filter,
	    is_wanted ? EV_ADD : EV_DELETE, 0, 0, 0);
	kq.changes++;
}

static int kqueue_port_set(int fd, uint64_t tag, unsigned had, unsigned want)
{
	unsigned differs = had ^ want;

	if (fd < 0 || (had == 0 && want != 0 && !poll_fd_is_open(fd)))
		return -E_INVAL;
	if (fd >= LIMIT_FDS)
		return -E_FULL;
	if (differs & POLL_IN)
		add_change(fd, EVFILT_READ, want & POLL_IN);
	if (differs & POLL_OUT)
		add_change(fd, EVFILT_WRITE, want & POLL_OUT);
	kq.tag[fd] = tag;
	return 0;
}

/* False: the error of a filter that went away with its descriptor. */
static bool kevent_got(const struct kevent *ev, unsigned *got)
{
	if (ev->flags & EV_ERROR) {
		*got = POLL_ERR;
		return ev->data != ENOENT && ev->data != EBADF;
	}
	*got = ev->filter == EVFILT_READ ? POLL_IN : POLL_OUT;
	/* The end of what comes is no error; that nobody takes it is one. */
	if ((ev->flags & EV_EOF) && (ev->fflags != 0 || *got == POLL_OUT))
		*got |= POLL_ERR;
	return true;
}

static int kqueue_port_wait(struct poll_event *out, size_t max,
    int64_t until_ms)
{
	struct kevent ev[BATCH];
	int n, put = 0, ms;
	struct timespec t;

	/* Errors need as many places as there are changes. */
	if (max < (size_t)kq.changes)
		hand_over();
	ms = poll_timeout_ms(until_ms);
	t = (struct timespec){ ms / 1000, ms % 1000 * 1000000 };
	n = kevent(kq.fd, kq.change, kq.changes, ev, (int)MIN(max, BATCH),
	    ms < 0 ? NULL : &t);
	kq.changes = 0;
	if (n < 0)
		return errno == EINTR ? 0 : -E_IO;
	for (int i = 0; i < n; i++) {
		if (!kevent_got(&ev[i], &out[put].got))
			continue;
		out[put++].tag = kq.tag[ev[i].ident];
	}
	return put;
}

static void kqueue_port_close(void)
{
	close(kq.fd);
	kq.fd = 0;
}

const struct poll_port poll_kqueue = {
	.name = "kqueue",
	.open = kqueue_port_open,
	.set = kqueue_port_set,
	.wait = kqueue_port_wait,
	.close = kqueue_port_close,
};
