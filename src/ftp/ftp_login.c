/* ftp_login.c - USER, PASS and what they lead to. Who checks the password is
 * the host's business (ftp_host.h). */
#include "base/text.h"
#include "core/log.h"
#include "core/metrics.h"
#include "ftp_account.h"
#include "ftp_names.h"
#include "ftp_sess.h"

METRIC(ftp_logins, "logins that succeeded");
METRIC(ftp_login_failures, "logins that failed");

static bool login_is_anonymous(const char *name)
{
	return text_eq_nocase(name, "anonymous") ||
	    text_eq_nocase(name, "ftp");
}

/* ---- the log */

/* So that nobody can make his name look like the rest of the line. */
static void login_name(char *out, size_t room, const char *user)
{
	size_t n = 0;

	for (; *user != '\0' && n + 1 < room; user++)
		out[n++] = (uint8_t)*user <= ' ' ||
		    strchr("[]\",", *user) != NULL ? '?' : *user;
	if (n == 0)
		out[n++] = '?';
	out[n] = '\0';
}

/* As vsftpd has it, for fail2ban; each one, for it counts them. The delay of
 * failed logins keeps them few. */
static void login_log(const struct ftp_sess *s, const char *how)
{
	char peer[ADDR_TEXT], name[FTP_NAME_MAX];

	addr_text_ip(peer, sizeof(peer), &s->peer);
	login_name(name, sizeof(name), s->user);
	log_info("[%s] %s LOGIN: Client \"%s\"", name, how, peer);
}

/* ---- the answer */

static void login_rights(struct ftp_sess *s, bool write)
{
	const struct ftp_conf *c = ftp_conf(s);
	bool limited = s->anonymous ||
	    (c->guest_enable && !c->virtual_use_local_privs);
	bool upload = c->write_enable && write;
	bool change = upload, mkdir = upload;

	if (limited) {
		upload = c->write_enable && c->anon_upload_enable;
		change = c->write_enable && c->anon_other_write_enable;
		mkdir = c->write_enable && c->anon_mkdir_write_enable;
	}
	s->rights = (uint8_t)((c->dirlist_enable ? RIGHT_LIST : 0) |
	    (c->download_enable ? RIGHT_READ : 0) |
	    (upload ? RIGHT_UPLOAD : 0) | (change ? RIGHT_CHANGE : 0) |
	    (mkdir ? RIGHT_MKDIR : 0) |
	    (change && c->mdtm_write ? RIGHT_TIME : 0) |
	    (limited ? 0 : RIGHT_SITE) |
	    (!limited && change && c->chmod_enable ? RIGHT_CHMOD : 0));
	s->limited = limited;
	s->facts = FACTS_ALL;
	s->umask = (uint16_t)(limited ? c->anon_umask : c->local_umask);
	s->idle_s = (uint32_t)c->idle_session_timeout;
}

/* A user's line is about all that he does at once. */
static void login_rates(struct ftp_sess *s, const struct ftp_more *m)
{
	const struct ftp_conf *c = ftp_conf(s);
	int64_t usual = s->limited ? c->anon_max_rate : c->local_max_rate;

	s->rate = (struct ftp_rate){ .own = usual,
	    .user = { [FTP_DOWN] = m->down, [FTP_UP] = m->up },
	    .server = { [FTP_DOWN] = c->max_rate_down,
	        [FTP_UP] = c->max_rate_up } };
	ftp_rate_user(&s->rate, s->user);
}

void ftp_login_in(struct ftp_sess *s, const struct ftp_account *a, int root)
{
	s->root = root;
	s->own_root = root != s->ftp->anon_root;
	login_rights(s, a->write);
	login_rates(s, &a->more);
	metric_add(&ftp_logins, 1);
	login_log(s, "OK");
	memset(&s->xfer, 0, sizeof(s->xfer));
	s->xfer.fd = -1;
	text_copy(s->cwd, sizeof(s->cwd), a->start);
	ftp_sess_become(s, FTP_READY);
	ftp_reply_directory(s, 230, "Login successful.");
	if (s->state == FTP_READY)
		ftp_quota_start(s, a->more.quota);
	ftp_sess_wake(s);
}

void ftp_login_out(struct ftp_sess *s)
{
	memset(&s->xfer, 0, sizeof(s->xfer));
	metric_add(&ftp_login_failures, 1);
	login_log(s, "FAIL");
	ftp_sess_wake(s);
	if (++s->fails >= ftp_conf(s)->max_login_fails) {
		ftp_reply_bye(s, 530, "Login incorrect.");
		return;
	}
	ftp_sess_become(s, FTP_USER);
	ftp_reply(s, 530, "Login incorrect.");
}

/* -1, with the reason in the log, when the directory cannot be had. */
static int login_root(struct ftp_sess *s, struct ftp_account *a)
{
	struct ftp_claim claim = { .user = s->user, .password = "",
		.peer = &s->peer, .anonymous = s->anonymous };
	const char *root;
	int fd;

	ftp_account_find(a, s->ftp, &claim);
	wipe(&a->hash, sizeof(a->hash));
	text_copy(a->start, sizeof(a->start), "/");
	if (a->anonymous)
		return s->ftp->anon_root;
	root = a->root[0] != '\0' ? a->root : ftp_conf(s)->local_root;
	fd = a->known ? port_root_open(root) : -E_NOENT;
	if (fd < 0)
		log_error("user=%s root=%s cannot be opened: %s", s->user,
		    root, err_text(fd));
	return fd;
}

void ftp_login_answer(struct ftp_sess *s)
{
	struct ftp_account a;
	int root = s->login.good ? login_root(s, &a) : -1;

	if (root >= 0)
		ftp_login_in(s, &a, root);
	else
		ftp_login_out(s);
}

/* ---- the verbs */

static void login_start(struct ftp_sess *s, const char *password)
{
	ftp_sess_become(s, FTP_CHECK);
	s->ftp->host->check(s, password);
}

/* userlist_file: by its name, so that changes count at once. A list that
 * cannot be read lets in nobody. */
static bool login_listed(const struct ftp_sess *s)
{
	const struct ftp_conf *c = ftp_conf(s);
	int fd, has;

	if (!c->userlist_enable)
		return true;
	fd = port_file_open(PORT_FS, c->userlist_file, FILE_READ, 0);
	has = ftp_names_has(fd >= 0 ? fd : s->ftp->userlist_fd, s->user);
	if (fd >= 0)
		port_file_close(fd);
	if (has < 0)
		log_rated(LOG_ERROR, "userlist_file: %s: %s",
		    c->userlist_file, err_text(has));
	return has >= 0 && (has == 1) != c->userlist_deny;
}

/* Before a password is asked for. */
static void login_refuse(struct ftp_sess *s)
{
	metric_add(&ftp_login_failures, 1);
	login_log(s, "FAIL");
	if (++s->fails >= ftp_conf(s)->max_login_fails)
		ftp_reply_bye(s, 530, "Permission denied.");
	else
		ftp_reply(s, 530, "Permission denied.");
}

void ftp_login_user(struct ftp_sess *s, char *arg)
{
	const struct ftp_conf *c = ftp_conf(s);
	const char *refusal;
	bool fits;

	if (s->state == FTP_READY) {
		ftp_reply(s, 530, "Can't change to another user.");
		return;
	}
	/* A name too long is nobody's: kept cut, it would be somebody's. */
	fits = text_copy(s->user, sizeof(s->user), arg);
	if (!fits)
		s->user[0] = '\0';
	s->anonymous = s->ftp->anonymous && login_is_anonymous(s->user);
	if (!s->anonymous && !c->local_enable) {
		ftp_reply(s, 530, "This FTP server is anonymous only.");
		return;
	}
	refusal = ftp_tls_login_refusal(s);
	if (refusal != NULL) {
		ftp_reply_bye(s, 530, refusal);
		return;
	}
	if (!login_listed(s)) {
		login_refuse(s);
		return;
	}
	ftp_sess_become(s, FTP_PASS);
	if (s->anonymous && c->no_anon_password)
		login_start(s, "");
	else
		ftp_reply(s, 331, "Please specify the password.");
}

void ftp_login_pass(struct ftp_sess *s, char *arg)
{
	if (s->state == FTP_READY)
		ftp_reply(s, 230, "Already logged in.");
	else if (s->state == FTP_USER)
		ftp_reply(s, 503, "Login with USER first.");
	else
		login_start(s, arg);
}
