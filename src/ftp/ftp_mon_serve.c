/* ftp_mon_serve.c - the two things that take root after login: a socket that
 * connects from port 20, and another owner for a file. Addresses and owners are
 * the monitor's own knowledge, never the session's word. */
#include "ftp_data.h"
#include "ftp_mon_sess.h"
#include "port/file.h"

int mon_dial(const struct mon_sess *s, uint32_t port, int *fd)
{
	const struct ftp_conf *c = s->gen->conf;
	struct addr to = s->peer, from = s->local;

	if (!c->connect_from_port_20 || !c->port_enable)
		return -E_DENY;
	to.port = (uint16_t)port;
	from.port = (uint16_t)c->ftp_data_port;
	*fd = ftp_data_dial(&to, &from);
	return MIN(*fd, 0);
}

/* Whom uploads of those without rights of their own belong to. */
static int give_from(const struct mon_sess *s, struct port_user *u)
{
	const struct ftp_conf *c = s->gen->conf;

	if (!c->chown_uploads || !(s->anonymous || c->guest_enable))
		return -E_DENY;
	return port_user_find(s->anonymous ? c->ftp_username :
	    c->guest_username, u);
}

int mon_give(const struct mon_sess *s, int file)
{
	const struct ftp_conf *c = s->gen->conf;
	struct port_user from, to;
	struct file_info info;
	int rc = give_from(s, &from);

	if (rc == 0)
		rc = port_user_find(c->chown_username, &to);
	if (rc == 0)
		rc = port_file_info(file, &info);
	if (rc < 0)
		return rc;
	if (info.type != FILE_REGULAR || info.uid != from.uid ||
	    info.links != 1)
		return -E_DENY;
	return port_file_give(file, to.uid, (unsigned)c->chown_upload_mode);
}
