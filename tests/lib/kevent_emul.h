/* kevent_emul.h - as much of kqueue(2) as wherry uses, over poll(2), so that
 * its backend can be tested where there is none. One queue at a time. */
#ifndef TESTS_KEVENT_EMUL_H
#define TESTS_KEVENT_EMUL_H

#include <stdint.h>
#include <time.h>

#define EVFILT_READ (-1)
#define EVFILT_WRITE (-2)

#define EV_ADD 0x0001
#define EV_DELETE 0x0002
#define EV_ERROR 0x4000
#define EV_EOF 0x8000

struct kevent {
	uintptr_t ident;
	short filter;
	unsigned short flags;
	unsigned fflags;
	int64_t data;
	void *udata;
};

#define EV_SET(ev, i, filt, fl, ff, d, u) \
	(*(ev) = (struct kevent){ (i), (filt), (fl), (ff), (d), (u) })

int kqueue(void);
int kevent(int fd, const struct kevent *change, int changes,
    struct kevent *out, int room, const struct timespec *timeout);

#endif
