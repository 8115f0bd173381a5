/* ftp_verbs_file.c - the verbs that ask the file system, or start a transfer.
 * Paths come resolved from the verb table. */
#include "base/text.h"
#include "ftp_cmd.h"
#include "ftp_path.h"

void ftp_verb_pwd(struct ftp_sess *s, char *arg)
{
	(void)arg;
	ftp_reply_path(s, 257, s->cwd, "is the current directory");
}

/* To s->xfer.path. Cameras send an empty CWD: it leads nowhere, and works. */
void ftp_verb_cwd(struct ftp_sess *s, char *arg)
{
	struct file_info info;

	(void)arg;
	if (port_path_info(s->root, s->xfer.path, true, &info) < 0 ||
	    info.type != FILE_DIR) {
		ftp_reply(s, 550, "Failed to change directory.");
		return;
	}
	text_copy(s->cwd, sizeof(s->cwd), s->xfer.path);
	ftp_reply_directory(s, 250, "Directory successfully changed.");
}

void ftp_verb_cdup(struct ftp_sess *s, char *arg)
{
	ftp_path_parent(s->xfer.path, sizeof(s->xfer.path), s->cwd);
	ftp_verb_cwd(s, arg);
}

static bool file_regular(struct ftp_sess *s, struct file_info *info)
{
	return port_path_info(s->root, s->xfer.path, true, info) == 0 &&
	    info->type == FILE_REGULAR;
}

void ftp_verb_size(struct ftp_sess *s, char *arg)
{
	struct file_info info;

	(void)arg;
	if (s->ascii && ftp_conf(s)->ascii_download_enable)
		ftp_reply(s, 550, "SIZE not allowed in ASCII mode.");
	else if (file_regular(s, &info))
		ftp_reply(s, 213, "%lld", (long long)info.size);
	else
		ftp_reply(s, 550, "Could not get file size.");
}

static void file_list(struct ftp_sess *s, unsigned how, const char *arg)
{
	arg = ftp_list_options(arg, &how);
	if (ftp_cmd_path(s, s->xfer.path, arg))
		ftp_xfer_list(s, how, arg);
}

void ftp_verb_list(struct ftp_sess *s, char *arg)
{
	file_list(s, LIST_LONG, arg);
}

void ftp_verb_nlst(struct ftp_sess *s, char *arg)
{
	file_list(s, 0, arg);
}

void ftp_verb_mlsd(struct ftp_sess *s, char *arg)
{
	ftp_xfer_list(s, LIST_FACTS | LIST_ALL, arg);
}

void ftp_verb_mlst(struct ftp_sess *s, char *arg)
{
	struct file_info info;
	char facts[FACTS_ROOM];

	(void)arg;
	if (port_path_info(s->root, s->xfer.path, true, &info) < 0) {
		ftp_reply(s, 550, "No such file or directory.");
		return;
	}
	ftp_facts(facts, sizeof(facts), s->facts, s->rights, &info, NULL);
	ftp_reply_facts(s, facts, s->xfer.path);
}

void ftp_verb_retr(struct ftp_sess *s, char *arg)
{
	(void)arg;
	ftp_xfer_retr(s);
}

/* "N" or "N R M". What cannot fit is refused before it is sent; what can is set
 * aside by the upload that follows. Scanners send odd things here, which do no
 * harm. */
void ftp_verb_allo(struct ftp_sess *s, char *arg)
{
	uint64_t want, room;

	s->allo = 0;

	if (!(s->rights & (RIGHT_UPLOAD | RIGHT_CHANGE)) ||
	    text_u64(arg, strcspn(arg, " "), UINT64_MAX, &want) < 0 ||
	    port_file_free(s->root, &room) < 0) {
		ftp_reply(s, 202, "ALLO command ignored.");
	} else if (want > ftp_store_room(s, room)) {
		ftp_reply(s, 552, "There are %llu bytes free.",
		    (unsigned long long)ftp_store_room(s, room));
	} else {
		s->allo = (int64_t)want;
		ftp_reply(s, 200, "There is room for it.");
	}
}

void ftp_verb_stor(struct ftp_sess *s, char *arg)
{
	(void)arg;
	ftp_xfer_stor(s);
}

void ftp_verb_appe(struct ftp_sess *s, char *arg)
{
	(void)arg;
	ftp_xfer_appe(s);
}

/* Scanners send it bare. */
void ftp_verb_stou(struct ftp_sess *s, char *arg)
{
	const char *name = *arg != '\0' ? arg : "STOU";

	if (ftp_cmd_path(s, s->xfer.path, name))
		ftp_xfer_stou(s, name);
}

void ftp_verb_abor(struct ftp_sess *s, char *arg)
{
	(void)arg;
	if (!ftp_xfer_active(s)) {
		ftp_data_close(&s->data);
		ftp_reply(s, 225, "No transfer to ABOR.");
		return;
	}
	ftp_xfer_abort(s);
	ftp_reply(s, 226, "ABOR successful.");
}
