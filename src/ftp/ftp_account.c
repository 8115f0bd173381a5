/* ftp_account.c - who logs in: the users file, the system's accounts, anonymous
 * users. Knows no session and no socket. */
#include "ftp_account.h"

#include "base/text.h"
#include "core/log.h"
#include "crypto/crypto.h"
#include "ftp_names.h"
#include "port/time.h"

/* ---- the users file */

/* By its name, so that changes count at once; by the descriptor of the start
 * where this process may not reach it any more. */
static int account_open(const char *path, int old, bool *mine)
{
	int fd = port_file_open(PORT_FS, path, FILE_READ, 0);

	*mine = fd >= 0;
	return fd >= 0 ? fd : old;
}

static int account_read(const struct ftp *f, const char *name,
    struct ftp_user *u)
{
	struct ftp_users_at bad;
	bool mine;
	int fd = account_open(f->conf->users_file, f->users_fd, &mine);
	int rc;

	if (fd < 0)
		return -E_NOENT;
	rc = ftp_users_find(fd, name, u, &bad);
	if (mine)
		port_file_close(fd);
	if (rc == -E_INVAL)
		log_rated(LOG_ERROR, "%s:%d: %s", f->conf->users_file,
		    bad.line, bad.why);
	return rc;
}

static bool account_may_come(const struct ftp_more *m,
    const struct addr *peer)
{
	for (uint8_t i = 0; i < m->nets_n; i++)
		if (net_has(&m->nets[i], peer))
			return true;
	return m->nets_n == 0;
}

/* False: not in the file; its secret is then one as expensive. */
static bool account_of_file(struct ftp_account *a, const struct ftp *f,
    const struct ftp_claim *c)
{
	struct ftp_user u = { .hash.rounds = FTP_ROUNDS };
	bool found = account_read(f, c->user, &u) == 0;

	a->secret = SECRET_OURS;
	a->known = found && !u.locked && account_may_come(&u.more, c->peer);
	if (!found || u.locked) {
		u.hash.salt_len = FTP_SALT;
		u.hash.rounds = MAX(u.hash.rounds, FTP_ROUNDS_MIN);
	}
	a->hash = u.hash;
	wipe(&u.hash, sizeof(u.hash));
	if (!found)
		return false;
	a->write = u.write;
	a->more = u.more;
	text_copy(a->root, sizeof(a->root), u.root);
	return true;
}

/* ---- the system */

static int64_t today(void)
{
	return port_wall_ms() / 86400000;
}

/* What Debian writes since 2021, and no crypt(3) of ours reads. */
static void account_note_kind(const struct ftp_account *a)
{
	static const char *const kinds[] = { "$y$", "$gy$", "$7$" };

	for (size_t i = 0; i < LEN(kinds); i++)
		if (strncmp(a->crypt, kinds[i], strlen(kinds[i])) == 0)
			log_rated(LOG_WARN, "user=%s his password is kept as "
			    "%s (yescrypt or scrypt), which is not known here: "
			    "set it with SHA-512, or put him into users_file",
			    a->name, kinds[i]);
}

/* Root could give up nothing; so he is not let in. */
static void account_of_system(struct ftp_account *a, const struct ftp *f,
    const struct ftp_claim *c)
{
	int rc = port_shadow_find(c->user, today(), a->crypt);
	struct port_user u;

	a->system = true;
	a->write = true;
	a->secret = SECRET_CRYPT;
	a->known = rc == 0 && port_user_find(c->user, &u) == 0 &&
	    u.uid != 0 && (!f->conf->check_shell ||
	    port_shell_is_listed(u.shell));
	account_note_kind(a);
	if (rc < 0 && rc != -E_NOENT && rc != -E_DENY)
		log_rated(LOG_ERROR, "the system's passwords: %s",
		    err_text(rc));
}

/* What a name of the system may look like, and what may be part of a path. */
static bool account_name_ok(const char *s)
{
	if (*s == '\0' || strcmp(s, ".") == 0 || strcmp(s, "..") == 0)
		return false;
	for (; *s != '\0'; s++)
		if ((uint8_t)*s <= ' ' || *s == 0x7f || *s == '/' ||
		    *s == ':')
			return false;
	return true;
}

/* ---- anonymous users */

static bool account_listed(const char *path, const char *key,
    const char *word)
{
	int fd = port_file_open(PORT_FS, path, FILE_READ, 0);
	int has = fd < 0 ? fd : ftp_names_has(fd, word);

	if (fd >= 0)
		port_file_close(fd);
	if (has < 0)
		log_rated(LOG_ERROR, "%s: %s: %s", key, path, err_text(has));
	return has == 1;
}

/* An address of mail is asked for, and may be refused, or be the password. */
static bool account_mail_ok(const struct ftp_conf *c, const char *password)
{
	if (c->deny_email_enable && account_listed(c->banned_email_file,
	    "banned_email_file", password))
		return false;
	return !c->secure_email_list_enable || account_listed(
	    c->email_password_file, "email_password_file", password);
}

/* ---- all */

void ftp_account_find(struct ftp_account *a, const struct ftp *f,
    const struct ftp_claim *c)
{
	memset(a, 0, sizeof(*a));
	text_copy(a->name, sizeof(a->name), c->user);
	a->anonymous = c->anonymous;
	if (a->anonymous) {
		a->secret = SECRET_NONE;
		a->known = f->conf->anonymous_enable &&
		    account_mail_ok(f->conf, c->password);
		return;
	}
	if (f->users_fd >= 0 && account_of_file(a, f, c))
		return;
	if (f->system && account_name_ok(c->user))
		account_of_system(a, f, c);
	else if (f->users_fd < 0)
		(void)account_of_file(a, f, c);
	a->known = a->known && f->conf->local_enable;
}

bool ftp_account_proves(const struct ftp_account *a, const char *password)
{
	uint8_t got[FTP_HASH];
	bool same;

	if (a->secret == SECRET_NONE)
		return a->known;
	if (a->secret == SECRET_CRYPT)
		return port_crypt_is(a->crypt, password) && a->known;
	kdf_pbkdf2_sha512(got, password, strlen(password), a->hash.salt,
	    a->hash.salt_len, a->hash.rounds);
	same = equal_ct(got, a->hash.hash, sizeof(got));
	wipe(got, sizeof(got));
	return same && a->known;
}
