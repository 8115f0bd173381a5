/* kevent_emul.c - knotes in an array, looked at with poll(2).
 *
 * As the real one: a knote goes away with its descriptor, a change that fails
 * becomes an event of its own as long as there is room, errors return at once,
 * and what was reported goes to the end of the line. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "tests/lib/kevent_emul.h"

#define KNOTES 2048

struct knote {
	int fd;
	short filter;
	dev_t dev;		/* who the descriptor was: not its next owner */
	ino_t ino;
};

static struct knote knote[KNOTES];
static struct pollfd set[KNOTES];
static int knotes;

int kqueue(void)
{
	knotes = 0;
	return open("/dev/null", O_RDWR);
}

static bool is_same(const struct knote *k)
{
	struct stat st;

	return fstat(k->fd, &st) == 0 && st.st_dev == k->dev &&
	    st.st_ino == k->ino;
}

static void drop(int at)
{
	knotes--;
	for (; at < knotes; at++)
		knote[at] = knote[at + 1];
}

static void drop_closed(void)
{
	for (int i = knotes; i > 0; i--)
		if (!is_same(&knote[i - 1]))
			drop(i - 1);
}

static int find(const struct kevent *c)
{
	for (int i = 0; i < knotes; i++)
		if (knote[i].fd == (int)c->ident &&
		    knote[i].filter == c->filter)
			return i;
	return -1;
}

/* 0 or an error number. */
static int apply(const struct kevent *c)
{
	struct stat st;
	int at = find(c);

	if (fstat((int)c->ident, &st) < 0)
		return EBADF;
	if (c->flags & EV_DELETE) {
		if (at < 0)
			return ENOENT;
		drop(at);
	} else if (at < 0) {
		if (knotes == KNOTES)
			return ENOMEM;
		knote[knotes++] = (struct knote){ (int)c->ident, c->filter,
			st.st_dev, st.st_ino };
	}
	return 0;
}

/* Errors put, or -1 and errno when there is no room for one. */
static int apply_all(const struct kevent *change, int changes,
    struct kevent *out, int room)
{
	int put = 0;

	for (int i = 0; i < changes; i++) {
		int number = apply(&change[i]);

		if (number == 0)
			continue;
		if (put == room) {
			errno = number;
			return -1;
		}
		out[put] = change[i];
		out[put].flags = EV_ERROR;
		out[put++].data = number;
	}
	return put;
}

static bool is_ready(const struct knote *k, short got, struct kevent *out)
{
	short wanted = k->filter == EVFILT_READ ?
	    POLLIN | POLLRDHUP : POLLOUT;
	short ends = k->filter == EVFILT_READ ?
	    POLLRDHUP | POLLHUP | POLLERR : POLLHUP | POLLERR;

	if ((got & (wanted | ends)) == 0)
		return false;
	EV_SET(out, (uintptr_t)k->fd, k->filter, got & ends ? EV_EOF : 0,
	    got & POLLERR ? ECONNRESET : 0, 0, NULL);
	return true;
}

static int collect(struct kevent *out, int room)
{
	int left = knotes, at = 0, put = 0;

	for (; left > 0 && put < room; left--) {
		struct knote k = knote[at];
		short got = set[at].revents;

		if (!is_ready(&k, got, &out[put])) {
			at++;
			continue;
		}
		put++;
		drop(at);
		for (int i = at; i < knotes; i++)
			set[i] = set[i + 1];
		knote[knotes++] = k;
	}
	return put;
}

int kevent(int fd, const struct kevent *change, int changes,
    struct kevent *out, int room, const struct timespec *timeout)
{
	int n;

	(void)fd;
	drop_closed();
	n = apply_all(change, changes, out, room);
	if (n != 0 || room == 0)
		return n;
	for (int i = 0; i < knotes; i++) {
		set[i].fd = knote[i].fd;
		set[i].events = knote[i].filter == EVFILT_READ ?
		    POLLIN | POLLRDHUP : POLLOUT;
	}
	n = poll(set, (nfds_t)knotes, timeout == NULL ? -1 :
	    (int)(timeout->tv_sec * 1000 + timeout->tv_nsec / 1000000));
	return n <= 0 ? n : collect(out, room);
}
