/* sim.c - the simulated machine's clock, luck, faults and descriptor table.
 * Knows nothing of what the descriptors stand for. */
#include <stdio.h>
#include <stdlib.h>

#include "port/rand.h"
#include "port/sim/inside.h"
#include "port/time.h"

struct world W;

#define CALL_US 2	/* a call of the port takes this long */

const struct sim_conf sim_kind_world = {
	.delay_us_min = 50, .delay_us_max = 50,
	.sock_min = 32768, .sock_max = 32768, .disk = 1u << 30,
};

struct sim_conf sim_any_world(uint64_t seed)
{
	uint64_t s = seed * 2 + 1;
	struct sim_conf c = sim_kind_world;
	static const uint32_t slow[] = { 100, 2000, 20000, 200000 };
	static const uint32_t room[] = { 64, 700, 5000, 20000 };

	next_random(&s);
	c.delay_us_min = (uint32_t)(next_random(&s) % 100);
	c.delay_us_max = c.delay_us_min + slow[next_random(&s) % LEN(slow)];
	c.sock_min = room[next_random(&s) % LEN(room)];
	c.sock_max = c.sock_min * (1 + (uint32_t)(next_random(&s) % 4));
	c.chop = (uint16_t)(next_random(&s) % 4 * 10000);
	c.again = (uint16_t)(next_random(&s) % 4 * 4000);
	c.fast_open = next_random(&s) % 2;
	return c;
}

/* ---- luck ---- */

/* SplitMix64: any state is a good one, streams of two seeds are unlike. */
uint64_t next_random(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

uint32_t luck(uint32_t below)
{
	return (uint32_t)(next_random(&W.luck) >> 32) % below;
}

bool chance(uint16_t of_65536)
{
	return of_65536 != 0 && luck(65536) < of_65536;
}

uint32_t between(uint32_t low, uint32_t high)
{
	return high <= low ? low : low + luck(high - low + 1);
}

uint32_t sim_pick(uint32_t below)
{
	return (uint32_t)(next_random(&W.pick) >> 32) % below;
}

int port_rand_open(void)
{
	return 0;
}

void port_rand(void *mem, size_t len)
{
	uint8_t *p = mem;

	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(next_random(&W.rand) >> 32);
}

/* ---- life ---- */

void sim_reset(uint64_t seed, const struct sim_conf *conf)
{
	poll_reset();
	net_reset();
	file_reset();
	proc_reset();
	family_reset();
	memset(&W, 0, sizeof(W));
	W.seed = seed;
	W.luck = seed;
	W.rand = seed ^ 0x5555555555555555u;
	W.pick = seed ^ 0x3333333333333333u;
	W.now_us = 1000000 + (int64_t)(next_random(&W.luck) >> 24);
	W.wall_ms = INT64_C(1767225600000);	/* 2026-01-01 */
	W.trace = 0xcbf29ce484222325u;
	W.trace_print = getenv("SIM_TRACE") != NULL;
	W.fd_low = 3;
	sim_change(conf);
}

void sim_change(const struct sim_conf *conf)
{
	W.conf = conf != NULL ? *conf : sim_kind_world;
	if (W.conf.fd_limit == 0)
		W.conf.fd_limit = 1000;
	sim_disk_room(W.conf.disk);
}

uint64_t sim_seed(void)
{
	return W.seed;
}

bool sim_outside(bool yes)
{
	bool was = W.outside;

	W.outside = yes;
	return was;
}

_Noreturn void port_panic(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: %s (seed %llu, %lld us, %llu faults)\n", file,
	    line, what, (unsigned long long)W.seed, (long long)W.now_us,
	    (unsigned long long)W.faults);
	abort();
}

/* ---- clocks ---- */

void spend(int64_t us)
{
	int64_t until = W.now_us + us, at;

	while ((at = tcp_step_next()) <= until) {
		W.now_us = MAX(at, W.now_us);
		tcp_step();
	}
	W.now_us = until;
}

int64_t sim_now_us(void)
{
	return W.now_us;
}

void sim_advance_ms(int64_t ms)
{
	spend(ms * 1000);
}

int64_t port_now_ms(void)
{
	return W.now_us / 1000;
}

int64_t port_wall_ms(void)
{
	return W.wall_ms + W.now_us / 1000;
}

void sim_wall_set_ms(int64_t unix_ms)
{
	W.wall_ms = unix_ms - W.now_us / 1000;
}

int32_t port_tz_offset(int64_t unix_s)
{
	(void)unix_s;
	return 0;
}

/* ---- what happened, and what is to go wrong ---- */

void trace(const char *what, int64_t a, int64_t b)
{
	uint64_t mix = (uint64_t)a * 31 + (uint64_t)b + (uint64_t)W.now_us;

	for (const char *p = what; *p != '\0'; p++)
		W.trace = (W.trace ^ (uint8_t)*p) * 0x100000001b3u;
	W.trace = (W.trace ^ mix) * 0x100000001b3u;
	if (W.trace_print)
		fprintf(stderr, "%lld.%06lld %s %lld %lld\n",
		    (long long)(W.now_us / 1000000),
		    (long long)(W.now_us % 1000000), what, (long long)a,
		    (long long)b);
}

uint64_t sim_trace(void)
{
	return W.trace;
}

/* How calls of each kind fail in life, up to the first 0. */
static const uint8_t fitting[SIM_KINDS][4] = {
	[SIM_LISTEN] = { E_INUSE, E_PERM, E_NOFILE },
	[SIM_ACCEPT] = { E_CLOSED, E_NOFILE, E_NOMEM },
	[SIM_CONNECT] = { E_UNREACH, E_NOFILE, E_NOMEM, E_IO },
	[SIM_CONNECTED] = { E_REFUSED, E_UNREACH, E_TIMEOUT, E_RESET },
	[SIM_RECV] = { E_RESET, E_TIMEOUT, E_IO },
	[SIM_SEND] = { E_RESET, E_CLOSED, E_IO },
	[SIM_SHUTDOWN] = { E_CLOSED },
	[SIM_ADDR] = { E_CLOSED },
	[SIM_NET_SET] = { E_NOSUP, E_RANGE },
	[SIM_UDP_OPEN] = { E_INUSE, E_NOFILE, E_NOMEM },
	[SIM_UDP_SEND] = { E_UNREACH, E_AGAIN, E_REFUSED },
	[SIM_UDP_RECV] = { E_AGAIN, E_REFUSED, E_UNREACH },
	[SIM_POLL_SET] = { E_FULL },
	[SIM_POLL_WAIT] = { E_AGAIN },		/* a signal: no events */
	[SIM_FILE_OPEN] = { E_NOFILE, E_PERM, E_IO },
	[SIM_FILE_READ] = { E_IO },
	[SIM_FILE_WRITE] = { E_NOSPC, E_IO },
	[SIM_FILE_META] = { E_IO },
	[SIM_PATH] = { E_IO, E_PERM },
	[SIM_DIR] = { E_IO, E_NOFILE },
	[SIM_OUT] = { E_AGAIN, E_CLOSED },
	[SIM_PROC] = { E_IO },
};

static int fitting_error(enum sim_kind kind)
{
	uint32_t n = 0;

	while (n < LEN(fitting[kind]) && fitting[kind][n] != 0)
		n++;
	return -fitting[kind][luck(n)];
}

int fault(enum sim_kind kind, int fd)
{
	bool numbered = false;
	int err;

	spend(CALL_US);
	if (fd >= 0 ? W.fd[fd].outside : W.outside)
		return 0;
	if (W.nth_kinds & SIM_BIT(kind))
		numbered = ++W.calls == W.nth;
	if (!numbered && !chance(W.conf.fault[kind]))
		return 0;
	W.faults++;
	err = fitting_error(kind);
	trace("fault", (int64_t)kind, err);
	return err;
}

void sim_fail_nth(uint32_t kinds, uint64_t n)
{
	W.nth_kinds = kinds;
	W.nth = n;
	W.calls = W.faults = 0;
}

uint64_t sim_calls(void)
{
	return W.calls;
}

uint64_t sim_faults(void)
{
	return W.faults;
}

uint64_t sim_waits(void)
{
	return W.waits;
}

/* ---- descriptors ---- */

bool fd_room(bool outside)
{
	return outside || W.open_in < (int)W.conf.fd_limit;
}

int fd_new(enum fd_kind kind, void *what, bool outside)
{
	int fd = W.fd_low;

	if (!fd_room(outside))
		return -E_NOFILE;
	while (fd < SIM_FDS && W.fd[fd].kind != FD_NONE)
		fd++;
	ASSERT(fd < SIM_FDS);
	W.fd_low = fd + 1;
	W.fd_top = MAX(W.fd_top, fd + 1);
	W.fd[fd] = (struct fd){ .kind = kind, .outside = outside,
	    .u.any = what };
	if (outside)
		W.open_out++;
	else
		W.open_in++;
	return fd;
}

struct fd *fd_get(int fd, enum fd_kind kind)
{
	ASSERT(fd >= 0 && fd < SIM_FDS);
	ASSERT(W.fd[fd].kind != FD_NONE);
	ASSERT(kind == FD_NONE || W.fd[fd].kind == kind);
	return &W.fd[fd];
}

void fd_free(int fd)
{
	struct fd *f = fd_get(fd, FD_NONE);

	ASSERT(f->want == 0);	/* closed while the poll backend watches it */
	if (f->outside)
		W.open_out--;
	else
		W.open_in--;
	memset(f, 0, sizeof(*f));
	W.fd_low = MIN(W.fd_low, fd);
}

int sim_open_fds(void)
{
	return W.open_in;
}

int sim_open_fds_outside(void)
{
	return W.open_out;
}
