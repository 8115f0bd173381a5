/* ss_plugin.c - starts plugins without a shell, puts what they say into the
 * log, and starts them again. Knows no connection. Source: SIP003, SIP003u. */
#include "ss_plugin.h"

#include "base/text.h"
#include "core/keep.h"
#include "core/log.h"
#include "core/pool.h"
#include "port/net.h"
#include "port/proc.h"
#include "port/spawn.h"

#define END_MS 500
#define LOOK_MS 10

struct ss_plugin {
	struct list link;
	const struct ss_plugins *all;
	struct keep keep;
	struct timer last;	/* of one that was asked to end */
	struct log_rate rate;
	bool begun;
	struct addr inner;
	uint16_t port;
	char host[SS_HOST];
	char command[512];	/* with its arguments */
	char opts[1024];
};
POOL_DEFINE(ss_plugins, struct ss_plugin, LIMIT_PLUGINS);

/* ---- words ---- */

/* One word; *at is behind it. False: a quote without its other. */
static bool cut_word(char **at)
{
	char *from = *at, *to = *at, quote = '\0';

	for (; *from != '\0' && (quote != '\0' || !text_is_space(*from));
	    from++) {
		if (*from == '\\' && from[1] != '\0')
			*to++ = *++from;
		else if (*from == quote)
			quote = '\0';
		else if (quote == '\0' && (*from == '"' || *from == '\''))
			quote = *from;
		else
			*to++ = *from;
	}
	*at = *from == '\0' ? from : from + 1;
	*to = '\0';
	return quote == '\0';
}

int ss_plugin_words(char *s, const char **out, size_t max)
{
	size_t n = 0;

	for (;;) {
		while (text_is_space(*s))
			s++;
		if (*s == '\0')
			return (int)n;
		if (n == max)
			return -E_FULL;
		out[n++] = s;
		if (!cut_word(&s))
			return -E_INVAL;
	}
}

/* ---- its life ---- */

/* SIP003's five variables. A server's plugin is out there, ours is within. */
static int spawn(struct keep *k, int *out)
{
	struct ss_plugin *p = OWNER(k, struct ss_plugin, keep);
	char command[sizeof(p->command)], ip[ADDR_TEXT];
	char host[SS_HOST + 16], port[32], inner[ADDR_TEXT + 16];
	char inner_port[32], opts[sizeof(p->opts) + 24];
	struct port_spawn what = { .here_first = p->all->here_first,
		.env = { host, port, inner, inner_port,
		    p->opts[0] != '\0' ? opts : NULL } };
	int n;

	text_copy(command, sizeof(command), p->command);
	n = ss_plugin_words(command, what.argv, SPAWN_ARGS);
	if (n <= 0)
		return n == 0 ? -E_NOENT : n;
	addr_text_ip(ip, sizeof(ip), &p->inner);
	text_fmt(host, sizeof(host), "SS_REMOTE_HOST=%s", p->host);
	text_fmt(port, sizeof(port), "SS_REMOTE_PORT=%u", p->port);
	text_fmt(inner, sizeof(inner), "SS_LOCAL_HOST=%s", ip);
	text_fmt(inner_port, sizeof(inner_port), "SS_LOCAL_PORT=%u",
	    p->inner.port);
	text_fmt(opts, sizeof(opts), "SS_PLUGIN_OPTIONS=%s", p->opts);
	return port_spawn(&what, out);
}

static void say(struct keep *k, const char *line, size_t len)
{
	struct ss_plugin *p = OWNER(k, struct ss_plugin, keep);

	if (log_may(&p->rate))
		log_info("plugin %d: %.*s", k->pid, (int)len, line);
}

static void news(struct keep *k, int rc)
{
	struct ss_plugin *p = OWNER(k, struct ss_plugin, keep);

	if (rc < 0)
		log_error("plugin %.64s: %s", p->command, err_text(rc));
	else if (rc > 0)
		log_info("plugin %.64s: started, pid %d, for %s:%u",
		    p->command, rc, p->host, p->port);
	else
		log_warn("plugin %.64s: ended, again in %lld s", p->command,
		    (long long)k->pause_ms / 1000);
}

static struct ss_plugin *plugin_of(struct list *l)
{
	return OWNER(l, struct ss_plugin, link);
}

/* Of a server: another that was here before holds the place. */
static bool must_wait(const struct ss_plugins *ps, struct ss_plugin *p)
{
	struct list *l;

	for (l = ps->all.next; ps->of_server && l != &p->link; l = l->next)
		if (plugin_of(l)->port == p->port &&
		    strcmp(plugin_of(l)->host, p->host) == 0)
			return true;
	return false;
}

static void begin_all(struct ss_plugins *ps)
{
	struct list *l;

	for (l = ps->all.next; l != &ps->all && ps->started; l = l->next) {
		struct ss_plugin *p = plugin_of(l);

		if (p->begun || p->keep.leaving || must_wait(ps, p))
			continue;
		p->begun = true;
		keep_start(&p->keep);
	}
}

static void forget(struct ss_plugins *ps, struct ss_plugin *p)
{
	keep_close(&p->keep);
	timer_stop(ps->loop, &p->last);
	list_remove(&p->link);
	pool_put(&ss_plugins, p);
}

bool ss_plugin_ended(struct ss_plugins *ps, int pid)
{
	struct list *l;

	for (l = ps->all.next; l != &ps->all; l = l->next) {
		if (!keep_ended(&plugin_of(l)->keep, pid))
			continue;
		if (plugin_of(l)->keep.leaving) {
			forget(ps, plugin_of(l));
			begin_all(ps);
		}
		return true;
	}
	return false;
}

static struct ss_plugin *plugin_at(const struct ss_plugins *ps,
    const struct addr *inner)
{
	struct list *l;

	for (l = ps->all.next; l != &ps->all; l = l->next)
		if (!plugin_of(l)->keep.leaving &&
		    addr_eq(&plugin_of(l)->inner, inner))
			return plugin_of(l);
	return NULL;
}

static void on_last(struct timer *t)
{
	(void)keep_end(&OWNER(t, struct ss_plugin, last)->keep, true);
}

void ss_plugin_leave(struct ss_plugins *ps, const struct addr *inner)
{
	struct ss_plugin *p = plugin_at(ps, inner);

	if (p == NULL)
		return;
	if (keep_end(&p->keep, false)) {
		timer_set(ps->loop, &p->last, ps->loop->now_ms + END_MS,
		    on_last);
		return;
	}
	forget(ps, p);
	begin_all(ps);
}

/* ---- all of them ---- */

uint8_t ss_plugin_mode(const struct ss_server_conf *e)
{
	if (e->plugin == NULL || e->plugin[0] == '\0')
		return 0;
	return e->plugin_mode != 0 ? e->plugin_mode : SS_TCP_ONLY;
}

bool ss_has_plugin(const struct ss_conf *conf)
{
	for (size_t i = 0; i < conf->servers_n; i++)
		if (ss_plugin_mode(&conf->servers[i]) != 0)
			return true;
	return false;
}

void ss_plugins_open(struct ss_plugins *ps, struct loop *l,
    const struct ss_conf *conf)
{
	*ps = (struct ss_plugins){ .loop = l,
		.here_first = conf->flavour == SS_LIBEV,
		.of_server = conf->role == SS_SERVER };
	list_init(&ps->all);
}

/* What is e's goes into p. */
static int fill(struct ss_plugin *p, const struct ss_server_conf *e)
{
	const char *args = e->plugin_args != NULL ? e->plugin_args : "";

	p->port = e->port;
	text_copy(p->host, sizeof(p->host), e->host);
	if (text_fmt(p->command, sizeof(p->command), "%s%s%s", e->plugin,
	    *args != '\0' ? " " : "", args) + 1 >= sizeof(p->command) ||
	    !text_copy(p->opts, sizeof(p->opts), e->plugin_opts != NULL ?
	    e->plugin_opts : ""))
		return -E_LONG;
	return 0;
}

int ss_plugin_add(struct ss_plugins *ps, const struct ss_server_conf *e,
    const struct addr *inner)
{
	struct ss_plugin *p = pool_get(&ss_plugins);
	static const struct keep_of of = { spawn, say, news };

	if (p == NULL)
		return -E_FULL;
	p->all = ps;
	keep_open(&p->keep, ps->loop, &of);
	p->inner = *inner;
	if (fill(p, e) != 0) {
		pool_put(&ss_plugins, p);
		return -E_LONG;
	}
	list_push(&ps->all, &p->link);
	begin_all(ps);
	return 0;
}

bool ss_plugin_is(const struct ss_plugins *ps, const struct addr *inner,
    const struct ss_server_conf *e)
{
	const struct ss_plugin *p = plugin_at(ps, inner);
	struct ss_plugin wanted;

	return p != NULL && fill(&wanted, e) == 0 && p->port == wanted.port &&
	    strcmp(p->host, wanted.host) == 0 &&
	    strcmp(p->command, wanted.command) == 0 &&
	    strcmp(p->opts, wanted.opts) == 0;
}

int ss_plugin_place(struct addr *out)
{
	struct net_how how = { 0 };
	int fd;

	*out = (struct addr){ .family = 4, .ip = { 127, 0, 0, 1 } };
	fd = port_tcp_listen(out, &how);
	if (fd < 0)
		return fd;
	port_close(fd);
	return 0;
}

void ss_plugins_start(struct ss_plugins *ps)
{
	ps->started = true;
	begin_all(ps);
}

void ss_plugins_pause(struct ss_plugins *ps)
{
	ps->started = false;
}

/* How many still run, once the ended are asked after. */
static size_t ask_all(struct ss_plugins *ps, bool for_sure)
{
	struct list *l;
	size_t n = 0;

	for (l = ps->all.next; l != &ps->all; l = l->next)
		n += keep_end(&plugin_of(l)->keep, for_sure);
	return n;
}

static void await_all(struct ss_plugins *ps, size_t n)
{
	int64_t waited_ms = 0;
	int pid;

	while (n > 0 && waited_ms < END_MS) {
		while ((pid = port_worker_reap()) != 0)
			n -= ss_plugin_ended(ps, pid);
		if (n == 0)
			return;
		port_sleep_ms(LOOK_MS);
		waited_ms += LOOK_MS;
	}
}

void ss_plugins_close(struct ss_plugins *ps)
{
	if (ps->loop == NULL)
		return;
	ps->started = false;
	await_all(ps, ask_all(ps, false));
	(void)ask_all(ps, true);
	while (!list_empty(&ps->all))
		forget(ps, plugin_of(ps->all.next));
	ps->loop = NULL;
}
