/* ftp_list.h - LIST and NLST as a stream of lines; knows no socket. */
#ifndef FTP_LIST_H
#define FTP_LIST_H

#include "base/base.h"
#include "ftp_facts.h"

/* Bits of ftp_list.how. */
#define LIST_LONG     1u	/* LIST, NLST -l */
#define LIST_ALL      2u	/* -a, force_dot_files: names with a dot too */
#define LIST_DOTS     4u	/* -a: "." and ".." as well */
#define LIST_CLASSIFY 8u	/* -F: '/' behind directories, '@' links */
#define LIST_LOCAL   16u	/* times of use_localtime, else UTC */
#define LIST_FACTS   64u	/* MLSD */
#define LIST_NO_IDS  32u	/* hide_ids: user and group show as ftp */
#define LIST_RECURSE 128u	/* -R, which not everybody may */

/* No line is longer: columns or facts, a name, a link's text. */
#define LIST_LINE_MAX (FACTS_ROOM + 2 * PORT_PATH_MAX + 8)

struct dir_mem;

/* A listing under way. */
struct ftp_list {
	unsigned how;
	int root;
	const char *path;	/* canonical; the session's */
	char *walk;		/* -R: path, with room for more; else NULL */
	const char *given;	/* as the client wrote it, "" = nothing; with
				 * -R it may be the end of path */
	const char *hide;	/* pattern of names left out, "" = none */
	const char *only;	/* pattern of names told, NULL = all */
	int64_t now_s;
	struct port_dir dir;
	struct dir_mem *mem;
	bool is_dir;
	uint8_t step;
	uint8_t facts, rights;	/* MLSD: FACT_* to tell, RIGHT_* to tell of */
	uint16_t base;		/* -R: octets of walk at the beginning */
};

/*
 * ftp_list_options - reads leading dash words ("-al -F") into *how.
 * Known: a, l, F, R; t, r and all others are taken and have no effect.
 * Returns what follows them.
 */
const char *ftp_list_options(const char *arg, unsigned *how);

/*
 * One line with CRLF. target: text of a symbolic link or NULL. The columns,
 * the months and the year form (older than 182 days, or more than a day in the
 * future) are those clients have parsed for decades; a CR or LF in a name
 * shows as '?'. room >= LIST_LINE_MAX. Octets.
 */
size_t ftp_list_line(char *out, size_t room, unsigned how, int64_t now_s,
    const char *name, const struct file_info *info, const char *target);

/*
 * What is at path, before the 150. 0, or -E_NOENT and the like.
 * The caller has set how, root, path, given, hide and now_s; only and walk are
 * NULL.
 */
int ftp_list_look(struct ftp_list *l);
/*
 * After it: the directories beneath are listed as well, each behind its name,
 * "sub/deep:", as ls -R does. One is open at a time, nothing is remembered but
 * its path: a directory is read once more for each that lies in it. Links are
 * not followed. path is l->path, with PORT_PATH_MAX octets of room; it changes.
 */
void ftp_list_walk(struct ftp_list *l, char *path);

/*
 * There is nothing at path, which is l->path: are the names meant that its
 * last part is a pattern of? Cuts it off. 0, -E_NOENT: no, or no directory.
 */
int ftp_list_glob(struct ftp_list *l, char *path);

/* Opens the directory, if it is one. 0 or port_dir_open's errors. */
int ftp_list_open(struct ftp_list *l);

/*
 * The next line, room >= LIST_LINE_MAX. Octets, 0 at the end, or -E_IO.
 * Entries that vanish, or may not be looked at, are left out. Order of the
 * directory, constant memory, one entry per call.
 */
int ftp_list_next(struct ftp_list *l, char *out, size_t room);

/* From any state, twice is harmless. */
void ftp_list_close(struct ftp_list *l);

#endif
