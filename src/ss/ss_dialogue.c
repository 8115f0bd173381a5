/* ss_dialogue.c - commands of a manager's client, and the answers. Knows no
 * socket; what is done is ss_manage.c's, how it is put is ss_dialect.c's. */
#include "ss_dialogue.h"

#include "base/text.h"
#include "core/log.h"
#include "ss_manage.h"

struct talk {
	const struct ss_dialogue *d;
	struct ss *ss;
	struct ss_answer *to;
	const char *text;	/* the object behind the command */
	size_t len;
	struct opt_at at;
};

static void say(struct talk *t, const char *text)
{
	t->to->say(t->to, text, strlen(text));
}

/* What is in the log has all of it. */
static void say_done(struct talk *t, int rc)
{
	if (rc == 0) {
		say(t, t->d->ok);
		return;
	}
	log_rated(LOG_ERROR, "manager: %s", t->at.text);
	if (t->d->failed != NULL) {
		say(t, t->d->failed(rc));
		return;
	}
	text_fmt(t->to->mem, t->to->room, "err: %.300s\n", t->at.text);
	say(t, t->to->mem);
}

static void add(struct talk *t)
{
	say_done(t, ss_manage_add(t->ss, t->text, t->len, &t->at));
}

static void remove_port(struct talk *t)
{
	say_done(t, ss_manage_remove(t->ss, t->text, t->len, &t->at));
}

static void add_user(struct talk *t)
{
	say_done(t, ss_manage_add_user(t->ss, t->text, t->len, &t->at));
}

static void remove_user(struct talk *t)
{
	say_done(t, ss_manage_remove_user(t->ss, t->text, t->len, &t->at));
}

/* ---- what is there ---- */

static size_t put_total(char *out, size_t room, const void *door)
{
	struct text_out o = { .mem = out, .room = room };
	const struct ss_door *d = door;

	text_put(&o, "\"%u\":%llu", d->number,
	    (unsigned long long)ss_account_total(d->account));
	return o.full ? 0 : o.len;
}

static size_t put_user(char *out, size_t room, const void *user)
{
	struct text_out o = { .mem = out, .room = room };
	const struct ss_user *u = user;
	const struct ss_account *a = u->account;
	struct ss_sums moved = ss_account_sums(a);

	text_put(&o, "{\"name\":");
	text_put_json(&o, u->name);
	text_put(&o, ",\"up\":%llu,\"down\":%llu,\"sessions\":%llu",
	    (unsigned long long)moved.up, (unsigned long long)moved.down,
	    (unsigned long long)moved.sessions);
	text_put(&o, ",\"rate_up\":%lld,\"rate_down\":%lld,\"quota\":%lld,"
	    "\"expires\":%lld}", (long long)a->of_up.rate,
	    (long long)a->of_down.rate, (long long)a->quota,
	    (long long)a->expires_s);
	return o.full ? 0 : o.len;
}

/* Of all ports, octets both ways since each is there. */
static void ping(struct talk *t)
{
	struct ss_many m = { .to = t->to, .open = "stat: {", .next = ",",
		.close = t->d->totals_close };
	const struct ss_door *d = NULL;

	if (t->d->pong != NULL) {
		say(t, t->d->pong);
		return;
	}
	ss_serve_count(t->ss);
	while ((d = ss_door_next(t->ss, d)) != NULL)
		if (d->open)
			(void)ss_many_add(&m, put_total, d);
	ss_many_end(&m);
}

static void list(struct talk *t)
{
	struct ss_many m = { .to = t->to, .open = t->d->list_open,
		.next = t->d->list_next, .close = t->d->list_close };
	const struct ss_door *d = NULL;

	while ((d = ss_door_next(t->ss, d)) != NULL)
		if (d->open && ss_many_add(&m, t->d->entry, d) != 0)
			(void)ss_many_add(&m, t->d->short_entry, d);
	ss_many_end(&m);
	wipe(t->to->mem, t->to->room);
}

static void users(struct talk *t)
{
	struct ss_many m = { .to = t->to, .open = "[", .next = ",",
		.close = t->d->users_close };
	const struct ss_user *u = NULL;
	struct ss_door *d;
	int rc = ss_manage_port(t->ss, t->text, t->len, &t->at, &d);

	if (rc != 0) {
		say_done(t, rc);
		return;
	}
	ss_serve_count(t->ss);
	while ((u = ss_user_next(d, u)) != NULL)
		if (u->open)
			(void)ss_many_add(&m, put_user, u);
	ss_many_end(&m);
}

/* ---- words ---- */

static const struct {
	const char *word;
	bool object;		/* behind a colon */
	void (*fn)(struct talk *t);
} commands[] = {
	{ "add", true, add },
	{ "remove", true, remove_port },
	{ "ping", false, ping },
	{ "list", false, list },
	{ "add_user", true, add_user },
	{ "remove_user", true, remove_user },
	{ "users", true, users },
};

static bool is_blank(char c)
{
	return text_is_space(c) || c == '\0';
}

bool ss_dialogue_hear(const struct ss_dialogue *d, struct ss *ss,
    const char *text, size_t len, struct ss_answer *a)
{
	struct talk t = { .d = d, .ss = ss, .to = a };
	size_t i, n = 0;

	while (len > 0 && is_blank(text[len - 1]))
		len--;
	while (n < len && text[n] != ':')
		n++;
	t.text = text + MIN(n + 1, len);
	t.len = len - (size_t)(t.text - text);
	for (i = 0; i < LEN(commands); i++)
		if (strlen(commands[i].word) == n &&
		    memcmp(commands[i].word, text, n) == 0)
			break;
	if (i == LEN(commands) || commands[i].object != (t.len > 0) ||
	    (commands[i].fn == list && d->entry == NULL))
		return false;
	commands[i].fn(&t);
	return true;
}
