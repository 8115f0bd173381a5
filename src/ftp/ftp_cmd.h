/* ftp_cmd.h - one row per verb: who serves it, when, and what it needs. */
#ifndef FTP_CMD_H
#define FTP_CMD_H

#include "ftp_sess.h"

#define VERB_ARG      1u	/* an argument, else 501 */
#define VERB_PATH     2u	/* s->xfer.path is the argument's path */
#define VERB_DATA     4u	/* PASV, PORT or the like before it, else 425 */
#define VERB_ANYTIME  8u	/* served while a transfer runs */
#define VERB_SPACES  16u	/* trailing spaces are part of the argument */
#define VERB_SECRET  32u	/* the argument is never logged */
#define VERB_HIDDEN  64u	/* not in HELP */
#define VERB_RENAME 128u	/* RNFR just before it, else 503 */

struct ftp_verb {
	const char *name;
	void (*fn)(struct ftp_sess *s, char *arg);	/* NULL = 502 */
	uint8_t states;		/* FTP_IN() of each; elsewhere 530 */
	uint8_t flags;
	uint8_t rights;		/* all of these, else 550 */
};

/* ftp_verbs.c: those that only look and remember */
void ftp_verb_quit(struct ftp_sess *s, char *arg);
void ftp_verb_syst(struct ftp_sess *s, char *arg);
void ftp_verb_feat(struct ftp_sess *s, char *arg);
void ftp_verb_opts(struct ftp_sess *s, char *arg);
void ftp_verb_help(struct ftp_sess *s, char *arg);
void ftp_verb_acct(struct ftp_sess *s, char *arg);
void ftp_verb_rein(struct ftp_sess *s, char *arg);
void ftp_verb_noop(struct ftp_sess *s, char *arg);
void ftp_verb_stat(struct ftp_sess *s, char *arg);
void ftp_verb_type(struct ftp_sess *s, char *arg);
void ftp_verb_mode(struct ftp_sess *s, char *arg);
void ftp_verb_stru(struct ftp_sess *s, char *arg);
void ftp_verb_rest(struct ftp_sess *s, char *arg);
void ftp_verb_http(struct ftp_sess *s, char *arg);

/* ftp_verbs_tls.c */
void ftp_verb_auth(struct ftp_sess *s, char *arg);
void ftp_verb_pbsz(struct ftp_sess *s, char *arg);
void ftp_verb_prot(struct ftp_sess *s, char *arg);
void ftp_verb_ccc(struct ftp_sess *s, char *arg);

/* ftp_verbs_file.c: those that ask the file system, or start a transfer */
void ftp_verb_pwd(struct ftp_sess *s, char *arg);
void ftp_verb_cwd(struct ftp_sess *s, char *arg);
void ftp_verb_cdup(struct ftp_sess *s, char *arg);
void ftp_verb_size(struct ftp_sess *s, char *arg);
void ftp_verb_list(struct ftp_sess *s, char *arg);
void ftp_verb_nlst(struct ftp_sess *s, char *arg);
void ftp_verb_mlsd(struct ftp_sess *s, char *arg);
void ftp_verb_mlst(struct ftp_sess *s, char *arg);
void ftp_verb_retr(struct ftp_sess *s, char *arg);
void ftp_verb_allo(struct ftp_sess *s, char *arg);
void ftp_verb_stor(struct ftp_sess *s, char *arg);
void ftp_verb_appe(struct ftp_sess *s, char *arg);
void ftp_verb_stou(struct ftp_sess *s, char *arg);
void ftp_verb_abor(struct ftp_sess *s, char *arg);

/* ftp_time.c: times of files */
void ftp_verb_mdtm(struct ftp_sess *s, char *arg);
void ftp_verb_mfmt(struct ftp_sess *s, char *arg);
/* SITE UTIME, which is no verb of its own. */
void ftp_site_utime(struct ftp_sess *s, char *arg);

/* ftp_site.c: SITE and what follows it */
void ftp_verb_site(struct ftp_sess *s, char *arg);

/* ftp_edit.c: those that change names */
void ftp_verb_dele(struct ftp_sess *s, char *arg);
void ftp_verb_mkd(struct ftp_sess *s, char *arg);
void ftp_verb_rmd(struct ftp_sess *s, char *arg);
void ftp_verb_rnfr(struct ftp_sess *s, char *arg);
void ftp_verb_rnto(struct ftp_sess *s, char *arg);

/* ftp_pasv.c, ftp_port.c: where data connections are made */
void ftp_verb_pasv(struct ftp_sess *s, char *arg);
void ftp_verb_epsv(struct ftp_sess *s, char *arg);
void ftp_verb_port(struct ftp_sess *s, char *arg);
void ftp_verb_eprt(struct ftp_sess *s, char *arg);

#endif
