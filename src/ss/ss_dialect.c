/* ss_dialect.c - how the managers of python, libev and rust put it. Knows not
 * what is done. reference: 2.2, 2.3, 2.4. */
#include "base/text.h"
#include "ss_dialogue.h"
#include "ss_secret.h"
#include "ss_wish.h"

/* ---- failures ---- */

static const char *python_failed(int rc)
{
	(void)rc;
	return "err";
}

static const char *libev_failed(int rc)
{
	switch (rc) {
	case -E_INUSE:
	case -E_NOADDR:
	case -E_PERM:
	case -E_FULL:
	case -E_NOFILE:
		return "port is not available";
	default:
		return "err";
	}
}

/* ---- list ---- */

static size_t libev_entry(char *out, size_t room, const void *door)
{
	struct text_out o = { .mem = out, .room = room };
	const struct ss_door *d = door;
	char password[SS_PASSWORD];

	ss_secret_text(d, password, sizeof(password));
	text_put(&o, "{\"server_port\":\"%u\",\"password\":", d->number);
	text_put_json(&o, password);
	text_put(&o, ",\"method\":\"%s\"}", ss_door_method(d)->name);
	wipe(password, sizeof(password));
	return o.full ? 0 : o.len;
}

static void rust_user(struct text_out *o, const struct ss_user *u, bool first)
{
	char password[SS_PASSWORD];

	(void)text_base64(password, sizeof(password), u->key.master,
	    u->key.method->key_len);
	text_put(o, "%s{\"name\":", first ? "" : ",");
	text_put_json(o, u->name);
	text_put(o, ",\"password\":\"%s\"}", password);
	wipe(password, sizeof(password));
}

static void rust_head(struct text_out *o, const struct ss_door *d)
{
	char password[SS_PASSWORD];

	ss_secret_text(d, password, sizeof(password));
	text_put(o, "{\"server_port\":%u,\"password\":", d->number);
	text_put_json(o, password);
	text_put(o, ",\"method\":\"%s\"", ss_door_method(d)->name);
	wipe(password, sizeof(password));
}

static size_t rust_entry(char *out, size_t room, const void *door)
{
	struct text_out o = { .mem = out, .room = room };
	const struct ss_user *u = NULL;
	const struct ss_door *d = door;
	bool first = true;

	rust_head(&o, d);
	while ((u = ss_user_next(d, u)) != NULL) {
		if (!u->open)
			continue;
		if (first)
			text_put(&o, ",\"users\":[");
		rust_user(&o, u, first);
		first = false;
	}
	text_put(&o, first ? "}" : "]}");
	return o.full ? 0 : o.len;
}

/* More users than a datagram takes: `users` tells them. */
static size_t rust_short_entry(char *out, size_t room, const void *door)
{
	struct text_out o = { .mem = out, .room = room };

	rust_head(&o, door);
	text_put(&o, "}");
	return o.full ? 0 : o.len;
}

/* ---- each of them ---- */

static const struct ss_dialogue python = {
	.command_max = 1506,
	.pushes = true,
	.ok = "ok",
	.pong = "pong",
	.failed = python_failed,
	.users_close = "]",
};

static const struct ss_dialogue libev = {
	.command_max = LIMIT_BUF_PAYLOAD,
	.ok = "ok",
	.totals_close = "}",
	.failed = libev_failed,
	.entry = libev_entry,
	.short_entry = libev_entry,
	.list_open = "[\n\t",
	.list_next = ",\n\t",
	.list_close = "\n]",
	.users_close = "]",
};

static const struct ss_dialogue rust = {
	.command_max = LIMIT_BUF_PAYLOAD,
	.ok = "ok\n",
	.totals_close = "}\n",
	.entry = rust_entry,
	.short_entry = rust_short_entry,
	.list_open = "[",
	.list_next = ",",
	.list_close = "]\n",
	.users_close = "]\n",
};

const struct ss_dialogue *ss_dialogue_of(const struct ss_conf *conf)
{
	switch (conf->flavour) {
	case SS_LIBEV:
		return &libev;
	case SS_RUST:
		return &rust;
	default:
		return &python;
	}
}
