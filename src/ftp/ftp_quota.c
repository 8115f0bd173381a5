/* ftp_quota.c - counts a tree in slices, in constant memory. Knows no
 * replies. */
#include "ftp_quota.h"

#include "base/text.h"
#include "core/log.h"
#include "ftp_sess.h"

/* Entries in a turn, then others go on. */
#define SLICE 256
#define DEPTH 16
#define DIR_MEM 1024

/* Directories that are open, one in the other. */
struct ftp_walk {
	uint32_t depth;
	bool deep;		/* some were deeper */
	struct port_dir dir[DEPTH];
	uint16_t len[DEPTH];	/* of the path, before its name */
	uint8_t mem[DEPTH][DIR_MEM];
	char path[PORT_PATH_MAX];
};

/* Large, and done with in a moment: who comes second waits. */
POOL_DEFINE_RAW(ftp_walks, struct ftp_walk, 1);

/* ---- counting */

static void walk_down(struct ftp_sess *s, const char *name)
{
	struct ftp_walk *w = s->quota.walk;
	size_t len = strlen(w->path);
	struct port_dir *d = &w->dir[w->depth];

	if (w->depth == DEPTH ||
	    len + strlen(name) + 2 > sizeof(w->path)) {
		w->deep = true;
		return;
	}
	w->len[w->depth] = (uint16_t)len;
	text_fmt(w->path + len, sizeof(w->path) - len, "/%s", name);
	/* What he may not read holds nothing of his. */
	if (port_dir_open(d, s->root, w->path, w->mem[w->depth],
	    DIR_MEM) < 0)
		w->path[len] = '\0';
	else
		w->depth++;
}

static void walk_up(struct ftp_walk *w)
{
	w->depth--;
	port_dir_close(&w->dir[w->depth]);
	w->path[w->len[w->depth]] = '\0';
}

static void walk_entry(struct ftp_sess *s)
{
	struct ftp_walk *w = s->quota.walk;
	struct port_dir *d = &w->dir[w->depth - 1];
	struct file_info info;
	const char *name;

	if (port_dir_next(d, &name) <= 0)
		walk_up(w);
	else if (port_dir_info(d, name, false, &info) < 0)
		return;
	else if (info.type == FILE_REGULAR)
		s->quota.used += info.size;
	else if (info.type == FILE_DIR)
		walk_down(s, name);
}

void ftp_quota_stop(struct ftp_sess *s)
{
	struct ftp_quota *q = &s->quota;

	pool_unwait(&q->waiter);
	if (q->walk == NULL)
		return;
	while (q->walk->depth > 0)
		walk_up(q->walk);
	pool_put(&ftp_walks, q->walk);
	q->walk = NULL;
}

static void quota_counted(struct ftp_sess *s)
{
	struct ftp_quota *q = &s->quota;

	if (q->walk->deep)
		log_warn("quota user=%s: what is deeper than %d directories "
		    "is not counted", s->user, DEPTH);
	log_debug("quota user=%s used=%lld of=%lld", s->user,
	    (long long)q->used, (long long)q->limit);
	ftp_quota_stop(s);
	q->counting = false;
	if (!ftp_xfer_active(s))
		ftp_sess_rest(s);
}

static void quota_begin(struct pool_waiter *waiter)
{
	struct ftp_sess *s = OWNER(waiter, struct ftp_sess, quota.waiter);
	struct ftp_walk *w = pool_get(&ftp_walks);

	if (w == NULL) {
		pool_wait(&ftp_walks, waiter);
		return;
	}
	s->quota.walk = w;
	w->depth = 0;
	w->deep = false;
	w->path[0] = '\0';
	walk_down(s, "");
	ftp_sess_wake(s);
}

void ftp_quota_start(struct ftp_sess *s, int64_t limit)
{
	memset(&s->quota, 0, sizeof(s->quota));
	s->quota.limit = limit;
	if (limit == 0)
		return;
	s->quota.counting = true;
	s->quota.waiter.fn = quota_begin;
	quota_begin(&s->quota.waiter);
}

void ftp_quota_turn(struct ftp_sess *s)
{
	struct ftp_walk *w = s->quota.walk;

	if (w == NULL)
		return;
	for (int i = 0; i < SLICE && w->depth > 0; i++)
		walk_entry(s);
	if (w->depth == 0)
		quota_counted(s);
	else
		ftp_sess_wake(s);
}

/* ---- keeping */

bool ftp_quota_allows(const struct ftp_sess *s, int64_t octets)
{
	const struct ftp_quota *q = &s->quota;
	int64_t old = s->xfer.exists ? s->xfer.old_size : 0;

	return q->limit == 0 || octets <= old ||
	    q->used - old + octets <= q->limit;
}

int64_t ftp_quota_size(const struct ftp_sess *s, const char *path,
    bool follow)
{
	struct file_info info;

	if (s->quota.limit == 0 ||
	    port_path_info(s->root, path, follow, &info) < 0 ||
	    info.type != FILE_REGULAR)
		return 0;
	return info.size;
}

void ftp_quota_changed(struct ftp_sess *s, int64_t before, int64_t after)
{
	struct ftp_quota *q = &s->quota;

	q->used = MAX(q->used + after - before, 0);
}
