/* ftp_verbs.c - the verbs that only look and remember. They know no file. */
#include "base/text.h"
#include "ftp_cmd.h"

void ftp_verb_quit(struct ftp_sess *s, char *arg)
{
	(void)arg;
	ftp_reply_bye(s, 221, "Goodbye.");
}

void ftp_verb_syst(struct ftp_sess *s, char *arg)
{
	(void)arg;
	ftp_reply(s, 215, "UNIX Type: L8");
}

void ftp_verb_feat(struct ftp_sess *s, char *arg)
{
	char facts[80], body[256];
	bool tls = ftp_conf(s)->ssl_enable;
	bool ccc = tls && ftp_conf(s)->ccc_enable;

	(void)arg;
	/* Before login nobody has chosen yet. */
	ftp_facts_names(facts, sizeof(facts), s->state == FTP_READY ?
	    s->facts : FACTS_ALL, true);
	text_fmt(body, sizeof(body), "%s%s EPRT\r\n EPSV\r\n MDTM\r\n MFMT\r\n"
	    " MLST %s\r\n PASV\r\n%s REST STREAM\r\n SIZE\r\n TVFS\r\n"
	    " UTF8\r\n", tls ? " AUTH TLS\r\n" : "",
	    ccc ? " CCC\r\n" : "", facts,
	    tls ? " PBSZ\r\n PROT\r\n" : "");
	ftp_reply_lines(s, 211, "Features:", body, "End");
}

static void opts_mlst(struct ftp_sess *s, const char *list)
{
	char facts[80];

	s->facts = (uint8_t)ftp_facts_parse(list);
	ftp_facts_names(facts, sizeof(facts), s->facts, false);
	ftp_reply(s, 200, "MLST OPTS %s", facts);
}

void ftp_verb_opts(struct ftp_sess *s, char *arg)
{
	char *list = arg + strcspn(arg, " ");

	if (text_eq_nocase(arg, "UTF8 ON") || text_eq_nocase(arg, "UTF8")) {
		ftp_reply(s, 200, "Always in UTF8 mode.");
		return;
	}
	if (*list == ' ')
		*list++ = '\0';
	if (text_eq_nocase(arg, "MLST") && s->state == FTP_READY)
		opts_mlst(s, list);
	else
		ftp_reply(s, 501, "Option not understood.");
}

void ftp_verb_help(struct ftp_sess *s, char *arg)
{
	char names[512];

	(void)arg;
	ftp_cmd_names(names, sizeof(names));
	ftp_reply_lines(s, 214, "The following commands are recognized.",
	    names, "Help OK.");
}

void ftp_verb_acct(struct ftp_sess *s, char *arg)
{
	(void)arg;
	ftp_reply(s, 202, "No account is needed.");
}

/* RFC 959 4.1.1: as after the greeting. */
void ftp_verb_rein(struct ftp_sess *s, char *arg)
{
	(void)arg;
	if (s->state == FTP_READY && !s->ftp->host->again) {
		ftp_reply(s, 502, "REIN is not for who has logged in.");
		return;
	}
	ftp_sess_again(s);
	ftp_reply(s, 220, "Service ready for new user.");
	/* At a port where all is TLS that is how a session begins. */
	if (s->tls != NULL && !s->implicit)
		ftp_tls_clear(s, true);
}

void ftp_verb_noop(struct ftp_sess *s, char *arg)
{
	(void)arg;
	ftp_reply(s, 200, "NOOP ok.");
}

/* A listing where replies go. Not while another transfer needs its memory. */
static void stat_path(struct ftp_sess *s, char *arg)
{
	unsigned how = LIST_LONG;
	const char *path = ftp_list_options(arg, &how);

	how &= ~LIST_RECURSE;
	if (ftp_xfer_active(s))
		ftp_reply(s, 450, "Not while a transfer runs.");
	else if (!(s->rights & RIGHT_LIST))
		ftp_reply(s, 550, "Permission denied.");
	else if (ftp_cmd_path(s, s->xfer.path, path))
		ftp_xfer_stat(s, how, path);
}

void ftp_verb_stat(struct ftp_sess *s, char *arg)
{
	char body[256], peer[ADDR_TEXT], progress[80];

	if (*arg != '\0') {
		stat_path(s, arg);
		return;
	}
	addr_text_ip(peer, sizeof(peer), &s->peer);
	ftp_xfer_progress(s, progress, sizeof(progress));
	text_fmt(body, sizeof(body), " Connected to %s\r\n TYPE: %s\r\n"
	    " Transfer: %s\r\n", peer, s->ascii ? "ASCII" : "BINARY",
	    progress);
	ftp_reply_lines(s, 211, "FTP server status:", body, "End of status");
}

/* "A", "A N", "I", "L 8", in any case. */
void ftp_verb_type(struct ftp_sess *s, char *arg)
{
	if (text_eq_nocase(arg, "A") || text_eq_nocase(arg, "A N")) {
		s->ascii = true;
		ftp_reply(s, 200, "Switching to ASCII mode.");
	} else if (text_eq_nocase(arg, "I") || text_eq_nocase(arg, "I N") ||
	    text_eq_nocase(arg, "L 8") || text_eq_nocase(arg, "L8")) {
		s->ascii = false;
		ftp_reply(s, 200, "Switching to Binary mode.");
	} else {
		ftp_reply(s, 504, "Unrecognised TYPE command.");
	}
}

void ftp_verb_mode(struct ftp_sess *s, char *arg)
{
	if (text_eq_nocase(arg, "S"))
		ftp_reply(s, 200, "Mode set to S.");
	else
		ftp_reply(s, 504, "Bad MODE command.");
}

void ftp_verb_stru(struct ftp_sess *s, char *arg)
{
	if (text_eq_nocase(arg, "F"))
		ftp_reply(s, 200, "Structure set to F.");
	else
		ftp_reply(s, 504, "Bad STRU command.");
}

void ftp_verb_rest(struct ftp_sess *s, char *arg)
{
	uint64_t off;

	if (text_u64(arg, strlen(arg), INT64_MAX, &off) < 0) {
		ftp_reply(s, 501, "Bad offset.");
		return;
	}
	s->rest = (int64_t)off;
	ftp_reply(s, 350, "Restart position accepted (%lld).",
	    (long long)s->rest);
}

void ftp_verb_http(struct ftp_sess *s, char *arg)
{
	(void)arg;
	ftp_sess_close(s, -E_PROTO);
}
