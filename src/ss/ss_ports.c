/* ss_ports.c - listeners and their keys, added and removed at any time. Knows
 * neither who asks for it nor what their sessions do. */
#include "ss_ports.h"

#include "base/text.h"
#include "core/dns.h"
#include "core/log.h"
#include "ss_book.h"
#include "ss_local.h"
#include "ss_named.h"
#include "ss_secret.h"
#include "ss_serve.h"
#include "ss_sock.h"

POOL_DEFINE(ss_ports, struct ss_port, LIMIT_LISTENERS);
POOL_DEFINE(ss_doors, struct ss_door, LIMIT_LISTENERS);
struct pool *const ss_port_pool = &ss_ports;

/* ---- doors ---- */

void ss_doors_start(struct ss_doors *d)
{
	for (size_t i = 0; i < SS_DOOR_ROWS; i++)
		list_init(&d->row[i]);
}

static struct list *row_of(struct ss *ss, uint16_t number)
{
	return &ss->doors.row[number % SS_DOOR_ROWS];
}

/* The open one, or one that was removed and is not gone yet. */
static struct ss_door *door_find(struct ss *ss, uint16_t number)
{
	struct list *row = row_of(ss, number), *l;

	for (l = row->next; l != row; l = l->next)
		if (OWNER(l, struct ss_door, link)->number == number)
			return OWNER(l, struct ss_door, link);
	return NULL;
}

struct ss_door *ss_door_find(struct ss *ss, uint16_t number)
{
	struct ss_door *d = door_find(ss, number);

	return d != NULL && d->open ? d : NULL;
}

struct ss_door *ss_door_next(struct ss *ss, const struct ss_door *after)
{
	size_t i = after == NULL ? 0 : after->number % SS_DOOR_ROWS;
	struct list *row = &ss->doors.row[i];
	struct list *l = after == NULL ? row->next : after->link.next;

	while (l == row) {
		if (++i == SS_DOOR_ROWS)
			return NULL;
		row = &ss->doors.row[i];
		l = row->next;
	}
	return OWNER(l, struct ss_door, link);
}

static void door_free(struct ss *ss, struct ss_door *d)
{
	if (ss->quiet)
		ss_ledger_put(&ss->ledger, d->number, NULL, d->account);
	ss_book_close(d->account, &d->own);
	ss_secret_drop(d);
	list_remove(&d->link);
	pool_put(&ss_doors, d);
}

void ss_doors_sweep(struct ss *ss)
{
	struct ss_door *d = ss_door_next(ss, NULL), *next;

	for (; d != NULL; d = next) {
		next = ss_door_next(ss, d);
		if (d->holders == 0)
			door_free(ss, d);
	}
}

/* Enough of them: each that is held has a port of its pool. */
static struct ss_door *door_get(struct ss *ss, uint16_t number)
{
	struct ss_door *d = door_find(ss, number);

	if (d == NULL) {
		if (pool_full(&ss_doors))
			ss_doors_sweep(ss);
		d = pool_get(&ss_doors);
		ASSERT(d != NULL);
		d->number = number;
		list_init(&d->ports);
		list_init(&d->users);
		list_push(row_of(ss, number), &d->link);
		d->account = ss_book_open(number, NULL, &d->own);
		ss_ledger_take(&ss->ledger, number, NULL, d->account);
	}
	d->holders++;
	return d;
}

void ss_door_hold(struct ss_door *d)
{
	d->holders++;
}

/* What it moved may still have to be told. */
void ss_door_drop(struct ss *ss, struct ss_door *d)
{
	if (--d->holders == 0 && !ss->keeps_doors)
		door_free(ss, d);
}

/* ---- ports ---- */

bool ss_port_logins(const struct ss_port *p)
{
	return p->ss->conf->logins.n > 0 || p->local->socks5_auth != NULL ||
	    p->local->http_auth != NULL;
}

void ss_port_hold(struct ss_port *p)
{
	p->holders++;
}

void ss_port_drop(struct ss_port *p)
{
	if (--p->holders > 0)
		return;
	ss_key_free(&p->key);
	ss_local_free(p->local);
	if (p->door != NULL)
		ss_door_drop(p->ss, p->door);
	pool_put(&ss_ports, p);
}

/* An address, or a name that needs no network: of the hosts file. */
static int listen_addr(struct addr *out, const char *host, uint16_t port)
{
	struct addr found[DNS_ADDRS];
	struct dns_ask ask = { 0 };
	size_t n = 0;
	int rc = addr_parse(out, host, strlen(host));

	if (rc != 0) {
		rc = dns_ask(&ask, host, strlen(host), DNS_V4_FIRST, NULL,
		    found, &n);
		if (rc == 0)
			dns_cancel(&ask);
		if (rc != 1 || n == 0)
			return -E_NOADDR;
		*out = found[0];
	}
	out->port = port;
	return 0;
}

static int listen_tcp(struct ss_port *p, const struct addr *at)
{
	struct net_how how;
	int rc;

	ss_sock_listen(p->ss, at->port, &how);
	if (p->ingress == &ss_in_redir && p->local->tproxy)
		how.flags |= NET_ANY_TARGET;
	rc = listen_open(&p->listener, p->ss->loop, at, &how, ss_sess_pool,
	    ss_sess_open, p);
	ss_sock_said(p->ss);
	return rc;
}

/* A client's may be somewhere else than its TCP. */
static int listen_udp(struct ss_port *p, struct addr *at)
{
	const struct ss_local_conf *local = p->local;
	int rc = 0;

	if (local != NULL && local->udp_host != NULL)
		rc = listen_addr(at, local->udp_host, at->port);
	if (local != NULL && local->udp_port != 0)
		at->port = local->udp_port;
	return rc != 0 ? rc : ss_udp_listen(p, at);
}

/* At the same number, also where any was asked for. */
static int port_listen(struct ss_port *p, const struct ss_port_spec *spec,
    unsigned mode)
{
	bool behind = spec->plugin != NULL;
	struct addr at;
	int rc = listen_addr(&at, behind ? "127.0.0.1" : spec->host,
	    behind ? 0 : spec->port);

	p->listener.at = at;
	if (rc == 0 && (mode & SS_TCP_ONLY) != 0) {
		rc = listen_tcp(p, &at);
		at.port = p->listener.at.port;
	}
	if (rc == 0 && (mode & SS_UDP_ONLY) != 0 && !p->ss->no_udp)
		rc = listen_udp(p, &at);
	/* What is led takes rights that connections do not. */
	if ((rc == -E_PERM || rc == -E_NOSUP) && p->ingress == &ss_in_redir &&
	    (mode & SS_TCP_ONLY) != 0) {
		log_warn("redir: no datagrams: %s", err_text(rc));
		rc = 0;
	}
	if (rc == 0 && mode == SS_UDP_ONLY)
		p->listener.at = at;
	return rc;
}

static uint8_t mode_of(const struct ss *ss, const struct ss_port_spec *spec)
{
	return spec->mode != 0 ? spec->mode : ss->conf->base.mode;
}

/* A user's key instead of the port's. */
static const struct ss_key *whose(const struct ss_key *k,
    const uint8_t *identity)
{
	struct ss_port *p = OWNER(k, struct ss_port, key);
	struct ss_user *u = ss_user_find(p->ss, p->door, identity);

	return u != NULL && u->key.method == k->method ? &u->key : NULL;
}

void ss_door_by_users(struct ss_door *d)
{
	struct list *l;

	d->by_users = true;
	for (l = d->ports.next; l != &d->ports; l = l->next)
		OWNER(l, struct ss_port, of_door)->of_2022.who = whose;
}

static int port_fill(struct ss_port *p, const struct ss_port_spec *spec)
{
	bool local = spec->local != NULL;
	int rc = local ? ss_local_copy(&p->local, spec->local) :
	    ss_key_make(&p->key, spec->method, spec->master);

	p->of_conf = spec->of_conf;
	p->behind = spec->plugin != NULL ? spec->port : 0;
	p->mode = mode_of(p->ss, spec);
	p->ingress = local ? &ss_in_local : &ss_in_ss;
	if (local && spec->local->protocol == SS_TUNNEL)
		p->ingress = &ss_in_fixed;
	if (local && spec->local->protocol == SS_DNS)
		p->ingress = &ss_in_names;
	if (local && spec->local->protocol == SS_REDIR)
		p->ingress = &ss_in_redir;
	p->egress = local ? &ss_out_local : &ss_out_direct;
	/* Also where a list has the name server itself. */
	if (local && spec->local->protocol == SS_DNS)
		p->egress = &ss_out_ss;
	p->of_2022 = p->ss->of_2022;
	/* A plugin cuts the stream as it likes. */
	p->of_2022.in_pieces |= spec->plugin != NULL;
	p->key.shared = &p->of_2022;
	if (!local && spec->method->kind == SS_STREAM &&
	    p->ss->conf->one_time_auth)
		p->key.ota = SS_OTA_IN;
	if (!local && spec->method->kind == SS_AEAD)
		p->key.seen = p->ss->salts.seen;
	return rc;
}

static struct ss_port *port_make(struct ss *ss, const struct ss_port_spec *spec)
{
	struct ss_port *p = pool_get(&ss_ports);

	if (p == NULL)
		return NULL;
	p->ss = ss;
	p->holders = 1;
	if (port_fill(p, spec) == 0)
		return p;
	ss_port_drop(p);
	return NULL;
}

static void port_unmake(struct ss_port *p)
{
	listen_close(&p->listener);
	ss_udp_unlisten(p);
	ss_port_drop(p);
}

/* It listens: one of those of its number. */
static void enter(struct ss_port *p)
{
	struct ss *ss = p->ss;

	p->door = door_get(ss, p->behind != 0 ? p->behind :
	    p->listener.at.port);
	p->door->open = true;
	if (p->door->by_users)
		p->of_2022.who = whose;
	list_push(&p->door->ports, &p->of_door);
	list_push(&ss->ports, &p->link);
}

static int port_open(struct ss *ss, const struct ss_port_spec *spec)
{
	struct ss_port *p = port_make(ss, spec);
	int rc;

	if (p == NULL)
		return -E_FULL;
	rc = spec->local != NULL ? ss_named_open(spec->local) : 0;
	if (rc == 0)
		rc = port_listen(p, spec, p->mode);
	if (rc == 0 && spec->plugin != NULL)
		rc = ss_plugin_add(&ss->plugins, spec->plugin,
		    &p->listener.at);
	if (rc != 0) {
		port_unmake(p);
		return rc;
	}
	enter(p);
	ss_account_limit(p->door->account, &spec->limits, ss->loop->now_ms);
	return 0;
}

struct ss_port *ss_port_newest(const struct ss *ss)
{
	return OWNER(ss->ports.prev, struct ss_port, link);
}

static int say(int rc, const struct ss_port_spec *spec, char *why,
    size_t why_room)
{
	if (rc == -E_FULL && spec->plugin != NULL)
		text_fmt(why, why_room, "%s:%u: no more listeners or plugins "
		    "(LIMIT_LISTENERS, LIMIT_PLUGINS)", spec->host,
		    spec->port);
	else if (rc == -E_FULL)
		text_fmt(why, why_room, "%s:%u: more than %d listeners "
		    "(LIMIT_LISTENERS)", spec->host, spec->port,
		    LIMIT_LISTENERS);
	else if (rc == -E_BUSY)
		text_fmt(why, why_room, "a second server in one process");
	else if (rc != 0)
		text_fmt(why, why_room, "%s:%u: %s", spec->host, spec->port,
		    err_text(rc));
	return rc;
}

int ss_port_add(struct ss *ss, const struct ss_port_spec *spec, char *why,
    size_t why_room)
{
	int rc = spec->local != NULL ? 0 : ss_serve_method(ss, spec->method);

	if (rc == 0)
		rc = port_open(ss, spec);
	return say(rc, spec, why, why_room);
}

/* ---- in place of each other ---- */

struct ss_port *ss_port_find(const struct ss *ss,
    const struct ss_port_spec *spec)
{
	const struct list *l;
	struct addr at;

	if (listen_addr(&at, spec->host, spec->port) != 0)
		return NULL;
	for (l = ss->ports.next; l != &ss->ports; l = l->next) {
		struct ss_port *p = OWNER(l, struct ss_port, link);

		if (spec->plugin != NULL ? p->behind == spec->port &&
		    ss_plugin_is(&ss->plugins, &p->listener.at, spec->plugin) :
		    p->behind == 0 && addr_eq(&p->listener.at, &at))
			return p;
	}
	return NULL;
}

bool ss_port_is(const struct ss_port *p, const struct ss_port_spec *spec)
{
	if (p->mode != mode_of(p->ss, spec))
		return false;
	if (spec->local != NULL)
		return p->local != NULL && ss_local_is(p->local, spec->local);
	return p->of_conf && p->key.method == spec->method &&
	    memcmp(p->key.master, spec->master, spec->method->key_len) == 0 &&
	    p->of_2022.in_pieces == (p->behind != 0 ||
	    p->ss->of_2022.in_pieces);
}

/* A client's datagrams may come in somewhere else than before. */
static bool udp_stays(const struct ss_port *p, const struct ss_port *next)
{
	const struct ss_local_conf *a = p->local, *b = next->local;

	if (!watch_is_open(&p->udp) || (next->mode & SS_UDP_ONLY) == 0)
		return false;
	return a == NULL || b == NULL || (a->udp_port == b->udp_port &&
	    strcmp(a->udp_host != NULL ? a->udp_host : "",
	    b->udp_host != NULL ? b->udp_host : "") == 0);
}

int ss_port_prepare(struct ss_port *p, const struct ss_port_spec *spec,
    char *why, size_t why_room)
{
	struct ss_port *next;
	unsigned mode;
	int rc = spec->local != NULL ? 0 :
	    ss_serve_method(p->ss, spec->method);

	if (rc != 0)
		return say(rc, spec, why, why_room);
	next = port_make(p->ss, spec);
	if (next == NULL)
		return say(-E_FULL, spec, why, why_room);
	/* What p does not have it gets now. */
	mode = next->mode;
	if (watch_is_open(&p->listener.watch))
		mode &= ~(unsigned)SS_TCP_ONLY;
	if (udp_stays(p, next))
		mode &= ~(unsigned)SS_UDP_ONLY;
	rc = (next->mode & SS_UDP_ONLY) == 0 || ss_udp_ready(next) ?
	    port_listen(next, spec, mode) : -E_BUSY;
	next->listener.at = p->listener.at;
	if (rc != 0)
		port_unmake(next);
	else
		p->next = next;
	return say(rc, spec, why, why_room);
}

void ss_port_stay(struct ss_port *p)
{
	if (p->next != NULL)
		port_unmake(p->next);
	p->next = NULL;
}

static void port_close_down(struct ss_port *p)
{
	listen_close(&p->listener);
	ss_udp_unlisten(p);
	/* Of a server that is leaving it serves to the last. */
	if (p->behind != 0 && !p->ss->quiet)
		ss_plugin_leave(&p->ss->plugins, &p->listener.at);
	list_remove(&p->link);
	list_remove(&p->of_door);
	ss_port_drop(p);
}

void ss_door_shut(struct ss_door *d)
{
	d->by_users = false;
	while (!list_empty(&d->ports))
		port_close_down(OWNER(d->ports.next, struct ss_port, of_door));
}

const struct ss_method *ss_door_method(const struct ss_door *d)
{
	ASSERT(!list_empty(&d->ports));
	return OWNER(d->ports.next, struct ss_port, of_door)->key.method;
}

void ss_port_follow(struct ss_port *p)
{
	struct ss_port *next = p->next;

	p->next = NULL;
	if ((next->mode & SS_TCP_ONLY) != 0 &&
	    watch_is_open(&p->listener.watch))
		listen_move(&next->listener, &p->listener, next);
	if (!watch_is_open(&next->udp) && (next->mode & SS_UDP_ONLY) != 0)
		ss_udp_move(next, p);
	enter(next);
	p->behind = 0;	/* it is next's plugin now */
	port_close_down(p);
}

void ss_port_close(struct ss_port *p)
{
	if (p->door->ports.next == &p->of_door &&
	    p->door->ports.prev == &p->of_door)
		(void)ss_port_remove(p->ss, p->door->number);
	else
		port_close_down(p);
}

int ss_port_remove(struct ss *ss, uint16_t number)
{
	struct ss_door *d = ss_door_find(ss, number);

	if (d == NULL)
		return -E_NOENT;
	d->open = false;
	ss_door_hold(d);	/* for the loop's sake */
	ss_door_shut(d);
	ss_secret_drop(d);
	ss_users_close(ss, d);
	ss_door_drop(ss, d);
	return 0;
}

void ss_ports_remove(struct ss *ss)
{
	while (!list_empty(&ss->ports))
		ss_port_remove(ss, OWNER(ss->ports.next, struct ss_port,
		    link)->door->number);
}
