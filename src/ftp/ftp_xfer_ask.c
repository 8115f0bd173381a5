/* ftp_xfer_ask.c - a transfer is asked for: what it is of is looked at, and it
 * begins, or is refused before the 150. Its life is in ftp_xfer.c. */
#include "core/log.h"
#include "ftp_sess.h"
#include "port/time.h"

/* PORT: we connect. A port that may not be used, or is in use toward this
 * client, makes way for any other. */
static void xfer_call(struct ftp_sess *s)
{
	const struct ftp_conf *c = ftp_conf(s);
	int fd = -1;

	if (c->connect_from_port_20) {
		fd = s->ftp->host->dial(s);
		if (fd == -E_PERM || fd == -E_INUSE || fd == -E_NOADDR)
			log_rated(LOG_WARN, "port %u is not ours to connect "
			    "from: %s", (unsigned)c->ftp_data_port,
			    err_text(fd));
	}
	ftp_data_call(&s->data, fd, &s->local, c->connect_timeout * 1000);
}

static bool xfer_converts(const struct ftp_sess *s, enum ftp_xfer_kind kind)
{
	const struct ftp_conf *c = ftp_conf(s);

	return s->ascii && (kind == XFER_RETR ? c->ascii_download_enable :
	    c->ascii_upload_enable);
}

static void xfer_start(struct ftp_sess *s, enum ftp_xfer_kind kind, int fd)
{
	struct ftp_xfer *x = &s->xfer;

	x->kind = (uint8_t)kind;
	x->phase = XFER_WAIT;
	x->ended = false;
	x->fd = fd;
	x->why = 0;
	x->from = x->off = kind == XFER_LIST ? 0 : s->rest;
	x->began_ms = ftp_loop(s)->now_ms;
	ftp_rate_begin(&s->rate);
	x->convert = kind != XFER_LIST && xfer_converts(s, kind);
	x->cr = false;
	x->direct = ftp_conf(s)->use_sendfile && !x->convert && !s->prot;
	s->rest = 0;
	if (s->data.state == DATA_AIMED)
		xfer_call(s);
	else
		ftp_data_wait(&s->data, ftp_conf(s)->accept_timeout * 1000);
	ftp_sess_wake(s);
}

/* Refused before the 150: the listener is gone all the same. */
static void xfer_refuse(struct ftp_sess *s, int code, const char *text)
{
	s->rest = 0;
	ftp_data_close(&s->data);
	ftp_reply(s, code, "%s", text);
}

/* An offset counts octets of the file, the client those it got. */
static bool xfer_may_resume(struct ftp_sess *s, enum ftp_xfer_kind kind)
{
	if (s->rest == 0 || !xfer_converts(s, kind))
		return true;
	xfer_refuse(s, 550, "No support for resume of ASCII transfer.");
	return false;
}

/* The name as the client knows it, out of the canonical path. */
static const char *xfer_given(const struct ftp_sess *s, const char *given)
{
	size_t cwd = strlen(s->cwd);
	const char *path = s->xfer.path;

	if (*given == '\0' || (*given != '/' && strcmp(path, s->cwd) == 0))
		return "";
	if (*given == '/' || strncmp(path, s->cwd, cwd) != 0)
		return path;
	if (cwd == 1)
		return path + 1;
	return path[cwd] == '/' ? path + cwd + 1 : path;
}

/* A file may be called what looks like a pattern: it goes first. */
static int list_look(struct ftp_sess *s, unsigned how, const char *given)
{
	const struct ftp_conf *c = ftp_conf(s);
	struct ftp_list *l = &s->xfer.list;
	int rc;

	l->how = how | (c->force_dot_files ? LIST_ALL : 0) |
	    (c->use_localtime ? LIST_LOCAL : 0) |
	    (c->hide_ids ? LIST_NO_IDS : 0);
	l->root = s->root;
	l->path = s->xfer.path;
	l->hide = c->hide_file;
	l->only = NULL;
	l->walk = NULL;
	l->facts = s->facts;
	l->rights = s->rights;
	l->given = xfer_given(s, given);
	l->now_s = port_wall_ms() / 1000;
	rc = ftp_list_look(l);
	if (rc == -E_NOENT && !(l->how & LIST_FACTS))
		rc = ftp_list_glob(l, s->xfer.path);
	if (rc == 0 && l->how & LIST_RECURSE && c->ls_recurse_enable)
		ftp_list_walk(l, s->xfer.path);
	return rc;
}

void ftp_xfer_list(struct ftp_sess *s, unsigned how, const char *given)
{
	const struct ftp_list *l = &s->xfer.list;

	if (list_look(s, how, given) < 0) {
		xfer_refuse(s, 550, "No such file or directory.");
		return;
	}
	if (how & LIST_FACTS && !l->is_dir) {
		xfer_refuse(s, 501, "MLSD is for directories.");
		return;
	}
	xfer_start(s, XFER_LIST, -1);
	ftp_reply(s, 150, "Here comes the directory listing.");
}

/* The head of the reply now, its end when the listing is out. */
void ftp_xfer_stat(struct ftp_sess *s, unsigned how, const char *given)
{
	struct ftp_xfer *x = &s->xfer;

	if (list_look(s, how, given) < 0) {
		ftp_reply(s, 550, "No such file or directory.");
		return;
	}
	if (ftp_list_open(&x->list) < 0) {
		ftp_reply(s, 451, "Failure reading the directory.");
		return;
	}
	x->kind = XFER_STAT;
	x->phase = XFER_PUMP;
	x->fd = -1;
	x->why = 0;
	x->from = x->off = 0;
	ftp_reply_line(s, "213-Status follows:");
}

/* 0 and *info, or why not: regular files only, of which anonymous users get
 * those that everybody may read. */
static int retr_look(const struct ftp_sess *s, int fd, struct file_info *info)
{
	int rc = port_file_info(fd, info);

	if (rc < 0)
		return rc;
	if (info->type != FILE_REGULAR)
		return -E_DENY;
	if (s->limited && ftp_conf(s)->anon_world_readable_only &&
	    !(info->mode & 0004u))
		return -E_DENY;
	if (s->rest > info->size)
		return -E_RANGE;
	/* An upload into the file itself is under way. */
	return ftp_conf(s)->lock_upload_files &&
	    port_file_lock_read(fd) == -E_BUSY ? -E_BUSY : 0;
}

static void retr_refuse(struct ftp_sess *s, int rc)
{
	if (rc == -E_BUSY)
		xfer_refuse(s, 450, "The file is in use.");
	else
		xfer_refuse(s, 550, rc == -E_RANGE ?
		    "The offset is beyond the end of the file." :
		    "Failed to open file.");
}

void ftp_xfer_retr(struct ftp_sess *s)
{
	struct file_info info;
	int fd, rc;

	if (!xfer_may_resume(s, XFER_RETR))
		return;
	fd = port_file_open(s->root, s->xfer.path, FILE_READ, 0);
	rc = fd < 0 ? fd : retr_look(s, fd, &info);
	if (rc < 0) {
		if (fd >= 0)
			port_file_close(fd);
		retr_refuse(s, rc);
		return;
	}
	xfer_start(s, XFER_RETR, fd);
	ftp_reply(s, 150, "Opening %s mode data connection (%lld bytes).",
	    s->xfer.convert ? "ASCII" : "BINARY",
	    (long long)(info.size - s->xfer.from));
}

/* After ftp_store_look; false with a refusal. */
static bool xfer_store(struct ftp_sess *s, int looked)
{
	if (looked == -E_RANGE)
		xfer_refuse(s, 550,
		    "The offset is beyond the end of the file.");
	else if (looked < 0)
		xfer_refuse(s, 553, "Could not create file.");
	else if (!ftp_quota_allows(s, s->rest + 1))
		xfer_refuse(s, 552, "The quota is used up.");
	else if (!ftp_store_fits(s, 1))
		xfer_refuse(s, 452, "No space left on the device.");
	else
		xfer_start(s, XFER_STOR, -1);
	return ftp_xfer_active(s);
}

void ftp_xfer_stor(struct ftp_sess *s)
{
	if (xfer_may_resume(s, XFER_STOR) &&
	    xfer_store(s, ftp_store_look(s, STORE_WHOLE)))
		ftp_reply(s, 150, "Ok to send data.");
}

void ftp_xfer_appe(struct ftp_sess *s)
{
	s->rest = 0;		/* the end is where the file has it */
	if (xfer_store(s, ftp_store_look(s, STORE_APPEND)))
		ftp_reply(s, 150, "Ok to send data.");
}

/* RFC 1123 4.1.2.9: the name is told in this form. */
void ftp_xfer_stou(struct ftp_sess *s, const char *given)
{
	int rc = ftp_store_unique(s);

	s->rest = 0;
	if (rc == 0)
		rc = ftp_store_look(s, STORE_UNIQUE);
	if (xfer_store(s, rc))
		ftp_reply_name(s, 150, "FILE:", xfer_given(s, given));
}
