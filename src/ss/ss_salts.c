/* ss_salts.c - keeps the store of SIP004's salts over a restart. Knows no
 * salt. */
#include "ss_salts.h"

#include "base/text.h"
#include "core/log.h"
#include "core/pool.h"

/* For the one server of a process. */
POOL_DEFINE(ss_seen, struct ss_seen, 1);

static void save(struct ss_salts *s)
{
	int rc;

	if (s->path[0] == '\0' || s->seen->n == s->in_file)
		return;
	rc = ss_seen_save(s->seen, s->path);
	if (rc == 0)
		s->in_file = s->seen->n;
	else
		log_warn("salt_file %s: %s", s->path, err_text(rc));
}

static void on_time(struct timer *t)
{
	struct ss_salts *s = OWNER(t, struct ss_salts, timer);

	save(s);
	timer_set(s->loop, t, s->loop->now_ms + SS_SALTS_MS, on_time);
}

void ss_salts_load(struct ss_seen *seen, const char *path)
{
	int rc = ss_seen_load(seen, path);

	if (rc != 0)
		log_warn("salt_file %s: %s; it begins anew", path,
		    err_text(rc));
}

int ss_salts_open(struct ss_salts *s, struct loop *l, const char *path,
    struct ss_seen *common)
{
	if (s->seen != NULL)
		return 0;
	s->common = common != NULL;
	s->seen = common;
	if (!s->common) {
		s->seen = pool_get(&ss_seen);
		if (s->seen == NULL)
			return -E_BUSY;
		ss_seen_start(s->seen);
		if (path[0] != '\0')
			ss_salts_load(s->seen, path);
	}
	s->loop = l;
	text_copy(s->path, sizeof(s->path), path);
	s->in_file = s->seen->n;
	if (path[0] != '\0')
		timer_set(l, &s->timer, l->now_ms + SS_SALTS_MS, on_time);
	return 0;
}

void ss_salts_close(struct ss_salts *s)
{
	if (s->seen == NULL)
		return;
	save(s);
	timer_stop(s->loop, &s->timer);
	if (!s->common)
		pool_put(&ss_seen, s->seen);
	s->seen = NULL;
}
