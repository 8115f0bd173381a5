/* ftp_tls.c - TLS of a session: its control connection, and one for data after
 * the other, which only it can resume. Knows no verb. */
#include "core/log.h"
#include "core/metrics.h"
#include "ftp_cert.h"
#include "ftp_sess.h"

/* TLS 1.3: some clients use each ticket once; they come on the control
 * connection. Who uploads never reads: one there would make its kernel send a
 * RST, and cost the file its end. */
#define TICKETS_CONTROL 4
#define TICKETS_DOWN 1

POOL_DEFINE_RAW(ftp_tls_sessions, struct ftp_tls, LIMIT_FTP_TLS);
METRIC(ftp_tls_resumed, "data connections that resumed a session of TLS");
METRIC(ftp_tls_full, "data connections that did not");

static struct tls_how tls_how_of(const struct ftp_sess *s)
{
	const struct ftp_conf *c = ftp_conf(s);

	return (struct tls_how){ .shared = &s->tls->cert->shared,
	    .arena = &s->tls->arena, .alpn = "ftp",
	    .tls12 = c->ssl_tlsv12, .tls13 = c->ssl_tlsv13,
	    .ask_cert = c->require_cert, .need_cert = c->require_cert,
	    .check_cert = c->validate_cert };
}

static int tls_control(struct ftp_sess *s, const struct tls_given *given)
{
	const char *sni = ftp_conf(s)->ssl_sni_hostname;
	struct tls_how how = tls_how_of(s);

	how.sni = sni[0] != '\0' ? sni : NULL;
	how.tickets = TICKETS_CONTROL;
	return given != NULL ? tls_take(&s->tls->ctl, &how, given) :
	    tls_open(&s->tls->ctl, &how);
}

static int tls_begin(struct ftp_sess *s, const struct tls_given *given)
{
	struct ftp_tls *t = pool_get(&ftp_tls_sessions);
	int rc;

	if (t == NULL)
		return -E_FULL;
	memset(t, 0, offsetof(struct ftp_tls, mem));
	tls_arena_open(&t->arena, t->mem, sizeof(t->mem));
	t->cert = s->ftp->cert;
	t->cert->users++;
	s->tls = t;
	rc = tls_control(s, given);
	if (rc < 0)
		ftp_tls_close(s);
	return rc;
}

int ftp_tls_open(struct ftp_sess *s)
{
	return tls_begin(s, NULL) < 0 ? -E_FULL : 0;
}

int ftp_tls_give(const struct ftp_sess *s, struct ftp_kept *k)
{
	k->on = s->tls != NULL;
	k->prot = s->prot;
	return k->on ? tls_give(&s->tls->ctl, &k->tls) : 0;
}

int ftp_tls_take(struct ftp_sess *s, struct ftp_kept *k)
{
	int rc = 0;

	if (k->on && s->ftp->cert == NULL)
		rc = -E_PROTO;
	else if (k->on)
		rc = tls_begin(s, &k->tls);
	if (k->on && rc == 0) {
		s->tls->on = s->tls->up = true;
		s->prot = k->prot != 0;
	}
	wipe(k, sizeof(*k));
	return rc;
}

/* Above the arena's top there are zeros, which need no page. */
void ftp_tls_close(struct ftp_sess *s)
{
	struct ftp_tls *t = s->tls;

	if (t == NULL)
		return;
	tls_close(&t->data);
	tls_close(&t->ctl);
	t->cert->users--;
	wipe(t, offsetof(struct ftp_tls, mem) + t->arena.top);
	pool_put(&ftp_tls_sessions, t);
	s->tls = NULL;
}

void ftp_tls_clear(struct ftp_sess *s, bool ends)
{
	struct ftp_tls *t = s->tls;

	if (t->cleared) {
		ASSERT(ends);
		ftp_tls_close(s);
		return;
	}
	t->clearing = true;
	t->ends = ends;
	tls_clear(&t->ctl);
	chan_flush(&s->ctl);
}

bool ftp_tls_may_write(const struct ftp_sess *s)
{
	const struct ftp_tls *t = s->tls;

	return t == NULL || !t->on ||
	    (tls_is_up(&t->ctl) && !t->ctl.said_bye);
}

/* ---- the control connection, turn by turn */

/* With or without, on the same descriptor. */
static void tls_goes_on(struct ftp_sess *s, int fd)
{
	if (ftp_sess_channel(s, fd) == 0)
		return;
	port_close(fd);
	ftp_sess_close(s, -E_FULL);
}

/* The 234 is out. Octets that came before it are nothing that TLS has a part
 * in: whoever put them there shall have no use of them. */
static void tls_begins(struct ftp_sess *s)
{
	uint8_t *p;
	int fd;

	if (s->ended || chan_data(&s->ctl, &p) > 0) {
		ftp_sess_close(s, -E_PROTO);
		return;
	}
	fd = chan_park(&s->ctl);
	s->tls->on = true;
	tls_goes_on(s, fd);
}

static void tls_is_seen_up(struct ftp_sess *s)
{
	char peer[ADDR_TEXT], text[80];

	s->tls->up = true;
	addr_text_ip(peer, sizeof(peer), &s->peer);
	tls_text(&s->tls->ctl, text, sizeof(text));
	log_info("session=%lu peer=%s %s", (unsigned long)s->number, peer,
	    text);
	if (s->implicit)
		ftp_sess_hello(s);
}

/* The last record is out, and theirs was read. */
static void tls_leaves(struct ftp_sess *s)
{
	struct ftp_tls *t = s->tls;
	const uint8_t *p;
	size_t n = tls_left(&t->ctl, &p);
	int fd = chan_park(&s->ctl);

	memcpy(s->in.octets, p, n);
	s->in.off = 0;
	s->in.len = (uint16_t)n;
	t->on = t->clearing = false;
	t->cleared = true;
	log_info("session=%lu its commands are no more encrypted",
	    (unsigned long)s->number);
	if (t->ends)
		ftp_tls_close(s);
	tls_goes_on(s, fd);
}

void ftp_tls_turn(struct ftp_sess *s)
{
	struct ftp_tls *t = s->tls;

	if (t == NULL || t->cleared)
		return;
	if (t->clearing) {
		if (t->ctl.phase == TLS_ENDED && chan_unsent(&s->ctl) == 0)
			tls_leaves(s);
		return;
	}
	if (!t->on && chan_unsent(&s->ctl) == 0)
		tls_begins(s);
	else if (t->on && !t->up && tls_is_up(&t->ctl))
		tls_is_seen_up(s);
	if (t->on && t->ctl.phase == TLS_ENDED)
		s->ended = true;
}

/* ---- data */

static uint8_t tls_reuse_of(const struct ftp_sess *s)
{
	switch (ftp_conf(s)->require_ssl_reuse) {
	case FTP_REUSE_NEVER:
		return TLS_REUSE_ANY;
	case FTP_REUSE_ALWAYS:
		return TLS_REUSE_ONLY;
	default:
		return s->tls->resumes ? TLS_REUSE_ONLY : TLS_REUSE_ANY;
	}
}

int ftp_tls_data(struct ftp_sess *s, bool upload)
{
	struct ftp_tls *t = s->tls;
	struct tls_how how = tls_how_of(s);
	int rc;

	how.parent = &t->ctl;
	how.tickets = upload ? 0 : TICKETS_DOWN;
	how.reuse = tls_reuse_of(s);
	t->only = how.reuse == TLS_REUSE_ONLY;
	rc = tls_open(&t->data, &how);
	t->data.bulk = true;
	return rc;
}

/* Once a session, unless nobody is asked to. */
static void note_full(struct ftp_sess *s)
{
	if (s->tls->noted ||
	    ftp_conf(s)->require_ssl_reuse == FTP_REUSE_NEVER)
		return;
	s->tls->noted = true;
	log_info("session=%lu: its data does not resume its TLS session "
	    "(require_ssl_reuse=YES refuses that)",
	    (unsigned long)s->number);
}

static void note_data(const struct ftp_sess *s)
{
	const struct tls *t = &s->tls->data;
	char text[80];

	if (!ftp_conf(s)->debug_ssl)
		return;
	tls_text(t, text, sizeof(text));
	log_info("session=%lu data: %s%s", (unsigned long)s->number, text,
	    t->full ? "" : ", resumed");
}

bool ftp_tls_data_up(struct ftp_sess *s)
{
	struct ftp_tls *t = s->tls;

	if (!tls_is_up(&t->data))
		return false;
	note_data(s);
	if (t->data.full)
		note_full(s);
	else
		t->resumes = true;
	metric_add(t->data.full ? &ftp_tls_full : &ftp_tls_resumed, 1);
	return true;
}

bool ftp_tls_data_ended(const struct ftp_sess *s)
{
	return s->prot && s->tls->data.phase == TLS_ENDED;
}

/* ---- who must, and who may not */

const char *ftp_tls_login_refusal(const struct ftp_sess *s)
{
	const struct ftp_conf *c = ftp_conf(s);

	if (!c->ssl_enable)
		return NULL;
	if (s->tls != NULL)
		return s->anonymous && !c->allow_anon_ssl ?
		    "Anonymous sessions may not use encryption." : NULL;
	if (s->anonymous)
		return c->force_anon_logins_ssl ?
		    "Anonymous sessions must use encryption." : NULL;
	return c->force_local_logins_ssl ?
	    "Non-anonymous sessions must use encryption." : NULL;
}

bool ftp_tls_data_forced(const struct ftp_sess *s)
{
	const struct ftp_conf *c = ftp_conf(s);

	return c->ssl_enable && (s->anonymous ? c->force_anon_data_ssl :
	    c->force_local_data_ssl);
}
