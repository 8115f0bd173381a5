/* loop.c - turns: wait, events, timers, tasks, pool waiters. Knows nothing of
 * what is watched. */
#include "core/loop.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/pool.h"
#include "port/net.h"
#include "port/time.h"
#include "timer.h"

#define EVENTS 64		/* fetched in one turn */
#define WAIT_FAILURES 100	/* in a row: the backend is broken */

static int open_first(struct loop *l)
{
	int rc = -E_NOSUP;

	for (size_t i = 0; port_polls[i] != NULL && rc != 0; i++) {
		l->poll = port_polls[i];
		rc = l->poll->open();
	}
	return rc;
}

static void look_at_clocks(struct loop *l)
{
	l->now_ms = port_now_ms();
	l->wall_ms = port_wall_ms();
}

int loop_open(struct loop *l, const char *poll_name)
{
	int rc;

	if (poll_name == NULL || *poll_name == '\0') {
		rc = open_first(l);
	} else {
		l->poll = port_poll_find(poll_name);
		rc = l->poll == NULL ? -E_NOENT : l->poll->open();
	}
	if (rc != 0)
		return rc;
	look_at_clocks(l);
	l->stop = false;
	l->wait_failures = 0;
	list_init(&l->tasks);
	timers_open(l);
	return 0;
}

void loop_close(struct loop *l)
{
	ASSERT(l->watches == 0);
	l->poll->close();
}

void loop_leave(struct loop *l)
{
	l->poll->close();
}

void loop_stop(struct loop *l, int exit_code)
{
	l->stop = true;
	l->exit_code = exit_code;
}

int loop_run(struct loop *l)
{
	while (!l->stop)
		loop_turn(l, POLL_FOREVER);
	return l->exit_code;
}

void loop_later(struct loop *l, struct task *t)
{
	if (list_empty(&t->link))
		list_push(&l->tasks, &t->link);
}

/* An event of a closed watch has an old generation, whoever has the
 * descriptor now; one that an earlier handler lost interest in is late. */
static void dispatch(struct loop *l, const struct poll_event *ev)
{
	uint32_t fd = (uint32_t)ev->tag;
	struct watch *w = l->slot[fd].watch;
	unsigned got;

	if (w == NULL || l->slot[fd].gen != ev->tag >> 32) {
		l->stale++;
		return;
	}
	if (w->armed != w->want && (ev->got & ~w->want) != 0)
		(void)watch_want(w, w->want);
	got = ev->got & (w->want | POLL_ERR);
	if (w->want != 0 && got != 0)
		w->fn(w, got);
}

/* A wait that fails once is a wait that brought nothing. */
static size_t wait_done(struct loop *l, int n)
{
	look_at_clocks(l);
	if (n >= 0) {
		l->wait_failures = 0;
		return (size_t)n;
	}
	if (++l->wait_failures >= WAIT_FAILURES) {
		log_error("%s cannot wait: %s", l->poll->name, err_text(n));
		loop_stop(l, 1);
	}
	return 0;
}

static void run_tasks(struct loop *l)
{
	list_push(&l->tasks, &l->mark);
	while (l->tasks.next != &l->mark) {
		struct task *t = OWNER(list_pop(&l->tasks), struct task, link);

		t->fn(t);
	}
	list_remove(&l->mark);
}

void loop_turn(struct loop *l, int64_t until_ms)
{
	struct poll_event ev[EVENTS];
	size_t n;

	until_ms = list_empty(&l->tasks) ?
	    MIN(until_ms, timers_next_ms(l)) : 0;
	n = wait_done(l, l->poll->wait(ev, LEN(ev), until_ms));
	l->turns++;
	l->events += n;
	for (size_t i = 0; i < n; i++)
		dispatch(l, &ev[i]);
	timers_run(l);
	run_tasks(l);
	pool_wake();
	metrics_publish();
}

static uint64_t tag_of(const struct watch *w)
{
	return (uint64_t)w->loop->slot[w->fd].gen << 32 | (uint32_t)w->fd;
}

int watch_open(struct loop *l, struct watch *w, int fd, unsigned want,
    watch_fn *fn)
{
	int rc;

	ASSERT(fd >= 0);
	if (fd >= LIMIT_FDS)
		return -E_NOFILE;
	ASSERT(l->slot[fd].watch == NULL);
	l->slot[fd].gen++;
	l->slot[fd].watch = w;
	*w = (struct watch){ .loop = l, .fn = fn, .fd = fd };
	l->watches++;
	rc = watch_want(w, want);
	if (rc != 0)
		watch_close(w);
	return rc;
}

int watch_want(struct watch *w, unsigned want)
{
	int rc;

	if (want == w->armed) {
		w->want = (uint8_t)want;
		return 0;
	}
	rc = w->loop->poll->set(w->fd, tag_of(w), w->armed, want);
	if (rc == 0)
		w->want = w->armed = (uint8_t)want;
	return rc;
}

int watch_lax(struct watch *w, unsigned want)
{
	if (w->armed != (want | POLL_IN))
		return watch_want(w, want);
	w->want = (uint8_t)want;
	return 0;
}

void watch_close(struct watch *w)
{
	if (!watch_is_open(w))
		return;
	(void)watch_want(w, 0);
	w->loop->slot[w->fd].watch = NULL;
	w->loop->watches--;
	*w = (struct watch){ .fd = -1 };
}

void watch_shut(struct watch *w)
{
	int fd = w->fd;

	if (!watch_is_open(w))
		return;
	watch_close(w);
	port_close(fd);
}

void watch_move(struct watch *to, struct watch *from)
{
	ASSERT(watch_is_open(from));
	*to = *from;
	to->loop->slot[to->fd].watch = to;
	*from = (struct watch){ .fd = -1 };
}

bool watch_is_open(const struct watch *w)
{
	return w->loop != NULL;
}
