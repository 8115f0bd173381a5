/* ss_exposition.c - accounts in families of samples. Knows no socket. */
#include "ss_exposition.h"

#include "base/text.h"
#include "core/metrics.h"

enum { COUNTERS, PORTS, USERS, DONE };

static const struct {
	const char *name, *type, *help;
} families[] = {
	{ "up_octets_total", "counter", "octets from clients" },
	{ "down_octets_total", "counter", "octets from their targets" },
	{ "sessions_total", "counter", "TCP connections" },
	{ "rate_up", "gauge", "octets a second from clients, 0 = any" },
	{ "rate_down", "gauge", "octets a second from targets, 0 = any" },
	{ "quota_octets", "gauge", "octets both ways, 0 = any" },
	{ "expires_seconds", "gauge", "Unix time, 0 = never" },
};

static uint64_t value_of(const struct ss_account *a, size_t family)
{
	const struct ss_sums moved = ss_account_sums(a);
	const uint64_t values[] = { moved.up, moved.down, moved.sessions,
		(uint64_t)a->of_up.rate, (uint64_t)a->of_down.rate,
		(uint64_t)a->quota, (uint64_t)a->expires_s };

	_Static_assert(LEN(values) == LEN(families), "one for each");
	return values[family];
}

/* A label's value: \\, \" and \n, and nothing that is not UTF-8. */
static void put_label(char *out, size_t room, const char *s)
{
	struct text_out o = { .mem = out, .room = room };
	size_t len = strlen(s), n;

	out[0] = '\0';
	for (; len > 0; s += n, len -= n) {
		n = text_utf8_char(s, len);
		if (n == 0)
			text_put(&o, "\xef\xbf\xbd");
		else if (*s == '\n')
			text_put(&o, "\\n");
		else
			text_put(&o, "%s%.*s", *s == '"' || *s == '\\' ?
			    "\\" : "", (int)n, s);
		n = MAX(n, (size_t)1);
	}
}

static void put_head(struct text_out *o, bool users, size_t family)
{
	const char *whose = users ? "user" : "port";
	const char *name = families[family].name;

	text_put(o, "# HELP wherry_%s_%s %s\n# TYPE wherry_%s_%s %s\n", whose,
	    name, families[family].help, whose, name, families[family].type);
}

static void put_port(struct text_out *o, const struct ss_door *d,
    size_t family)
{
	text_put(o, "wherry_port_%s{port=\"%u\"} %llu\n",
	    families[family].name, d->number,
	    (unsigned long long)value_of(d->account, family));
}

static void put_user(struct text_out *o, const struct ss_user *u,
    size_t family)
{
	char name[3 * SS_USER_NAME];

	put_label(name, sizeof(name), u->name);
	text_put(o, "wherry_user_%s{port=\"%u\",user=\"%s\"} %llu\n",
	    families[family].name, u->door->number, name,
	    (unsigned long long)value_of(u->account, family));
}

/* One more is there if it has its turn; false: it did not fit. */
static bool put_if(struct ss_exposition *e, struct text_out *o, uint32_t i,
    const struct ss_door *d, const struct ss_user *u)
{
	if (i < e->at)
		return true;
	if (e->at == 0)
		put_head(o, u != NULL, e->family);
	if (u != NULL)
		put_user(o, u, e->family);
	else
		put_port(o, d, e->family);
	if (o->full)
		return false;
	e->at++;
	return true;
}

/* What is left of a family; false: not all of it fitted. */
static bool put_family(struct ss_exposition *e, struct ss *ss,
    struct text_out *o)
{
	const struct ss_door *d = NULL;
	const struct ss_user *u;
	uint32_t i = 0;

	while ((d = ss_door_next(ss, d)) != NULL) {
		if (!d->open)
			continue;
		if (e->stage == PORTS && !put_if(e, o, i++, d, NULL))
			return false;
		u = e->stage == USERS ? ss_user_next(d, NULL) : NULL;
		for (; u != NULL; u = ss_user_next(d, u))
			if (u->open && !put_if(e, o, i++, d, u))
				return false;
	}
	return true;
}

static void next_family(struct ss_exposition *e)
{
	e->at = 0;
	if (++e->family < LEN(families))
		return;
	e->family = 0;
	e->stage++;
}

/* A head alone without its first sample is taken back. */
static void put_accounts(struct ss_exposition *e, struct ss *ss,
    struct text_out *o)
{
	size_t before;

	while (e->stage < DONE) {
		before = o->len;
		if (!put_family(e, ss, o)) {
			if (e->at == 0)
				o->len = before;
			return;
		}
		next_family(e);
	}
}

size_t ss_exposition_next(struct ss_exposition *e, struct ss *ss, char *out,
    size_t room)
{
	struct text_out o = { .mem = out, .room = room };

	ASSERT(room >= SS_EXPOSITION_ROOM);
	if (e->stage == COUNTERS) {
		o.len = metrics_exposition(out, room, &e->from);
		if (e->from >= 0)
			return o.len;
		ss_serve_count(ss);
		e->stage = PORTS;
	}
	put_accounts(e, ss, &o);
	return o.len;
}
