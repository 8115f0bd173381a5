/* ftp_enter.c - how a session's process gives up root: for an empty directory,
 * or for what a user has. Reads no octet of the session. */
#include "ftp_enter.h"

#include "base/text.h"
#include "core/log.h"
#include "port/child.h"
#include "port/sandbox.h"

/* Before login there is no file; then what is beneath the root directory. */
static void enter_files(bool login)
{
	int root = login ? port_root_open("/") : -1;
	int rc = login && root < 0 ? root : port_sandbox_tree(root);

	if (rc < 0)
		log_debug("all files of the user stay: %s", err_text(rc));
	if (root >= 0)
		port_file_close(root);
}

/* From here on there is no way back, no child, and no system call but those of
 * a session. A kernel that has no filters is no reason to serve nobody. */
static int enter_done(const struct ftp_birth *b, bool gentle)
{
	int rc;

	port_child_last();
	rc = port_child_follow(b->monitor, gentle);
	if (rc < 0 || !b->conf->seccomp_sandbox)
		return rc;
	enter_files(gentle);
	rc = port_sandbox_enter(gentle ? SANDBOX_FTP : SANDBOX_FTP_LOGIN,
	    false);
	if (rc < 0)
		log_debug("no filter of system calls: %s", err_text(rc));
	return 0;
}

int ftp_enter_guest(const struct ftp_birth *b)
{
	int rc;

	ftp_renew_texts(b->ftp);
	ftp_forget(b->ftp, true);
	rc = port_jail(b->jail);
	port_file_close(b->jail);
	if (rc == 0)
		rc = port_user_become(&b->nobody);
	if (rc < 0)
		log_error("nopriv_user: uid %lu cannot be had: %s",
		    (unsigned long)b->nobody.uid, err_text(rc));
	return rc < 0 ? rc : enter_done(b, false);
}

/* user_config_dir/NAME, if it is there: for this process alone. */
static int enter_conf(const struct ftp_birth *b, const char *name)
{
	struct opt_at at = { .strict = true };
	struct opt_table t = ftp_conf_table(b->conf);
	char path[FTP_TEXT + FTP_NAME_MAX];
	struct file_info info;
	int rc;

	if (b->conf->user_config_dir[0] == '\0' || strchr(name, '/') != NULL ||
	    name[0] == '.' || name[0] == '\0')
		return 0;
	text_fmt(path, sizeof(path), "%s/%s", b->conf->user_config_dir, name);
	if (port_path_info(PORT_FS, path, true, &info) == -E_NOENT)
		return 0;
	at.file = path;
	rc = opt_read_ini(&t, &at, path);
	if (rc == 0)
		rc = ftp_conf_check(b->conf, &at);
	if (rc < 0)
		log_error("user_config_dir: %s", at.text);
	return rc;
}

/* As "/", for good; the directory's own descriptor leads nowhere else. */
static int enter_root(const struct ftp_account *a)
{
	int dir, rc;

	if (!a->chrooted)
		return 0;
	dir = port_root_open(a->root);
	if (dir < 0)
		return dir;
	rc = port_jail(dir);
	port_file_close(dir);
	return rc;
}

static int enter_become(const struct ftp_birth *b, struct ftp_account *a)
{
	struct port_groups groups;
	int rc = port_groups_of(a->groups_of, a->user.gid, &groups);

	if (rc == 0)
		rc = enter_root(a);
	port_file_close(b->jail);
	if (rc == 0)
		rc = port_user_become_with(&a->user, &groups);
	return rc < 0 ? rc : enter_done(b, true);
}

/* Where he starts has to be there, for him. */
static int enter_start(const struct ftp_account *a)
{
	struct file_info info;
	int root = port_root_open("/");
	int rc = root < 0 ? root :
	    port_path_info(root, a->start, true, &info);

	if (rc == 0 && info.type != FILE_DIR)
		rc = -E_NOTDIR;
	if (rc < 0 && root >= 0)
		port_file_close(root);
	return rc < 0 ? rc : root;
}

int ftp_enter_user(const struct ftp_birth *b, const struct ftp_ask *login,
    struct ftp_account *a)
{
	struct ftp_claim claim = { .user = login->user,
		.password = login->password, .peer = &b->peer,
		.anonymous = login->number == 1 };
	char why[320];
	bool good;
	int rc;

	ftp_account_find(a, b->ftp, &claim);
	good = ftp_account_proves(a, login->password);
	wipe(&a->hash, sizeof(a->hash));
	wipe(a->crypt, sizeof(a->crypt));
	if (!good)
		return -E_AUTH;
	rc = enter_conf(b, a->name);
	if (rc < 0)
		return rc;
	rc = ftp_account_place(a, b->conf, why, sizeof(why));
	if (rc < 0) {
		log_error("user=%s %s", a->name, why);
		return rc;
	}
	ftp_forget(b->ftp, false);
	rc = enter_become(b, a);
	if (rc == 0)
		rc = enter_start(a);
	if (rc < 0)
		log_error("user=%s root=%s start=%s cannot be entered: %s",
		    a->name, a->root, a->start, err_text(rc));
	return rc;
}
