/* ftp_edit.c - the verbs that change names: remove, make, rename. Paths come
 * canonical from the verb table; the port keeps them inside the root. */
#include "base/text.h"
#include "ftp_cmd.h"

/* The file system's answer as a reply; good is the text of a 250. */
static void edit_done(struct ftp_sess *s, int rc, const char *good,
    const char *bad)
{
	if (rc == 0)
		ftp_reply(s, 250, "%s", good);
	else if (rc == -E_NOSPC)
		ftp_reply(s, 452, "No space left on the device.");
	else
		ftp_reply(s, 550, "%s", bad);
}

void ftp_verb_dele(struct ftp_sess *s, char *arg)
{
	const char *path = s->xfer.path;
	int64_t size = ftp_quota_size(s, path, false);
	int rc = port_path_remove(s->root, path);

	(void)arg;
	if (rc == 0)
		ftp_quota_changed(s, size, 0);
	edit_done(s, rc, "Delete operation successful.",
	    "Delete operation failed.");
}

/* Scanners make the directory before each page, and look for "exists". */
void ftp_verb_mkd(struct ftp_sess *s, char *arg)
{
	const char *path = s->xfer.path;
	int rc = port_dir_make(s->root, path, 0777u & ~s->umask);

	(void)arg;
	if (rc == 0)
		ftp_reply_path(s, 257, path, "created");
	else
		edit_done(s, rc, "", rc == -E_EXIST ?
		    "Create directory operation failed: it exists." :
		    "Create directory operation failed.");
}

void ftp_verb_rmd(struct ftp_sess *s, char *arg)
{
	(void)arg;
	edit_done(s, port_dir_remove(s->root, s->xfer.path),
	    "Remove directory operation successful.",
	    "Remove directory operation failed.");
}

void ftp_verb_rnfr(struct ftp_sess *s, char *arg)
{
	struct file_info info;

	(void)arg;
	s->renaming = port_path_info(s->root, s->xfer.path, false, &info) == 0;
	if (s->renaming)
		ftp_reply(s, 350, "Ready for RNTO.");
	else
		ftp_reply(s, 550, "RNFR command failed.");
}

/* From s->xfer.path, which RNFR left there. */
void ftp_verb_rnto(struct ftp_sess *s, char *arg)
{
	char to[PORT_PATH_MAX];
	int64_t gone;
	int rc;

	s->renaming = false;
	if (!ftp_cmd_path(s, to, arg))
		return;
	gone = ftp_quota_size(s, to, false);
	rc = port_path_rename(s->root, s->xfer.path, to);
	/* A file that was there is no more, unless it is the same. */
	if (rc == 0 && strcmp(s->xfer.path, to) != 0)
		ftp_quota_changed(s, gone, 0);
	edit_done(s, rc, "Rename successful.", "Rename failed.");
}
