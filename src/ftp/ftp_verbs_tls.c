/* ftp_verbs_tls.c - AUTH, PBSZ, PROT, CCC: RFC 2228 and 4217. */
#include "base/text.h"
#include "ftp_cmd.h"

static bool tls_is_off(struct ftp_sess *s)
{
	if (ftp_conf(s)->ssl_enable)
		return false;
	ftp_reply(s, 502, "Command not implemented.");
	return true;
}

/* What came behind this line would be taken for said inside of TLS, or for not
 * said there. */
static bool is_followed(struct ftp_sess *s)
{
	uint8_t *p;

	if (chan_data(&s->ctl, &p) == 0)
		return false;
	ftp_sess_close(s, -E_PROTO);
	return true;
}

void ftp_verb_auth(struct ftp_sess *s, char *arg)
{
	bool tls = text_eq_nocase(arg, "TLS") || text_eq_nocase(arg, "TLS-C");
	bool ssl = text_eq_nocase(arg, "SSL") || text_eq_nocase(arg, "TLS-P");

	if (tls_is_off(s) || is_followed(s))
		return;
	if (s->tls != NULL || s->state == FTP_READY) {
		ftp_reply(s, 503, "Not now.");
	} else if (!tls && !ssl) {
		ftp_reply(s, 504, "Unknown AUTH type.");
	} else if (ftp_tls_open(s) < 0) {
		ftp_reply(s, 431, "Not now, please try later.");
	} else {
		/* The reply is the last octet that can be read on the way. */
		ftp_sess_again(s);
		s->prot = ssl;
		chan_read(&s->ctl, false);
		ftp_reply(s, 234, "Proceed with negotiation.");
	}
}

void ftp_verb_pbsz(struct ftp_sess *s, char *arg)
{
	(void)arg;
	if (tls_is_off(s))
		return;
	if (s->tls == NULL)
		ftp_reply(s, 503, "AUTH TLS first.");
	else
		ftp_reply(s, 200, "PBSZ=0");
}

void ftp_verb_prot(struct ftp_sess *s, char *arg)
{
	bool is_private = text_eq_nocase(arg, "P");

	if (tls_is_off(s))
		return;
	if (s->tls == NULL) {
		ftp_reply(s, 503, "AUTH TLS first.");
	} else if (text_eq_nocase(arg, "S") || text_eq_nocase(arg, "E")) {
		ftp_reply(s, 536, "Only C and P are supported.");
	} else if (!is_private && !text_eq_nocase(arg, "C")) {
		ftp_reply(s, 504, "Unknown protection level.");
	} else if (!is_private && s->state == FTP_READY &&
	    ftp_tls_data_forced(s)) {
		ftp_reply(s, 534, "Data connections must be encrypted.");
	} else {
		s->prot = is_private;
		ftp_reply(s, 200, is_private ? "Data is private." :
		    "Data is clear.");
	}
}

/* For NAT boxes that read PORT and 227 on their way. */
void ftp_verb_ccc(struct ftp_sess *s, char *arg)
{
	(void)arg;
	if (tls_is_off(s) || is_followed(s))
		return;
	if (s->tls == NULL) {
		ftp_reply(s, 503, "AUTH TLS first.");
	} else if (s->tls->cleared) {
		ftp_reply(s, 503, "It is clear already.");
	} else if (!ftp_conf(s)->ccc_enable) {
		ftp_reply(s, 534, "Commands must be encrypted.");
	} else {
		ftp_reply(s, 200, "Commands are clear from here.");
		ftp_tls_clear(s, false);
	}
}
