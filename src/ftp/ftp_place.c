/* ftp_place.c - whom a session's process becomes, and what it sees as "/".
 * Knows no password and no session. */
#include "base/text.h"
#include "ftp_account.h"
#include "ftp_names.h"

static int place_fail(char *why, size_t room, const char *key,
    const char *value, int err)
{
	text_fmt(why, room, "%s: %s: %s", key, value, err_text(err));
	return err;
}

/* A name, or the number of a uid; of the latter, gid is the same and there is
 * no home. */
static int place_user(struct ftp_account *a, const char *key,
    const char *name, char *why, size_t room)
{
	uint64_t n;
	int rc = port_user_find(name, &a->user);

	if (rc == 0) {
		text_copy(a->groups_of, sizeof(a->groups_of), name);
		return 0;
	}
	if (text_u64(name, strlen(name), UINT32_MAX - 1, &n) < 0)
		return place_fail(why, room, key, name, rc);
	a->user = (struct port_user){ .uid = (uint32_t)n,
		.gid = (uint32_t)n };
	a->groups_of[0] = '\0';
	return 0;
}

/* from, with each token in it replaced by name. */
static bool place_put(char *out, size_t room, const char *from,
    const char *token, const char *name)
{
	size_t n = 0, token_len = strlen(token);

	while (*from != '\0') {
		bool hit = token_len > 0 &&
		    strncmp(from, token, token_len) == 0;

		if (hit)
			n += text_fmt(out + n, room - n, "%s", name);
		else
			n += text_fmt(out + n, room - n, "%c", *from);
		from += hit ? token_len : 1;
		if (n + 1 >= room)
			return false;
	}
	out[n] = '\0';
	return true;
}

/* In chroot_list_file, and so not what chroot_local_user says. */
static int place_listed(const struct ftp_conf *c, const char *name)
{
	int fd, has;

	if (!c->chroot_list_enable)
		return 0;
	fd = port_file_open(PORT_FS, c->chroot_list_file, FILE_READ, 0);
	has = fd < 0 ? fd : ftp_names_has(fd, name);
	if (fd >= 0)
		port_file_close(fd);
	return has;
}

/* "/srv/./joe": the first is the root, the second where he starts in it. */
static void place_split(struct ftp_account *a)
{
	char *dot = strstr(a->root, "/./");

	if (dot == NULL)
		return;
	text_copy(a->start, sizeof(a->start), dot + 2);
	dot[dot == a->root ? 1 : 0] = '\0';
}

/* a->root is his home: it stays the root, or becomes where he starts. */
static int place_root(struct ftp_account *a, const struct ftp_conf *c,
    char *why, size_t room)
{
	int listed = place_listed(c, a->name);

	if (listed < 0)
		return place_fail(why, room, "chroot_list_file",
		    c->chroot_list_file, listed);
	a->chrooted = c->guest_enable ||
	    c->chroot_local_user != (listed == 1);
	if (a->chrooted) {
		if (c->passwd_chroot_enable)
			place_split(a);
		return 0;
	}
	text_copy(a->start, sizeof(a->start), a->root);
	text_copy(a->root, sizeof(a->root), "/");
	return 0;
}

/* local_root, or else the home of whom he becomes. */
static int place_home(struct ftp_account *a, const struct ftp_conf *c,
    char *why, size_t room)
{
	const char *from = c->local_root[0] != '\0' ? c->local_root :
	    a->user.home;

	if (a->root[0] == '\0' && !place_put(a->root, sizeof(a->root), from,
	    c->user_sub_token, a->name))
		return place_fail(why, room, "local_root", from, -E_LONG);
	if (a->root[0] == '/')
		return 0;
	return place_fail(why, room, "no directory for user", a->name,
	    -E_NOENT);
}

static int place_anonymous(struct ftp_account *a, const struct ftp_conf *c,
    char *why, size_t room)
{
	a->chrooted = true;
	if (place_user(a, "ftp_username", c->ftp_username, why, room) < 0) {
		int rc = place_user(a, "nopriv_user", c->nopriv_user, why,
		    room);

		if (rc < 0)
			return rc;
		a->user.home[0] = '\0';
	}
	a->groups_of[0] = '\0';
	text_copy(a->root, sizeof(a->root), c->anon_root[0] != '\0' ?
	    c->anon_root : a->user.home);
	return a->root[0] == '/' ? 0 : place_fail(why, room, "anon_root",
	    a->root, -E_NOENT);
}

static int place_as_user(struct ftp_account *a, const struct ftp_conf *c,
    char *why, size_t room)
{
	if (a->more.run_as[0] != '\0')
		return place_user(a, "uid", a->more.run_as, why, room);
	if (c->guest_enable)
		return place_user(a, "guest_username", c->guest_username, why,
		    room);
	if (a->system)
		return place_user(a, "user", a->name, why, room);
	return place_user(a, "nopriv_user", c->nopriv_user, why, room);
}

static int place_group(struct ftp_account *a, char *why, size_t room)
{
	const char *name = a->more.group;
	uint64_t n;
	int rc;

	if (name[0] == '\0')
		return 0;
	a->groups_of[0] = '\0';
	if (text_u64(name, strlen(name), UINT32_MAX - 1, &n) == 0) {
		a->user.gid = (uint32_t)n;
		return 0;
	}
	rc = port_group_find(name, &a->user.gid);
	return rc < 0 ? place_fail(why, room, "gid", name, rc) : 0;
}

int ftp_account_place(struct ftp_account *a, const struct ftp_conf *conf,
    char *why, size_t room)
{
	int rc;

	text_copy(a->start, sizeof(a->start), "/");
	if (a->anonymous)
		return place_anonymous(a, conf, why, room);
	rc = place_as_user(a, conf, why, room);
	if (rc == 0)
		rc = place_group(a, why, room);
	if (rc == 0)
		rc = place_home(a, conf, why, room);
	if (rc < 0)
		return rc;
	if (a->user.uid == 0)
		return place_fail(why, room, "user", a->name, -E_DENY);
	a->chrooted = true;
	return a->system ? place_root(a, conf, why, room) : 0;
}
