/* poll.c - the simulated poll backend. Waiting moves the clock to the next
 * thing that happens; events come in any order, as they may. */
#include "port/sim/inside.h"
#include "port/time.h"

#define WAIT_US 5

static struct {
	bool open;
	int n, fd[SIM_FDS];	/* watched */
} P;

void poll_reset(void)
{
	P.open = false;
	P.n = 0;
}

static int sim_open(void)
{
	if (P.open)
		return -E_BUSY;
	P.open = true;
	return 0;
}

static void sim_close(void)
{
	ASSERT(P.open);
	P.open = false;
}

static void watch_add(int fd, struct fd *f)
{
	f->watched_at = P.n;
	P.fd[P.n++] = fd;
}

static void watch_drop(struct fd *f)
{
	int last = P.fd[--P.n];

	P.fd[f->watched_at] = last;
	W.fd[last].watched_at = f->watched_at;
}

static int sim_set(int fd, uint64_t tag, unsigned had, unsigned want)
{
	struct fd *f = fd_get(fd, FD_NONE);
	int err;

	ASSERT(P.open && f->want == had);
	ASSERT(f->kind != FD_FILE && f->kind != FD_DIR && f->kind != FD_ROOT);
	if (had == 0 && want != 0) {	/* only this one needs a table entry */
		err = fault(SIM_POLL_SET, fd);
		if (err < 0)
			return err;
		watch_add(fd, f);
	} else if (had != 0 && want == 0) {
		watch_drop(f);
	}
	f->want = want;
	f->tag = tag;
	trace("watch", fd, want);
	return 0;
}

static unsigned ready(struct fd *f)
{
	unsigned now;

	if (f->kind == FD_SIGNAL)
		now = signal_ready();
	else if (f->kind == FD_PAIR)
		now = pair_ready(f);
	else
		now = f->kind == FD_UDP ? udp_ready(f) : tcp_ready(f);
	return now & (f->want | POLL_ERR);
}

static size_t collect(struct poll_event *out, size_t max)
{
	size_t n = 0;
	int first = P.n > 0 ? (int)luck((uint32_t)P.n) : 0;

	for (int i = 0; i < P.n && n < max; i++) {
		struct fd *f = &W.fd[P.fd[(first + i) % P.n]];
		unsigned got = ready(f);

		if (got == 0)
			continue;
		out[n].tag = f->tag;
		out[n++].got = got;
		trace("event", P.fd[(first + i) % P.n], got);
	}
	return n;
}

static int64_t next_us(void)
{
	int64_t at = tcp_step_next();

	for (int i = 0; i < P.n; i++) {
		struct fd *f = &W.fd[P.fd[i]];

		if (f->kind == FD_UDP)
			at = MIN(at, udp_next(f));
		else if (f->kind != FD_SIGNAL && f->kind != FD_PAIR)
			at = MIN(at, tcp_next(f));
	}
	return at;
}

static int sim_wait(struct poll_event *out, size_t max, int64_t until_ms)
{
	int64_t until = until_ms > NEVER / 1000 ? NEVER : until_ms * 1000;
	size_t n;

	ASSERT(P.open && max > 0);
	W.waits++;
	spend(WAIT_US);
	if (fault(SIM_POLL_WAIT, -1) < 0)
		return 0;
	while ((n = collect(out, max)) == 0 && W.now_us < until) {
		int64_t at = next_us();

		at = MIN(at, until);
		if (at == NEVER)
			port_panic(__FILE__, __LINE__, "waits for ever");
		spend(MAX(at - W.now_us, 0));
	}
	return (int)n;
}

static const struct poll_port sim_poll = {
	"sim", sim_open, sim_set, sim_wait, sim_close
};

const struct poll_port *const port_polls[] = { &sim_poll, NULL };

const struct poll_port *port_poll_find(const char *name)
{
	return name != NULL && strcmp(name, "sim") == 0 ? &sim_poll : NULL;
}
