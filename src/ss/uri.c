/* uri.c - `wherry uri`: the ss:// addresses of a configuration's servers, or
 * the way back. Answers to ssurl's options as well. */
#include "uri.h"

#include "base/limits.h"
#include "base/text.h"
#include "core/opt.h"
#include "ss_method.h"
#include "ss_qr.h"
#include "ss_uri.h"

#define HOSTS 16

/* A server: that of the options outside of servers[], or one of these. */
struct entry {
	struct uri_conf *of;
	char host[256];
	int64_t port;
	char method[48], password[256];
	char plugin[256], plugin_opts[256], prefix[40], remarks[256];
	bool disabled;
	size_t users, users_n;	/* users_n of uri_conf.users[users] */
};

struct user {
	char name[64], password[128];
};

/*
 * The file is read three times, as what an entry of a list leaves out may
 * stand behind it, and as a fault is to be seen before the first line is
 * written.
 */
enum pass { PASS_OUTSIDE, PASS_CHECK, PASS_WRITE };

struct uri_conf {
	struct entry base;	/* first: a row of the table fills either */
	struct entry now;	/* the one of servers[] that is being read */
	bool reading;		/* there is one */
	enum pass pass;
	bool lists;		/* there is more than base */
	char host[HOSTS][256];
	size_t host_n;
	bool by_hand;		/* on the command line: for all */
	struct user users[LIMIT_USERS];
	size_t written;
	char file[512], address[2048];
	bool qr, help;
};

/* NULL, or why it cannot be written. */
static const char *check(const struct entry *e, const char *host)
{
	static const char *const nowhere[] = { "0.0.0.0", "::", "::0" };
	static char why[80];
	size_t i;

	if (host[0] == '\0')
		return "no server; try --help";
	for (i = 0; i < LEN(nowhere); i++)
		if (strcmp(nowhere[i], host) == 0)
			return "a server that listens on all addresses: say "
			    "by which one it is reached, with -s";
	if (e->password[0] == '\0')
		return "no password; try --help";
	if (ss_method_find(e->method) != NULL)
		return NULL;
	text_fmt(why, sizeof(why), "method \"%.40s\" not supported",
	    e->method);
	return why;
}

static const char *write_address(struct uri_conf *c, const struct ss_uri *u)
{
	bool plain = ss_method_find(u->method)->kind == SS_2022;
	const char *why = NULL;
	char text[4096];
	int n = ss_uri_text(text, sizeof(text), u, plain);

	if (n < 0)
		return "the address is too long";
	if (c->pass == PASS_WRITE) {
		uri_say(text);
		uri_say("\n");
		if (c->qr && ss_qr_say(text) != 0)
			why = URI_TOO_LONG;
		c->written++;
	}
	wipe(text, sizeof(text));
	return why;
}

static const char *write_one(struct uri_conf *c, const struct entry *e,
    const char *host, const struct user *user)
{
	const char *why = check(e, host);
	const char *tag = user != NULL && user->name[0] != '\0' ? user->name :
	    e->remarks;
	const char *hers = user != NULL ? user->password : "";
	struct ss_uri u = { .port = (uint16_t)e->port };

	if (why != NULL)
		return why;
	text_copy(u.host, sizeof(u.host), host);
	text_copy(u.method, sizeof(u.method), e->method);
	text_copy(u.tag, sizeof(u.tag), tag);
	text_copy(u.prefix, sizeof(u.prefix), e->prefix);
	text_fmt(u.plugin, sizeof(u.plugin), "%s%s%s", e->plugin,
	    e->plugin_opts[0] != '\0' ? ";" : "", e->plugin_opts);
	text_fmt(u.password, sizeof(u.password), "%s%s%s", e->password,
	    user != NULL ? ":" : "", hers);
	why = strlen(e->password) + 1 + strlen(hers) < sizeof(u.password) ||
	    user == NULL ? write_address(c, &u) : "the password is too long";
	wipe(&u, sizeof(u));
	return why;
}

/* Of a server with users an address for each: its own key lets nobody in. */
static const char *write_users(struct uri_conf *c, const struct entry *e,
    const char *host)
{
	const char *why = NULL;
	size_t i;

	if (e->users_n == 0)
		return write_one(c, e, host, NULL);
	for (i = 0; i < e->users_n && why == NULL; i++)
		why = write_one(c, e, host, &c->users[e->users + i]);
	return why;
}

/* At each address of the options outside of servers[]. */
static const char *write_base(struct uri_conf *c)
{
	const char *why = NULL;
	size_t i;

	for (i = 0; i < MAX(c->host_n, (size_t)1) && why == NULL; i++)
		why = write_users(c, &c->base, c->host[i]);
	return why;
}

/* The entry of servers[] that was being read is complete. */
static int end_entry(struct uri_conf *c, struct opt_at *at)
{
	const struct entry *e = &c->now;
	const char *why = NULL;

	if (c->reading && c->pass != PASS_OUTSIDE && !e->disabled)
		why = write_users(c, e, c->by_hand ? c->host[0] : e->host);
	c->reading = false;
	return why == NULL ? 0 : opt_fail(at, "%s", why);
}

/* ---- the options ---- */

static int read_server(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	struct uri_conf *c = conf;

	(void)member;
	if (at->index == 0)
		c->host_n = 0;
	if (c->host_n == HOSTS)
		return opt_fail(at, "more than %d servers", HOSTS);
	if (!text_copy(c->host[c->host_n], sizeof(c->host[0]), value))
		return opt_fail(at, "too long");
	c->by_hand = at->file == NULL;
	c->host_n++;
	return 0;
}

static int read_port_password(void *conf, struct opt_at *at,
    const char *member, const char *value)
{
	struct uri_conf *c = conf;
	const char *why = NULL;
	struct entry e;
	uint64_t port;
	size_t i;

	if (member == NULL || text_u64(member, strlen(member), 65535,
	    &port) != 0 || port == 0)
		return opt_fail(at, "no port within 1..65535");
	c->lists = true;
	if (c->pass == PASS_OUTSIDE)
		return 0;
	e = c->base;
	e.port = (int64_t)port;
	if (!text_copy(e.password, sizeof(e.password), value))
		return opt_fail(at, "too long");
	for (i = 0; i < MAX(c->host_n, (size_t)1) && why == NULL; i++)
		why = write_one(c, &e, c->host[i], NULL);
	wipe(&e, sizeof(e));
	return why == NULL ? 0 : opt_fail(at, "%s", why);
}

#define AT(m) .offset = offsetof(struct entry, m), \
	.size = sizeof(((struct entry *)0)->m)
#define TEXT(k, m, fl, h) { .key = k, .kind = OPT_TEXT, .flags = (fl), \
	AT(m), .help = (h) }
#define PORT(k, d, h) { .key = k, .kind = OPT_INT, AT(port), .min = 1, \
	.max = 65535, .def = (d), .help = (h) }
#define OF_BOTH \
	TEXT("method", method, 0, "encryption method"), \
	TEXT("password", password, OPT_SECRET, \
	    "password, or key in base64"), \
	TEXT("plugin", plugin, OPT_EMPTY_OK, \
	    "name of the plugin (SIP003)"), \
	TEXT("plugin_opts", plugin_opts, OPT_EMPTY_OK, "its options"), \
	TEXT("prefix", prefix, OPT_EMPTY_OK | OPT_NUL, \
	    "what a client's connections begin with"), \
	TEXT("remarks", remarks, OPT_EMPTY_OK, "what its owner calls it"), \
	{ .key = "users", .kind = OPT_OBJECT, .each = each_user, \
	  .help = "list of users, name and password: an address for each" }

static const struct opt user_opts[] = {
	{ .key = "name", .kind = OPT_TEXT,
	  .size = sizeof(((struct user *)0)->name) },
	{ .key = "password", .kind = OPT_TEXT, .flags = OPT_SECRET,
	  .offset = offsetof(struct user, password),
	  .size = sizeof(((struct user *)0)->password) },
};

static int each_user(void *entry, struct opt_at *at, struct opt_table *of)
{
	struct entry *e = entry;
	struct uri_conf *c = e->of;
	struct user *u;

	if (at->index == 0) {
		e->users = e == &c->base ? 0 : c->base.users_n;
		e->users_n = 0;
	}
	if (of == NULL)
		return 0;
	u = &c->users[e->users + e->users_n++];
	if (u == c->users + LEN(c->users))
		return opt_fail(at, "more than %d (LIMIT_USERS)", LIMIT_USERS);
	memset(u, 0, sizeof(*u));
	*of = (struct opt_table){ .opts = user_opts, .opts_n = LEN(user_opts),
		.conf = u };
	return 0;
}

static const struct opt entry_opts[] = {
	TEXT("server", host, 0, NULL),
	TEXT("address", host, 0, NULL),
	PORT("server_port", NULL, NULL),
	PORT("port", NULL, NULL),
	{ .key = "disabled", .kind = OPT_BOOL, AT(disabled) },
	OF_BOTH,
};

static int each_server(void *conf, struct opt_at *at, struct opt_table *of)
{
	struct uri_conf *c = conf;
	int rc = end_entry(c, at);

	if (of == NULL || rc != 0)
		return rc;
	c->now = c->base;
	c->now.users_n = 0;
	c->lists = c->reading = true;
	*of = (struct opt_table){ .opts = entry_opts,
		.opts_n = LEN(entry_opts), .conf = &c->now };
	return 0;
}

#define OF_ALL(m) .offset = offsetof(struct uri_conf, m), \
	.size = sizeof(((struct uri_conf *)0)->m)

#define LISTS \
	{ .key = "servers", .kind = OPT_OBJECT, .each = each_server, \
	  .help = "list of servers, an address for each" }, \
	{ .key = "port_password", .kind = OPT_CALL, .flags = OPT_SECRET, \
	  .fn = read_port_password, \
	  .help = "ports and passwords, an address for each" }

/* For the second and the third pass. */
static const struct opt list_opts[] = { LISTS };
static const struct opt opts[] = {
	{ .key = "server", .kind = OPT_CALL, .fn = read_server,
	  .help = "host name or address; a list gives one address each" },
	PORT("server_port", "8388", "its port"),
	OF_BOTH,
	LISTS,
	{ .key = "config", .kind = OPT_TEXT, OF_ALL(file),
	  .flags = OPT_NO_FILE,
	  .help = "configuration to write an address of" },
	{ .key = "decode", .kind = OPT_TEXT, OF_ALL(address),
	  .flags = OPT_NO_FILE,
	  .help = "address to write a configuration of" },
	{ .key = "qr", .kind = OPT_BOOL, OF_ALL(qr), .flags = OPT_NO_FILE,
	  .help = "the address as a QR code too" },
	{ .key = "help", .kind = OPT_BOOL, OF_ALL(help),
	  .flags = OPT_NO_FILE, .help = "this text" },
};
static const struct opt_flag flags[] = {
	{ 's', "server", "server" },
	{ 'p', "server-port", "server_port" },
	{ 'm', "method", "method" },
	{ 'k', "password", "password" },
	{ 0, "plugin", "plugin" },
	{ 0, "plugin-opts", "plugin_opts" },
	{ 0, "remarks", "remarks" },
	{ 'c', "config", "config" },
	{ 'e', "encode", "config" },
	{ 'd', "decode", "decode" },
	{ 0, "qr", "qr" },
	{ 'h', "help", "help" },
};
static const char usage[] =
    "usage: wherry uri [--qr] ss://ADDRESS\n"
    "       wherry uri [--qr] -c FILE | -s HOST -p PORT -m METHOD -k PASSWORD\n"
    "Writes the configuration that a server's address stands for, or the\n"
    "address (SIP002) of each of a configuration's servers.\n";

/* ---- all of it ---- */

static bool has_base(const struct uri_conf *c)
{
	return !c->lists || (c->host_n > 0 && !c->by_hand &&
	    c->base.password[0] != '\0');
}

static int encode(struct uri_conf *c)
{
	const struct opt_table lists = { .opts = list_opts,
		.opts_n = LEN(list_opts), .conf = c };
	struct opt_at at = { 0 };
	const char *why;

	for (c->pass = PASS_CHECK; c->pass <= PASS_WRITE; c->pass++) {
		why = has_base(c) ? write_base(c) : NULL;
		if (why != NULL)
			return uri_fail(why);
		if (c->lists && (opt_read_json(&lists, &at, c->file) != 0 ||
		    end_entry(c, &at) != 0))
			return uri_fail(at.text);
	}
	return c->written > 0 ? 0 : uri_fail("no server; try --help");
}

/* The command line twice: it says which file, and it beats the file. */
static int read_all(const struct opt_table *t, struct opt_at *at, int argc,
    char **argv, const char **rest)
{
	struct uri_conf *c = t->conf;
	int n = opt_read_args(t, at, argc, argv, rest, 1);

	if (n < 0 || c->file[0] == '\0')
		return n;
	if (opt_read_json(t, at, c->file) != 0)
		return -E_INVAL;
	at->file = NULL;
	at->line = 0;
	return opt_read_args(t, at, argc, argv, rest, 1);
}

int uri_main(int argc, char **argv)
{
	static struct uri_conf conf;
	const struct opt_table t = { opts, LEN(opts), flags, LEN(flags),
		&conf, NULL, 0 };
	struct opt_at at = { 0 };
	const char *rest[1];
	int n, rc;

	conf.base.of = &conf;
	opt_defaults(&t);
	n = read_all(&t, &at, argc, argv, rest);
	if (n < 0)
		return uri_fail(at.text);
	if (conf.help) {
		opt_print_help(&t, usage);
		return 0;
	}
	if (conf.address[0] != '\0' || n == 1)
		rc = uri_decode(n == 1 ? rest[0] : conf.address, conf.qr);
	else
		rc = encode(&conf);
	wipe(&conf, sizeof(conf));
	return rc;
}
