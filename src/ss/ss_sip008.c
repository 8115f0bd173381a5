/* ss_sip008.c - reads a list of servers (SIP008). Knows not where it came
 * from. */
#include "ss_sip008.h"

#include "base/text.h"
#include "core/log.h"
#include "ss_conf_inner.h"

/* One of it, as it stands there. */
struct entry {
	char server[SS_HOST], method[64], password[256];
	char plugin[64], remarks[64];
	int64_t port;
};

struct reading {
	struct ss_conf *conf;
	int64_t version;
	bool reading;
	struct entry now;
	int n, left_out;
};

/* ---- an entry becomes a server ---- */

static int take_all(struct ss_server_conf *e, struct opt_at *at,
    const struct entry *from)
{
	int rc = 0;

	if (from->server[0] == '\0' || from->method[0] == '\0' ||
	    from->password[0] == '\0' || from->port == 0)
		return opt_fail(at, "server, server_port, method or password "
		    "is missing");
	if (from->plugin[0] != '\0')
		return opt_fail(at, "a plugin, which only a configuration may "
		    "name");
	e->port = (uint16_t)from->port;
	rc = ss_conf_host(e->of, at, from->server, &e->host);
	if (rc == 0)
		rc = ss_set_method(e, at, NULL, from->method);
	if (rc == 0)
		rc = ss_set_password(e, at, NULL, from->password);
	return rc == 0 ? ss_conf_check_key(e->of, at, e) : rc;
}

/* Where the program fetches on, there is room for those of the file first. */
static bool is_full(const struct ss_conf *conf)
{
	size_t by_hand = conf->host_n * MAX(conf->host_port_n, (size_t)1);

	return conf->servers_n + by_hand >= MIN(LIMIT_REMOTES, LIMIT_SERVERS);
}

static void leave_out(struct reading *l, const char *why)
{
	char name[80];

	text_safe(name, sizeof(name), l->now.remarks[0] != '\0' ?
	    l->now.remarks : l->now.server, strlen(l->now.remarks[0] != '\0' ?
	    l->now.remarks : l->now.server));
	if (l->left_out++ < 5)
		log_warn("list of servers: %s is left out: %s", name, why);
}

static void end_entry(struct reading *l)
{
	struct ss_conf *conf = l->conf;
	struct opt_at at = { 0 };
	struct ss_server_conf *e;
	size_t text_n = conf->text_n, psk_n = conf->psk_n;

	if (!l->reading)
		return;
	l->reading = false;
	if (is_full(conf)) {
		leave_out(l, "more than LIMIT_REMOTES servers");
		return;
	}
	e = ss_conf_more(conf, &at, SS_FROM_ONLINE);
	if (e != NULL && take_all(e, &at, &l->now) == 0) {
		l->n++;
		return;
	}
	leave_out(l, at.text);
	if (e == NULL)
		return;
	conf->servers_n--;
	wipe(e, sizeof(*e));
	conf->text_n = text_n;
	conf->psk_n = psk_n;
}

/* ---- the list ---- */

#define AT(m) .offset = offsetof(struct entry, m), \
	.size = sizeof(((struct entry *)0)->m)
#define TEXT(k, m) { .key = k, .kind = OPT_TEXT, \
	.flags = OPT_EMPTY_OK | OPT_SECRET, AT(m) }

static const struct opt entry_opts[] = {
	TEXT("server", server),
	{ .key = "server_port", .kind = OPT_INT, AT(port), .min = 1,
	  .max = 65535 },
	TEXT("method", method),
	TEXT("password", password),
	TEXT("plugin", plugin),
	TEXT("remarks", remarks),
};

static int each_server(void *list, struct opt_at *at, struct opt_table *of)
{
	struct reading *l = list;

	(void)at;
	end_entry(l);
	if (of == NULL)
		return 0;
	memset(&l->now, 0, sizeof(l->now));
	l->reading = true;
	*of = (struct opt_table){ .opts = entry_opts,
		.opts_n = LEN(entry_opts), .conf = &l->now };
	return 0;
}

static const struct opt list_opts[] = {
	{ .key = "version", .kind = OPT_INT,
	  .offset = offsetof(struct reading, version), .min = 1, .max = 1 },
	{ .key = "servers", .kind = OPT_OBJECT, .each = each_server },
};

/* ss_conf_forget wipes them, but not what they had of the texts. */
static void undo(struct ss_conf *conf, size_t text_n, size_t psk_n)
{
	ss_conf_forget(conf, SS_FROM_ONLINE);
	conf->text_n = text_n;
	conf->psk_n = psk_n;
}

int ss_sip008_take(struct ss_conf *conf, const char *text, size_t len,
    char *why, size_t room)
{
	struct reading l = { .conf = conf };
	const struct opt_table t = { .opts = list_opts,
		.opts_n = LEN(list_opts), .conf = &l };
	struct opt_at at = { .file = "list of servers" };
	size_t text_n = conf->text_n, psk_n = conf->psk_n;
	bool given = conf->method_given;
	int rc = opt_read_json_text(&t, &at, text, len);

	if (rc == 0)
		end_entry(&l);
	conf->method_given = given;
	wipe(&l.now, sizeof(l.now));
	if (rc == 0 && l.n > 0)
		return l.n;
	undo(conf, text_n, psk_n);
	text_copy(why, room, rc != 0 ? at.text : "list of servers: it has none "
	    "that can be used");
	return -E_INVAL;
}
