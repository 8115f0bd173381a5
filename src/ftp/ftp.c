/* ftp.c - the FTP server as one object on a loop. Knows no arguments. */
#include "base/text.h"
#include "core/log.h"
#include "ftp_cert.h"
#include "ftp_sess.h"
#include "port/proc.h"

#define NEEDS_PROCESSES "need a process for each session: a start as root, " \
	"and session_processes=YES"

static int ftp_accept(struct listener *ls, int fd, const struct addr *peer)
{
	struct ftp *f = ls->ctx;

	return ftp_sess_open(f, fd, peer, ls == &f->implicit ||
	    f->conf->implicit_ssl);
}

/* All of the users file is read once, so that a bad line is said at once. */
static int check_users(struct ftp *f, char *why, size_t room)
{
	const char *path = f->conf->users_file;
	struct ftp_users_at at;
	struct file_info info;
	struct ftp_user u;
	int rc = ftp_users_find(f->users_fd, NULL, &u, &at);

	if (rc == -E_INVAL)
		text_fmt(why, room, "%s:%d: %s", path, at.line, at.why);
	else if (rc != -E_NOENT)
		text_fmt(why, room, "users_file: %s: %s", path, err_text(rc));
	else if (at.runs_as && !f->processes)
		text_fmt(why, room, "%s: uid= and gid= " NEEDS_PROCESSES,
		    path);
	else if (port_file_info(f->users_fd, &info) == 0 &&
	    info.mode & 0004u)
		log_warn("%s: everybody may read the hashes in it", path);
	if (rc == -E_NOENT && at.runs_as && !f->processes)
		return -E_INVAL;
	return rc == -E_NOENT ? 0 : rc;
}

/* What one process with one user cannot do. */
static int start_alone(const struct ftp *f, char *why, size_t room)
{
	const struct ftp_conf *c = f->conf;
	const struct {
		bool set;
		const char *key;
	} needs[] = {
		{ c->guest_enable, "guest_enable" },
		{ c->chown_uploads, "chown_uploads" },
		{ c->system_users, "system_users" },
		{ c->user_config_dir[0] != '\0', "user_config_dir" },
	};

	for (size_t i = 0; i < LEN(needs); i++)
		if (needs[i].set) {
			text_fmt(why, room, "%s: it would "
			    NEEDS_PROCESSES, needs[i].key);
			return -E_INVAL;
		}
	return 0;
}

/* Where it is not, the system's accounts may be all that is wanted. */
static int start_users(struct ftp *f, char *why, size_t room)
{
	const struct ftp_conf *c = f->conf;
	const char *path = c->users_file;

	if (!c->local_enable)
		return 0;
	f->users_fd = port_file_open(PORT_FS, path, FILE_READ, 0);
	f->system = f->processes &&
	    (c->system_users || f->users_fd == -E_NOENT);
	if (f->users_fd >= 0)
		return check_users(f, why, room);
	if (f->system && f->users_fd == -E_NOENT) {
		f->users_fd = -1;
		return 0;
	}
	text_fmt(why, room, "users_file: %s: %s (wherry passwd makes its "
	    "lines)", path, err_text(f->users_fd));
	return f->users_fd;
}

/* Named, it must be there. The home of ftp_username may be missing: a
 * configuration that never thought of anonymous users has it switched on. */
static int start_anonymous(struct ftp *f, char *why, size_t room)
{
	const struct ftp_conf *c = f->conf;
	const char *path = c->anon_root;
	struct port_user u;

	if (!c->anonymous_enable)
		return 0;
	if (path[0] == '\0' && port_user_find(c->ftp_username, &u) == 0)
		path = u.home;
	if (path[0] != '\0')
		f->anon_root = port_root_open(path);
	f->anonymous = f->anon_root >= 0;
	if (f->anonymous)
		return 0;
	if (c->local_enable && c->anon_root[0] == '\0') {
		log_warn("no anonymous logins: anon_root is not set and user "
		    "%s has no home", c->ftp_username);
		return 0;
	}
	text_fmt(why, room, "anon_root: %s: %s", path[0] != '\0' ? path :
	    "not set, and ftp_username has no home",
	    err_text(path[0] != '\0' ? f->anon_root : -E_NOENT));
	return -E_NOENT;
}

static int start_file(int *fd, bool wanted, const char *key,
    const char *path, char *why, size_t room)
{
	if (!wanted)
		return 0;
	*fd = port_file_open(PORT_FS, path, FILE_READ, 0);
	if (*fd < 0)
		text_fmt(why, room, "%s: %s: %s", key, path, err_text(*fd));
	return MIN(*fd, 0);
}

static int open_xferlog(const struct ftp_conf *c)
{
	return port_file_open(PORT_FS, c->xferlog_file,
	    FILE_WRITE | FILE_CREATE | FILE_APPEND, 0640);
}

static int start_xferlog(struct ftp *f, char *why, size_t room)
{
	if (!ftp_conf_logs_std(f->conf))
		return 0;
	f->xferlog_fd = open_xferlog(f->conf);
	if (f->xferlog_fd < 0)
		text_fmt(why, room, "xferlog_file: %s: %s",
		    f->conf->xferlog_file, err_text(f->xferlog_fd));
	return MIN(f->xferlog_fd, 0);
}

static void renew_cert(struct ftp *f)
{
	char why[320];

	if (f->cert != NULL &&
	    ftp_cert_open(&f->cert, f->conf, why, sizeof(why)) < 0)
		log_error("the old certificate stays: %s", why);
}

void ftp_reopen(struct ftp *f)
{
	int fd = f->xferlog_fd >= 0 ? open_xferlog(f->conf) : -1;

	renew_cert(f);
	ftp_public_again(&f->public);
	if (fd < 0)
		return;
	port_file_close(f->xferlog_fd);
	f->xferlog_fd = fd;
}

static int start_texts(struct ftp *f, char *why, size_t room)
{
	const struct ftp_conf *c = f->conf;
	int rc = start_file(&f->userlist_fd, c->userlist_enable,
	    "userlist_file", c->userlist_file, why, room);

	if (rc == 0)
		rc = start_file(&f->banner_fd, c->banner_file[0] != '\0',
		    "banner_file", c->banner_file, why, room);
	return rc == 0 ? start_xferlog(f, why, room) : rc;
}

/* Before the rights are dropped with which the key can be read. */
static int start_tls(struct ftp *f, char *why, size_t room)
{
	int rc = 0;

	if (!f->conf->ssl_enable)
		return 0;
	rc = tls_start();
	if (rc < 0)
		text_fmt(why, room, "ssl_enable: %s", err_text(rc));
	return rc < 0 ? rc : ftp_cert_open(&f->cert, f->conf, why, room);
}

static int start_listener(struct ftp *f, struct listener *ls,
    const struct addr *where, char *why, size_t room)
{
	static const struct net_how how = { 0 };
	char at[ADDR_TEXT];
	int rc = listen_open(ls, f->loop, where, &how, ftp_sess_pool(),
	    ftp_accept, f);

	if (rc == 0)
		return 0;
	addr_text(at, sizeof(at), where);
	text_fmt(why, room, "cannot listen at %s: %s", at, err_text(rc));
	return rc;
}

static int start_implicit(struct ftp *f, char *why, size_t room)
{
	struct addr at = f->conf->listen_at;

	if (f->conf->implicit_listen_port == 0)
		return 0;
	at.port = (uint16_t)f->conf->implicit_listen_port;
	return start_listener(f, &f->implicit, &at, why, room);
}

static void forget(int *fd)
{
	if (*fd >= 0)
		port_file_close(*fd);
	*fd = -1;
}

static void close_files(struct ftp *f)
{
	int *const fds[] = { &f->anon_root, &f->users_fd, &f->userlist_fd,
		&f->banner_fd, &f->xferlog_fd };

	for (size_t i = 0; i < LEN(fds); i++)
		forget(fds[i]);
	ftp_cert_close(&f->cert);
}

int ftp_prepare(struct ftp *f, struct loop *l, const struct ftp_conf *conf,
    bool processes, char *why, size_t room)
{
	int rc;

	*f = (struct ftp){ .loop = l, .conf = conf, .host = &ftp_alone,
	    .processes = processes,
	    .anon_root = -1, .users_fd = -1, .userlist_fd = -1,
	    .banner_fd = -1, .xferlog_fd = -1 };
	list_init(&f->sessions);
	rc = processes ? 0 : start_alone(f, why, room);
	if (rc == 0)
		rc = start_tls(f, why, room);
	if (rc == 0)
		rc = start_users(f, why, room);
	if (rc == 0)
		rc = start_anonymous(f, why, room);
	if (rc == 0)
		rc = start_texts(f, why, room);
	if (rc < 0)
		close_files(f);
	return rc;
}

static void on_name(struct ftp_public *p, const struct addr *ip)
{
	OWNER(p, struct ftp, public)->pasv_ip = *ip;
}

int ftp_start(struct ftp *f, struct loop *l, const struct ftp_conf *conf,
    char *why, size_t room)
{
	int rc = ftp_prepare(f, l, conf, false, why, room);

	if (rc == 0)
		rc = start_listener(f, &f->listener, &conf->listen_at, why,
		    room);
	if (rc == 0)
		rc = start_implicit(f, why, room);
	if (rc < 0) {
		listen_close(&f->listener);
		close_files(f);
	}
	if (rc == 0 && conf->pasv_name[0] != '\0')
		ftp_public_open(&f->public, l, conf->pasv_name, on_name);
	return rc;
}

static void renew(int *fd, const char *path)
{
	int fresh = *fd >= 0 ? port_file_open(PORT_FS, path, FILE_READ, 0) :
	    -1;

	if (fresh < 0)
		return;
	port_file_close(*fd);
	*fd = fresh;
}

void ftp_renew_texts(struct ftp *f)
{
	renew(&f->userlist_fd, f->conf->userlist_file);
	renew(&f->banner_fd, f->conf->banner_file);
}

void ftp_forget(struct ftp *f, bool guest)
{
	forget(&f->anon_root);
	forget(&f->users_fd);
	if (guest) {
		forget(&f->xferlog_fd);
	} else {
		forget(&f->userlist_fd);
		forget(&f->banner_fd);
	}
}

void ftp_stop(struct ftp *f)
{
	struct list *i, *next;

	listen_close(&f->listener);
	listen_close(&f->implicit);
	ftp_public_close(&f->public);
	for (i = f->sessions.next; i != &f->sessions; i = next) {
		next = i->next;
		ftp_sess_close(OWNER(i, struct ftp_sess, link), -E_CLOSED);
	}
	close_files(f);
}
