/* ftp_child.c - the process of one session: the loop it runs in, and what it
 * asks of the monitor. How it becomes a user is in ftp_enter.c. */
#include "ftp_child.h"

#include "base/text.h"
#include "core/log.h"
#include "ftp_cert.h"
#include "ftp_enter.h"
#include "ftp_slot.h"
#include "port/child.h"

/* The monitor answers at once, if it is there. */
#define ANSWER_MS 10000

/* The process's own; nothing of it is in the slot. */
static struct {
	struct loop loop;
	struct watch pair, signals;
	struct task hand_over, spare;
	struct ftp_sess *sess;
	struct ftp_ask ask;	/* LOGIN, until the session has parked */
	int parked;		/* descriptor; -1 = not parked */
} self;

struct loop *ftp_child_loop(void)
{
	return &self.loop;
}

/* ---- what a session asks */

static void child_check(struct ftp_sess *s, const char *password)
{
	struct ftp_ask *a = &self.ask;
	bool fits;

	memset(a, 0, sizeof(*a));
	a->kind = ASK_LOGIN;
	a->number = s->anonymous;
	text_copy(a->user, sizeof(a->user), s->user);
	fits = text_copy_n(a->password, FTP_PASS_MAX, password,
	    strlen(password));
	/* A part of it must not be it; it is wrong as a whole. */
	if (!fits)
		memset(a->user, 0, sizeof(a->user));
	loop_later(&self.loop, &self.hand_over);
}

static void child_turn(struct ftp_sess *s)
{
	(void)s;
}

/* From here on the slot is not touched, unless the monitor says so. */
static void child_hand_over(struct task *t)
{
	(void)t;
	if (self.sess->state == FTP_CHECK) {
		int rc = ftp_tls_give(self.sess,
		    &ftp_slot_of(self.sess)->kept);

		self.parked = ftp_sess_park(self.sess);
		if (rc < 0 || port_pair_send(self.pair.fd, &self.ask,
		    sizeof(self.ask), -1) < 0)
			loop_stop(&self.loop, 0);
	}
	wipe(&self.ask, sizeof(self.ask));
}

static int child_answer(struct ftp_tell *t, int *fd)
{
	int rc = -E_TIMEOUT;

	if (port_pair_wait(self.pair.fd, ANSWER_MS))
		rc = port_pair_recv(self.pair.fd, t, sizeof(*t), fd);
	if (rc == 0 && t->kind == TELL_DONE)
		return 0;
	loop_stop(&self.loop, 0);
	return rc < 0 ? rc : -E_PROTO;
}

/* 0 or -E_*, of the way there, of the monitor, or of the way back. */
static int child_ask(const struct ftp_ask *a, int pass, int *got)
{
	struct ftp_tell t;
	int rc;

	*got = -1;
	rc = (int)port_pair_send(self.pair.fd, a, sizeof(*a), pass);
	if (rc == 0)
		rc = child_answer(&t, got);
	return rc == 0 ? t.rc : rc;
}

/* The monitor knows where to; it is told the port. */
static int child_dial(struct ftp_sess *s)
{
	struct ftp_ask a = { .kind = ASK_DIAL, .number = s->data.peer.port };
	int fd, rc;

	if (!addr_eq_ip(&s->data.peer, &s->peer))
		return -E_DENY;
	rc = child_ask(&a, -1, &fd);
	if (rc == 0)
		return fd >= 0 ? fd : -E_PROTO;
	if (fd >= 0)
		port_close(fd);
	return rc;
}

static int child_give(struct ftp_sess *s, int file)
{
	struct ftp_ask a = { .kind = ASK_GIVE };
	int fd, rc = child_ask(&a, file, &fd);

	(void)s;
	if (fd >= 0)
		port_close(fd);
	return rc;
}

/* At the end of the turn, when nobody is in the midst of it. */
static void child_spare(struct task *t)
{
	struct tls_arena *a;

	(void)t;
	if (ftp_xfer_active(self.sess))
		return;
	if (self.sess->tls != NULL) {
		a = &self.sess->tls->arena;
		tls_arena_trim(a);
		port_pages_drop(a->mem + a->top, a->size - a->top);
	}
	buf_spare();
}

static void child_rest(struct ftp_sess *s)
{
	(void)s;
	loop_later(&self.loop, &self.spare);
}

static void child_gone(struct ftp_sess *s)
{
	(void)s;
	loop_stop(&self.loop, 0);
}

static const struct ftp_host child_host = {
	.check = child_check,
	.turn = child_turn,
	.drop = child_turn,
	.dial = child_dial,
	.give = child_give,
	.rest = child_rest,
	.gone = child_gone,
};

/* ---- what the monitor says, or its end does */

static void child_end(void)
{
	if (self.parked < 0)
		ftp_sess_close(self.sess, -E_CLOSED);
	loop_stop(&self.loop, 0);
}

static void on_pair(struct watch *w, unsigned got)
{
	struct ftp_tell t;
	int fd, rc = port_pair_recv(w->fd, &t, sizeof(t), &fd);

	(void)got;
	if (rc == -E_AGAIN)
		return;
	if (fd >= 0)
		port_close(fd);
	if (rc < 0 || t.kind != TELL_DENIED || self.parked < 0 ||
	    ftp_sess_resume(self.sess, self.parked) < 0) {
		child_end();
		return;
	}
	self.parked = -1;
	wipe(&ftp_slot_of(self.sess)->kept, sizeof(struct ftp_kept));
	ftp_login_out(self.sess);
}

static void on_signal(struct watch *w, unsigned got)
{
	enum port_signal sig;

	(void)w;
	(void)got;
	while ((sig = port_signal_next()) != SIG_NONE)
		if (sig == SIG_STOP || sig == SIG_INTR || sig == SIG_QUIET)
			child_end();
}

/* ---- the loop */

static int child_open(const struct ftp_birth *b)
{
	int fd, rc = loop_open(&self.loop, NULL);

	if (rc < 0)
		return rc;
	fd = port_signal_open();
	rc = fd < 0 ? fd : watch_open(&self.loop, &self.signals, fd, POLL_IN,
	    on_signal);
	if (rc == 0)
		rc = watch_open(&self.loop, &self.pair, b->pair, POLL_IN,
		    on_pair);
	self.hand_over.fn = child_hand_over;
	self.spare.fn = child_spare;
	self.parked = -1;
	b->ftp->loop = &self.loop;
	b->ftp->host = &child_host;
	return rc;
}

static _Noreturn void child_run(void)
{
	loop_run(&self.loop);
	/* The session's own task: what it wrote is out, its files are shut. */
	loop_turn(&self.loop, 0);
	port_exit(0);
}

_Noreturn void ftp_child_guest(const struct ftp_birth *b)
{
	ftp_slots_keep(b->slot);
	ftp_rates_free();
	if (ftp_enter_guest(b) < 0 || child_open(b) < 0)
		port_exit(1);
	self.sess = &ftp_slot(b->slot)->sess;
	b->ftp->sessions_ever = b->number - 1;
	if (ftp_sess_start(self.sess, b->ftp, b->ctl, &b->peer,
	    b->tls) < 0)
		port_exit(1);
	child_run();
}

/* The monitor gives the slot when the other process is no more. */
static int child_take(const struct ftp_birth *b)
{
	struct ftp_tell t;
	int fd, rc;

	while (!port_pair_wait(b->pair, ANSWER_MS))
		;
	rc = port_pair_recv(b->pair, &t, sizeof(t), &fd);
	if (fd >= 0)
		port_close(fd);
	if (rc < 0 || t.kind != TELL_TAKE)
		return -E_PROTO;
	return ftp_slot_take(b->slot);
}

static void child_verdict(const struct ftp_birth *b, bool good)
{
	struct ftp_ask a = { .kind = ASK_VERDICT, .number = good };

	if (port_pair_send(b->pair, &a, sizeof(a), -1) < 0 || !good)
		port_exit(0);
}

/* What he must do may stand in his own file, which was read only now. */
static void child_admit(const struct ftp_account *a, int root)
{
	const char *refusal = ftp_tls_login_refusal(self.sess);

	if (refusal == NULL)
		ftp_login_in(self.sess, a, root);
	else
		ftp_reply_bye(self.sess, 530, refusal);
}

_Noreturn void ftp_child_user(const struct ftp_birth *b,
    struct ftp_ask *login)
{
	static struct ftp_account a;
	struct ftp_life life = { .user = login->user, .peer = b->peer,
		.number = b->number, .anonymous = login->number == 1 };
	int root;

	ftp_slots_keep(b->slot);
	root = ftp_enter_user(b, login, &a);
	/* Where only resumptions are let in, none is needed any more. */
	ftp_cert_forget(b->conf->require_ssl_reuse == FTP_REUSE_ALWAYS ?
	    NULL : b->ftp->cert);
	wipe(login->password, sizeof(login->password));
	child_verdict(b, root >= 0);
	if (child_take(b) < 0 || child_open(b) < 0)
		port_exit(1);
	self.sess = &ftp_slot(b->slot)->sess;
	life.kept = &ftp_slot(b->slot)->kept;
	if (ftp_sess_adopt(self.sess, b->ftp, b->ctl, &life) < 0)
		port_exit(1);
	ftp_slot_spare(b->slot);
	if (self.sess->tls == NULL)
		ftp_cert_forget(NULL);
	child_admit(&a, root);
	child_run();
}
