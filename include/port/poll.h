/* poll.h - one struct over select, poll, epoll and kqueue. Level triggered. */
#ifndef PORT_POLL_H
#define PORT_POLL_H

#include "base/base.h"

#define POLL_IN  1u
#define POLL_OUT 2u
/*
 * Reported only: an error or a hang-up, maybe with a POLL_IN nobody asked for.
 * A read or write tells which. An end of stream alone is POLL_IN.
 */
#define POLL_ERR 4u

#define POLL_FOREVER INT64_MAX

struct poll_event {
	uint64_t tag;	/* as given to set() for this descriptor */
	unsigned got;	/* POLL_IN | POLL_OUT | POLL_ERR */
};

/*
 * A backend. Its state is static in its file: one is open at a time in a
 * process (open again only after close).
 */
struct poll_port {
	const char *name;	/* "epoll" */
	/* 0, -E_NOSUP (the kernel lacks it), -E_BUSY, -E_NOFILE. */
	int (*open)(void);
	/*
	 * From `had` to `want` (POLL_IN, POLL_OUT; 0 = not watched). The caller
	 * remembers `had`. The tag may change with each call. Call with want 0
	 * before the descriptor is closed.
	 * 0, -E_FULL (table), -E_RANGE (select: fd >= FD_SETSIZE; the text of
	 * the error names the limit), -E_INVAL (bad fd).
	 */
	int (*set)(int fd, uint64_t tag, unsigned had, unsigned want);
	/*
	 * Waits for events until the monotonic `until_ms` (port_now_ms; in the
	 * past = look only; POLL_FOREVER). A signal ends the wait early.
	 * Events put into out (0..max), or -E_IO.
	 */
	int (*wait)(struct poll_event *out, size_t max, int64_t until_ms);
	void (*close)(void);
};

/* The backends of this port, best first, then NULL. */
extern const struct poll_port *const port_polls[];

/* By name; "" or NULL = the first that opens here is chosen by the loop. */
const struct poll_port *port_poll_find(const char *name);

#endif
