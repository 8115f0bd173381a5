/* ftp_mon_sess.c - a session as the monitor sees it: two processes one after
 * the other, what they ask, and when they are gone. */
#include "ftp_mon_sess.h"

#include "core/log.h"
#include "core/metrics.h"
#include "ftp_child.h"
#include "ftp_slot.h"
#include "port/child.h"

/* Login children at work; others wait their turn. */
#define CHECKS 8
/* A session that is not logged in by then: its own process ends it sooner. */
#define GUEST_MS 300000
/* For a password to be looked at, and a user to be become. */
#define CHECK_MS 60000

METRIC(ftp_processes, "processes of sessions forked");
METRIC(ftp_denied, "passwords that were wrong");
METRIC(ftp_broken, "sessions ended for what they asked");

/* ---- states */

static const uint8_t arrows[] = {
	[MON_FREE] = 1u << MON_GUEST,
	[MON_GUEST] = 1u << MON_QUEUE | 1u << MON_GONE,
	[MON_QUEUE] = 1u << MON_CHECK | 1u << MON_GUEST | 1u << MON_GONE,
	[MON_CHECK] = 1u << MON_PAUSE | 1u << MON_GONE,
	[MON_PAUSE] = 1u << MON_GUEST | 1u << MON_SWITCH | 1u << MON_GONE,
	[MON_SWITCH] = 1u << MON_USER | 1u << MON_GONE,
	[MON_USER] = 1u << MON_GONE,
	[MON_GONE] = 1u << MON_FREE,
};

static void sess_become(struct mon_sess *s, enum mon_state state)
{
	static const char *const names[] = { "free", "guest", "queue",
		"check", "pause", "switch", "user", "gone" };

	ASSERT(arrows[s->state] & 1u << state);
	log_debug("monitor session=%lu %s -> %s", (unsigned long)s->number,
	    names[s->state], names[state]);
	s->state = (uint8_t)state;
}

/* ---- processes by pid */

static struct mon_end **bucket_of(struct ftp_monitor *m, int pid)
{
	return &m->by_pid[(uint32_t)pid % LEN(m->by_pid)];
}

static void end_known(struct ftp_monitor *m, struct mon_end *e, int pid)
{
	struct mon_end **b = bucket_of(m, pid);

	e->pid = pid;
	e->next = *b;
	*b = e;
}

static struct mon_end *end_forget(struct ftp_monitor *m, int pid)
{
	struct mon_end **at = bucket_of(m, pid), *e;

	while (*at != NULL && (*at)->pid != pid)
		at = &(*at)->next;
	e = *at;
	if (e == NULL)
		return NULL;
	*at = e->next;
	e->pid = 0;
	return e;
}

/* ---- forks */

void mon_leave(struct ftp_monitor *m, const struct mon_sess *mine)
{
	loop_leave(m->loop);
	if (watch_is_open(&m->name.watch))
		port_close(m->name.watch.fd);
	port_close(m->listener.watch.fd);
	if (watch_is_open(&m->implicit.watch))
		port_close(m->implicit.watch.fd);
	for (size_t i = 0; i < LEN(m->sess); i++) {
		const struct mon_sess *s = &m->sess[i];

		if (s->state == MON_FREE)
			continue;
		if (s != mine && s->ctl >= 0)
			port_close(s->ctl);
		for (size_t who = 0; who < LEN(s->end); who++)
			if (watch_is_open(&s->end[who].watch))
				port_close(s->end[who].watch.fd);
	}
	port_pages_drop(m->loop, sizeof(*m->loop));
	port_pages_drop(&m->guards, sizeof(*m) -
	    offsetof(struct ftp_monitor, guards));
}

static struct ftp_birth birth_of(struct ftp_monitor *m,
    const struct mon_sess *s, int pair)
{
	return (struct ftp_birth){
		.ftp = &s->gen->ftp, .conf = s->gen->conf,
		.slot = (uint32_t)(s - m->sess), .number = s->number,
		.fails = s->fails, .ctl = s->ctl, .pair = pair,
		.monitor = m->pid, .jail = m->jail, .nobody = m->nobody,
		.peer = s->peer, .tls = s->tls,
	};
}

static void on_pair(struct watch *w, unsigned got);

/* ask: what a login child is for; NULL = before login. 0 or -E_*. */
static int sess_fork(struct ftp_monitor *m, struct mon_sess *s,
    struct ftp_ask *ask)
{
	struct mon_end *e = &s->end[ask != NULL ? WHO_USER : WHO_GUEST];
	int pair[2], pid, rc = port_pair_open(pair);

	if (rc < 0)
		return rc;
	pid = port_child_fork();
	if (pid == 0) {
		struct ftp_birth b = birth_of(m, s, pair[1]);

		mon_leave(m, s);
		port_close(pair[0]);
		if (ask != NULL)
			ftp_child_user(&b, ask);
		ftp_child_guest(&b);
	}
	port_close(pair[1]);
	if (pid > 0) {
		metric_add(&ftp_processes, 1);
		end_known(m, e, pid);
		rc = watch_open(m->loop, &e->watch, pair[0], POLL_IN,
		    on_pair);
	}
	if (pid < 0 || rc < 0)
		port_close(pair[0]);
	return pid < 0 ? pid : rc;
}

/* ---- the end */

static struct ftp_monitor *monitor_of(const struct mon_sess *s)
{
	return s->gen->monitor;
}

static void sess_kill(struct mon_sess *s, enum mon_who who)
{
	watch_shut(&s->end[who].watch);
	port_child_kill(s->end[who].pid);
}

static void sess_free(struct ftp_monitor *m, struct mon_sess *s)
{
	ftp_slot_wipe((uint32_t)(s - m->sess));
	guard_leave(&m->guards, s->guard);
	s->gen->used--;
	m->live--;
	sess_become(s, MON_FREE);
	mon_freed(m);
}

static void next_check(struct ftp_monitor *m);

void mon_sess_end(struct ftp_monitor *m, struct mon_sess *s)
{
	if (s->state != MON_GONE) {
		m->checks -= s->state == MON_CHECK;
		timer_stop(m->loop, &s->timer);
		list_remove(&s->link);
		sess_become(s, MON_GONE);
		sess_kill(s, WHO_GUEST);
		sess_kill(s, WHO_USER);
		if (s->ctl >= 0)
			port_close(s->ctl);
		s->ctl = -1;
	}
	if (s->end[WHO_GUEST].pid == 0 && s->end[WHO_USER].pid == 0)
		sess_free(m, s);
	next_check(m);
}

void mon_sess_ask_end(struct ftp_monitor *m, struct mon_sess *s)
{
	if (s->state == MON_USER)
		(void)port_signal_send(s->end[WHO_USER].pid, SIG_STOP);
	else if (s->state != MON_FREE && s->state != MON_GONE)
		mon_sess_end(m, s);
}

/* It asked for what it may not have: whoever it is now, it is not ours. */
static void sess_break(struct mon_sess *s, const char *why)
{
	char peer[ADDR_TEXT];

	metric_add(&ftp_broken, 1);
	addr_text_ip(peer, sizeof(peer), &s->peer);
	log_rated(LOG_ERROR, "session=%lu peer=%s ended by the monitor: %s",
	    (unsigned long)s->number, peer, why);
	mon_sess_end(monitor_of(s), s);
}

static void on_late(struct timer *t)
{
	sess_break(OWNER(t, struct mon_sess, timer), "its time is over");
}

static void sess_arm(struct mon_sess *s, int64_t ms, timer_fn *fn)
{
	struct loop *l = monitor_of(s)->loop;

	timer_set(l, &s->timer, l->now_ms + ms, fn);
}

/* ---- login */

static void sess_tell(struct mon_sess *s, enum mon_who who,
    enum ftp_tell_kind kind, int rc, int fd)
{
	struct ftp_tell t = { .kind = kind, .rc = rc };

	if (port_pair_send(s->end[who].watch.fd, &t, sizeof(t), fd) < 0)
		sess_break(s, "it does not listen");
}

/* The first process is made to be no more: then the slot has one reader. */
static void sess_answer(struct mon_sess *s)
{
	/* The login child first: there is one at a time. */
	if (!s->good && s->end[WHO_USER].pid != 0)
		return;
	if (s->good) {
		sess_become(s, MON_SWITCH);
		sess_arm(s, CHECK_MS, on_late);
		sess_kill(s, WHO_GUEST);
		return;
	}
	sess_become(s, MON_GUEST);
	sess_arm(s, GUEST_MS, on_late);
	if (watch_want(&s->end[WHO_GUEST].watch, POLL_IN) < 0)
		sess_break(s, "it cannot be watched");
	else
		sess_tell(s, WHO_GUEST, TELL_DENIED, 0, -1);
}

static void on_paused(struct timer *t)
{
	sess_answer(OWNER(t, struct mon_sess, timer));
}

/* A login child is done, or dead. */
static void sess_verdict(struct mon_sess *s, bool good)
{
	struct ftp_monitor *m = monitor_of(s);
	const struct ftp_conf *c = s->gen->conf;
	int64_t delay_s = good ? c->delay_successful_login :
	    c->delay_failed_login;

	m->checks--;
	s->good = good;
	sess_become(s, MON_PAUSE);
	timer_stop(m->loop, &s->timer);
	if (!good) {
		metric_add(&ftp_denied, 1);
		guard_failed(s->guard, m->loop->now_ms);
		sess_kill(s, WHO_USER);
		s->fails++;
	}
	if (delay_s > 0)
		sess_arm(s, delay_s * 1000, on_paused);
	else
		sess_answer(s);
	next_check(m);
}

/* The password is in our memory from here to the fork, and no longer. */
static void sess_check(struct mon_sess *s)
{
	struct ftp_monitor *m = monitor_of(s);
	struct ftp_ask ask;
	int fd, rc = port_pair_recv(s->end[WHO_GUEST].watch.fd, &ask,
	    sizeof(ask), &fd);

	if (fd >= 0)
		port_close(fd);
	if (rc < 0 || !ftp_ask_may(&ask, WHO_GUEST, MON_QUEUE, fd >= 0)) {
		sess_break(s, "no question that it may ask");
	} else if (s->fails >= (uint64_t)s->gen->conf->max_login_fails) {
		sess_break(s, "too many passwords");
	} else {
		s->anonymous = ask.number == 1;
		sess_become(s, MON_CHECK);
		m->checks++;
		sess_arm(s, CHECK_MS, on_late);
		if (sess_fork(m, s, &ask) < 0)
			sess_verdict(s, false);
	}
	wipe(&ask, sizeof(ask));
}

static void next_check(struct ftp_monitor *m)
{
	struct list *first;

	while (m->checks < CHECKS &&
	    (first = list_pop(&m->queue)) != NULL)
		sess_check(OWNER(first, struct mon_sess, link));
}

/* Its address has waited long enough. */
static void on_turn(struct timer *t)
{
	struct mon_sess *s = OWNER(t, struct mon_sess, timer);

	list_push(&monitor_of(s)->queue, &s->link);
	next_check(monitor_of(s));
}

/* It is not read before its turn: then the password is nowhere else. */
static void sess_queue(struct mon_sess *s)
{
	struct loop *l = monitor_of(s)->loop;
	int64_t at_ms = guard_turn(s->guard, l->now_ms);

	sess_become(s, MON_QUEUE);
	(void)watch_want(&s->end[WHO_GUEST].watch, 0);
	timer_stop(l, &s->timer);
	if (at_ms > l->now_ms)
		timer_set(l, &s->timer, at_ms, on_turn);
	else
		on_turn(&s->timer);
}

/* ---- what is asked after login */

static void sess_serve(struct mon_sess *s, const struct ftp_ask *ask, int file)
{
	int fd = -1, rc;

	if (ask->kind == ASK_VERDICT) {
		sess_verdict(s, ask->number == 1);
		return;
	}
	rc = ask->kind == ASK_DIAL ? mon_dial(s, ask->number, &fd) :
	    mon_give(s, file);
	sess_tell(s, WHO_USER, TELL_DONE, rc, fd);
	if (fd >= 0)
		port_close(fd);
}

static void on_user(struct mon_sess *s)
{
	struct ftp_ask ask;
	int fd, rc = port_pair_recv(s->end[WHO_USER].watch.fd, &ask,
	    sizeof(ask), &fd);

	if (rc == -E_AGAIN)
		return;
	/* Of who is gone SIGCHLD tells the rest. */
	if (rc == -E_CLOSED)
		watch_shut(&s->end[WHO_USER].watch);
	else if (rc == 0 && ftp_ask_may(&ask, WHO_USER, s->state, fd >= 0))
		sess_serve(s, &ask, fd);
	else
		sess_break(s, "no question that it may ask");
	if (fd >= 0)
		port_close(fd);
}

static void on_pair(struct watch *w, unsigned got)
{
	struct mon_end *e = OWNER(w, struct mon_end, watch);

	if (e->who == WHO_USER)
		on_user(OWNER(e, struct mon_sess, end[WHO_USER]));
	else if (got & POLL_ERR)
		watch_shut(&e->watch);	/* SIGCHLD tells the rest */
	else
		sess_queue(OWNER(e, struct mon_sess, end[WHO_GUEST]));
}

/* ---- processes end */

static void user_lost(struct ftp_monitor *m, struct mon_sess *s)
{
	watch_shut(&s->end[WHO_USER].watch);
	if (s->state == MON_CHECK)
		sess_verdict(s, false);
	else if (s->state == MON_PAUSE && !s->good &&
	    !timer_is_set(&s->timer))
		sess_answer(s);
	else if (s->state == MON_SWITCH || s->state == MON_USER ||
	    s->state == MON_GONE || s->good)
		mon_sess_end(m, s);
}

/* Before its time: the session is over. */
static void guest_lost(struct ftp_monitor *m, struct mon_sess *s)
{
	watch_shut(&s->end[WHO_GUEST].watch);
	if (s->state != MON_SWITCH) {
		mon_sess_end(m, s);
		return;
	}
	sess_become(s, MON_USER);
	timer_stop(m->loop, &s->timer);
	port_close(s->ctl);
	s->ctl = -1;
	sess_tell(s, WHO_USER, TELL_TAKE, 0, -1);
}

void mon_sess_lost(struct ftp_monitor *m, int pid)
{
	struct mon_end *e = end_forget(m, pid);

	if (e == NULL)
		return;
	if (e->who == WHO_USER)
		user_lost(m, OWNER(e, struct mon_sess, end[WHO_USER]));
	else
		guest_lost(m, OWNER(e, struct mon_sess, end[WHO_GUEST]));
}

/* ---- the beginning */

void mon_sess_begin(struct ftp_monitor *m, struct mon_sess *s, int fd,
    const struct addr *peer, const struct addr *local, bool tls)
{
	*s = (struct mon_sess){ .gen = m->now, .peer = *peer, .local = *local,
	    .tls = tls, .ctl = fd, .number = ++m->number };
	s->end[WHO_USER].who = WHO_USER;
	s->guard = guard_enter(&m->guards, peer);
	s->gen->used++;
	m->live++;
	sess_become(s, MON_GUEST);
	sess_arm(s, GUEST_MS, on_late);
	if (sess_fork(m, s, NULL) < 0)
		mon_sess_end(m, s);
}
