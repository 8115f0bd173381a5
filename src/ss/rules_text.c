/* rules_text.c - a configuration as nft and iptables read it. Knows neither
 * files of options nor programs. */
#include "core/log.h"
#include "core/text_file.h"
#include "port/out.h"
#include "rules.h"

const char *const rules_special[] = { "0.0.0.0/8", "10.0.0.0/8",
	"100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.168.0.0/16", "224.0.0.0/3", "::/127", "fc00::/7", "fe80::/10",
	"ff00::/8" };
const size_t rules_special_n = LEN(rules_special);

/* ---- out ---- */

void rules_flush(struct rules_out *o)
{
	ptrdiff_t n = 0;
	size_t at = 0;

	if (o->fd < 0)
		port_out_all(1, o->mem, o->n);
	while (o->fd >= 0 && at < o->n && o->rc == 0) {
		n = port_file_write(o->fd, o->off, o->mem + at, o->n - at);
		o->rc = n < 0 ? (int)n : 0;
		o->off += MAX(n, 0);
		at += (size_t)MAX(n, 0);
	}
	o->n = 0;
}

void rules_put(struct rules_out *o, const char *fmt, ...)
{
	va_list ap;

	if (sizeof(o->mem) - o->n < 256)
		rules_flush(o);
	va_start(ap, fmt);
	o->n += text_vfmt(o->mem + o->n, sizeof(o->mem) - o->n, fmt, ap);
	va_end(ap);
}

void rules_net_text(char out[ADDR_TEXT + 5], const struct net *n)
{
	size_t len = addr_text_ip(out, ADDR_TEXT, &n->base);

	text_fmt(out + len, 5, "/%u", n->bits);
}

/* ---- files of networks ---- */

/* What stands before a remark, without blanks. */
static size_t stripped(const char **s, size_t len)
{
	const char *hash = memchr(*s, '#', len);

	if (hash != NULL)
		len = (size_t)(hash - *s);
	while (len > 0 && text_is_space(**s))
		++*s, len--;
	while (len > 0 && text_is_space((*s)[len - 1]))
		len--;
	return len;
}

int rules_file(const char *path, uint8_t family,
    void (*fn)(void *to, const struct net *n), void *to)
{
	struct text_file l;
	char line[128];
	struct net net;
	ptrdiff_t n = 0;
	int at = 0, rc = text_file_open(&l, path);
	bool opened = rc == 0;

	while (rc == 0 && (n = text_file_next(&l, line, sizeof(line))) >= 0) {
		const char *s = line;
		size_t len = stripped(&s, (size_t)n);

		at++;
		if (len == 0)
			continue;
		if (net_parse(&net, s, len) != 0) {
			log_early("ERROR", "%s:%d: no network", path, at);
			rc = -E_INVAL;
		} else if (net.base.family == family) {
			fn(to, &net);
		}
	}
	if (rc == 0 && n != -E_CLOSED)
		rc = (int)n;
	if (opened)
		text_file_close(&l);
	if (rc < 0 && rc != -E_INVAL)
		log_early("ERROR", "%s: %s", path, err_text(rc));
	return rc;
}

/* ---- sets of nft ---- */

struct set {
	struct rules_out *o;
	const char *name;
	uint8_t family;
	bool begun;
};

static void element(void *to, const struct net *n)
{
	struct set *s = to;
	char text[ADDR_TEXT + 5];

	if (n->base.family != s->family)
		return;
	rules_net_text(text, n);
	if (!s->begun)
		rules_put(s->o, "\tset %s%u {\n\t\ttype ipv%u_addr\n"
		    "\t\tflags interval\n\t\tauto-merge\n"
		    "\t\telements = { %s", s->name, s->family, s->family,
		    text);
	else
		rules_put(s->o, ",\n\t\t\t%s", text);
	s->begun = true;
}

static void elements(struct set *s, const struct rules_nets *l)
{
	for (size_t i = 0; i < l->n; i++)
		element(s, &l->net[i]);
}

/* Which sets there are: bit 0 of IPv4, bit 1 of IPv6. */
struct sets {
	unsigned has[RULES_LISTS];
};

static int put_set(struct rules_out *o, const struct rules *r,
    enum rules_list which, uint8_t family, struct sets *sets)
{
	static const char *const names[] = { [RULES_FROM] = "from",
		[RULES_NOT_FROM] = "not_from", [RULES_BYPASS] = "bypass",
		[RULES_FORWARD] = "forward" };
	struct set s = { o, names[which], family, false };
	const char *file = which == RULES_BYPASS ? r->bypass_file :
	    which == RULES_FORWARD ? r->forward_file : "";
	struct net net;
	int rc = 0;

	for (size_t i = 0; which == RULES_BYPASS && i < rules_special_n; i++)
		if (net_parse(&net, rules_special[i],
		    strlen(rules_special[i])) == 0)
			element(&s, &net);
	if (which == RULES_BYPASS)
		elements(&s, &r->servers);
	elements(&s, &r->list[which]);
	if (*file != '\0')
		rc = rules_file(file, family, element, &s);
	if (s.begun)
		rules_put(o, " }\n\t}\n");
	if (s.begun)
		sets->has[which] |= family == 4 ? 1 : 2;
	return rc;
}

/* Sets that fill by and by: their names, and how long without traffic. */
static const char *const named[] = { [RULES_DIRECT] = "direct",
	[RULES_PROXIED] = "proxied" };
#define NAMED_LIFE "2h"

static void put_named(struct rules_out *o, const char *name)
{
	for (int family = 4; family <= 6; family += 2)
		rules_put(o, "\tset %s%d {\n\t\ttype ipv%d_addr\n"
		    "\t\tflags dynamic,timeout\n\t\ttimeout " NAMED_LIFE "\n"
		    "\t\tsize 65535\n\t}\n", name, family, family);
}

static int put_sets(struct rules_out *o, const struct rules *r,
    struct sets *sets)
{
	int rc = 0;

	for (int i = 0; i < RULES_NAMED; i++)
		if (r->named[i])
			put_named(o, named[i]);

	for (int i = 0; i < RULES_LISTS && rc == 0; i++) {
		rc = put_set(o, r, (enum rules_list)i, 4, sets);
		if (rc == 0)
			rc = put_set(o, r, (enum rules_list)i, 6, sets);
	}
	return rc;
}

/* ---- chains of nft ---- */

/* Where there is a list for any of the two families, nothing else of either
 * goes on. */
static void only(struct rules_out *o, const char *what, const char *set,
    unsigned has)
{
	if (has == 0)
		return;
	for (unsigned i = 0; i < 2; i++) {
		if ((has & (1u << i)) != 0)
			rules_put(o, "\t\tip%s %saddr != @%s%u return\n",
			    i == 0 ? "" : "6", what, set, i == 0 ? 4 : 6);
		else
			rules_put(o, "\t\tmeta nfproto ipv%u return\n",
			    i == 0 ? 4 : 6);
	}
}

static void none(struct rules_out *o, const char *what, const char *set,
    unsigned has)
{
	for (unsigned i = 0; i < 2; i++)
		if ((has & (1u << i)) != 0)
			rules_put(o, "\t\tip%s %saddr @%s%u return\n",
			    i == 0 ? "" : "6", what, set, i == 0 ? 4 : 6);
}

/* As long as it is used it stays, so that no connection changes its way. */
static void keep(struct rules_out *o, const char *set, const char *verdict)
{
	for (int i = 4; i <= 6; i += 2)
		rules_put(o, "\t\tip%s daddr @%s%d update @%s%d { ip%s daddr "
		    "timeout " NAMED_LIFE " }%s\n", i == 4 ? "" : "6", set, i,
		    set, i, i == 4 ? "" : "6", verdict);
}

/* Those of proxied names and those that are always led, and no others. */
static void only_proxied(struct rules_out *o, unsigned has)
{
	const char *set = named[RULES_PROXIED];

	keep(o, set, "");
	for (unsigned i = 0; i < 2; i++) {
		const char *v = i == 0 ? "" : "6";
		int n = i == 0 ? 4 : 6;

		rules_put(o, "\t\tip%s daddr != @%s%d", v, set, n);
		if ((has & (1u << i)) != 0)
			rules_put(o, " ip%s daddr != @forward%d", v, n);
		rules_put(o, " return\n");
	}
}

/* Whoever sent it, where it goes. */
static void targets(struct rules_out *o, const struct rules *r,
    const struct sets *s)
{
	rules_put(o, "\t\tfib daddr type { local, broadcast, multicast, "
	    "anycast } return\n");
	none(o, "d", "bypass", s->has[RULES_BYPASS]);
	if (r->named[RULES_DIRECT])
		keep(o, named[RULES_DIRECT], " return");
	if (r->named[RULES_PROXIED])
		only_proxied(o, s->has[RULES_FORWARD]);
	else
		only(o, "d", "forward", s->has[RULES_FORWARD]);
}

static void from_elsewhere(struct rules_out *o, const struct rules *r,
    const struct sets *s)
{
	for (size_t i = 0; i < r->interfaces_n; i++)
		rules_put(o, "%s\"%s\"%s", i == 0 ? "\t\tiifname != { " : ", ",
		    r->interfaces[i], i + 1 == r->interfaces_n ?
		    " } return\n" : "");
	only(o, "s", "from", s->has[RULES_FROM]);
	none(o, "s", "not_from", s->has[RULES_NOT_FROM]);
	targets(o, r, s);
}

static void from_here(struct rules_out *o, const struct rules *r,
    const struct sets *s)
{
	rules_put(o, "\t\tmeta mark %lu return\n", (unsigned long)r->own_mark);
	targets(o, r, s);
}

static void chain(struct rules_out *o, const char *name, const char *type,
    int priority)
{
	rules_put(o, "\tchain %s {\n\t\ttype %s priority %d\n", name, type,
	    priority);
}

/* The mark first: without a listener the rule ends at tproxy, and what has the
 * mark does not leave this machine. */
static void take(struct rules_out *o, const struct rules *r, const char *proto,
    uint16_t port)
{
	static const char *const family[] = { "ip", "ip6" };

	for (size_t i = 0; i < 2; i++)
		rules_put(o, "\t\tmeta nfproto ipv%d meta l4proto %s meta mark "
		    "set %lld tproxy %s to :%u accept\n", i == 0 ? 4 : 6,
		    proto, (long long)r->mark, family[i], port);
	rules_put(o, "\t\tmeta l4proto %s drop\n", proto);
}

static void put_redirect(struct rules_out *o, const struct rules *r,
    const struct sets *s)
{
	chain(o, "redirected", "nat hook prerouting", -101);
	from_elsewhere(o, r, s);
	rules_put(o, "\t\tmeta l4proto tcp redirect to :%u\n\t}\n", r->port);
	if (!r->local)
		return;
	chain(o, "redirected_of_here", "nat hook output", -101);
	from_here(o, r, s);
	rules_put(o, "\t\tmeta l4proto tcp redirect to :%u\n\t}\n", r->port);
}

static void put_tproxy(struct rules_out *o, const struct rules *r,
    const struct sets *s, bool tcp, bool udp)
{
	const char *protos = tcp && udp ? "{ tcp, udp }" : tcp ? "tcp" : "udp";

	rules_put(o, "\tchain take {\n");
	if (tcp)
		take(o, r, "tcp", r->port);
	if (udp)
		take(o, r, "udp", r->udp_port);
	rules_put(o, "\t}\n");
	chain(o, "led", "filter hook prerouting", -150);
	if (r->local)
		rules_put(o, "\t\tiifname \"lo\" meta mark %lld goto take\n",
		    (long long)r->mark);
	from_elsewhere(o, r, s);
	rules_put(o, "\t\tmeta l4proto %s goto take\n\t}\n", protos);
	if (!r->local)
		return;
	chain(o, "led_of_here", "route hook output", -150);
	from_here(o, r, s);
	rules_put(o, "\t\tmeta l4proto %s meta mark set %lld\n\t}\n", protos,
	    (long long)r->mark);
}

int rules_nft(struct rules_out *o, const struct rules *r)
{
	bool tcp = r->tproxy && r->port != 0, udp = r->udp_port != 0;
	struct sets sets = { { 0 } };
	int rc;

	if (r->by_name[0] != '\0')
		rules_put(o, "# %s has a name: what goes there from the proxy "
		    "is known by its mark alone.\n", r->by_name);
	rules_put(o, "table inet " RULES_TABLE "\ndelete table inet "
	    RULES_TABLE "\ntable inet " RULES_TABLE " {\n");
	rc = put_sets(o, r, &sets);
	if (r->port != 0 && !r->tproxy)
		put_redirect(o, r, &sets);
	if (tcp || udp)
		put_tproxy(o, r, &sets, tcp, udp);
	rules_put(o, "}\n");
	return rc;
}

/* ---- iptables ---- */

struct commands {
	struct rules_out *o;
	const char *before, *behind;
	uint8_t family;
};

static void line(void *to, const struct net *n)
{
	struct commands *l = to;
	char text[ADDR_TEXT + 5];

	if (n->base.family != l->family)
		return;
	rules_net_text(text, n);
	rules_put(l->o, "-A WHERRY %s %s %s\n", l->before, text, l->behind);
}

static int lines_of(struct commands *l, const struct rules_nets *nets,
    const char *file)
{
	for (size_t i = 0; nets != NULL && i < nets->n; i++)
		line(l, &nets->net[i]);
	return *file == '\0' ? 0 : rules_file(file, l->family, line, l);
}

static bool has_of(const struct rules_nets *l, uint8_t family)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->net[i].base.family == family)
			return true;
	return false;
}

/* What is done in a table to those that are led: with TCP, UDP or both. */
struct verdicts {
	const char *table;
	size_t n;
	const char *proto[2];
	char text[2][80];
};

/* What is not led, and then what is. */
static int put_chain(struct rules_out *o, const struct rules *r,
    uint8_t family, const struct verdicts *v)
{
	struct commands back = { o, "-d", "-j RETURN", family };
	bool forward = r->list[RULES_FORWARD].n > 0 ||
	    r->forward_file[0] != '\0';
	struct net net;
	size_t i;
	int rc;

	if (r->own_mark != 0)
		rules_put(o, "-A WHERRY -m mark --mark %lu -j RETURN\n",
		    (unsigned long)r->own_mark);
	rules_put(o, "-A WHERRY -m addrtype --dst-type LOCAL -j RETURN\n");
	for (i = 0; i < rules_special_n; i++)
		if (net_parse(&net, rules_special[i],
		    strlen(rules_special[i])) == 0)
			line(&back, &net);
	(void)lines_of(&back, &r->servers, "");
	back.before = "-s";
	(void)lines_of(&back, &r->list[RULES_NOT_FROM], "");
	back.before = "-d";
	rc = lines_of(&back, &r->list[RULES_BYPASS], r->bypass_file);
	for (i = 0; i < v->n && rc == 0; i++) {
		struct commands on = { o, "-d", v->text[i], family };

		if (forward)
			rc = lines_of(&on, &r->list[RULES_FORWARD],
			    r->forward_file);
		else
			rules_put(o, "-A WHERRY %s\n", v->text[i]);
	}
	return rc;
}

/* The chains of the system that lead there, by interface and source. */
static void put_jumps(struct rules_out *o, const struct rules *r,
    uint8_t family, const char *hook, const char *proto)
{
	const struct rules_nets *from = &r->list[RULES_FROM];
	char text[ADDR_TEXT + 5];
	size_t i, k, nets = has_of(from, family) ? from->n : from->n == 0;

	for (i = 0; i < MAX(r->interfaces_n, (size_t)1); i++) {
		for (k = 0; k < nets; k++) {
			if (from->n > 0 && from->net[k].base.family != family)
				continue;
			rules_put(o, "-A %s", hook);
			if (r->interfaces_n > 0)
				rules_put(o, " -i %s", r->interfaces[i]);
			if (from->n > 0) {
				rules_net_text(text, &from->net[k]);
				rules_put(o, " -s %s", text);
			}
			rules_put(o, " -p %s -j WHERRY\n", proto);
		}
	}
}

static int put_table(struct rules_out *o, const struct rules *r,
    uint8_t family, const struct verdicts *v)
{
	size_t i;
	int rc;

	if (v->n == 0)
		return 0;
	rules_put(o, "*%s\n:WHERRY - [0:0]\n", v->table);
	rc = put_chain(o, r, family, v);
	for (i = 0; i < v->n; i++) {
		put_jumps(o, r, family, "PREROUTING", v->proto[i]);
		if (r->local && strcmp(v->table, "nat") == 0)
			rules_put(o, "-A OUTPUT -p %s -j WHERRY\n",
			    v->proto[i]);
	}
	rules_put(o, "COMMIT\n");
	return rc;
}

static void add_tproxy(struct verdicts *v, const struct rules *r,
    const char *proto, uint16_t port)
{
	v->proto[v->n] = proto;
	text_fmt(v->text[v->n++], sizeof(v->text[0]), "-p %s -j TPROXY "
	    "--on-port %u --tproxy-mark %lld", proto, port,
	    (long long)r->mark);
}

static int put_family(struct rules_out *o, const struct rules *r,
    uint8_t family)
{
	struct verdicts nat = { .table = "nat" }, mangle = { .table =
		"mangle" };
	int rc;

	if (r->port != 0 && !r->tproxy) {
		nat.n = 1;
		nat.proto[0] = "tcp";
		text_fmt(nat.text[0], sizeof(nat.text[0]), "-p tcp -j REDIRECT "
		    "--to-ports %u", r->port);
	}
	if (r->port != 0 && r->tproxy)
		add_tproxy(&mangle, r, "tcp", r->port);
	if (r->udp_port != 0)
		add_tproxy(&mangle, r, "udp", r->udp_port);
	rules_put(o, "# ip%stables-restore -n\n", family == 4 ? "" : "6");
	rc = put_table(o, r, family, &nat);
	return rc != 0 ? rc : put_table(o, r, family, &mangle);
}

int rules_iptables(struct rules_out *o, const struct rules *r)
{
	int rc = put_family(o, r, 4);

	return rc != 0 ? rc : put_family(o, r, 6);
}
