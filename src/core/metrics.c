/* metrics.c - counters by name, and the pools, as text.
 * Knows none of them: each lists itself at its first use. */
#include "base/text.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/pool.h"

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

static size_t put_value(char *out, size_t room, const char *name,
    uint64_t value)
{
	return text_fmt(out, room, "%s %llu\n", name,
	    (unsigned long long)value);
}

static size_t put_pool(char *out, size_t room, const struct pool *p)
{
	return text_fmt(out, room, "pool_%s_used %lu\npool_%s_peak %lu\n"
	    "pool_%s_refused %llu\n", p->name, (unsigned long)p->used,
	    p->name, (unsigned long)p->peak, p->name,
	    (unsigned long long)p->refused);
}

/* Entry `at`: counters, then pools. 0: there is none. */
static size_t put_entry(char *out, size_t room, int at)
{
	const struct pool *p;

	for (const struct metric *m = first; m != NULL; m = m->next)
		if (at-- == 0)
			return put_value(out, room, m->name, m->value);
	for (p = pool_first(); p != NULL; p = p->next)
		if (at-- == 0)
			return put_pool(out, room, p);
	return 0;
}

size_t metrics_text(char *out, size_t room, int *from)
{
	char entry[METRICS_ROOM];
	size_t n, at = 0;

	ASSERT(room >= sizeof(entry));
	while (*from >= 0) {
		n = put_entry(entry, sizeof(entry), *from);
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
