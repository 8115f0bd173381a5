/* ss_conf_server.c - the servers of a configuration: those of servers[], and
 * those that the options of a single one make. Knows no flags and no files. */
#include "base/text.h"
#include "ss_conf_inner.h"

/* ---- of base or of one entry ---- */

int ss_set_method(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	const struct ss_method *m = ss_method_find(value);
	struct ss_server_conf *e = entry;
	char known[448];

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	if (m == NULL) {
		ss_method_list(known, sizeof(known));
		return opt_fail(at, "method %.32s not supported; there are: %s",
		    value, known);
	}
	e->method = m;
	if (e == &e->of->base)
		e->of->method_given = true;
	return 0;
}

int ss_set_password(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_server_conf *e = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return ss_conf_secret(e->of, at, value, &e->secret);
}

int ss_set_raw_key(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_server_conf *e = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return ss_conf_raw_key(at, value, &e->secret);
}

int ss_set_mode(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_server_conf *e = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return ss_conf_mode(e->of, at, value, &e->mode);
}

int ss_set_plugin(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_server_conf *e = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	/* Files that a form wrote have "" for none. */
	if (*value == '\0') {
		e->plugin = NULL;
		return 0;
	}
	return ss_conf_text(e->of, at, value, &e->plugin);
}

int ss_set_plugin_opts(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_server_conf *e = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return ss_conf_text(e->of, at, value, &e->plugin_opts);
}

int ss_set_plugin_mode(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_server_conf *e = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return ss_conf_mode(e->of, at, value, &e->plugin_mode);
}

/* ---- hosts and ports that are multiplied ---- */

int ss_set_server(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;
	bool by_hand = at->file == NULL;
	struct ss_host_conf *h;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	/* libev's -s may be given again and again. */
	if (at->index == 0 && !(conf->flavour == SS_LIBEV && by_hand &&
	    conf->host_by_hand))
		conf->host_n = 0;
	conf->host_by_hand = by_hand;
	if (conf->host_n == SS_HOSTS)
		return opt_fail(at, "more than %d", SS_HOSTS);
	h = &conf->host[conf->host_n];
	if (conf->flavour == SS_PYTHON ?
	    ss_conf_host(conf, at, value, &h->host) != 0 :
	    ss_conf_host_port(conf, at, value, &h->host, &h->port) != 0)
		return -E_INVAL;
	if (h->port != 0)
		conf->host_port_given = true;
	conf->host_n++;
	return 0;
}

int ss_set_server_port(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;
	uint16_t port;

	if (ss_conf_alone(at, member) != 0 ||
	    ss_conf_port(at, value, &port) != 0)
		return -E_INVAL;
	if (at->index == 0)
		conf->host_port_n = 0;
	if (conf->host_port_n == SS_HOST_PORTS)
		return opt_fail(at, "more than %d", SS_HOST_PORTS);
	conf->host_port[conf->host_port_n++] = port;
	conf->host_port_given = true;
	return 0;
}

/* ---- entries ---- */

struct ss_server_conf *ss_conf_more(struct ss_conf *conf, struct opt_at *at,
    uint8_t from)
{
	struct ss_server_conf *e = &conf->servers[conf->servers_n];

	if (conf->servers_n == LIMIT_SERVERS) {
		opt_fail(at, "more than %d servers or ports (LIMIT_SERVERS)",
		    LIMIT_SERVERS);
		return NULL;
	}
	conf->servers_n++;
	*e = (struct ss_server_conf){ .of = conf, .from = from,
		.tcp_weight = 1000, .udp_weight = 1000,
		.line = at->file != NULL ? at->line : 0 };
	return e;
}

void ss_conf_forget(struct ss_conf *conf, uint8_t from)
{
	size_t i, n = 0;

	for (i = 0; i < conf->servers_n; i++)
		if (conf->servers[i].from != from)
			conf->servers[n++] = conf->servers[i];
	wipe(&conf->servers[n], (conf->servers_n - n) *
	    sizeof(conf->servers[0]));
	conf->servers_n = n;
}

static bool has_port(const struct ss_conf *conf, uint16_t port)
{
	size_t i;

	for (i = 0; i < conf->servers_n; i++)
		if (conf->servers[i].from == SS_FROM_PORTS &&
		    conf->servers[i].port == port)
			return true;
	return false;
}

int ss_set_port_password(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;
	struct ss_server_conf *e;
	uint16_t port;

	if (member == NULL)
		return opt_fail(at,
		    "must be an object {\"port\": \"password\"}");
	if (ss_conf_port(at, member, &port) != 0)
		return -E_INVAL;
	if (*value == '\0')
		return opt_fail(at, "the password of %u is empty", port);
	if (at->index == 0)
		ss_conf_forget(conf, SS_FROM_PORTS);
	if (has_port(conf, port))
		return opt_fail(at, "port %u is there twice", port);
	e = ss_conf_more(conf, at, SS_FROM_PORTS);
	if (e == NULL)
		return -E_INVAL;
	e->port = port;
	return ss_conf_secret(conf, at, value, &e->secret);
}

/* ---- servers[] ---- */

static int set_host(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_server_conf *e = entry;
	uint16_t port;

	if (ss_conf_alone(at, member) != 0 ||
	    ss_conf_host_port(e->of, at, value, &e->host, &port) != 0)
		return -E_INVAL;
	if (port != 0)
		e->port = port;
	return 0;
}

static int set_port(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_server_conf *e = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return ss_conf_port(at, value, &e->port);
}

/* One word for the plugin after the other, as a line. */
static int set_plugin_args(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_server_conf *e = entry;
	char line[512];

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	if (at->index == 0)
		return ss_conf_text(e->of, at, value, &e->plugin_args);
	if (text_fmt(line, sizeof(line), "%s %s", e->plugin_args, value) + 1 >=
	    sizeof(line))
		return opt_fail(at, "too long");
	return ss_conf_text(e->of, at, line, &e->plugin_args);
}

static int set_remarks(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_server_conf *e = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return ss_conf_text(e->of, at, value, &e->remarks);
}

static int set_id(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_server_conf *e = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return ss_conf_text(e->of, at, value, &e->id);
}

/* Outline's form: a text whose characters, up to U+00FF, are the octets. */
int ss_set_prefix(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_server_conf *e = entry;
	const uint8_t *s = (const uint8_t *)value;
	struct ss_prefix p = { 0 };

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	while (*s != '\0') {
		uint8_t octet = *s++;

		/* UTF-8 of two octets; C0 80 is NUL. */
		if ((octet == 0xc2 || octet == 0xc3 ||
		    (octet == 0xc0 && *s == 0x80)) && (*s & 0xc0) == 0x80)
			octet = (uint8_t)((octet & 3) << 6 | (*s++ & 0x3f));
		else if (octet >= 0x80)
			return opt_fail(at, "a character that is no octet");
		if (p.len == SS_PREFIX_MAX)
			return opt_fail(at, "more than %d octets",
			    SS_PREFIX_MAX);
		p.octets[p.len++] = octet;
	}
	e->prefix = p;
	return 0;
}

static int set_acl(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_server_conf *e = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return ss_conf_text(e->of, at, value, &e->acl);
}

/* 0..1, with a few digits behind the point. */
static int take_weight(struct opt_at *at, const char *value, uint16_t *out)
{
	size_t len = strcspn(value, ".");
	unsigned thousandths = 0, digit = 100;
	uint64_t whole = 0;
	const char *p = value + len;

	if (text_u64(value, len, 1, &whole) != 0)
		return opt_fail(at, "'%.32s' is not within 0..1", value);
	if (*p == '.')
		p++;
	for (; text_is_digit(*p); p++, digit /= 10)
		thousandths += digit * (unsigned)(*p - '0');
	if (*p != '\0' || whole * 1000 + thousandths > 1000)
		return opt_fail(at, "'%.32s' is not within 0..1", value);
	*out = (uint16_t)(whole * 1000 + thousandths);
	return 0;
}

static int set_tcp_weight(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_server_conf *e = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return take_weight(at, value, &e->tcp_weight);
}

static int set_udp_weight(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_server_conf *e = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return take_weight(at, value, &e->udp_weight);
}

/* ---- users[] of an entry: the last user of the pool is being read ---- */

static struct ss_user_conf *reading(void *entry)
{
	struct ss_server_conf *e = entry;

	return &e->of->users[e->of->users_n - 1];
}

static int set_user_name(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_server_conf *e = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return ss_conf_text(e->of, at, value, &reading(e)->name);
}

static int set_user_password(void *entry, struct opt_at *at,
    const char *member, const char *value)
{
	struct ss_server_conf *e = entry;
	struct ss_secret secret = { .chain = (uint16_t)e->of->psk_n };
	int rc;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	rc = ss_conf_secret(e->of, at, value, &secret);
	reading(e)->psk = secret.psk;
	reading(e)->line = at->line;
	wipe(&secret, sizeof(secret));
	return rc;
}

/* Of the four, the one that is its key. */
static int set_user_limit(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_limits *l = &reading(entry)->limits;
	bool rate = at->key[0] == 'r';
	int64_t *out = strcmp(at->key, "rate_up") == 0 ? &l->rate_up :
	    rate ? &l->rate_down : at->key[0] == 'q' ? &l->quota :
	    &l->expires_s;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	if (text_i64(value, strlen(value), 0, rate ? SS_RATE_MAX : INT64_MAX,
	    out) != 0)
		return opt_fail(at, "'%.32s' is no limit", value);
	return 0;
}

#define CALL(k, f, fl) { .key = k, .kind = OPT_CALL, .fn = f, .flags = (fl) }

static const struct opt user_opts[] = {
	CALL("name", set_user_name, 0),
	CALL("password", set_user_password, OPT_SECRET),
	CALL("rate_up", set_user_limit, 0),
	CALL("rate_down", set_user_limit, 0),
	CALL("quota", set_user_limit, 0),
	CALL("expires", set_user_limit, 0),
};

int ss_each_user(void *entry, struct opt_at *at, struct opt_table *of)
{
	struct ss_server_conf *e = entry;
	struct ss_conf *conf = e->of;

	if (at->index == 0) {
		e->users = (uint16_t)conf->users_n;
		e->users_n = 0;
	}
	if (of == NULL)
		return 0;
	if (conf->users_n == LIMIT_USERS)
		return opt_fail(at, "more than %d in all (LIMIT_USERS)",
		    LIMIT_USERS);
	conf->users[conf->users_n++] = (struct ss_user_conf){
		.line = at->line };
	e->users_n++;
	*of = (struct opt_table){ .opts = user_opts, .opts_n = LEN(user_opts),
		.conf = e };
	return 0;
}

#define AT(member) .offset = offsetof(struct ss_server_conf, member), \
	.size = sizeof(((struct ss_server_conf *)0)->member)

#define LIMIT(k, member, hi) { .key = k, .kind = OPT_INT, \
	AT(limits.member), .max = (hi) }

static const struct opt entry_opts[] = {
	CALL("server", set_host, 0),
	CALL("address", set_host, 0),
	CALL("server_port", set_port, 0),
	CALL("port", set_port, 0),
	CALL("method", ss_set_method, 0),
	CALL("password", ss_set_password, OPT_SECRET),
	CALL("key", ss_set_raw_key, OPT_SECRET),
	{ .key = "users", .kind = OPT_OBJECT, .each = ss_each_user },
	CALL("plugin", ss_set_plugin, 0),
	CALL("plugin_opts", ss_set_plugin_opts, 0),
	CALL("plugin_args", set_plugin_args, 0),
	CALL("plugin_mode", ss_set_plugin_mode, 0),
	LIMIT("rate_up", rate_up, SS_RATE_MAX),
	LIMIT("rate_down", rate_down, SS_RATE_MAX),
	LIMIT("quota", quota, INT64_MAX),
	LIMIT("expires", expires_s, INT64_MAX),
	{ .key = "timeout", .kind = OPT_INT, AT(timeout_s), .min = 1,
	    .max = SS_TIMEOUT_MAX },
	CALL("mode", ss_set_mode, 0),
	{ .key = "disabled", .kind = OPT_BOOL, AT(disabled) },
	CALL("tcp_weight", set_tcp_weight, OPT_FRACTION),
	CALL("udp_weight", set_udp_weight, OPT_FRACTION),
	CALL("remarks", set_remarks, 0),
	CALL("prefix", ss_set_prefix, OPT_NUL),
	CALL("id", set_id, 0),
	CALL("acl", set_acl, 0),
};

int ss_each_server(void *conf_, struct opt_at *at, struct opt_table *of)
{
	struct ss_conf *conf = conf_;

	if (at->index == 0)
		ss_conf_forget(conf, SS_FROM_SERVERS);
	if (of == NULL)
		return 0;
	*of = (struct opt_table){ .opts = entry_opts,
		.opts_n = LEN(entry_opts),
		.conf = ss_conf_more(conf, at, SS_FROM_SERVERS) };
	return of->conf != NULL ? 0 : -E_INVAL;
}
