/* t_poll.c - every poll backend against one and the same set of expectations;
 * kqueue over an emulation where the system has none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#undef POLL_IN
#undef POLL_OUT
#undef POLL_ERR

/* A table whose end a test may reach on any machine. */
#undef BOARD_LIMITS
#define LIMIT_FDS 1600

#include "port/bsd/poll_kqueue.c"
#undef BATCH
#include "port/linux/poll_epoll.c"
#include "port/posix/poll_poll.c"
#include "port/posix/poll_select.c"

#include "port/net.h"
#include "port/proc.h"
#include "port/time.h"

static const struct poll_port *p;
static uint64_t luck;

static unsigned rnd(unsigned below)
{
	luck = luck * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (unsigned)(luck >> 33) % below;
}

static int open_port(void **state)
{
	(void)state;
	/* Nothing here takes seconds: what hangs has failed. */
	alarm(60);
	return p->open();
}

static int close_port(void **state)
{
	(void)state;
	p->close();
	alarm(0);
	return 0;
}

static void pair(int ends[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    ends), 0);
}

static void close_both(int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

static void set(int fd, uint64_t tag, unsigned had, unsigned want)
{
	assert_int_equal(p->set(fd, tag, had, want), 0);
}

/* What comes for the tag within ms, both events of one descriptor as one; an
 * event with any other tag fails. */
static unsigned got_for(uint64_t tag, int64_t ms)
{
	int64_t until_ms = port_now_ms() + ms;
	struct poll_event ev[8];
	unsigned got = 0;
	int n;

	/* Errors of changes may use up a turn. */
	do
		n = p->wait(ev, LEN(ev), until_ms);
	while (n == 0 && port_now_ms() < until_ms);
	assert_in_range(n, 0, LEN(ev));
	for (int i = 0; i < n; i++) {
		assert_true(ev[i].tag == tag);
		got |= ev[i].got;
	}
	return got;
}

#define TAG (UINT64_C(0xfedcba9876543210))

/* ---- Opening */

static void opens_once(void **state)
{
	(void)state;
	assert_int_equal(p->open(), -E_BUSY);
	p->close();
	assert_int_equal(p->open(), 0);
	assert_string_equal(port_poll_find("select")->name, "select");
	assert_null(port_poll_find("none"));
	assert_null(port_poll_find(""));
	assert_null(port_poll_find(NULL));
}

static void bad_descriptors(void **state)
{
	int ends[2];

	(void)state;
	pair(ends);
	close_both(ends);
	assert_int_equal(p->set(ends[0], TAG, 0, POLL_IN), -E_INVAL);
	assert_int_equal(p->set(-1, TAG, 0, POLL_IN), -E_INVAL);
	assert_int_equal(got_for(TAG, 0), 0);
}

/* ---- Readiness */

static void is_level_triggered(void **state)
{
	int ends[2];
	char c;

	(void)state;
	pair(ends);
	set(ends[0], TAG, 0, POLL_IN);
	assert_int_equal(got_for(TAG, 0), 0);
	assert_int_equal(write(ends[1], "ab", 2), 2);
	assert_int_equal(got_for(TAG, 1000), POLL_IN);
	assert_int_equal(got_for(TAG, 0), POLL_IN);
	assert_int_equal(read(ends[0], &c, 1), 1);
	assert_int_equal(got_for(TAG, 0), POLL_IN);
	assert_int_equal(read(ends[0], &c, 1), 1);
	assert_int_equal(got_for(TAG, 0), 0);
	set(ends[0], TAG, POLL_IN, 0);
	close_both(ends);
}

static void want_changes(void **state)
{
	static const unsigned walk[] = { POLL_OUT, POLL_IN, POLL_IN | POLL_OUT,
		POLL_OUT, 0, POLL_IN | POLL_OUT, POLL_IN, 0, POLL_IN, 0 };
	unsigned had = 0;
	int ends[2];

	(void)state;
	pair(ends);
	assert_int_equal(write(ends[1], "a", 1), 1);
	for (size_t i = 0; i < LEN(walk); i++) {
		set(ends[0], TAG + i, had, walk[i]);
		had = walk[i];
		assert_int_equal(got_for(TAG + i, 0), had);
	}
	close_both(ends);
}

static void tags_follow_the_last_set(void **state)
{
	int ends[2];

	(void)state;
	pair(ends);
	set(ends[0], 1, 0, POLL_OUT);
	assert_int_equal(got_for(1, 0), POLL_OUT);
	set(ends[0], 2, POLL_OUT, POLL_OUT);
	assert_int_equal(got_for(2, 0), POLL_OUT);
	set(ends[0], 3, POLL_OUT, POLL_IN | POLL_OUT);
	assert_int_equal(got_for(3, 0), POLL_OUT);
	set(ends[0], 0, POLL_IN | POLL_OUT, 0);
	close_both(ends);
}

static void a_number_used_again_is_another(void **state)
{
	int a[2], b[2];

	(void)state;
	pair(a);
	pair(b);
	set(a[0], 1, 0, POLL_IN | POLL_OUT);
	assert_int_equal(got_for(1, 0), POLL_OUT);
	assert_int_equal(write(a[1], "old", 3), 3);
	set(a[0], 1, POLL_IN | POLL_OUT, 0);
	assert_int_equal(dup2(b[0], a[0]), a[0]);
	set(a[0], 2, 0, POLL_IN);
	assert_int_equal(got_for(2, 0), 0);
	assert_int_equal(write(b[1], "new", 3), 3);
	assert_int_equal(got_for(2, 1000), POLL_IN);
	set(a[0], 2, POLL_IN, 0);
	close_both(a);
	close_both(b);
}

/* Set, unset and closed without a wait between. */
static void changes_of_one_turn(void **state)
{
	int ends[2], again[2];

	(void)state;
	for (int i = 0; i < 200; i++) {
		pair(ends);
		set(ends[0], 1, 0, POLL_IN | POLL_OUT);
		set(ends[0], 1, POLL_IN | POLL_OUT, 0);
		close_both(ends);
	}
	pair(again);
	set(again[0], 2, 0, POLL_OUT);
	assert_int_equal(got_for(2, 1000), POLL_OUT);
	set(again[0], 2, POLL_OUT, 0);
	close_both(again);
}

/* ---- Ends and errors */

static void tcp_pair(int ends[2])
{
	struct addr at = { .family = 4, .ip = { 127, 0, 0, 1 } }, peer;
	int listener = port_tcp_listen(&at, NULL);

	assert_true(listener >= 0);
	ends[0] = port_tcp_connect(&at, NULL);
	assert_true(ends[0] >= 0);
	set(listener, TAG, 0, POLL_IN);
	assert_int_equal(got_for(TAG, 5000), POLL_IN);
	set(listener, TAG, POLL_IN, 0);
	ends[1] = port_tcp_accept(listener, &peer);
	assert_true(ends[1] >= 0);
	port_close(listener);
}

static void half_closed_is_readable(void **state)
{
	int ends[2];
	char c;

	(void)state;
	tcp_pair(ends);
	assert_int_equal(port_shutdown_send(ends[1]), 0);
	set(ends[0], TAG, 0, POLL_IN);
	assert_true(got_for(TAG, 5000) & POLL_IN);
	assert_int_equal(port_recv(ends[0], &c, 1), 0);
	/* The other direction goes on, without the end reported for ever. */
	set(ends[0], TAG, POLL_IN, POLL_OUT);
	assert_int_equal(got_for(TAG, 0), POLL_OUT);
	set(ends[0], TAG, POLL_OUT, 0);
	assert_int_equal(port_send(ends[0], "x", 1), 1);
	set(ends[1], TAG, 0, POLL_IN);
	assert_true(got_for(TAG, 5000) & POLL_IN);
	assert_int_equal(port_recv(ends[1], &c, 1), 1);
	set(ends[1], TAG, POLL_IN, 0);
	close_both(ends);
}

static void nothing_wanted_nothing_reported(void **state)
{
	int ends[2], tcp[2];
	struct poll_event ev[4];
	int64_t until_ms;

	(void)state;
	pair(ends);
	set(ends[0], TAG, 0, POLL_IN | POLL_OUT);
	close(ends[1]);
	assert_true(got_for(TAG, 1000) & POLL_IN);
	set(ends[0], TAG, POLL_IN | POLL_OUT, 0);
	tcp_pair(tcp);
	set(tcp[0], TAG, 0, POLL_IN);
	port_abort(tcp[1]);
	assert_true(got_for(TAG, 5000) & POLL_IN);
	set(tcp[0], TAG, POLL_IN, 0);
	assert_int_equal(got_for(TAG, 0), 0);
	until_ms = port_now_ms() + 30;
	assert_int_equal(p->wait(ev, LEN(ev), until_ms), 0);
	assert_true(port_now_ms() >= until_ms);
	close(ends[0]);
	close(tcp[0]);
}

static void resets_are_seen(void **state)
{
	int ends[2];
	char c;

	(void)state;
	tcp_pair(ends);
	set(ends[0], TAG, 0, POLL_IN);
	port_abort(ends[1]);
	assert_true(got_for(TAG, 5000) & (POLL_IN | POLL_ERR));
	assert_int_equal(port_recv(ends[0], &c, 1), -E_RESET);
	set(ends[0], TAG, POLL_IN, 0);
	close(ends[0]);
}

static void refused_connects_are_seen(void **state)
{
	struct addr at = { .family = 4, .ip = { 127, 0, 0, 1 } };
	int fd = port_tcp_listen(&at, NULL);

	(void)state;
	assert_true(fd >= 0);
	port_close(fd);
	fd = port_tcp_connect(&at, NULL);
	if (fd < 0) {
		assert_int_equal(fd, -E_REFUSED);
		return;
	}
	set(fd, TAG, 0, POLL_OUT);
	assert_true(got_for(TAG, 5000) & (POLL_OUT | POLL_ERR));
	assert_int_equal(port_tcp_connected(fd), -E_REFUSED);
	set(fd, TAG, POLL_OUT, 0);
	port_close(fd);
}

static void pipes_end(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	set(ends[0], TAG, 0, POLL_IN);
	assert_int_equal(got_for(TAG, 0), 0);
	close(ends[1]);
	assert_true(got_for(TAG, 1000) & POLL_IN);
	set(ends[0], TAG, POLL_IN, 0);
	close(ends[0]);
	assert_int_equal(pipe(ends), 0);
	set(ends[1], TAG, 0, POLL_OUT);
	close(ends[0]);
	assert_true(got_for(TAG, 1000) & (POLL_OUT | POLL_ERR));
	set(ends[1], TAG, POLL_OUT, 0);
	close(ends[1]);
}

/* ---- Time */

static void deadlines(void **state)
{
	struct poll_event ev[4];
	int64_t start_ms = port_now_ms(), until_ms = start_ms + 50;
	int waits = 0;

	(void)state;
	assert_int_equal(p->wait(ev, LEN(ev), 0), 0);
	assert_int_equal(p->wait(ev, LEN(ev), start_ms - 1000), 0);
	assert_int_equal(p->wait(ev, LEN(ev), INT64_MIN), 0);
	while (port_now_ms() < until_ms) {
		assert_int_equal(p->wait(ev, LEN(ev), until_ms), 0);
		waits++;
	}
	/* One, as a wait never ends before its time. */
	assert_in_range(waits, 0, 1);
}

static void events_end_any_wait(void **state)
{
	static const int64_t until_ms[] = { POLL_FOREVER, POLL_FOREVER - 1 };
	struct poll_event ev[4];
	int ends[2];

	(void)state;
	pair(ends);
	set(ends[0], TAG, 0, POLL_OUT);
	for (size_t i = 0; i < LEN(until_ms); i++)
		assert_int_equal(p->wait(ev, LEN(ev), until_ms[i]), 1);
	set(ends[0], TAG, POLL_OUT, 0);
	close_both(ends);
}

static volatile sig_atomic_t signals;

static void count(int number)
{
	(void)number;
	signals++;
}

static void signals_end_a_wait(void **state)
{
	static const struct itimerval every = { { 0, 10000 }, { 0, 10000 } };
	static const struct itimerval never;
	struct sigaction act = { .sa_handler = count, .sa_flags = SA_RESTART };
	struct poll_event ev[4];

	(void)state;
	signals = 0;
	assert_int_equal(sigaction(SIGVTALRM, &act, NULL), 0);
	act.sa_handler = count;
	assert_int_equal(sigaction(SIGALRM, &act, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &every, NULL), 0);
	assert_int_equal(p->wait(ev, LEN(ev), POLL_FOREVER), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_true(signals > 0);
	assert_true(signal(SIGALRM, SIG_DFL) != SIG_ERR);
}

/* ---- Many */

#define MANY 500

static void open_many(int fd[MANY])
{
	for (int i = 0; i < MANY; i += 2)
		pair(fd + i);
}

static void close_many(int fd[MANY])
{
	for (int i = 0; i < MANY; i++) {
		set(fd[i], (uint64_t)i, POLL_IN, 0);
		close(fd[i]);
	}
}

/* Those with octets are reported, the others never. */
static void finds_the_ready_among_many(void **state)
{
	static int fd[MANY];
	bool ready[MANY] = { false };
	struct poll_event ev[16];
	int left = 0, n;
	char c;

	(void)state;
	open_many(fd);
	for (int i = 0; i < MANY; i++)
		set(fd[i], (uint64_t)i, 0, POLL_IN);
	for (int i = 0; i < 200; i++) {
		unsigned at = rnd(MANY);

		if (ready[at])
			continue;
		assert_int_equal(write(fd[at ^ 1], "x", 1), 1);
		ready[at] = true;
		left++;
	}
	while (left > 0) {
		n = p->wait(ev, LEN(ev), port_now_ms() + 1000);
		assert_in_range(n, 1, LEN(ev));
		for (int i = 0; i < n; i++) {
			assert_int_equal(ev[i].got, POLL_IN);
			assert_true(ready[ev[i].tag]);
			ready[ev[i].tag] = false;
			assert_int_equal(read(fd[ev[i].tag], &c, 1), 1);
			left--;
		}
	}
	assert_int_equal(p->wait(ev, LEN(ev), 0), 0);
	close_many(fd);
}

/* All are ready all the time and there is room for few: each gets its turn. */
static void nobody_starves(void **state)
{
	static int fd[MANY];
	bool seen[MANY] = { false };
	struct poll_event ev[16];
	int left = MANY;

	(void)state;
	open_many(fd);
	for (int i = 0; i < MANY; i++)
		set(fd[i], (uint64_t)i, 0, POLL_OUT);
	for (int turn = 0; turn < 2 * MANY / 16 && left > 0; turn++) {
		int n = p->wait(ev, LEN(ev), 0);

		for (int i = 0; i < n; i++) {
			left -= !seen[ev[i].tag];
			seen[ev[i].tag] = true;
		}
	}
	assert_int_equal(left, 0);
	for (int i = 0; i < MANY; i++)
		set(fd[i], (uint64_t)i, POLL_OUT, POLL_IN);
	close_many(fd);
}

static void tables_end(void **state)
{
	int ends[2], high, above, err;

	(void)state;
	pair(ends);
	high = fcntl(ends[0], F_DUPFD, FD_SETSIZE);
	assert_true(high >= FD_SETSIZE);
	err = p->set(high, TAG, 0, POLL_OUT);
	if (p == &poll_select) {
		assert_int_equal(err, -E_RANGE);
	} else {
		assert_int_equal(err, 0);
		assert_int_equal(got_for(TAG, 0), POLL_OUT);
		set(high, TAG, POLL_OUT, 0);
	}
	above = fcntl(ends[0], F_DUPFD, LIMIT_FDS);
	assert_true(above >= LIMIT_FDS);
	if (p == &poll_poll || p == &poll_kqueue)
		assert_int_equal(p->set(above, TAG, 0, POLL_OUT), -E_FULL);
	close(above);
	close(high);
	close_both(ends);
}

/* ---- Any order of things, beside poll(2) */

#define PAIRS 8

struct end {
	int fd;
	unsigned want;
	bool is_shut;
};

static void change_one(struct end *e, struct end *other, uint64_t tag)
{
	char mem[4096] = "";
	unsigned want = rnd(4);

	switch (rnd(5)) {
	case 0:
	case 1:
		set(e->fd, tag, e->want, want);
		e->want = want;
		break;
	case 2:
		if (!e->is_shut)
			(void)!write(e->fd, mem, rnd(sizeof(mem)));
		break;
	case 3:
		(void)!read(e->fd, mem, sizeof(mem));
		break;
	default:
		if (rnd(20) == 0 && !other->is_shut) {
			assert_int_equal(shutdown(e->fd, SHUT_WR), 0);
			e->is_shut = true;
		}
	}
}

static unsigned by_poll(const struct end *e)
{
	struct pollfd one = { .fd = e->fd,
		.events = (short)((e->want & POLL_IN ? POLLIN : 0) |
		    (e->want & POLL_OUT ? POLLOUT : 0)) };

	if (e->want == 0)
		return 0;
	assert_true(poll(&one, 1, 0) >= 0);
	return (one.revents & POLLIN ? POLL_IN : 0u) |
	    (one.revents & POLLOUT ? POLL_OUT : 0u);
}

static void compare(struct end *e, int seed)
{
	unsigned got[2 * PAIRS] = { 0 };
	struct poll_event ev[4 * PAIRS];
	int n = p->wait(ev, LEN(ev), 0);

	/* Errors of changes may use up a turn. */
	if (n == 0)
		n = p->wait(ev, LEN(ev), 0);
	assert_true(n >= 0);
	for (int i = 0; i < n; i++) {
		assert_in_range(ev[i].tag, 0, 2 * PAIRS - 1);
		got[ev[i].tag] |= ev[i].got;
	}
	for (int i = 0; i < 2 * PAIRS; i++)
		if ((got[i] & e[i].want) != by_poll(&e[i]))
			fail_msg("seed %d: end %d wants %u: got %u, not %u",
			    seed, i, e[i].want, got[i], by_poll(&e[i]));
}

static void any_order_of_things(void **state)
{
	const char *seeds = getenv("SIM_SEEDS");
	int rounds = seeds != NULL ? MIN(MAX(atoi(seeds), 1), 1000) : 50;
	struct end e[2 * PAIRS];
	int ends[2];

	(void)state;
	for (int seed = 1; seed <= rounds; seed++) {
		luck = (uint64_t)seed;
		for (int i = 0; i < 2 * PAIRS; i += 2) {
			pair(ends);
			e[i] = (struct end){ .fd = ends[0] };
			e[i + 1] = (struct end){ .fd = ends[1] };
		}
		for (int i = 0; i < 200; i++) {
			unsigned at = rnd(2 * PAIRS);

			change_one(&e[at], &e[at ^ 1], at);
			if (rnd(3) == 0)
				compare(e, seed);
		}
		for (int i = 0; i < 2 * PAIRS; i++) {
			set(e[i].fd, 0, e[i].want, 0);
			close(e[i].fd);
		}
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_port, close_port)

static const struct CMUnitTest tests[] = {
	TEST(opens_once),
	TEST(bad_descriptors),
	TEST(is_level_triggered),
	TEST(want_changes),
	TEST(tags_follow_the_last_set),
	TEST(a_number_used_again_is_another),
	TEST(changes_of_one_turn),
	TEST(half_closed_is_readable),
	TEST(nothing_wanted_nothing_reported),
	TEST(resets_are_seen),
	TEST(refused_connects_are_seen),
	TEST(pipes_end),
	TEST(deadlines),
	TEST(events_end_any_wait),
	TEST(signals_end_a_wait),
	TEST(finds_the_ready_among_many),
	TEST(nobody_starves),
	TEST(tables_end),
	TEST(any_order_of_things),
};

int main(void)
{
	static const struct poll_port *const all[] = {
		&poll_select, &poll_poll, &poll_epoll, &poll_kqueue,
	};
	int failed = 0;

	if (port_fd_limit(LIMIT_FDS + 64) < LIMIT_FDS + 64)
		printf("few descriptors: tables_end will fail\n");
	for (size_t i = 0; i < LEN(all); i++) {
		p = all[i];
		failed += cmocka_run_group_tests_name(p->name, tests, NULL,
		    NULL);
	}
	return failed;
}
