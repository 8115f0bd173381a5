/* ftp_sess.c - the life of a control connection, from the greeting to the end.
 * Knows no verb.
 *
 * Lines are served in the session's task, at the end of a turn: callbacks wake
 * it. A line is served when all replies before are in the kernel's hands: so
 * each reply is a write of its own, and a client that does not read is not read
 * either. */
#include "base/text.h"
#include "core/log.h"
#include "core/metrics.h"
#include "ftp_sess.h"

/* From connection to login, retries included. */
#define LOGIN_MS 60000
/* For the last reply to leave, and the client to close. */
#define BYE_MS 5000
/* Lines served before others have their turn. */
#define LINES 16

POOL_DEFINE(ftp_sessions, struct ftp_sess, LIMIT_FTP_SESSIONS);
METRIC(ftp_accepted, "control connections accepted");
METRIC(ftp_refused, "control connections over a limit");

struct pool *ftp_sess_pool(void)
{
	return &ftp_sessions;
}

/* ---- states */

static const uint8_t arrows[] = {
	[FTP_FREE] = FTP_IN(FTP_USER) | FTP_IN(FTP_CHECK) | FTP_IN(FTP_BYE) |
	    FTP_IN(FTP_DEAD),
	[FTP_USER] = FTP_IN(FTP_PASS) | FTP_IN(FTP_BYE) | FTP_IN(FTP_DEAD),
	[FTP_PASS] = FTP_IN(FTP_USER) | FTP_IN(FTP_PASS) | FTP_IN(FTP_CHECK) |
	    FTP_IN(FTP_BYE) | FTP_IN(FTP_DEAD),
	[FTP_CHECK] = FTP_IN(FTP_USER) | FTP_IN(FTP_READY) | FTP_IN(FTP_BYE) |
	    FTP_IN(FTP_DEAD),
	[FTP_READY] = FTP_IN(FTP_USER) | FTP_IN(FTP_BYE) | FTP_IN(FTP_DEAD),
	[FTP_BYE] = FTP_IN(FTP_DEAD),
	[FTP_DEAD] = 0,
};

static void sess_late(struct timer *t);

static void sess_arm(struct ftp_sess *s, int64_t at_ms)
{
	timer_set(ftp_loop(s), &s->timer, at_ms, sess_late);
}

/* The deadline of the state just entered. */
static void sess_deadline(struct ftp_sess *s)
{
	switch (s->state) {
	case FTP_USER:
	case FTP_PASS:
		sess_arm(s, s->login_until_ms);
		return;
	case FTP_READY:
		ftp_sess_rest(s);
		return;
	case FTP_BYE:
		sess_arm(s, ftp_loop(s)->now_ms + BYE_MS);
		return;
	default:
		timer_stop(ftp_loop(s), &s->timer);
	}
}

void ftp_sess_become(struct ftp_sess *s, enum ftp_state state)
{
	static const char *const names[] = { "free", "user", "pass", "check",
		"ready", "bye", "dead" };

	ASSERT(arrows[s->state] & FTP_IN(state));
	log_debug("ftp session=%lu %s -> %s", (unsigned long)s->number,
	    names[s->state], names[state]);
	s->state = (uint8_t)state;
	sess_deadline(s);
	if (state == FTP_BYE) {
		if (s->tls != NULL && s->tls->on)
			tls_bye(&s->tls->ctl);
		chan_finish(&s->ctl);
		chan_read(&s->ctl, true);
	}
}

void ftp_sess_wake(struct ftp_sess *s)
{
	loop_later(ftp_loop(s), &s->task);
}

void ftp_sess_delay(struct ftp_sess *s, int64_t ms)
{
	ASSERT(s->state == FTP_CHECK);
	sess_arm(s, ftp_loop(s)->now_ms + ms);
}

void ftp_sess_rest(struct ftp_sess *s)
{
	if (s->state != FTP_READY)
		return;
	if (s->idle_s > 0)
		sess_arm(s, ftp_loop(s)->now_ms + s->idle_s * INT64_C(1000));
	else
		timer_stop(ftp_loop(s), &s->timer);
	chan_read(&s->ctl, true);
	ftp_sess_wake(s);
}

/* Inside of a handshake there are no replies. */
static void sess_idle(struct ftp_sess *s)
{
	if (ftp_tls_may_write(s))
		ftp_reply_bye(s, 421, "Timeout.");
	else
		ftp_sess_close(s, -E_TIMEOUT);
}

static void sess_late(struct timer *t)
{
	struct ftp_sess *s = OWNER(t, struct ftp_sess, timer);

	if (s->state == FTP_CHECK)
		ftp_login_answer(s);
	else if (s->state == FTP_BYE)
		ftp_sess_close(s, -E_TIMEOUT);
	else if (ftp_xfer_active(s) && s->xfer.kind == XFER_STAT)
		ftp_sess_close(s, -E_TIMEOUT);
	else if (!ftp_xfer_active(s))
		sess_idle(s);
}

void ftp_sess_again(struct ftp_sess *s)
{
	ftp_data_close(&s->data);
	ftp_quota_stop(s);
	memset(&s->quota, 0, sizeof(s->quota));
	if (s->own_root)
		port_file_close(s->root);
	s->root = -1;
	s->own_root = s->anonymous = s->limited = false;
	s->ascii = s->epsv_all = false;
	s->prot = s->implicit;
	s->renaming = false;
	s->rights = 0;
	s->rest = 0;
	s->user[0] = '\0';
	memset(&s->xfer, 0, sizeof(s->xfer));
	/* Who never logged in gains no time by it. */
	if (s->state == FTP_READY)
		s->login_until_ms = ftp_loop(s)->now_ms + LOGIN_MS;
	if (s->state != FTP_USER)
		ftp_sess_become(s, FTP_USER);
}

/* ---- the end */

void ftp_sess_close(struct ftp_sess *s, int why)
{
	char peer[ADDR_TEXT];

	if (s->state == FTP_DEAD)
		return;
	if (ftp_xfer_active(s))
		ftp_xfer_drop(s);
	ftp_quota_stop(s);
	if (s->state == FTP_CHECK)
		s->ftp->host->drop(s);
	addr_text_ip(peer, sizeof(peer), &s->peer);
	log_debug("ftp session=%lu peer=%s closed: %s",
	    (unsigned long)s->number, peer,
	    why == 0 ? "done" : err_text(why));
	ftp_sess_become(s, FTP_DEAD);
	ftp_data_close(&s->data);
	chan_close(&s->ctl);
	if (s->own_root)
		port_file_close(s->root);
	ftp_sess_wake(s);
}

static void sess_free(struct ftp_sess *s)
{
	list_remove(&s->link);
	s->ftp->sessions_n--;
	ftp_tls_close(s);
	s->ftp->host->gone(s);
}

/* ---- lines */

/* True when s->line is whole. */
static bool sess_fetch(struct ftp_sess *s)
{
	uint8_t *p;
	size_t n;

	while (!s->line_ready && (n = chan_data(&s->ctl, &p)) > 0) {
		int took = ftp_line_feed(&s->line, p, n);

		if (took < 0) {
			ftp_reply_bye(s, 500, "The line is too long.");
			return false;
		}
		s->line_ready = took > 0;
		n = took > 0 ? (size_t)took : n;
		wipe(p, n);	/* it may be a password */
		chan_took(&s->ctl, n);
	}
	return s->line_ready;
}

static bool sess_listens(struct ftp_sess *s)
{
	return (s->state == FTP_USER || s->state == FTP_PASS ||
	    s->state == FTP_READY) && chan_unsent(&s->ctl) == 0 &&
	    (s->tls == NULL || (s->tls->up && !s->tls->clearing));
}

static void sess_serve(struct ftp_sess *s)
{
	for (int i = 0; i < LINES && sess_listens(s); i++) {
		if (!sess_fetch(s))
			return;
		if (!ftp_cmd(s)) {
			/* Its turn comes when the transfer is over. */
			chan_read(&s->ctl, false);
			return;
		}
		ftp_line_next(&s->line);
		s->line_ready = false;
		if (!ftp_xfer_active(s))
			ftp_sess_rest(s);
	}
	/* Empty lines have no reply whose sending would wake us. */
	if (sess_listens(s))
		ftp_sess_wake(s);
}

/* The client will send no more: what it asked for is still done. */
static void sess_end(struct ftp_sess *s)
{
	uint8_t *p;

	if (s->state == FTP_BYE)
		chan_took(&s->ctl, chan_data(&s->ctl, &p));
	if (!s->ended || s->state == FTP_DEAD || s->state == FTP_CHECK ||
	    chan_unsent(&s->ctl) > 0)
		return;
	if (s->state == FTP_BYE || (!s->line_ready && !ftp_xfer_active(s)))
		ftp_sess_close(s, 0);
}

void ftp_sess_hello(struct ftp_sess *s)
{
	const char *banner = ftp_conf(s)->ftpd_banner;

	ftp_reply_message(s, 220, s->ftp->banner_fd, banner[0] != '\0' ?
	    banner : "(wherry " WHERRY_VERSION ")");
}

static void sess_turn(struct task *t)
{
	struct ftp_sess *s = OWNER(t, struct ftp_sess, task);

	if (s->state == FTP_DEAD) {
		sess_free(s);
		return;
	}
	if (s->state == FTP_CHECK)
		s->ftp->host->turn(s);
	ftp_tls_turn(s);
	ftp_quota_turn(s);
	ftp_xfer_turn(s);
	sess_serve(s);
	sess_end(s);
}

/* ---- what the channel tells */

static struct ftp_sess *sess_of(struct chan *c)
{
	return OWNER(c, struct ftp_sess, ctl);
}

static void sess_on_octets(struct chan *c)
{
	ftp_sess_wake(sess_of(c));
}

static void sess_on_end(struct chan *c, int why)
{
	(void)why;
	sess_of(c)->ended = true;
	ftp_sess_wake(sess_of(c));
}

static void sess_on_fail(struct chan *c, int why)
{
	ftp_sess_close(sess_of(c), why);
}

static const struct chan_ops sess_ops = {
	.on_data = sess_on_octets,
	.on_end = sess_on_end,
	.on_sent = sess_on_octets,
	.on_fail = sess_on_fail,
	.on_got = sess_on_octets,	/* of a handshake there is no other */
};

static void sess_on_data_change(struct ftp_data *d)
{
	ftp_sess_wake(OWNER(d, struct ftp_sess, data));
}

/* ---- the beginning */

int ftp_sess_channel(struct ftp_sess *s, int fd)
{
	if (s->tls != NULL && !s->tls->cleared)
		return chan_open(&s->ctl, ftp_loop(s), fd, &sess_ops,
		    &s->tls->ctl.rx, &s->tls->ctl.tx);
	return chan_open(&s->ctl, ftp_loop(s), fd, &sess_ops,
	    ftp_in_open(&s->in), ftp_out_open(&s->out));
}

static int sess_begin(struct ftp_sess *s, struct ftp *f, int fd,
    const struct addr *peer)
{
	s->task.fn = sess_turn;
	s->data.loop = f->loop;
	s->data.wake = sess_on_data_change;
	s->peer = *peer;
	s->root = -1;
	if (ftp_sess_channel(s, fd) < 0) {
		ftp_tls_close(s);
		return -E_FULL;
	}
	/* NAT boxes forget a control connection that is silent for long. */
	(void)port_net_set(fd, NET_KEEP_ALIVE, 60);
	(void)port_net_set(fd, NET_OOB_INLINE, 1);
	s->login_until_ms = f->loop->now_ms + LOGIN_MS;
	f->sessions_n++;
	list_push(&f->sessions, &s->link);
	return port_local_addr(fd, &s->local);
}

static int64_t sess_of_address(const struct ftp *f, const struct addr *peer)
{
	int64_t n = 0;

	for (struct list *i = f->sessions.next; i != &f->sessions; i = i->next)
		n += addr_eq_ip(&OWNER(i, struct ftp_sess, link)->peer, peer);
	return n;
}

/* NULL, or the text for a client that is one too many. */
static const char *sess_refusal(const struct ftp *f, const struct addr *peer)
{
	const struct ftp_conf *c = f->conf;

	if (f->sessions_n > c->max_clients)
		return "There are too many connected users, please try "
		    "later.";
	if (c->max_per_ip > 0 && sess_of_address(f, peer) > c->max_per_ip)
		return "There are too many connections from your internet "
		    "address.";
	return NULL;
}

static void sess_greet(struct ftp_sess *s)
{
	const char *refusal = sess_refusal(s->ftp, &s->peer);

	if (refusal != NULL) {
		metric_add(&ftp_refused, 1);
		if (s->implicit)
			ftp_sess_close(s, -E_BUSY);
		else
			ftp_reply_bye(s, 421, refusal);
		return;
	}
	ftp_sess_become(s, FTP_USER);
	if (!s->implicit)
		ftp_sess_hello(s);
}

int ftp_sess_start(struct ftp_sess *s, struct ftp *f, int fd,
    const struct addr *peer, bool tls)
{
	int rc;

	s->ftp = f;
	s->implicit = s->prot = tls;
	if (tls && ftp_tls_open(s) < 0)
		return -E_FULL;
	if (tls)
		s->tls->on = true;
	rc = sess_begin(s, f, fd, peer);
	if (rc == -E_FULL)
		return rc;
	s->number = ++f->sessions_ever;
	metric_add(&ftp_accepted, 1);
	if (rc == 0)
		sess_greet(s);
	else
		ftp_sess_close(s, rc);
	return 0;
}

int ftp_sess_open(struct ftp *f, int fd, const struct addr *peer, bool tls)
{
	struct ftp_sess *s = pool_get(&ftp_sessions);

	if (s == NULL)
		return -E_FULL;
	if (ftp_sess_start(s, f, fd, peer, tls) == 0)
		return 0;
	pool_put(&ftp_sessions, s);
	return -E_FULL;
}

/* ---- from one process to another */

int ftp_sess_park(struct ftp_sess *s)
{
	ASSERT(s->state == FTP_CHECK && chan_unsent(&s->ctl) == 0);
	timer_stop(ftp_loop(s), &s->timer);
	list_remove(&s->task.link);
	return chan_park(&s->ctl);
}

int ftp_sess_resume(struct ftp_sess *s, int fd)
{
	return ftp_sess_channel(s, fd);
}

int ftp_sess_adopt(struct ftp_sess *s, struct ftp *f, int fd,
    const struct ftp_life *life)
{
	struct ftp_in in = s->in;
	int rc;

	memset(s, 0, sizeof(*s));
	s->in = in;
	wipe(&in, sizeof(in));
	s->ftp = f;
	s->anonymous = life->anonymous;
	rc = life->kept != NULL ? ftp_tls_take(s, life->kept) : 0;
	if (rc == 0)
		rc = sess_begin(s, f, fd, &life->peer);
	if (rc < 0)
		return rc;
	s->number = life->number;
	text_copy(s->user, sizeof(s->user), life->user);
	ftp_sess_become(s, FTP_CHECK);
	return 0;
}
