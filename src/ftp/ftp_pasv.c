/* ftp_pasv.c - PASV and EPSV: a listener, and its address in the reply. Source:
 * RFC 959 4.1.2, RFC 2428. */
#include "base/text.h"
#include "core/log.h"
#include "ftp_cmd.h"

/* The port, or 0 with a reply given. */
static uint16_t pasv_listen(struct ftp_sess *s)
{
	const struct ftp_conf *c = ftp_conf(s);
	static const struct addr anyone;
	struct addr at = s->local;
	int rc;

	if (!c->pasv_enable) {
		ftp_reply(s, 550, "Permission denied.");
		return 0;
	}
	rc = ftp_data_listen(&s->data, &at,
	    c->pasv_promiscuous ? &anyone : &s->peer,
	    (uint16_t)c->pasv_min_port, (uint16_t)c->pasv_max_port);
	if (rc == 0)
		return at.port;
	log_rated(LOG_WARN, "no port for data session=%lu error=%s",
	    (unsigned long)s->number, err_text(rc));
	ftp_reply(s, 425, "Cannot open a data port now.");
	return 0;
}

/* Clients take 0,0,0,0 for "where the control connection goes". */
void ftp_verb_pasv(struct ftp_sess *s, char *arg)
{
	const struct ftp_conf *c = ftp_conf(s);
	const struct addr *fixed = c->pasv_name[0] != '\0' ?
	    &s->ftp->pasv_ip : &c->pasv_address;
	uint8_t ip[4] = { 0 };
	uint16_t port;

	(void)arg;
	if (s->epsv_all) {
		ftp_reply(s, 503, "PASV is not allowed after EPSV ALL.");
		return;
	}
	port = pasv_listen(s);
	if (port == 0)
		return;
	if (fixed->family == 4)
		memcpy(ip, fixed->ip, sizeof(ip));
	else if (s->local.family == 4)
		memcpy(ip, s->local.ip, sizeof(ip));
	ftp_reply(s, 227, "Entering Passive Mode (%u,%u,%u,%u,%u,%u).", ip[0],
	    ip[1], ip[2], ip[3], port >> 8u, port & 0xffu);
}

void ftp_verb_epsv(struct ftp_sess *s, char *arg)
{
	const char *family = s->local.family == 6 ? "2" : "1";
	uint16_t port;

	if (text_eq_nocase(arg, "ALL")) {
		s->epsv_all = true;
		ftp_reply(s, 200, "EPSV ALL ok.");
		return;
	}
	if (*arg != '\0' && strcmp(arg, family) != 0) {
		ftp_reply(s, 522, "Bad network protocol, use (%s).", family);
		return;
	}
	port = pasv_listen(s);
	if (port != 0)
		ftp_reply(s, 229, "Entering Extended Passive Mode (|||%u|)",
		    port);
}
