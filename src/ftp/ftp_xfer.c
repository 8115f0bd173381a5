/* ftp_xfer.c - the life of a transfer: connected, pumped, ended with one reply.
 * What is asked for is looked at in ftp_xfer_ask.c, what moves the octets is in
 * ftp_pump.c. */
#include "base/text.h"
#include "core/log.h"
#include "core/metrics.h"
#include "ftp_sess.h"
#include "ftp_xferlog.h"
#include "port/time.h"

METRIC(ftp_octets_down, "octets of files and listings sent");
METRIC(ftp_octets_up, "octets of files received");

bool ftp_xfer_active(const struct ftp_sess *s)
{
	return s->state == FTP_READY && s->xfer.kind != XFER_NONE;
}

static const char *const kinds[] = { [XFER_NONE] = "none",
	[XFER_LIST] = "list", [XFER_STAT] = "stat", [XFER_RETR] = "download",
	[XFER_STOR] = "upload" };

void ftp_xfer_progress(const struct ftp_sess *s, char *out, size_t room)
{
	const struct ftp_xfer *x = &s->xfer;

	if (ftp_xfer_active(s))
		text_fmt(out, room, "%s, %lld bytes", kinds[x->kind],
		    (long long)(x->off - x->from));
	else
		text_copy(out, room, kinds[XFER_NONE]);
}

/* ---- the end */

/* The clock of xferlog is the one on the wall here. */
static void xfer_log_std(const struct ftp_sess *s, bool good)
{
	const struct ftp_xfer *x = &s->xfer;
	int64_t now_s = port_wall_ms() / 1000;
	struct ftp_xferlog line = { .at_s = now_s + port_tz_offset(now_s),
		.took_ms = ftp_loop(s)->now_ms - x->began_ms, .peer = s->peer,
		.octets = x->off - x->from, .path = x->path, .user = s->user,
		.ascii = x->convert, .upload = x->kind == XFER_STOR,
		.anonymous = s->anonymous, .whole = good };
	char text[FTP_XFERLOG_MAX];
	size_t n;

	if (s->ftp->xferlog_fd < 0)
		return;
	n = ftp_xferlog_line(text, sizeof(text), &line);
	if (port_file_append(s->ftp->xferlog_fd, text, n) != (ptrdiff_t)n)
		log_rated(LOG_ERROR, "xferlog_file: a line is lost");
}

static void xfer_log(const struct ftp_sess *s, bool good)
{
	const struct ftp_xfer *x = &s->xfer;
	int64_t octets = x->off - x->from;
	char peer[ADDR_TEXT];

	metric_add(x->kind == XFER_STOR ? &ftp_octets_up : &ftp_octets_down,
	    (uint64_t)octets);
	if (x->kind == XFER_LIST || x->kind == XFER_STAT)
		return;
	xfer_log_std(s, good);
	addr_text_ip(peer, sizeof(peer), &s->peer);
	log_info("%s %s user=%s peer=%s octets=%lld ms=%lld path=%s",
	    kinds[x->kind], good ? "ok" : "failed", s->user, peer,
	    (long long)octets,
	    (long long)(ftp_loop(s)->now_ms - x->began_ms), x->path);
}

/* chown_uploads: what those without rights of their own bring. */
static void xfer_give(struct ftp_sess *s)
{
	int rc = 0;

	if (s->limited && ftp_conf(s)->chown_uploads)
		rc = s->ftp->host->give(s, s->xfer.fd);
	if (rc < 0)
		log_rated(LOG_ERROR, "chown_uploads: %s: %s", s->xfer.path,
		    err_text(rc));
}

/* Data connection first, then the file. 0, or why the upload got no name. */
static int xfer_close(struct ftp_sess *s, bool good)
{
	struct ftp_xfer *x = &s->xfer;
	bool had_file = x->fd >= 0;
	int rc = 0;

	if (x->kind != XFER_STAT)
		ftp_data_close(&s->data);
	if (x->piped)
		port_pipe_close(&x->pipe);
	x->piped = false;
	pool_unwait(&x->waiter);
	ftp_list_close(&x->list);
	if (had_file && good && x->kind == XFER_STOR)
		xfer_give(s);
	if (had_file && x->kind == XFER_STOR)
		ftp_store_spare(x);
	if (had_file)
		port_file_close(x->fd);
	x->fd = -1;
	if (had_file && x->kind == XFER_STOR) {
		rc = ftp_store_settle(s, good);
		ftp_quota_changed(s, x->exists ? x->old_size : 0,
		    ftp_quota_size(s, x->path, true));
	}
	xfer_log(s, good && rc == 0);
	x->kind = XFER_NONE;
	s->ftp->host->rest(s);
	return rc;
}

void ftp_xfer_drop(struct ftp_sess *s)
{
	(void)xfer_close(s, false);
}

static void xfer_end(struct ftp_sess *s, int code, const char *text)
{
	(void)xfer_close(s, false);
	ftp_reply(s, code, "%s", text);
	ftp_sess_rest(s);
}

void ftp_xfer_abort(struct ftp_sess *s)
{
	xfer_end(s, 426, "Transfer aborted.");
}

static void xfer_good(struct ftp_sess *s)
{
	uint8_t kind = s->xfer.kind;

	if (xfer_close(s, true) < 0)
		ftp_reply(s, 451, "Failure storing the file.");
	else if (kind == XFER_STAT)
		ftp_reply(s, 213, "End of status");
	else
		ftp_reply(s, 226, "%s", kind == XFER_LIST ?
		    "Directory send OK." : "Transfer complete.");
	ftp_sess_rest(s);
}

static void xfer_local_failure(struct ftp_sess *s, int err)
{
	if (err == -E_NOSPC)
		xfer_end(s, 452, "No space left on the device.");
	else if (err == -E_DENY)
		xfer_end(s, 552, "The quota is used up.");
	else if (s->xfer.kind == XFER_STOR)
		xfer_end(s, 451, "Failure writing to local file.");
	else
		xfer_end(s, 451, "Failure reading local file.");
}

static void xfer_data_failure(struct ftp_sess *s)
{
	if (s->xfer.why == -E_TIMEOUT) {
		(void)xfer_close(s, false);
		ftp_reply_bye(s, 421, "Data timeout. Reconnecting. Sorry.");
	} else if (s->xfer.phase == XFER_SHAKE && s->tls->only) {
		xfer_end(s, 522, "The TLS session of the control connection "
		    "has to be resumed.");
	} else if (s->xfer.phase == XFER_SHAKE) {
		xfer_end(s, 425, "The TLS handshake failed.");
	} else if (s->xfer.kind == XFER_STOR) {
		xfer_end(s, 426, "Failure reading network stream.");
	} else {
		xfer_end(s, 426, "Failure writing network stream.");
	}
}

/* ---- on the way */

static struct ftp_sess *xfer_sess(struct chan *c)
{
	return OWNER(c, struct ftp_sess, data.chan);
}

static void xfer_on_sent(struct chan *c)
{
	ftp_xfer_turn(xfer_sess(c));
}

/* Nobody has to send anything to download; left unread it would become a RST
 * that takes the file's last octets with it. */
static void xfer_on_data(struct chan *c)
{
	struct ftp_sess *s = xfer_sess(c);
	uint8_t *p;

	if (s->xfer.kind == XFER_STOR)
		ftp_xfer_turn(s);
	else
		chan_took(c, chan_data(c, &p));
}

/* Of a handshake there is no other sign. */
static void xfer_on_got(struct chan *c)
{
	if (xfer_sess(c)->prot)
		ftp_sess_wake(xfer_sess(c));
}

/* Of a download the client's end means nothing: it may close its side early. */
static bool xfer_is_cut(const struct ftp_sess *s)
{
	return s->xfer.phase == XFER_SHAKE || (s->xfer.kind == XFER_STOR &&
	    ftp_conf(s)->strict_ssl_read_eof);
}

static void xfer_on_end(struct chan *c, int why)
{
	struct ftp_sess *s = xfer_sess(c);

	s->xfer.ended = true;
	if (why < 0 && xfer_is_cut(s))
		s->xfer.why = why;
	ftp_xfer_turn(s);
}

static void xfer_on_fail(struct chan *c, int why)
{
	struct ftp_sess *s = xfer_sess(c);

	s->xfer.why = why;
	ftp_xfer_turn(s);
}

static const struct chan_ops xfer_ops = {
	.on_data = xfer_on_data,
	.on_end = xfer_on_end,
	.on_sent = xfer_on_sent,
	.on_fail = xfer_on_fail,
	.on_got = xfer_on_got,
	.receive = ftp_pump_receive,
};

static int xfer_open(struct ftp_sess *s)
{
	switch (s->xfer.kind) {
	case XFER_LIST:
		return ftp_list_open(&s->xfer.list);
	case XFER_STOR:
		return ftp_store_open(s);
	}
	return 0;
}

static void xfer_not_open(struct ftp_sess *s, int err)
{
	if (err == -E_BUSY)
		xfer_end(s, 450, "The file is in use.");
	else if (s->xfer.kind == XFER_LIST || err == -E_NOSPC)
		xfer_local_failure(s, err);
	else
		xfer_end(s, 553, "Could not create file.");
}

static int xfer_channel(struct ftp_sess *s)
{
	struct codec *rx = NULL, *tx = NULL;
	int rc;

	if (s->prot) {
		rc = ftp_tls_data(s, s->xfer.kind == XFER_STOR);
		if (rc < 0)
			return rc;
		rx = &s->tls->data.rx;
		tx = &s->tls->data.tx;
	}
	rc = ftp_data_open(&s->data, &xfer_ops, rx, tx);
	if (rc < 0 && s->prot)
		tls_close(&s->tls->data);
	return rc;
}

static void xfer_connected(struct ftp_sess *s)
{
	struct ftp_xfer *x = &s->xfer;

	if (x->kind == XFER_STOR && x->direct)
		x->piped = x->direct = port_pipe_open(&x->pipe) == 0;
	if (xfer_channel(s) < 0) {
		xfer_end(s, 425, "Failed to establish connection.");
		return;
	}
	chan_idle(&s->data.chan, ftp_conf(s)->data_connection_timeout * 1000);
	x->phase = XFER_SHAKE;
}

/* The client is there, and who it has to be; not before is a file created. */
static void xfer_shake(struct ftp_sess *s)
{
	int rc;

	if (s->prot && !ftp_tls_data_up(s))
		return;
	rc = xfer_open(s);
	if (rc < 0)
		xfer_not_open(s, rc);
	else
		s->xfer.phase = XFER_PUMP;
}

static void xfer_wait(struct ftp_sess *s)
{
	if (s->data.state == DATA_FAILED)
		xfer_end(s, 425, "Failed to establish connection.");
	else if (s->data.state == DATA_CONNECTED)
		xfer_connected(s);
}

static int (*const pumps[])(struct ftp_sess *) = {
	[XFER_LIST] = ftp_pump_list,
	[XFER_STAT] = ftp_pump_stat,
	[XFER_RETR] = ftp_pump_retr,
	[XFER_STOR] = ftp_pump_stor,
};

static void xfer_pump(struct ftp_sess *s)
{
	int rc = pumps[s->xfer.kind](s);

	if (rc < 0)
		xfer_local_failure(s, rc);
	else if (rc > 0)
		s->xfer.phase = XFER_FLUSH;
}

/* The last word of TLS goes when the octets before it have gone. */
static bool xfer_flushed(struct ftp_sess *s)
{
	struct chan *c = s->xfer.kind == XFER_STAT ? &s->ctl : &s->data.chan;

	if (chan_unsent(c) > 0)
		return false;
	if (c == &s->ctl || !s->prot || s->tls->data.said_bye)
		return true;
	tls_bye(&s->tls->data);
	chan_flush(c);
	return false;
}

/* Of an upload that is whole it no longer matters. */
static bool xfer_has_failed(const struct ftp_sess *s)
{
	const struct ftp_xfer *x = &s->xfer;

	return x->why < 0 && x->phase != XFER_WAIT &&
	    !(x->phase == XFER_FLUSH && x->kind == XFER_STOR);
}

void ftp_xfer_turn(struct ftp_sess *s)
{
	struct ftp_xfer *x = &s->xfer;

	if (ftp_xfer_active(s) && x->phase == XFER_WAIT)
		xfer_wait(s);
	if (ftp_xfer_active(s) && xfer_has_failed(s))
		xfer_data_failure(s);
	if (ftp_xfer_active(s) && x->phase == XFER_SHAKE)
		xfer_shake(s);
	if (ftp_xfer_active(s) && x->phase == XFER_PUMP)
		xfer_pump(s);
	if (ftp_xfer_active(s) && x->phase == XFER_FLUSH &&
	    (x->why < 0 || xfer_flushed(s)))
		xfer_good(s);
}
