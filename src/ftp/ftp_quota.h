/* ftp_quota.h - octets that a user's files may have: counted after login, kept
 * by what his session stores and removes. */
#ifndef FTP_QUOTA_H
#define FTP_QUOTA_H

#include "core/pool.h"

struct ftp_sess;
struct ftp_walk;

/* Of a session. What others store in the same tree meanwhile is seen at the
 * next login. */
struct ftp_quota {
	int64_t limit;		/* 0 = none */
	int64_t used;		/* sizes of all regular files, links too */
	struct ftp_walk *walk;	/* while they are counted */
	struct pool_waiter waiter;
	bool counting;
};

/* After login: begins to count what is beneath s->root, to a depth of 16. */
void ftp_quota_start(struct ftp_sess *s, int64_t limit);
/* A slice of it. Verbs that change anything wait for its end. */
void ftp_quota_turn(struct ftp_sess *s);
void ftp_quota_stop(struct ftp_sess *s);

/* May the upload under way have this many octets in its file? */
bool ftp_quota_allows(const struct ftp_sess *s, int64_t octets);
/* Octets of the file at path; 0 when there is none, or no quota. */
int64_t ftp_quota_size(const struct ftp_sess *s, const char *path,
    bool follow);
void ftp_quota_changed(struct ftp_sess *s, int64_t before, int64_t after);

#endif
