/* ss_serve.c - starts and stops the listeners of a configuration, all of them
 * or none. Knows no process: no signals, users or files. */
#include "ss_serve.h"

#include "base/text.h"
#include "core/log.h"
#include "port/rand.h"
#include "ss_check.h"
#include "ss_shared.h"

/* For the one server of a process. */
POOL_DEFINE(ss_replay, struct ss_replay, 1);

/* A little more than the timeout, the same for all while the process lives:
 * the moment of closing shall not give the program away. */
int64_t ss_serve_handshake_ms(const struct ss_conf *conf)
{
	uint32_t r;

	port_rand(&r, sizeof(r));
	return conf->base.timeout_s * 1000 + (int64_t)(r %
	    (uint32_t)MIN(conf->base.timeout_s * 250 + 1, 60000));
}

/* ---- what a configuration wants ---- */

size_t ss_serve_wants(const struct ss_conf *conf)
{
	return conf->role == SS_LOCAL ? conf->locals_n : conf->servers_n;
}

struct ss_port_spec ss_serve_spec(const struct ss_conf *conf, size_t i)
{
	const struct ss_local_conf *l = &conf->locals[i];
	const struct ss_server_conf *e = &conf->servers[i];

	if (conf->role == SS_LOCAL)
		return (struct ss_port_spec){ .host = l->host, .port = l->port,
			.local = l, .mode = l->mode, .of_conf = true };
	return (struct ss_port_spec){ .host = e->host, .port = e->port,
		.method = e->method, .mode = e->mode, .limits = e->limits,
		.master = ss_conf_key(e->method, &e->secret),
		.of_conf = true };
}

bool ss_serve_part(const struct ss_conf *conf, const struct ss_server_conf *e,
    int part, struct ss_port_spec *spec)
{
	uint8_t all = spec->mode != 0 ? spec->mode : conf->base.mode;
	uint8_t carried;

	if (conf->role == SS_LOCAL)
		return part == 0;
	carried = all & ss_plugin_mode(e);
	if (part == 0)
		spec->plugin = e;
	spec->mode = part == 0 ? carried : all & (uint8_t)~carried;
	return spec->mode != 0;
}

/* A number's users may come in at all of its addresses. */
int ss_serve_users(struct ss *ss, struct ss_door *d, size_t i, char *why,
    size_t why_room)
{
	const struct ss_server_conf *e = &ss->conf->servers[i];
	const struct ss_user_conf *u = &ss->conf->users[e->users];
	const struct ss_user_conf *end = u + e->users_n;
	struct ss_user_spec spec = { .method = e->method };
	int rc = 0;

	for (; u < end && rc == 0; u++) {
		spec.limits = u->limits;
		spec.name = u->name;
		spec.psk = u->psk.key;
		rc = ss_user_add(ss, d, &spec);
		if (rc != 0)
			text_fmt(why, why_room, "%s:%u: user %s: %s",
			    e->host, e->port, u->name != NULL ? u->name :
			    "without a name", err_text(rc));
	}
	return rc;
}

static int open_port(struct ss *ss, size_t i, const struct ss_port_spec *spec,
    char *why, size_t why_room)
{
	int rc = ss_port_add(ss, spec, why, why_room);

	if (rc != 0 || ss->conf->role == SS_LOCAL)
		return rc;
	return ss_serve_users(ss, ss_port_newest(ss)->door, i, why, why_room);
}

static int open_one(struct ss *ss, size_t i, char *why, size_t why_room)
{
	struct ss_port_spec spec;
	int part, rc = 0;

	for (part = 0; part < SS_PARTS && rc == 0; part++) {
		spec = ss_serve_spec(ss->conf, i);
		if (ss_serve_part(ss->conf, &ss->conf->servers[i], part,
		    &spec))
			rc = open_port(ss, i, &spec, why, why_room);
	}
	return rc;
}

int ss_serve_logins(struct ss *ss, char *why, size_t why_room)
{
	const struct ss_conf *conf = ss->conf;
	struct ss_auth auth = conf->logins;
	size_t i;
	int rc = 0;

	for (i = 0; i < 2 * conf->locals_n && rc == 0; i++) {
		const struct ss_local_conf *l = &conf->locals[i / 2];
		const char *path = i % 2 == 0 ? l->socks5_auth : l->http_auth;

		if (path != NULL)
			rc = ss_auth_load(&auth, path, why, why_room);
	}
	if (rc == 0)
		ss->auth = auth;
	return rc;
}

/* libev goes on while there is an address that could be bound. */
static bool is_lenient(const struct ss *ss, size_t i)
{
	return ss->conf->flavour == SS_LIBEV &&
	    (i + 1 < ss_serve_wants(ss->conf) || !list_empty(&ss->ports));
}

static int open_all(struct ss *ss, char *why, size_t why_room)
{
	size_t i;
	int rc = 0;

	if (ss->conf->role == SS_LOCAL)
		rc = ss_serve_logins(ss, why, why_room);
	if (ss->conf->role == SS_LOCAL && rc == 0)
		rc = ss_remotes_open(ss, ss->conf, why, why_room);
	for (i = 0; i < ss_serve_wants(ss->conf) && rc == 0; i++) {
		rc = open_one(ss, i, why, why_room);
		if (rc != 0 && is_lenient(ss, i)) {
			log_error("%s", why);
			rc = 0;
		}
	}
	return rc;
}

/* As each original puts it, by origin and role; "%s" is the address. */
static const char *const ready[][2][2] = {
	/* TCP, UDP of servers; of locals */
	[SS_LIBEV] = {
		{ "tcp server listening at %s", "udp server listening at %s" },
		{ "listening at %s", "udp server listening at %s" } },
	[SS_RUST] = {
		{ "shadowsocks tcp server listening on %s",
		    "shadowsocks udp server listening on %s" },
		{ "shadowsocks local TCP listening on %s",
		    "shadowsocks local UDP listening on %s" } },
};

static void say_ready_of(const struct ss_port *p, bool udp)
{
	const struct ss_conf *conf = p->ss->conf;
	struct addr at = p->listener.at;
	char text[ADDR_TEXT];

	if (udp)
		(void)port_local_addr(p->udp.fd, &at);
	addr_text(text, sizeof(text), &at);
	log_info(ready[conf->flavour][conf->role][udp], text);
}

/* python's: one line for both, without brackets around IPv6. */
static void say_starting(const struct ss_port *p)
{
	char ip[ADDR_TEXT];

	addr_text_ip(ip, sizeof(ip), &p->listener.at);
	log_info("starting %s at %s:%u", p->ss->conf->role == SS_LOCAL ?
	    "local" : "server", ip, p->listener.at.port);
}

void ss_say_ready(const struct ss *ss)
{
	const struct ss_port *p;
	const struct list *l;

	for (l = ss->ports.next; l != &ss->ports; l = l->next) {
		p = OWNER(l, struct ss_port, link);
		if (ss->conf->flavour != SS_LIBEV &&
		    ss->conf->flavour != SS_RUST) {
			say_starting(p);
			continue;
		}
		if (watch_is_open(&p->listener.watch))
			say_ready_of(p, false);
		if (watch_is_open(&p->udp))
			say_ready_of(p, true);
	}
}

int ss_serve_method(struct ss *ss, const struct ss_method *m)
{
	struct ss_2022 *shared = &ss->of_2022;

	if (m->kind == SS_AEAD)
		return ss_salts_open(&ss->salts, ss->loop,
		    ss->no_files ? "" : ss->conf->salt_file,
		    ss->shared ? ss_shared_seen() : NULL);
	if (m->kind != SS_2022 || shared->now_ms != NULL)
		return 0;
	shared->replay = ss->shared ? ss_shared_replay() : NULL;
	if (shared->replay == NULL) {
		shared->replay = pool_get(&ss_replay);
		if (shared->replay == NULL)
			return -E_BUSY;
		ss_replay_start(shared->replay);
	}
	shared->now_ms = &ss->loop->now_ms;
	shared->wall_ms = &ss->loop->wall_ms;
	shared->in_pieces = ss->conf->split_header;
	return 0;
}

static void close_2022(struct ss *ss)
{
	ss_salts_close(&ss->salts);
	if (ss->of_2022.replay != NULL && ss->of_2022.replay->lock == NULL)
		pool_put(&ss_replay, ss->of_2022.replay);
	wipe(&ss->of_2022, sizeof(ss->of_2022));
}

static int start(struct ss *ss, struct loop *loop, const struct ss_conf *conf,
    char *why, size_t why_room)
{
	int rc;

	ss->loop = loop;
	ss->conf = conf;
	ss->handshake_ms = ss_serve_handshake_ms(conf);
	ss_gate_open(&ss->gate, conf, NULL);
	ss_plugins_open(&ss->plugins, loop, conf);
	list_init(&ss->ports);
	list_init(&ss->sessions);
	ss_doors_start(&ss->doors);
	ss_users_start(&ss->users);
	ss_halves_start(&ss->halves);
	if (conf->role == SS_SERVER && !ss->no_files)
		ss_ledger_open(&ss->ledger, ss, conf->state_file);
	ss_udp_start(ss);
	rc = open_all(ss, why, why_room);
	if (rc != 0)
		ss_stop(ss);
	return rc;
}

int ss_start(struct ss *ss, struct loop *loop, const struct ss_conf *conf,
    char *why, size_t why_room)
{
	*ss = (struct ss){ 0 };
	return start(ss, loop, conf, why, why_room);
}

int ss_start_shared(struct ss *ss, struct loop *loop,
    const struct ss_conf *conf, bool first, char *why, size_t why_room)
{
	*ss = (struct ss){ .shared = true, .no_udp = !first,
		.no_files = !first };
	return start(ss, loop, conf, why, why_room);
}

int ss_start_alone(struct ss *ss, struct loop *loop,
    const struct ss_conf *conf, char *why, size_t why_room)
{
	*ss = (struct ss){ .no_files = true };
	return start(ss, loop, conf, why, why_room);
}

void ss_serve_gone(struct ss *ss)
{
	if (!ss->quiet || ss->sessions_n > 0 || ss->others > 0)
		return;
	ss_doors_sweep(ss);
	ss_remotes_close(ss);
	close_2022(ss);
	if (ss->on_gone != NULL)
		ss->on_gone(ss);
}

/* Keys outlive their listener while sessions use them. */
void ss_quiet(struct ss *ss)
{
	ss->quiet = true;
	ss_ports_remove(ss);
	ss_checks_end(ss);
	ss_udp_stop(ss);
	ss_serve_gone(ss);
}

void ss_stop(struct ss *ss)
{
	struct list *l, *next;

	ss->on_gone = NULL;
	ss_plugins_close(&ss->plugins);
	for (l = ss->sessions.next; l != &ss->sessions; l = next) {
		next = l->next;
		ss_sess_close(OWNER(l, struct ss_sess, link), -E_CLOSED);
	}
	ss_ledger_close(&ss->ledger);
	ss_quiet(ss);
}

void ss_serve_count(struct ss *ss)
{
	struct list *l;

	for (l = ss->sessions.next; l != &ss->sessions; l = l->next)
		ss_sess_count(OWNER(l, struct ss_sess, link));
}

void ss_serve_pace(struct ss *ss)
{
	struct list *l;

	for (l = ss->sessions.next; l != &ss->sessions; l = l->next)
		ss_sess_pace(OWNER(l, struct ss_sess, link));
}

void ss_serve_end_user(struct ss *ss, const struct ss_user *u)
{
	struct list *l, *next;
	struct ss_sess *s;

	for (l = ss->sessions.next; l != &ss->sessions; l = next) {
		next = l->next;
		s = OWNER(l, struct ss_sess, link);
		if (ss_sess_is_of(s, u))
			ss_sess_close(s, -E_DENY);
	}
	ss_udp_end_user(&ss->udp, u);
}

static void log_account(uint16_t port, const char *user,
    const struct ss_account *a)
{
	struct ss_sums moved = ss_account_sums(a);

	log_info("port=%u%s%s up=%llu down=%llu sessions=%llu", port,
	    user != NULL ? " user=" : "", user != NULL ? user : "",
	    (unsigned long long)moved.up, (unsigned long long)moved.down,
	    (unsigned long long)moved.sessions);
}

void ss_serve_log(struct ss *ss)
{
	const struct ss_door *d = NULL;
	const struct ss_user *u;

	ss_serve_count(ss);
	while ((d = ss_door_next(ss, d)) != NULL) {
		log_account(d->number, NULL, d->account);
		u = NULL;
		while ((u = ss_user_next(d, u)) != NULL)
			log_account(d->number, u->name, u->account);
	}
}

struct addr ss_listens_at(const struct ss *ss)
{
	return OWNER(ss->ports.next, struct ss_port, link)->listener.at;
}
