/* ftp_cmd.c - the verb table, and the one place that asks it. Handlers are
 * elsewhere and find every need of their row met. */
#include "base/text.h"
#include "core/log.h"
#include "ftp_cmd.h"
#include "ftp_path.h"
#include "port/proc.h"

/* Unknown commands before login; then it is no FTP client. */
#define UNKNOWN_MAX 10

#define GUEST (FTP_IN(FTP_USER) | FTP_IN(FTP_PASS))
#define READY FTP_IN(FTP_READY)
#define ALL (GUEST | READY)
#define PATH (VERB_ARG | VERB_PATH | VERB_SPACES)
#define WAYS (VERB_PATH | VERB_SPACES)
#define LATER(verb) { verb, NULL, READY, VERB_HIDDEN, 0 }
#define HTTP(verb) \
	{ verb, ftp_verb_http, ALL, VERB_HIDDEN | VERB_ANYTIME, 0 }

static const struct ftp_verb verbs[] = {
	{ "AUTH", ftp_verb_auth, ALL, VERB_ARG, 0 },
	{ "PBSZ", ftp_verb_pbsz, ALL, 0, 0 },
	{ "PROT", ftp_verb_prot, ALL, VERB_ARG, 0 },
	{ "CCC", ftp_verb_ccc, READY, VERB_HIDDEN, 0 },
	{ "USER", ftp_login_user, ALL, VERB_ARG, 0 },
	{ "PASS", ftp_login_pass, ALL, VERB_SPACES | VERB_SECRET, 0 },
	{ "ACCT", ftp_verb_acct, ALL, 0, 0 },
	{ "REIN", ftp_verb_rein, ALL, 0, 0 },
	{ "QUIT", ftp_verb_quit, ALL, 0, 0 },
	{ "SYST", ftp_verb_syst, ALL, 0, 0 },
	{ "FEAT", ftp_verb_feat, ALL, 0, 0 },
	{ "OPTS", ftp_verb_opts, ALL, VERB_ARG, 0 },
	{ "HELP", ftp_verb_help, ALL, 0, 0 },
	{ "NOOP", ftp_verb_noop, ALL, VERB_ANYTIME, 0 },
	{ "STAT", ftp_verb_stat, READY, VERB_ANYTIME, 0 },
	{ "TYPE", ftp_verb_type, READY, VERB_ARG, 0 },
	{ "MODE", ftp_verb_mode, READY, VERB_ARG, 0 },
	{ "STRU", ftp_verb_stru, READY, VERB_ARG, 0 },
	{ "ALLO", ftp_verb_allo, READY, 0, 0 },
	{ "REST", ftp_verb_rest, READY, VERB_ARG, 0 },
	{ "ABOR", ftp_verb_abor, READY, VERB_ANYTIME, 0 },
	{ "PASV", ftp_verb_pasv, READY, 0, 0 },
	{ "P@SW", ftp_verb_pasv, READY, VERB_HIDDEN, 0 },
	{ "EPSV", ftp_verb_epsv, READY, 0, 0 },
	{ "PORT", ftp_verb_port, READY, VERB_ARG, 0 },
	{ "EPRT", ftp_verb_eprt, READY, VERB_ARG, 0 },
	{ "PWD", ftp_verb_pwd, READY, 0, 0 },
	{ "XPWD", ftp_verb_pwd, READY, 0, 0 },
	{ "CWD", ftp_verb_cwd, READY, WAYS, 0 },
	{ "XCWD", ftp_verb_cwd, READY, WAYS, 0 },
	{ "CDUP", ftp_verb_cdup, READY, 0, 0 },
	{ "XCUP", ftp_verb_cdup, READY, 0, 0 },
	{ "SIZE", ftp_verb_size, READY, PATH, 0 },
	{ "MDTM", ftp_verb_mdtm, READY, PATH, 0 },
	{ "MFMT", ftp_verb_mfmt, READY, VERB_ARG | VERB_SPACES, RIGHT_TIME },
	{ "LIST", ftp_verb_list, READY, VERB_DATA | VERB_SPACES, RIGHT_LIST },
	{ "NLST", ftp_verb_nlst, READY, VERB_DATA | VERB_SPACES, RIGHT_LIST },
	{ "MLSD", ftp_verb_mlsd, READY, WAYS | VERB_DATA, RIGHT_LIST },
	{ "MLST", ftp_verb_mlst, READY, WAYS, RIGHT_LIST },
	{ "RETR", ftp_verb_retr, READY, PATH | VERB_DATA, RIGHT_READ },
	{ "STOR", ftp_verb_stor, READY, PATH | VERB_DATA, RIGHT_UPLOAD },
	{ "APPE", ftp_verb_appe, READY, PATH | VERB_DATA, RIGHT_CHANGE },
	{ "STOU", ftp_verb_stou, READY, VERB_DATA | VERB_SPACES,
	  RIGHT_UPLOAD },
	{ "DELE", ftp_verb_dele, READY, PATH, RIGHT_CHANGE },
	{ "MKD", ftp_verb_mkd, READY, PATH, RIGHT_MKDIR },
	{ "XMKD", ftp_verb_mkd, READY, PATH, RIGHT_MKDIR },
	{ "RMD", ftp_verb_rmd, READY, PATH, RIGHT_CHANGE },
	{ "XRMD", ftp_verb_rmd, READY, PATH, RIGHT_CHANGE },
	{ "RNFR", ftp_verb_rnfr, READY, PATH, RIGHT_CHANGE },
	{ "RNTO", ftp_verb_rnto, READY, VERB_ARG | VERB_SPACES | VERB_RENAME,
	  RIGHT_CHANGE },
	{ "SITE", ftp_verb_site, READY, VERB_ARG | VERB_SPACES, RIGHT_SITE },
	/* known to the documents, not served: RFC 959, 2228, 2428, 3659 */
	LATER("SMNT"),
	/* a browser made to talk to us (ALPACA, CVE-2021-3618) */
	HTTP("GET"), HTTP("POST"), HTTP("HEAD"), HTTP("OPTIONS"),
	HTTP("CONNECT"), HTTP("PUT"), HTTP("DELETE"),
};

static const struct ftp_verb *cmd_find(const char *name)
{
	for (size_t i = 0; i < LEN(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

size_t ftp_cmd_names(char *out, size_t room)
{
	size_t n = 0, shown = 0;

	for (size_t i = 0; i < LEN(verbs); i++) {
		if (verbs[i].flags & VERB_HIDDEN)
			continue;
		n += text_fmt(out + n, room - n, " %-4s%s", verbs[i].name,
		    ++shown % 8 == 0 ? "\r\n" : "");
	}
	if (shown % 8 != 0)
		n += text_fmt(out + n, room - n, "\r\n");
	return n;
}

/* True when name is one of "A,B,C". */
static bool cmd_listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	while (*list != '\0') {
		size_t n = strcspn(list, ", ");

		if (n == len && memcmp(list, name, len) == 0)
			return true;
		list += n;
		list += strspn(list, ", ");
	}
	return false;
}

static bool cmd_denied(const struct ftp_sess *s, const struct ftp_verb *v)
{
	const struct ftp_conf *c = ftp_conf(s);

	/* The lists are for after login: USER and PASS cannot be denied. */
	if (s->state != FTP_READY)
		return false;
	if ((s->rights & v->rights) != v->rights)
		return true;
	if (c->cmds_allowed[0] != '\0' &&
	    !cmd_listed(c->cmds_allowed, v->name))
		return true;
	return cmd_listed(c->cmds_denied, v->name);
}

/* tilde_user_enable: "~" and "~joe" before the first slash are homes, where
 * the system's users are within reach. True: home has it, *arg what follows. */
static bool cmd_tilde(const struct ftp_sess *s, struct port_user *home,
    const char **arg)
{
	char name[FTP_NAME_MAX];
	size_t len = strcspn(*arg, "/");

	if (!ftp_conf(s)->tilde_user_enable || !s->ftp->processes ||
	    **arg != '~' || !text_copy_n(name, sizeof(name), *arg + 1,
	    len - 1))
		return false;
	if (port_user_find(name[0] != '\0' ? name : s->user, home) < 0 ||
	    home->home[0] != '/')
		return false;
	*arg += len;
	while (**arg == '/')
		++*arg;
	return true;
}

bool ftp_cmd_path(struct ftp_sess *s, char *out, const char *arg)
{
	struct port_user home;
	bool tilde = cmd_tilde(s, &home, &arg);

	if (ftp_path_join(out, PORT_PATH_MAX, tilde ? home.home : s->cwd,
	    arg) < 0)
		ftp_reply(s, 550, "The name is too long.");
	else if (ftp_match_path(ftp_conf(s)->deny_file, out))
		ftp_reply(s, 550, "Permission denied.");
	else
		return true;
	return false;
}

/* The argument in the form the row asks for. False: refused with a reply. */
static bool cmd_argument(struct ftp_sess *s, const struct ftp_verb *v,
    char *arg)
{
	if (!(v->flags & VERB_SPACES))
		ftp_line_trim(arg);
	if (v->flags & VERB_ARG && *arg == '\0') {
		ftp_reply(s, 501, "%s needs an argument.", v->name);
		return false;
	}
	return !(v->flags & VERB_PATH) || ftp_cmd_path(s, s->xfer.path, arg);
}

static bool cmd_may(struct ftp_sess *s, const struct ftp_verb *v)
{
	if (!(v->states & FTP_IN(s->state)))
		ftp_reply(s, 530, "Please login with USER and PASS.");
	else if (v->fn == NULL)
		ftp_reply(s, 502, "Command not implemented.");
	else if (cmd_denied(s, v))
		ftp_reply(s, 550, "Permission denied.");
	else if (v->flags & VERB_DATA && !s->prot && ftp_tls_data_forced(s))
		ftp_reply(s, 522, "Data connections must be encrypted.");
	else if (v->flags & VERB_DATA && s->data.state == DATA_NONE)
		ftp_reply(s, 425, "Use PORT or PASV first.");
	else if (v->flags & VERB_RENAME && !s->renaming)
		ftp_reply(s, 503, "RNFR required first.");
	else
		return true;
	return false;
}

static void cmd_unknown(struct ftp_sess *s)
{
	if (s->state == FTP_READY)
		ftp_reply(s, 500, "Unknown command.");
	else if (++s->unknown >= UNKNOWN_MAX)
		ftp_sess_close(s, -E_PROTO);
	else
		ftp_reply(s, 530, "Please login with USER and PASS.");
}

static void cmd_log(const struct ftp_sess *s, const struct ftp_verb *v,
    const char *arg)
{
	if (ftp_conf(s)->log_ftp_protocol)
		log_info("command session=%lu %s %s",
		    (unsigned long)s->number, v->name,
		    v->flags & VERB_SECRET ? "<secret>" : arg);
}

static void cmd_serve(struct ftp_sess *s, const struct ftp_verb *v, char *arg)
{
	cmd_log(s, v, arg);
	if (!(v->flags & (VERB_RENAME | VERB_ANYTIME)))
		s->renaming = false;
	if (cmd_may(s, v) && cmd_argument(s, v, arg))
		v->fn(s, arg);
}

/* A copy of the verb, for the line must stay whole when it has to wait. */
static const struct ftp_verb *cmd_verb(const char *text)
{
	char name[8];
	size_t len = strcspn(text, " ");

	if (len >= sizeof(name))
		return NULL;
	text_copy_n(name, sizeof(name), text, len);
	ftp_line_split(name);
	return cmd_find(name);
}

bool ftp_cmd(struct ftp_sess *s)
{
	struct ftp_line *l = &s->line;
	const struct ftp_verb *v = cmd_verb(l->text);

	if (l->len == 0)
		return true;
	if (ftp_xfer_active(s) && (v == NULL || !(v->flags & VERB_ANYTIME) ||
	    s->xfer.kind == XFER_STAT))
		return false;
	/* What there is has to be known before it changes. */
	if (v != NULL && s->quota.counting &&
	    v->rights & (RIGHT_UPLOAD | RIGHT_CHANGE))
		return false;
	if (v == NULL)
		cmd_unknown(s);
	else if (l->cut)
		ftp_reply(s, 501, "The line is too long.");
	else
		cmd_serve(s, v, ftp_line_split(l->text));
	return true;
}
