/* ftp.c - the FTP server as one object on a loop. Knows no arguments. */
#include "base/text.h"
#include "core/log.h"
#include "ftp_sess.h"
#include "port/proc.h"

static int ftp_accept(struct listener *ls, int fd, const struct addr *peer)
{
	return ftp_sess_open(ls->ctx, fd, peer);
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
	else if (port_file_info(f->users_fd, &info) == 0 &&
	    info.mode & 0004u)
		log_warn("%s: everybody may read the hashes in it", path);
	return rc == -E_NOENT ? 0 : rc;
}

static int start_users(struct ftp *f, char *why, size_t room)
{
	const char *path = f->conf->users_file;

	if (!f->conf->local_enable)
		return 0;
	f->users_fd = port_file_open(PORT_FS, path, FILE_READ, 0);
	if (f->users_fd >= 0)
		return check_users(f, why, room);
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
	if (f->anon_root >= 0)
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

void ftp_reopen(struct ftp *f)
{
	int fd = f->xferlog_fd >= 0 ? open_xferlog(f->conf) : -1;

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

static int start_listener(struct ftp *f, char *why, size_t room)
{
	static const struct net_how how = { 0 };
	char at[ADDR_TEXT];
	int rc = listen_open(&f->listener, f->loop, &f->conf->listen_at, &how,
	    ftp_sess_pool(), ftp_accept, f);

	if (rc == 0)
		return 0;
	addr_text(at, sizeof(at), &f->conf->listen_at);
	text_fmt(why, room, "cannot listen at %s: %s", at, err_text(rc));
	return rc;
}

static void close_files(struct ftp *f)
{
	int *const fds[] = { &f->anon_root, &f->users_fd, &f->userlist_fd,
		&f->banner_fd, &f->xferlog_fd };

	for (size_t i = 0; i < LEN(fds); i++) {
		if (*fds[i] >= 0)
			port_file_close(*fds[i]);
		*fds[i] = -1;
	}
}

int ftp_start(struct ftp *f, struct loop *l, const struct ftp_conf *conf,
    char *why, size_t room)
{
	int rc;

	*f = (struct ftp){ .loop = l, .conf = conf, .anon_root = -1,
	    .users_fd = -1, .userlist_fd = -1, .banner_fd = -1,
	    .xferlog_fd = -1 };
	list_init(&f->sessions);
	rc = start_users(f, why, room);
	if (rc == 0)
		rc = start_anonymous(f, why, room);
	if (rc == 0)
		rc = start_texts(f, why, room);
	if (rc == 0)
		rc = start_listener(f, why, room);
	if (rc < 0)
		close_files(f);
	return rc;
}

void ftp_stop(struct ftp *f)
{
	struct list *i, *next;

	listen_close(&f->listener);
	for (i = f->sessions.next; i != &f->sessions; i = next) {
		next = i->next;
		ftp_sess_close(OWNER(i, struct ftp_sess, link), -E_CLOSED);
	}
	close_files(f);
}
