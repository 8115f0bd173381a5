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

int ss_salts_open(struct ss_salts *s, struct loop *l, const char *path,
    struct ss_seen *common)
{
	int rc;

	if (s->seen != NULL)
		return 0;
	s->seen = common;
	if (common != NULL)
		return 0;
	s->seen = pool_get(&ss_seen);
	if (s->seen == NULL)
		return -E_BUSY;
	s->loop = l;
	text_copy(s->path, sizeof(s->path), path);
	ss_seen_start(s->seen);
	if (path[0] == '\0')
		return 0;
	rc = ss_seen_load(s->seen, path);
	if (rc != 0)
		log_warn("salt_file %s: %s; it begins anew", path,
		    err_text(rc));
	s->in_file = s->seen->n;
	timer_set(l, &s->timer, l->now_ms + SS_SALTS_MS, on_time);
	return 0;
}

void ss_salts_close(struct ss_salts *s)
{
	if (s->seen != NULL && s->loop != NULL) {
		save(s);
		timer_stop(s->loop, &s->timer);
		pool_put(&ss_seen, s->seen);
	}
	s->seen = NULL;
}
