/* rules.c - `wherry rules`: what a firewall has to do for the transparent proxy
 * of a configuration, printed, loaded or taken away. */
#include "rules.h"

#include "core/log.h"
#include "core/opt_item.h"
#include "port/file.h"
#include "ss_conf.h"
#include "ss_libev.h"
#include "ss_program.h"

/* ---- options ---- */

static int set_interface(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	struct rules *r = conf;

	(void)member;
	if (r->interfaces_n == LEN(r->interfaces))
		return opt_fail(at, "more than %d", (int)LEN(r->interfaces));
	if (*value == '\0' || strpbrk(value, "\"\\ \n") != NULL ||
	    !text_copy(r->interfaces[r->interfaces_n],
	    sizeof(r->interfaces[0]), value))
		return opt_fail(at, "no name of an interface");
	r->interfaces_n++;
	return 0;
}

static int add_net(struct opt_at *at, struct rules_nets *l, const char *value)
{
	if (l->n == RULES_NETS)
		return opt_fail(at, "more than %d; a file may have more",
		    RULES_NETS);
	if (net_parse(&l->net[l->n], value, strlen(value)) != 0)
		return opt_fail(at, "\"%.60s\" is no address or network",
		    value);
	l->n++;
	return 0;
}

#define LIST(name, which) \
	static int set_##name(void *conf, struct opt_at *at, \
	    const char *member, const char *value) \
	{ \
		struct rules *r = conf; \
		(void)member; \
		return add_net(at, &r->list[which], value); \
	}
LIST(from, RULES_FROM)
LIST(not_from, RULES_NOT_FROM)
LIST(bypass, RULES_BYPASS)
LIST(forward, RULES_FORWARD)

#define AT(m) .offset = offsetof(struct rules, m), \
	.size = sizeof(((struct rules *)0)->m)

static const struct opt opts[] = {
	{ .key = "config", .kind = OPT_TEXT, AT(config), .flags = OPT_NO_FILE,
	  .help = "of the proxy: ss-redir's file; or that of wherry run, with "
	  "its sections rules and ss-redir" },
	{ .key = "interface", .kind = OPT_CALL, .fn = set_interface,
	  .help = "where what is led comes in, several times; none: anywhere" },
	{ .key = "from", .kind = OPT_CALL, .fn = set_from,
	  .help = "address or network of clients, several times; none: all" },
	{ .key = "not_from", .kind = OPT_CALL, .fn = set_not_from,
	  .help = "clients that are left alone" },
	{ .key = "bypass", .kind = OPT_CALL, .fn = set_bypass,
	  .help = "targets that are reached straight, besides private ones "
	  "and the servers" },
	{ .key = "bypass_file", .kind = OPT_TEXT, AT(bypass_file),
	  .help = "a file of them, one a line" },
	{ .key = "forward", .kind = OPT_CALL, .fn = set_forward,
	  .help = "targets that are led, and no others" },
	{ .key = "forward_file", .kind = OPT_TEXT, AT(forward_file),
	  .help = "a file of them, one a line" },
	{ .key = "named_direct", .kind = OPT_BOOL, AT(named[RULES_DIRECT]),
	  .flags = OPT_NO_VALUE,
	  .help = "what names that protocol dns asks straight lead to is "
	  "reached straight: nft_direct = inet wherry direct4 direct6" },
	{ .key = "named_proxied", .kind = OPT_BOOL,
	  AT(named[RULES_PROXIED]), .flags = OPT_NO_VALUE,
	  .help = "what all other names lead to is led, and no other target "
	  "but those of forward: nft_proxied = inet wherry proxied4 "
	  "proxied6" },
	{ .key = "local", .kind = OPT_BOOL, AT(local), .flags = OPT_NO_VALUE,
	  .help = "what this machine itself sends too; the proxy's "
	  "outbound_fwmark keeps its own out" },
	{ .key = "mark", .kind = OPT_INT, AT(mark), .min = 1,
	  .max = UINT32_MAX, .def = "1", .help = "that TPROXY sets" },
	{ .key = "table", .kind = OPT_INT, AT(table), .min = 1,
	  .max = UINT32_MAX, .def = "100", .help = "of routes, for that mark" },
	{ .key = "apply", .kind = OPT_BOOL, AT(apply),
	  .flags = OPT_NO_FILE | OPT_NO_VALUE,
	  .help = "loads them, in place of those before" },
	{ .key = "remove", .kind = OPT_BOOL, AT(remove),
	  .flags = OPT_NO_FILE | OPT_NO_VALUE, .help = "takes them away" },
	{ .key = "iptables", .kind = OPT_BOOL, AT(iptables),
	  .flags = OPT_NO_FILE | OPT_NO_VALUE,
	  .help = "prints them for iptables-restore" },
	{ .key = "help", .kind = OPT_BOOL, AT(help), .flags = OPT_NO_FILE |
	  OPT_NO_VALUE, .help = "this text" },
};
static const struct opt_flag flags[] = {
	{ 'c', "config", "config" }, { 'i', "interface", "interface" },
	{ 0, "from", "from" }, { 0, "not-from", "not_from" },
	{ 0, "bypass", "bypass" }, { 0, "bypass-file", "bypass_file" },
	{ 0, "forward", "forward" }, { 0, "forward-file", "forward_file" },
	{ 0, "named-direct", "named_direct" },
	{ 0, "named-proxied", "named_proxied" },
	{ 'l', "local", "local" }, { 0, "mark", "mark" },
	{ 0, "table", "table" }, { 0, "apply", "apply" },
	{ 0, "remove", "remove" }, { 0, "iptables", "iptables" },
	{ 'h', "help", "help" },
};
static const char usage[] =
    "usage: wherry rules -c FILE [OPTION]... [RULES]\n"
    "Prints what a firewall (nft) has to do for FILE's transparent proxy,\n"
    "loads it (--apply) or takes it away (--remove). RULES is a file with the\n"
    "options below as name = value lines. Servers, private networks and this\n"
    "machine are never led to the proxy.\n";

/* ---- the proxy ---- */

static void add_server(struct rules *r, const struct ss_server_conf *e)
{
	struct rules_nets *l = &r->servers;

	if (l->n == RULES_NETS)
		return;
	if (net_parse(&l->net[l->n], e->host, strlen(e->host)) == 0)
		l->n++;
	else
		text_copy(r->by_name, sizeof(r->by_name), e->host);
}

/* The first place that takes what is led. */
static int take_proxy(struct rules *r, const struct ss_conf *conf)
{
	const struct ss_local_conf *l = conf->locals;
	size_t i;

	while (l < conf->locals + conf->locals_n && l->protocol != SS_REDIR)
		l++;
	if (l == conf->locals + conf->locals_n)
		return -E_NOENT;
	r->tproxy = l->tproxy;
	if ((l->mode & SS_TCP_ONLY) != 0)
		r->port = l->port;
	if ((l->mode & SS_UDP_ONLY) != 0)
		r->udp_port = l->udp_port != 0 ? l->udp_port : l->port;
	r->own_mark = (uint32_t)conf->sock.fwmark;
	for (i = 0; i < conf->servers_n; i++)
		add_server(r, &conf->servers[i]);
	return 0;
}

static int fail(const char *what)
{
	log_early("ERROR", "%s", what);
	return 1;
}

static int read_proxy(struct rules *r)
{
	static char name[] = "ss-redir", option[] = "-c";
	char *argv[] = { name, option, r->config, NULL };
	static struct ss_conf conf;
	struct ss_fault f;
	struct ss_call call = { .program = &ss_redir_program, .argc = 3,
		.argv = argv };
	int rc;

	if (r->config[0] == '\0')
		return fail("no configuration of the proxy: -c FILE");
	if (ss_program_read(&call, &conf, &f) != 0)
		return fail(f.text);
	rc = take_proxy(r, &conf);
	wipe(&conf, sizeof(conf));
	if (rc != 0)
		return fail("no transparent proxy in it: ss-redir, or protocol "
		    "redir");
	if (r->local && r->own_mark == 0)
		return fail("local: the proxy needs an outbound_fwmark, or it "
		    "would be led to itself");
	if (r->own_mark == (uint32_t)r->mark && r->own_mark != 0)
		return fail("mark: it is the proxy's own outbound_fwmark");
	return 0;
}

/* ---- a file of sections ---- */

/* An object in JSON is the proxy's own file. */
static bool is_json(const char *path)
{
	int fd = port_file_open(PORT_FS, path, FILE_READ, 0);
	char mem[64];
	ptrdiff_t n = fd < 0 ? 0 : port_file_read(fd, 0, mem, sizeof(mem)), i;

	if (fd >= 0)
		port_file_close(fd);
	for (i = 0; i < n && text_is_space(mem[i]); i++)
		;
	return i < n && mem[i] == '{';
}

static bool is_kind(const char *section, const char *kind)
{
	return strncmp(section, kind, strlen(kind)) == 0 &&
	    strchr(" ", section[strlen(kind)]) != NULL;
}

/* Of them, the first of each that counts; file: what ss-redir's section has
 * instead of options. */
struct found {
	char rules[OPT_SECTION_NAME], redir[OPT_SECTION_NAME];
	char file[RULES_PATH];
};

static int look(struct found *f, struct opt_at *at, const char *path)
{
	bool inside = false;
	struct opt_items l;
	struct opt_item it;
	int rc = opt_items_open(&l, at, path, true);

	if (rc != 0)
		return rc;
	while ((rc = opt_item_next(&l, &it)) > 0) {
		if (!it.is_section) {
			if (inside && it.value != NULL &&
			    strcmp(it.name, "config") == 0)
				text_copy(f->file, sizeof(f->file), it.value);
			continue;
		}
		inside = f->redir[0] == '\0' && is_kind(it.name, "ss-redir");
		if (inside)
			text_copy(f->redir, sizeof(f->redir), it.name);
		if (f->rules[0] == '\0' && is_kind(it.name, "rules"))
			text_copy(f->rules, sizeof(f->rules), it.name);
	}
	opt_items_close(&l);
	return rc;
}

/* The options of its section rules; r->config becomes the proxy's. */
static int read_sections(const struct opt_table *t, struct opt_at *at)
{
	struct rules *r = t->conf;
	struct found f = { "", "", "" };
	char path[RULES_PATH + OPT_SECTION_NAME];
	int rc = look(&f, at, r->config);

	if (rc != 0)
		return rc;
	text_fmt(path, sizeof(path), "%s#%s", r->config, f.rules);
	if (f.rules[0] != '\0')
		rc = opt_read_ini(t, at, path);
	if (rc != 0)
		return rc;
	if (f.file[0] != '\0')
		text_copy(path, sizeof(path), f.file);
	else
		text_fmt(path, sizeof(path), "%s#%s", r->config, f.redir);
	at->line = 0;
	if (f.redir[0] == '\0')
		return opt_fail(at, "no section ss-redir");
	return text_copy(r->config, sizeof(r->config), path) ? 0 :
	    opt_fail(at, "a name too long");
}

/* ---- */

static int print(const struct rules *r)
{
	struct rules_out o = { .fd = -1 };
	int rc;

	if (r->udp_port != 0 || (r->tproxy && r->port != 0))
		for (int i = 4; i <= 6; i += 2)
			rules_put(&o, "# ip -%d rule add fwmark %lld table "
			    "%lld; ip -%d route add local default dev lo table "
			    "%lld\n", i, (long long)r->mark,
			    (long long)r->table, i, (long long)r->table);
	rc = r->iptables ? rules_iptables(&o, r) : rules_nft(&o, r);
	rules_flush(&o);
	return rc != 0;
}

/* The command line last: it wins over the sections, and adds to lists. */
static int read_all(const struct opt_table *t, struct opt_at *at, int argc,
    char **argv)
{
	struct rules *r = t->conf;
	char config[RULES_PATH];
	const char *rest[1];
	int n = opt_read_args(t, at, argc, argv, rest, 1), rc = MIN(n, 0);

	if (rc != 0 || r->help || r->config[0] == '\0')
		return rc;
	if (n == 0 && (is_json(r->config) || opt_is_section(r->config)))
		return 0;
	text_copy(config, sizeof(config), r->config);
	memset(r, 0, sizeof(*r));
	opt_defaults(t);
	text_copy(r->config, sizeof(r->config), config);
	if (!is_json(config) && !opt_is_section(config))
		rc = read_sections(t, at);
	if (rc == 0 && n == 1)
		rc = opt_read_ini(t, at, rest[0]);
	text_copy(config, sizeof(config), r->config);
	at->file = NULL;
	at->line = 0;
	if (rc == 0)
		rc = MIN(opt_read_args(t, at, argc, argv, rest, 1), 0);
	text_copy(r->config, sizeof(r->config), config);
	return rc;
}

int rules_main(int argc, char **argv)
{
	static struct rules r;
	const struct opt_table t = { opts, LEN(opts), flags, LEN(flags), &r,
		NULL, 0 };
	struct opt_at at = { .strict = true };

	log_set_form(LOG_BARE);
	opt_defaults(&t);
	if (read_all(&t, &at, argc, argv) < 0)
		return fail(at.text);
	if (r.help) {
		opt_print_help(&t, usage);
		return 0;
	}
	if (r.remove)
		return rules_remove(&r);
	if (r.iptables && (r.named[RULES_DIRECT] || r.named[RULES_PROXIED]))
		return fail("named_direct, named_proxied: sets of nft alone");
	if (read_proxy(&r) != 0)
		return 1;
	return r.apply ? rules_apply(&r) : print(&r);
}
