/* ftp_login.c - USER, PASS and what they lead to. A wrong name costs the same
 * time and gets the same answer as a wrong password. */
#include "base/text.h"
#include "core/log.h"
#include "core/metrics.h"
#include "ftp_names.h"
#include "ftp_sess.h"

/* Rounds per turn: about 8 ms of an 880 MHz MIPS, then others go on. Whoever
 * checks a password in that turn shares them, so that a crowd of guessers slows
 * down itself and not the transfers. */
#define TURN_ROUNDS 256
#define SLICE_MIN 8

METRIC(ftp_logins, "logins that succeeded");
METRIC(ftp_login_failures, "logins that failed");

static bool login_is_anonymous(const char *name)
{
	return text_eq_nocase(name, "anonymous") ||
	    text_eq_nocase(name, "ftp");
}

/* ---- the users file */

/* By its name, so that changes count at once; by the descriptor of the start
 * where this process may not reach it any more. */
static int users_open(const struct ftp_sess *s, bool *mine)
{
	int fd = port_file_open(PORT_FS, ftp_conf(s)->users_file, FILE_READ,
	    0);

	*mine = fd >= 0;
	return fd >= 0 ? fd : s->ftp->users_fd;
}

static int users_find(const struct ftp_sess *s, struct ftp_user *u)
{
	struct ftp_users_at bad;
	bool mine;
	int fd = users_open(s, &mine);
	int rc;

	if (fd < 0)
		return -E_NOENT;
	rc = ftp_users_find(fd, s->user, u, &bad);
	if (mine)
		port_file_close(fd);
	if (rc == -E_INVAL)
		log_rated(LOG_ERROR, "%s:%d: %s", ftp_conf(s)->users_file,
		    bad.line, bad.why);
	return rc;
}

/* ---- the answer */

static void login_rights(struct ftp_sess *s, bool write)
{
	const struct ftp_conf *c = ftp_conf(s);
	bool upload = c->write_enable && write;
	bool change = upload, mkdir = upload;

	if (s->anonymous) {
		upload = c->write_enable && c->anon_upload_enable;
		change = c->write_enable && c->anon_other_write_enable;
		mkdir = c->write_enable && c->anon_mkdir_write_enable;
	}
	s->rights = (uint8_t)((c->dirlist_enable ? RIGHT_LIST : 0) |
	    (c->download_enable ? RIGHT_READ : 0) |
	    (upload ? RIGHT_UPLOAD : 0) | (change ? RIGHT_CHANGE : 0) |
	    (mkdir ? RIGHT_MKDIR : 0) |
	    (change && c->mdtm_write ? RIGHT_TIME : 0) |
	    (s->anonymous ? 0 : RIGHT_SITE) |
	    (!s->anonymous && change && c->chmod_enable ? RIGHT_CHMOD : 0));
	s->facts = FACTS_ALL;
	s->umask = (uint16_t)(s->anonymous ? c->anon_umask : c->local_umask);
	s->idle_s = (uint32_t)c->idle_session_timeout;
}

/* False, with the reason in the log, when the directory cannot be had. */
static bool login_root(struct ftp_sess *s)
{
	struct ftp_user u;
	const char *root;

	if (s->anonymous) {
		s->root = s->ftp->anon_root;
		login_rights(s, false);
		return true;
	}
	if (users_find(s, &u) < 0)
		return false;
	root = u.root[0] != '\0' ? u.root : ftp_conf(s)->local_root;
	s->root = port_root_open(root);
	if (s->root < 0) {
		log_error("user=%s root=%s cannot be opened: %s", s->user,
		    root, err_text(s->root));
		return false;
	}
	s->own_root = true;
	login_rights(s, u.write);
	return true;
}

static void login_in(struct ftp_sess *s)
{
	char peer[ADDR_TEXT];

	metric_add(&ftp_logins, 1);
	addr_text_ip(peer, sizeof(peer), &s->peer);
	log_info("login ok user=%s peer=%s", s->user, peer);
	s->xfer.fd = -1;
	text_copy(s->cwd, sizeof(s->cwd), "/");
	ftp_sess_become(s, FTP_READY);
	ftp_reply_directory(s, 230, "Login successful.");
}

static void login_out(struct ftp_sess *s)
{
	char peer[ADDR_TEXT];

	metric_add(&ftp_login_failures, 1);
	addr_text_ip(peer, sizeof(peer), &s->peer);
	log_rated(LOG_INFO, "login failed user=%s peer=%s", s->user, peer);
	if (++s->fails >= ftp_conf(s)->max_login_fails) {
		ftp_reply_bye(s, 530, "Login incorrect.");
		return;
	}
	ftp_sess_become(s, FTP_USER);
	ftp_reply(s, 530, "Login incorrect.");
}

void ftp_login_answer(struct ftp_sess *s)
{
	bool good = s->login.good;

	memset(&s->xfer, 0, sizeof(s->xfer));
	if (good && login_root(s))
		login_in(s);
	else
		login_out(s);
	ftp_sess_wake(s);
}

/* ---- the check */

void ftp_login_drop(struct ftp_sess *s)
{
	if (s->login.hashing)
		s->ftp->hashing_n--;
	s->login.hashing = false;
}

static void login_verdict(struct ftp_sess *s, bool good)
{
	const struct ftp_conf *c = ftp_conf(s);

	ftp_login_drop(s);
	s->login.good = good;
	ftp_sess_delay(s, 1000 * (good ? c->delay_successful_login :
	    c->delay_failed_login));
}

static void login_hash(struct ftp_sess *s, const char *password)
{
	struct ftp_login *l = &s->login;
	struct ftp_user u = { .hash.rounds = FTP_ROUNDS };

	l->known = users_find(s, &u) == 0 && !u.locked;
	if (!l->known) {
		u.hash.salt_len = FTP_SALT;
		u.hash.rounds = MAX(u.hash.rounds, FTP_ROUNDS_MIN);
	}
	memcpy(l->want, u.hash.hash, sizeof(l->want));
	pbkdf2_start(&l->kdf, password, strlen(password), u.hash.salt,
	    u.hash.salt_len, u.hash.rounds);
	wipe(&u, sizeof(u));
	l->hashing = true;
	s->ftp->hashing_n++;
	ftp_sess_wake(s);
}

void ftp_login_turn(struct ftp_sess *s)
{
	struct ftp_login *l = &s->login;
	uint8_t got[FTP_HASH];
	uint32_t slice;

	if (!l->hashing)
		return;
	slice = MAX(TURN_ROUNDS / s->ftp->hashing_n, SLICE_MIN);
	if (!pbkdf2_step(&l->kdf, slice, got)) {
		ftp_sess_wake(s);
		return;
	}
	login_verdict(s, equal_ct(got, l->want, sizeof(got)) && l->known);
	wipe(got, sizeof(got));
}

/* ---- the verbs */

static void login_start(struct ftp_sess *s, const char *password)
{
	memset(&s->login, 0, sizeof(s->login));
	ftp_sess_become(s, FTP_CHECK);
	if (s->anonymous)
		login_verdict(s, true);
	else
		login_hash(s, password);
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
	char peer[ADDR_TEXT];

	metric_add(&ftp_login_failures, 1);
	addr_text_ip(peer, sizeof(peer), &s->peer);
	log_rated(LOG_INFO, "login failed user=%s peer=%s", s->user, peer);
	if (++s->fails >= ftp_conf(s)->max_login_fails)
		ftp_reply_bye(s, 530, "Permission denied.");
	else
		ftp_reply(s, 530, "Permission denied.");
}

void ftp_login_user(struct ftp_sess *s, char *arg)
{
	const struct ftp_conf *c = ftp_conf(s);
	bool fits;

	if (s->state == FTP_READY) {
		ftp_reply(s, 530, "Can't change to another user.");
		return;
	}
	/* A name too long is nobody's: kept cut, it would be somebody's. */
	fits = text_copy(s->user, sizeof(s->user), arg);
	if (!fits)
		s->user[0] = '\0';
	s->anonymous = s->ftp->anon_root >= 0 && login_is_anonymous(s->user);
	if (!s->anonymous && !c->local_enable) {
		ftp_reply(s, 530, "This FTP server is anonymous only.");
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
