/* uri.c - `wherry uri`: a server's ss:// address to a configuration, and back.
 * Answers to ssurl's options as well. */
#include "uri.h"

#include "base/text.h"
#include "core/log.h"
#include "core/opt.h"
#include "port/out.h"
#include "ss_method.h"
#include "ss_uri.h"

#define SERVERS 16

struct uri_conf {
	struct ss_uri uri;	/* host: of the server being written */
	char server[SERVERS][256];
	size_t server_n;
	int64_t server_port;
	char plugin[256], plugin_opts[256];
	char file[512], address[2048];
	bool help;
};

static int read_server(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	struct uri_conf *c = conf;

	(void)member;
	if (at->index == 0)
		c->server_n = 0;
	if (c->server_n == SERVERS)
		return opt_fail(at, "more than %d servers", SERVERS);
	if (!text_copy(c->server[c->server_n], sizeof(c->server[0]), value))
		return opt_fail(at, "too long");
	c->server_n++;
	return 0;
}

#define AT(m) .offset = offsetof(struct uri_conf, m), \
	.size = sizeof(((struct uri_conf *)0)->m)

static const struct opt opts[] = {
	{ .key = "server", .kind = OPT_CALL, .fn = read_server,
	  .help = "host name or address; a list gives one address each" },
	{ .key = "server_port", .kind = OPT_INT, AT(server_port), .min = 1,
	  .max = 65535, .def = "8388", .help = "its port" },
	{ .key = "method", .kind = OPT_TEXT, AT(uri.method),
	  .help = "encryption method" },
	{ .key = "password", .kind = OPT_TEXT, AT(uri.password),
	  .flags = OPT_SECRET, .help = "password, or key in base64" },
	{ .key = "plugin", .kind = OPT_TEXT, AT(plugin),
	  .flags = OPT_EMPTY_OK, .help = "name of the plugin (SIP003)" },
	{ .key = "plugin_opts", .kind = OPT_TEXT, AT(plugin_opts),
	  .flags = OPT_EMPTY_OK, .help = "its options" },
	{ .key = "remarks", .kind = OPT_TEXT, AT(uri.tag),
	  .flags = OPT_EMPTY_OK, .help = "what its owner calls it" },
	{ .key = "config", .kind = OPT_TEXT, AT(file), .flags = OPT_NO_FILE,
	  .help = "configuration to write an address of" },
	{ .key = "decode", .kind = OPT_TEXT, AT(address),
	  .flags = OPT_NO_FILE,
	  .help = "address to write a configuration of" },
	{ .key = "help", .kind = OPT_BOOL, AT(help), .flags = OPT_NO_FILE,
	  .help = "this text" },
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
	{ 'h', "help", "help" },
};
static const char usage[] =
    "usage: wherry uri ss://ADDRESS\n"
    "       wherry uri -c FILE | -s HOST -p PORT -m METHOD -k PASSWORD\n"
    "Writes the configuration that a server's address stands for, or the\n"
    "address (SIP002) of a configuration's server.\n";

static int fail(const char *what)
{
	log_early("ERROR", "%s", what);
	return 1;
}

static void say(const char *s)
{
	port_out_all(1, s, strlen(s));
}

/* ---- an address becomes a configuration ---- */

/* A JSON string (RFC 8259, section 7). */
static void say_string(const char *s)
{
	char one[8];

	say("\"");
	for (; *s != '\0'; s++) {
		if ((uint8_t)*s < 0x20)
			text_fmt(one, sizeof(one), "\\u%04x", (unsigned)*s);
		else
			text_fmt(one, sizeof(one), "%s%c",
			    *s == '"' || *s == '\\' ? "\\" : "", *s);
		say(one);
	}
	say("\"");
}

static void say_member(const char *key, const char *value)
{
	char head[40];

	if (value[0] == '\0')
		return;
	text_fmt(head, sizeof(head), ",\n    \"%s\": ", key);
	say(head);
	say_string(value);
}

static int decode(const char *address)
{
	char text[160], port[48];
	const char *why;
	struct ss_uri u;
	char *opts_at;

	if (ss_uri_parse(&u, address, &why) != 0) {
		text_fmt(text, sizeof(text), "no ss:// address: %s", why);
		return fail(text);
	}
	if (ss_method_find(u.method) == NULL) {
		text_safe(text, 60, u.method, strlen(u.method));
		log_early("ERROR", "method %s not supported", text);
		return 1;
	}
	opts_at = strchr(u.plugin, ';');
	if (opts_at != NULL)
		*opts_at++ = '\0';
	say("{\n    \"server\": ");
	say_string(u.host);
	text_fmt(port, sizeof(port), ",\n    \"server_port\": %u", u.port);
	say(port);
	say_member("method", u.method);
	say_member("password", u.password);
	say_member("plugin", u.plugin);
	say_member("plugin_opts", opts_at != NULL ? opts_at : "");
	say_member("remarks", u.tag);
	say("\n}\n");
	wipe(&u, sizeof(u));
	return 0;
}

/* ---- a configuration becomes an address ---- */

static int encode_one(struct uri_conf *c, const char *host, bool plain)
{
	char text[4096];
	int n;

	text_copy(c->uri.host, sizeof(c->uri.host), host);
	n = ss_uri_text(text, sizeof(text) - 1, &c->uri, plain);
	if (n < 0)
		return fail("the address is too long");
	text[n] = '\n';
	port_out_all(1, text, (size_t)n + 1);
	wipe(text, sizeof(text));
	return 0;
}

static int encode(struct uri_conf *c)
{
	const struct ss_method *m = ss_method_find(c->uri.method);
	size_t i;
	int rc = 0;

	if (c->server_n == 0)
		return fail("no server; try --help");
	if (c->uri.password[0] == '\0')
		return fail("no password; try --help");
	if (m == NULL) {
		log_early("ERROR", "method \"%s\" not supported",
		    c->uri.method);
		return 1;
	}
	c->uri.port = (uint16_t)c->server_port;
	text_fmt(c->uri.plugin, sizeof(c->uri.plugin), "%s%s%s", c->plugin,
	    c->plugin_opts[0] != '\0' ? ";" : "", c->plugin_opts);
	for (i = 0; i < c->server_n && rc == 0; i++)
		rc = encode_one(c, c->server[i], m->kind == SS_2022);
	return rc;
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

	opt_defaults(&t);
	n = read_all(&t, &at, argc, argv, rest);
	if (n < 0)
		return fail(at.text);
	if (conf.help) {
		opt_print_help(&t, usage);
		return 0;
	}
	if (conf.address[0] != '\0' || n == 1)
		rc = decode(n == 1 ? rest[0] : conf.address);
	else
		rc = encode(&conf);
	wipe(&conf, sizeof(conf));
	return rc;
}
