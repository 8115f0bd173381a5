/* ss_plugin.c - starts plugins without a shell, puts what they say into the
 * log, and starts them again. Knows no connection. Source: SIP003, SIP003u. */
#include "ss_plugin.h"

#include "base/text.h"
#include "core/log.h"
#include "core/pool.h"
#include "port/net.h"
#include "port/proc.h"
#include "port/spawn.h"

#define PAUSE_MS 1000		/* before it is started again, at first */
#define PAUSE_MAX_MS 60000
#define GROWN_UP_MS 30000	/* who lives so long is no one who dies young */
#define END_MS 500
#define LOOK_MS 10
#define READS 8			/* of its output in one turn */

struct ss_plugin {
	struct list link;
	struct ss_plugins *all;
	struct watch out;
	struct timer again;
	struct log_rate rate;
	int64_t began_ms, pause_ms;
	int pid;		/* 0 = it does not run */
	int fd;			/* of its output, -1 = none */
	struct addr inner;
	uint16_t port;
	char host[SS_HOST];
	char command[512];	/* with its arguments */
	char opts[1024];
	size_t len;
	char line[256];		/* what it says, not yet in the log */
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

/* ---- what it says ---- */

static void say_line(struct ss_plugin *p)
{
	if (p->len > 0 && log_may(&p->rate))
		log_info("plugin %d: %.*s", p->pid, (int)p->len, p->line);
	p->len = 0;
}

static void take_output(struct ss_plugin *p, const char *s, size_t n)
{
	for (; n > 0; n--, s++) {
		if (*s == '\n' || p->len == sizeof(p->line))
			say_line(p);
		if (*s != '\n' && *s != '\r')
			p->line[p->len++] = *s;
	}
}

static void close_output(struct ss_plugin *p)
{
	say_line(p);
	if (watch_is_open(&p->out))
		watch_close(&p->out);
	if (p->fd >= 0)
		port_spawn_close(p->fd);
	p->fd = -1;
}

static void on_output(struct watch *w, unsigned got)
{
	struct ss_plugin *p = OWNER(w, struct ss_plugin, out);
	char mem[512];
	ptrdiff_t n;
	int i;

	(void)got;
	for (i = 0; i < READS; i++) {
		n = port_spawn_read(p->fd, mem, sizeof(mem));
		if (n == -E_AGAIN)
			return;
		if (n <= 0) {
			close_output(p);
			return;
		}
		take_output(p, mem, (size_t)n);
	}
}

/* ---- its life ---- */

static void start(struct ss_plugin *p);

static void on_again(struct timer *t)
{
	start(OWNER(t, struct ss_plugin, again));
}

static void start_later(struct ss_plugin *p)
{
	struct loop *l = p->all->loop;

	timer_set(l, &p->again, l->now_ms + p->pause_ms, on_again);
	p->pause_ms = MIN(2 * p->pause_ms, PAUSE_MAX_MS);
}

/* SIP003's five variables. A server's plugin is out there, ours is within. */
static int spawn(struct ss_plugin *p)
{
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
	return port_spawn(&what, &p->fd);
}

static void start(struct ss_plugin *p)
{
	struct loop *l = p->all->loop;
	int rc;

	close_output(p);
	rc = spawn(p);
	if (rc <= 0) {
		p->fd = -1;
		log_error("plugin %.64s: %s", p->command, err_text(rc));
		start_later(p);
		return;
	}
	p->pid = rc;
	p->began_ms = l->now_ms;
	log_info("plugin %.64s: started, pid %d, for %s:%u", p->command, p->pid,
	    p->host, p->port);
	if (p->fd >= 0 && watch_open(l, &p->out, p->fd, POLL_IN,
	    on_output) != 0)
		close_output(p);
}

static struct ss_plugin *find(struct ss_plugins *ps, int pid)
{
	struct list *l;

	for (l = ps->all.next; l != &ps->all; l = l->next)
		if (OWNER(l, struct ss_plugin, link)->pid == pid)
			return OWNER(l, struct ss_plugin, link);
	return NULL;
}

bool ss_plugin_ended(struct ss_plugins *ps, int pid)
{
	struct ss_plugin *p = pid > 0 ? find(ps, pid) : NULL;

	if (p == NULL)
		return false;
	/* Its helpers do not stay behind. */
	port_spawn_end(pid, true);
	p->pid = 0;
	if (!ps->running)
		return true;
	if (ps->loop->now_ms - p->began_ms >= GROWN_UP_MS)
		p->pause_ms = PAUSE_MS;
	log_warn("plugin %.64s: ended, again in %lld s", p->command,
	    (long long)p->pause_ms / 1000);
	start_later(p);
	return true;
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
		.here_first = conf->flavour == SS_LIBEV };
	list_init(&ps->all);
}

int ss_plugin_add(struct ss_plugins *ps, const struct ss_server_conf *e,
    const struct addr *inner)
{
	const char *args = e->plugin_args != NULL ? e->plugin_args : "";
	struct ss_plugin *p = pool_get(&ss_plugins);

	if (p == NULL)
		return -E_FULL;
	p->all = ps;
	p->fd = -1;
	p->pause_ms = PAUSE_MS;
	p->inner = *inner;
	p->port = e->port;
	text_copy(p->host, sizeof(p->host), e->host);
	if (text_fmt(p->command, sizeof(p->command), "%s%s%s", e->plugin,
	    *args != '\0' ? " " : "", args) + 1 >= sizeof(p->command) ||
	    !text_copy(p->opts, sizeof(p->opts), e->plugin_opts != NULL ?
	    e->plugin_opts : "")) {
		pool_put(&ss_plugins, p);
		return -E_LONG;
	}
	list_push(&ps->all, &p->link);
	return 0;
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
	struct list *l;

	ps->running = true;
	for (l = ps->all.next; l != &ps->all; l = l->next)
		start(OWNER(l, struct ss_plugin, link));
}

/* How many still run, once the ended are asked after. */
static size_t ask_all(struct ss_plugins *ps, bool for_sure)
{
	struct ss_plugin *p;
	struct list *l;
	size_t n = 0;

	for (l = ps->all.next; l != &ps->all; l = l->next) {
		p = OWNER(l, struct ss_plugin, link);
		if (p->pid != 0)
			port_spawn_end(p->pid, for_sure);
		n += p->pid != 0;
	}
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
	struct list *l;

	if (ps->loop == NULL)
		return;
	ps->running = false;
	await_all(ps, ask_all(ps, false));
	(void)ask_all(ps, true);
	while ((l = list_pop(&ps->all)) != NULL) {
		struct ss_plugin *p = OWNER(l, struct ss_plugin, link);

		close_output(p);
		timer_stop(ps->loop, &p->again);
		pool_put(&ss_plugins, p);
	}
	ps->loop = NULL;
}
