/* metrics.c - counters by name, and the pools, as text.
 * Knows none of them: each lists itself at its first use. */
#include "base/text.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/pool.h"
#include "metrics_shared.h"

/* In the order of their first use, so that places in the text stay. */
static struct metric *first, **last = &first;

void metric_add(struct metric *m, uint64_t n)
{
	m->value += n;
	if (m->listed)
		return;
	m->listed = true;
	*last = m;
	last = &m->next;
}

struct metric *metric_first(void)
{
	return first;
}

static uint64_t value_of(const struct metric *m)
{
	return m->value + metrics_others(m);
}

static struct pool_sums sums_of(const struct pool *p)
{
	struct pool_sums s = metrics_others_pool(p);

	s.size += p->count;
	s.used += p->used;
	s.peak += p->peak;
	s.refused += p->refused;
	return s;
}

static size_t put_value(char *out, size_t room, const char *name,
    uint64_t value)
{
	return text_fmt(out, room, "%s %llu\n", name,
	    (unsigned long long)value);
}

static size_t put_pool(char *out, size_t room, const struct pool *p)
{
	struct pool_sums s = sums_of(p);

	return text_fmt(out, room, "pool_%s_used %llu\npool_%s_peak %llu\n"
	    "pool_%s_refused %llu\n", p->name, (unsigned long long)s.used,
	    p->name, (unsigned long long)s.peak, p->name,
	    (unsigned long long)s.refused);
}

/* Entry `at`: counters, then pools. 0: there is none. */
static size_t put_entry(char *out, size_t room, int at)
{
	const struct pool *p;

	for (const struct metric *m = first; m != NULL; m = m->next)
		if (at-- == 0)
			return put_value(out, room, m->name, value_of(m));
	for (p = pool_first(); p != NULL; p = p->next)
		if (at-- == 0)
			return put_pool(out, room, p);
	return 0;
}

/* ---- the same in families ---- */

static const struct {
	const char *name, *type, *help;
	size_t at;		/* in struct pool_sums */
} families[] = {
	{ "pool_size", "gauge", "objects there are",
	    offsetof(struct pool_sums, size) },
	{ "pool_used", "gauge", "objects in use",
	    offsetof(struct pool_sums, used) },
	{ "pool_peak", "gauge", "objects in use at most",
	    offsetof(struct pool_sums, peak) },
	{ "pool_refused_total", "counter", "times that none was left",
	    offsetof(struct pool_sums, refused) },
};

static size_t put_of_pool(char *out, size_t room, size_t family,
    const struct pool *p)
{
	const char *name = families[family].name;
	struct pool_sums s = sums_of(p);
	uint64_t value;
	size_t n = 0;

	memcpy(&value, (const char *)&s + families[family].at, sizeof(value));

	if (p == pool_first())
		n = text_fmt(out, room, "# HELP wherry_%s %s\n# TYPE wherry_%s "
		    "%s\n", name, families[family].help, name,
		    families[family].type);
	return n + text_fmt(out + n, room - n, "wherry_%s{pool=\"%s\"} %llu\n",
	    name, p->name, (unsigned long long)value);
}

static size_t put_exposed(char *out, size_t room, int at)
{
	const struct pool *p;

	for (const struct metric *m = first; m != NULL; m = m->next)
		if (at-- == 0)
			return text_fmt(out, room, "# HELP wherry_%s_total "
			    "%s\n# TYPE wherry_%s_total counter\n"
			    "wherry_%s_total %llu\n", m->name, m->help,
			    m->name, m->name,
			    (unsigned long long)value_of(m));
	for (size_t i = 0; i < LEN(families); i++)
		for (p = pool_first(); p != NULL; p = p->next)
			if (at-- == 0)
				return put_of_pool(out, room, i, p);
	return 0;
}

/* Whole entries, as many as fit. */
static size_t put_all(char *out, size_t room, int *from,
    size_t (*put)(char *out, size_t room, int at))
{
	char entry[METRICS_ROOM];
	size_t n, at = 0;

	ASSERT(room >= sizeof(entry));
	if (*from == 0)
		metrics_others_list();
	while (*from >= 0) {
		n = put(entry, sizeof(entry), *from);
		if (n == 0) {
			*from = -1;
			break;
		}
		if (n >= room - at)
			break;
		memcpy(out + at, entry, n);
		at += n;
		++*from;
	}
	out[at] = '\0';
	return at;
}

size_t metrics_text(char *out, size_t room, int *from)
{
	return put_all(out, room, from, put_entry);
}

size_t metrics_exposition(char *out, size_t room, int *from)
{
	return put_all(out, room, from, put_exposed);
}

void metrics_log(void)
{
	char text[METRICS_ROOM], *line, *end;
	int from = 0;

	while (from >= 0) {
		metrics_text(text, sizeof(text), &from);
		for (line = text; *line != '\0'; line = end + 1) {
			end = strchr(line, '\n');
			*end = '\0';
			log_info("%s", line);
		}
	}
}
