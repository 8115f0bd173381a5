/* ss_ledger.c - a file of sums, read at the start and written now and then.
 * Knows no session. What a line looks like is ss_ledger_file.c's. */
#include "ss_ledger.h"

#include "base/text.h"
#include "core/log.h"
#include "port/file.h"
#include "ss_serve.h"
#include "ss_ledger_file.h"

POOL_DEFINE(ss_pasts, struct ss_past, LIMIT_LISTENERS + LIMIT_USERS);

/* ---- who did not come yet ---- */

static struct ss_past **row_of(struct ss_ledger *s, uint16_t number,
    const char *name)
{
	uint32_t h = number;

	for (; *name != '\0'; name++)
		h = (h ^ (uint8_t)*name) * 16777619u;
	return &s->row[(h ^ h >> 16) % LEN(s->row)];
}

static struct ss_past **find(struct ss_ledger *s, uint16_t number,
    const char *name)
{
	struct ss_past **at = row_of(s, number, name);

	while (*at != NULL && ((*at)->number != number ||
	    strcmp((*at)->name, name) != 0))
		at = &(*at)->next;
	return at;
}

static int remember(struct ss_ledger *s, const struct ss_past *p)
{
	struct ss_past **at = find(s, p->number, p->name), *next;

	if (*at == NULL)
		*at = pool_get(&ss_pasts);
	if (*at == NULL)
		return -E_FULL;
	next = (*at)->next;
	**at = *p;
	(*at)->next = next;
	return 0;
}

void ss_ledger_take(struct ss_ledger *s, uint16_t number, const char *name,
    struct ss_account *a)
{
	struct ss_past **at, *p;

	if (s->ss == NULL)
		return;
	at = find(s, number, name != NULL ? name : "");
	p = *at;
	if (p == NULL)
		return;
	ss_account_resume(a, &p->moved);
	*at = p->next;
	pool_put(&ss_pasts, p);
}

static struct ss_past past_of(uint16_t number, const char *name,
    const struct ss_account *a)
{
	struct ss_past p = { .number = number,
		.moved = ss_account_sums(a) };

	if (name != NULL)
		text_copy(p.name, sizeof(p.name), name);
	return p;
}

void ss_ledger_put(struct ss_ledger *s, uint16_t number, const char *name,
    const struct ss_account *a)
{
	struct ss_past p;

	if (s->ss == NULL)
		return;
	p = past_of(number, name, a);
	(void)remember(s, &p);
}

static void forget(struct ss_ledger *s)
{
	struct ss_past *p;

	for (size_t i = 0; i < LEN(s->row); i++) {
		while ((p = s->row[i]) != NULL) {
			s->row[i] = p->next;
			pool_put(&ss_pasts, p);
		}
	}
}

/* ---- all that is to be known ---- */

typedef void past_fn(void *ctx, const struct ss_past *p);

static void each_user(const struct ss *ss, const struct ss_door *d,
    past_fn *fn, void *ctx)
{
	const struct ss_user *u = NULL;
	struct ss_past p;

	while ((u = ss_user_next(d, u)) != NULL) {
		if (!u->open && !ss->quiet)
			continue;
		p = past_of(d->number, u->name, u->account);
		fn(ctx, &p);
	}
}

/* Ports and users that are there, and those that did not come yet. */
static void each(struct ss_ledger *s, past_fn *fn, void *ctx)
{
	const struct ss_door *d = NULL;
	struct ss_past p;

	while ((d = ss_door_next(s->ss, d)) != NULL) {
		if (d->open || s->ss->quiet) {
			p = past_of(d->number, NULL, d->account);
			fn(ctx, &p);
		}
		each_user(s->ss, d, fn, ctx);
	}
	for (size_t i = 0; i < LEN(s->row); i++)
		for (struct ss_past *q = s->row[i]; q != NULL; q = q->next)
			fn(ctx, q);
}

static void add_up(void *ctx, const struct ss_past *p)
{
	uint64_t *sum = ctx;

	*sum += p->moved.up + 3 * p->moved.down + 5 * p->moved.sessions + 1;
}

static void put_past(void *ctx, const struct ss_past *p)
{
	ss_ledger_file_put(ctx, p);
}

/* ---- the file ---- */

static void name_of(const struct ss_ledger *s, char out[SS_LEDGER_PATH + 4])
{
	text_fmt(out, SS_LEDGER_PATH + 4, "%s.new", s->path);
}

static int rename_new(struct ss_ledger *s)
{
	char path[SS_LEDGER_PATH + 4];

	name_of(s, path);
	s->fresh = false;
	return port_path_rename(PORT_FS, path, s->path);
}

static int write_new(struct ss_ledger *s, bool sync)
{
	struct ss_ledger_file f;
	char path[SS_LEDGER_PATH + 4];
	int rc;

	name_of(s, path);
	rc = ss_ledger_file_make(&f, path);
	if (rc != 0)
		return rc;
	each(s, put_past, &f);
	rc = ss_ledger_file_done(&f, sync);
	s->fresh = rc == 0;
	return rc;
}

/* The one before is on the disk by now; or, at the end, is waited for. */
static void save(struct ss_ledger *s, bool last)
{
	uint64_t sum = 0;
	int rc = 0;

	ss_serve_count(s->ss);
	each(s, add_up, &sum);
	if (s->fresh && !last)
		rc = rename_new(s);
	if (rc == 0 && (sum != s->written || (last && s->fresh)))
		rc = write_new(s, last);
	if (rc == 0 && last && s->fresh)
		rc = rename_new(s);
	if (rc == 0)
		s->written = sum;
	else
		log_rated(LOG_ERROR, "state_file %s: %s", s->path,
		    err_text(rc));
}

static void on_time(struct timer *t)
{
	struct ss_ledger *s = OWNER(t, struct ss_ledger, timer);

	save(s, false);
	timer_set(s->ss->loop, t, s->ss->loop->now_ms + SS_LEDGER_MS, on_time);
}

static int take_past(void *ctx, const struct ss_past *p)
{
	return remember(ctx, p);
}

static int read_one(struct ss_ledger *s, const char *path)
{
	int rc = ss_ledger_file_read(path, take_past, s);

	if (rc == -E_FULL)
		log_warn("state_file %s: more than LIMIT_LISTENERS ports and "
		    "LIMIT_USERS users", path);
	return rc == -E_FULL ? 0 : rc;
}

static void load(struct ss_ledger *s)
{
	char path[SS_LEDGER_PATH + 4];
	int rc;

	name_of(s, path);
	if (read_one(s, path) == 0) {
		(void)rename_new(s);
		return;
	}
	rc = read_one(s, s->path);
	if (rc == -E_NOENT)
		log_info("state_file %s: not there yet", s->path);
	else if (rc != 0)
		log_error("state_file %s: %s: all sums begin at 0", s->path,
		    rc == -E_PROTO ? "damaged" : err_text(rc));
}

void ss_ledger_open(struct ss_ledger *s, struct ss *ss, const char *path)
{
	*s = (struct ss_ledger){ 0 };
	if (*path == '\0' || !text_copy(s->path, sizeof(s->path), path))
		return;
	s->ss = ss;
	load(s);
	timer_set(ss->loop, &s->timer, ss->loop->now_ms + SS_LEDGER_MS,
	    on_time);
}

void ss_ledger_close(struct ss_ledger *s)
{
	if (s->ss == NULL)
		return;
	save(s, true);
	timer_stop(s->ss->loop, &s->timer);
	forget(s);
	s->ss = NULL;
}
