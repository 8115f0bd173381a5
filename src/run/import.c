/* import.c - `wherry import`: what OpenWrt's shadowsocks-libev and vsftpd were
 * configured by, as a file of `wherry run`. Knows no service but by the names
 * its old file had. */
#include "base/text.h"
#include "core/log.h"
#include "core/opt_item.h"
#include "port/out.h"
#include "run.h"

#define SECTIONS 64
#define PAIRS 768

static const char usage[] =
    "usage: wherry import [--uci] FILE...\n"
    "Writes the configuration of `wherry run` that does what others' files "
    "do:\n"
    "OpenWrt's /etc/config/shadowsocks-libev, and vsftpd.conf. What has no\n"
    "meaning here is named in a comment, with its line.\n\n"
    "  --uci                   in OpenWrt's form, for /etc/config/wherry\n"
    "  -h, --help              this text\n";

struct pair {
	const char *name, *value;
	int line;
};

struct section {
	char name[OPT_SECTION_NAME];	/* "ss-local home" */
	int line;
	size_t first, n;		/* of pairs */
};

static struct import {
	bool uci;
	const char *file;
	size_t sections_n, pairs_n;
	struct section section[SECTIONS];
	struct pair pair[PAIRS];
} im;

/* ---- reading ---- */

static int keep(struct opt_at *at, const struct opt_item *it)
{
	struct section *s = &im.section[im.sections_n];

	if (it->is_section) {
		if (im.sections_n == SECTIONS)
			return opt_fail(at, "more than %d sections", SECTIONS);
		im.sections_n++;
		text_copy(s->name, sizeof(s->name), it->name);
		s->line = at->line;
		s->first = im.pairs_n;
		s->n = 0;
		return 0;
	}
	if (im.pairs_n == PAIRS)
		return opt_fail(at, "more than %d options", PAIRS);
	im.pair[im.pairs_n++] = (struct pair){ it->name, it->value,
		at->line };
	s[-1].n++;
	return 0;
}

static int read_uci(struct opt_items *l)
{
	struct opt_item it;
	int rc;

	im.sections_n = im.pairs_n = 0;
	while ((rc = opt_item_next(l, &it)) > 0) {
		if (!l->is_uci)
			return !it.is_section && it.value != NULL ? 1 :
			    opt_fail(l->at, "neither UCI nor vsftpd.conf");
		rc = keep(l->at, &it);
		if (rc < 0)
			break;
	}
	return rc;
}

static const char *value_of(const struct section *s, const char *name)
{
	const char *value = NULL;

	for (size_t i = s->first; i < s->first + s->n; i++)
		if (strcmp(im.pair[i].name, name) == 0)
			value = im.pair[i].value;
	return value;
}

static bool is_off(const struct section *s)
{
	const char *value = value_of(s, "disabled");

	return value != NULL && strcmp(value, "0") != 0 && *value != '\0';
}

/* "server sss0", by its label. */
static const struct section *server_of(const char *label)
{
	for (size_t i = 0; i < im.sections_n; i++)
		if (strncmp(im.section[i].name, "server ", 7) == 0 &&
		    strcmp(im.section[i].name + 7, label) == 0)
			return &im.section[i];
	return NULL;
}

/* ---- writing ---- */

static void say(const char *s)
{
	port_out_all(1, s, strlen(s));
}

static void note(int line, const char *what, const char *more)
{
	char text[400];

	text_fmt(text, sizeof(text), "# %s:%d: %s%s\n", im.file, line, what,
	    more);
	say(text);
}

/* Quotes as UCI's reader takes them. */
static void say_quoted(const char *s)
{
	char one[2] = "";

	say("'");
	for (; *s != '\0'; s++) {
		one[0] = *s;
		say(*s == '\'' ? "'\\''" : one);
	}
	say("'");
}

/* name: "ss-local home". */
static void say_section(const char *name)
{
	const char *label = strchr(name, ' ');
	char type[OPT_SECTION_NAME];
	size_t n = strcspn(name, " "), i;

	if (!im.uci) {
		say("\n[");
		say(name);
		say("]\n");
		return;
	}
	text_copy_n(type, sizeof(type), name, n);
	for (i = 0; i < n; i++)
		if (type[i] == '-')
			type[i] = '_';
	say("\nconfig ");
	say(type);
	if (label != NULL && label[1] != '@') {
		say(" ");
		say_quoted(label + 1);
	}
	say("\n");
}

static void say_pair(const char *name, const char *value)
{
	say(im.uci ? "\toption " : "");
	say(name);
	say(im.uci ? " " : " = ");
	if (im.uci)
		say_quoted(value);
	else
		say(value);
	say("\n");
}

/* ---- from one to the other ---- */

/* Each has the same name and meaning there, but for `server`. */
static const char *const same[] = { "server_port", "password", "key",
	"method", "plugin", "plugin_opts", "local_address", "local_port",
	"timeout", "mode", "mtu", "user", "acl", "fast_open", "ipv6_first",
	"no_delay", "reuse_port", "verbose", "tunnel_address",
	"local_ipv4_address", "local_ipv6_address" };

static bool is_same(const char *name)
{
	for (size_t i = 0; i < LEN(same); i++)
		if (strcmp(same[i], name) == 0)
			return true;
	return false;
}

/* Blanks at an end are lost behind a '='. */
static bool fits(const char *value)
{
	return im.uci || (!text_is_space(*value) &&
	    !text_is_space(value[strlen(value) - 1]));
}

static void put(const struct pair *p)
{
	if (strcmp(p->name, "disabled") == 0 || *p->value == '\0')
		return;
	if (strcmp(p->name, "bind_address") == 0)
		say_pair("local_address", p->value);
	else if (!is_same(p->name))
		note(p->line, p->name, ": no such option here");
	else if (!fits(p->value))
		note(p->line, p->name, ": blanks at an end of it; --uci "
		    "keeps them");
	else
		say_pair(p->name, p->value);
}

static void put_all(const struct section *s, bool is_server)
{
	const struct pair *p = &im.pair[s->first];

	for (; p < &im.pair[s->first + s->n]; p++)
		if (strcmp(p->name, "server") != 0)
			put(p);
		else if (is_server)
			say_pair(p->name, p->value);
}

/* ss_rules, by what `wherry rules` calls it. */
static const struct {
	const char *theirs, *ours;
} of_rules[] = {
	{ "ifnames", "interface" }, { "src_ips_bypass", "not_from" },
	{ "src_ips_forward", "from" }, { "dst_ips_bypass", "bypass" },
	{ "dst_ips_bypass_file", "bypass_file" },
	{ "dst_ips_forward", "forward" },
	{ "dst_ips_forward_file", "forward_file" },
};

static void put_rule(const struct pair *p)
{
	static const char *const known[] = { "disabled", "redir_tcp",
		"redir_udp" };
	char value[256], *word;

	for (size_t i = 0; i < LEN(known); i++)
		if (strcmp(p->name, known[i]) == 0 || *p->value == '\0')
			return;
	if (strcmp(p->name, "local_default") == 0) {
		if (strcmp(p->value, "forward") == 0)
			say_pair("local", "1");
		return;
	}
	for (size_t i = 0; i < LEN(of_rules); i++) {
		if (strcmp(p->name, of_rules[i].theirs) != 0)
			continue;
		/* A list has a line each; an option its words. */
		text_copy(value, sizeof(value), p->value);
		for (word = value; *word != '\0';) {
			size_t n = strcspn(word, " ");
			bool last = word[n] == '\0';

			word[n] = '\0';
			if (n > 0)
				say_pair(of_rules[i].ours, word);
			word += last ? n : n + 1;
		}
		return;
	}
	note(p->line, p->name, ": not so here; see wherry rules --help");
}

static void put_rules(const struct section *s)
{
	say_section("rules");
	for (size_t i = s->first; i < s->first + s->n; i++)
		put_rule(&im.pair[i]);
}

/* Where a client's section leads to; NULL, and why not was said. */
static const struct section *leads_to(const struct section *s)
{
	const char *label = value_of(s, "server");
	const struct section *server = server_of(label != NULL ? label : "");

	if (server == NULL)
		note(s->line, s->name, ": left out, no server of that name");
	else if (is_off(server))
		note(s->line, s->name, ": left out, its server is disabled");
	else
		return server;
	return NULL;
}

static void put_section(const struct section *s)
{
	static const char *const clients[] = { "ss-local", "ss-redir",
		"ss-tunnel" };
	const struct section *server;
	char type[OPT_SECTION_NAME];
	size_t i;

	text_copy_n(type, sizeof(type), s->name, strcspn(s->name, " "));
	if (strcmp(type, "server") == 0)
		return;
	if (is_off(s)) {
		note(s->line, s->name, ": left out, it is disabled");
		return;
	}
	if (strcmp(type, "ss-server") == 0) {
		say_section(s->name);
		put_all(s, true);
		return;
	}
	for (i = 0; i < LEN(clients); i++) {
		if (strcmp(type, clients[i]) != 0)
			continue;
		server = leads_to(s);
		if (server == NULL)
			return;
		say_section(s->name);
		put_all(server, true);
		put_all(s, false);
		return;
	}
	if (strcmp(type, "ss-rules") == 0)
		put_rules(s);
	else
		note(s->line, s->name, ": nothing to run");
}

/* 0, or 1: it cannot be read. */
static int import_one(const char *file)
{
	struct opt_at at = { 0 };
	struct opt_items l;
	int rc = opt_items_open(&l, &at, file, true);

	im.file = file;
	if (rc == 0) {
		rc = read_uci(&l);
		for (size_t i = 0; i < im.sections_n && rc == 0; i++)
			put_section(&im.section[i]);
		opt_items_close(&l);
	}
	wipe(im.pair, sizeof(im.pair[0]) * im.pairs_n);
	if (rc < 0) {
		log_early("ERROR", "%s", at.text);
		return 1;
	}
	if (rc > 0) {	/* name = value: vsftpd's, read as it stands */
		say_section("ftpd");
		say_pair("config", file);
	}
	return 0;
}

int import_main(int argc, char **argv)
{
	int i = 1, rc = 0;

	if (i < argc && strcmp(argv[i], "--uci") == 0) {
		im.uci = true;
		i++;
	}
	if (i < argc && (strcmp(argv[i], "--help") == 0 ||
	    strcmp(argv[i], "-h") == 0)) {
		say(usage);
		return 0;
	}
	if (i == argc || argv[i][0] == '-') {
		port_out_all(2, usage, strlen(usage));
		return 2;
	}
	log_set_form(LOG_BARE);
	for (; i < argc; i++)
		rc |= import_one(argv[i]);
	return rc;
}
