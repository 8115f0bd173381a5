/* ss_reload.c - another configuration for what serves already: first all that
 * can fail, then the change. Knows no file, and no signal. */
#include "ss_reload.h"

#include "base/text.h"
#include "core/log.h"

/* Of a port that was there, or was made for this. */
enum ss_fate { FATE_GOES, FATE_STAYS, FATE_IS_NEW };

static struct ss_port *port_of(struct list *l)
{
	return OWNER(l, struct ss_port, link);
}

/* ---- all that can fail ---- */

static int prepare_part(struct ss *ss, const struct ss_port_spec *spec,
    char *why, size_t why_room)
{
	struct ss_port *p = ss_port_find(ss, spec);
	int rc;

	if (p == NULL) {
		rc = ss_port_add(ss, spec, why, why_room);
		if (rc == 0)
			ss_port_newest(ss)->fate = FATE_IS_NEW;
		return rc;
	}
	/* An address that is there twice is an error at the start too. */
	if (p->fate != FATE_GOES) {
		text_fmt(why, why_room, "%s:%u is there twice", spec->host,
		    spec->port);
		return -E_INUSE;
	}
	p->fate = FATE_STAYS;
	if (ss_port_is(p, spec))
		return 0;
	return ss_port_prepare(p, spec, why, why_room);
}

static int prepare_one(struct ss *ss, size_t i, char *why, size_t why_room)
{
	struct ss_port_spec spec;
	int part, rc = 0;

	for (part = 0; part < SS_PARTS && rc == 0; part++) {
		spec = ss_serve_spec(ss->conf, i);
		if (ss_serve_part(ss->conf, &ss->conf->servers[i], part,
		    &spec))
			rc = prepare_part(ss, &spec, why, why_room);
	}
	return rc;
}

static void undo(struct ss *ss)
{
	struct list *l, *after;

	for (l = ss->ports.next; l != &ss->ports; l = after) {
		struct ss_port *p = port_of(l);

		after = l->next;
		ss_port_stay(p);
		if (p->fate == FATE_IS_NEW)
			ss_port_close(p);
		else
			p->fate = FATE_GOES;
	}
}

/* ---- a client's servers ---- */

static bool is_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static bool has_same_plugin(const struct ss_server_conf *x,
    const struct ss_server_conf *y)
{
	return ss_plugin_mode(x) == ss_plugin_mode(y) &&
	    is_text(x->plugin, y->plugin) &&
	    is_text(x->plugin_args, y->plugin_args) &&
	    is_text(x->plugin_opts, y->plugin_opts);
}

static bool is_same(const struct ss_conf *a, const struct ss_server_conf *x,
    const struct ss_conf *b, const struct ss_server_conf *y)
{
	const struct ss_secret *s = &x->secret, *t = &y->secret;
	size_t i;

	if (strcmp(x->host, y->host) != 0 || x->port != y->port ||
	    x->method != y->method || x->mode != y->mode ||
	    !has_same_plugin(x, y) ||
	    memcmp(&x->prefix, &y->prefix, sizeof(x->prefix)) != 0 ||
	    x->tcp_weight != y->tcp_weight || x->udp_weight != y->udp_weight ||
	    s->chain_n != t->chain_n || memcmp(ss_conf_key(x->method, s),
	    ss_conf_key(y->method, t), x->method->key_len) != 0)
		return false;
	for (i = 0; i < s->chain_n; i++)
		if (memcmp(a->psk[s->chain + i].key, b->psk[t->chain + i].key,
		    x->method->key_len) != 0)
			return false;
	return true;
}

static bool is_chosen_alike(const struct ss_balance_conf *a,
    const struct ss_balance_conf *b)
{
	return strcmp(a->choice, b->choice) == 0 &&
	    a->max_rtt_s == b->max_rtt_s && a->interval_s == b->interval_s &&
	    a->best_interval_s == b->best_interval_s && a->port == b->port &&
	    is_text(a->host, b->host);
}

static bool has_same_servers(const struct ss_conf *a, const struct ss_conf *b)
{
	bool same = a->servers_n == b->servers_n &&
	    is_chosen_alike(&a->balance, &b->balance);
	size_t i;

	for (i = 0; i < a->servers_n && same; i++)
		same = is_same(a, &a->servers[i], b, &b->servers[i]);
	return same;
}

/* The ones before are closed by end_remotes, or come back by it. */
static int begin_remotes(struct ss *ss, const struct ss_conf *before,
    struct ss_remotes *old, char *why, size_t why_room)
{
	int rc;

	*old = (struct ss_remotes){ 0 };
	if (ss->conf->role != SS_LOCAL || has_same_servers(before, ss->conf))
		return 0;
	*old = ss->remotes;
	rc = ss_remotes_open(ss, ss->conf, why, why_room);
	if (rc != 0) {
		ss->remotes = *old;
		*old = (struct ss_remotes){ 0 };
	}
	return rc;
}

static void end_remotes(struct ss *ss, struct ss_remotes *old, bool back)
{
	struct ss_remotes stays = back ? *old : ss->remotes;

	if (old->n == 0)
		return;
	if (!back)
		ss->remotes = *old;
	ss_remotes_close(ss);
	ss->remotes = stays;
}

/* ---- and the change ---- */

static void change_port(struct ss_port *p)
{
	if (p->next != NULL)
		ss_port_follow(p);
	else if (p->fate == FATE_GOES && p->of_conf)
		ss_port_close(p);
	else
		p->fate = FATE_GOES;	/* as all are, until the next time */
}

static void change_ports(struct ss *ss)
{
	struct list *l, *after;
	struct list end;

	/* What follows comes last: it is not to be looked at again. */
	list_init(&end);
	list_push(&ss->ports, &end);
	for (l = ss->ports.next; l != &end; l = after) {
		after = l->next;
		change_port(port_of(l));
	}
	list_remove(&end);
}

static bool wants_user(const struct ss_conf *conf, uint16_t number,
    const struct ss_user *u)
{
	const struct ss_server_conf *e;
	size_t i, k;

	for (i = 0; i < conf->servers_n; i++) {
		e = &conf->servers[i];
		for (k = 0; e->port == number && k < e->users_n; k++)
			if (conf->users[e->users + k].name != NULL &&
			    strcmp(conf->users[e->users + k].name,
			    u->name) == 0)
				return true;
	}
	return false;
}

static void remove_users(struct ss *ss, struct ss_door *d)
{
	struct ss_user *u = ss_user_next(d, NULL), *next;

	for (; u != NULL; u = next) {
		next = ss_user_next(d, u);
		if (u->open && !wants_user(ss->conf, d->number, u))
			ss_user_remove(ss, u);
	}
}

/* A port's users are those of the configuration, or a manager's; its limits
 * those of the configuration. */
static void change_users(struct ss *ss)
{
	char why[SS_HOST + 128];
	struct ss_door *d;
	struct list *l;
	size_t i;

	ss_serve_count(ss);	/* what was moved without them is not theirs */
	for (l = ss->ports.next; l != &ss->ports; l = l->next)
		if (port_of(l)->of_conf)
			remove_users(ss, port_of(l)->door);
	for (i = 0; i < ss->conf->servers_n; i++) {
		d = ss_door_find(ss, ss->conf->servers[i].port);
		if (d != NULL)
			ss_account_limit(d->account,
			    &ss->conf->servers[i].limits, ss->loop->now_ms);
		if (d != NULL && ss_serve_users(ss, d, i, why,
		    sizeof(why)) != 0)
			log_error("%s", why);
	}
	ss_serve_pace(ss);
}

static int replace(struct ss *ss, const struct ss_conf *next, char *why,
    size_t why_room)
{
	const struct ss_conf *before = ss->conf;
	struct ss_auth logins = ss->auth;
	struct ss_remotes old;
	size_t i;
	int rc;

	ss->conf = next;
	rc = ss_serve_logins(ss, why, why_room);
	old.n = 0;
	if (rc == 0)
		rc = begin_remotes(ss, before, &old, why, why_room);
	ss->of_2022.in_pieces = next->split_header;
	for (i = 0; i < ss_serve_wants(next) && rc == 0; i++)
		rc = prepare_one(ss, i, why, why_room);
	if (rc != 0) {
		undo(ss);
		ss->auth = logins;
		end_remotes(ss, &old, true);
		ss->conf = before;
		ss->of_2022.in_pieces = before->split_header;
		return rc;
	}
	change_ports(ss);
	end_remotes(ss, &old, false);
	if (next->role == SS_SERVER)
		change_users(ss);
	ss_gate_open(&ss->gate, next, ss->gate.acl);
	ss_udp_limit(ss);
	ss->handshake_ms = ss_serve_handshake_ms(next);
	return 0;
}

int ss_reload(struct ss *ss, const struct ss_conf *next, char *why,
    size_t why_room)
{
	bool started = ss->plugins.started;
	int rc;

	if (ss_has_plugin(next) && ss->plugins.refused != NULL) {
		text_fmt(why, why_room, "plugin: %s", ss->plugins.refused);
		return -E_NOSUP;
	}
	/* New ones may want the places of listeners that go. */
	ss_plugins_pause(&ss->plugins);
	rc = replace(ss, next, why, why_room);
	if (started)
		ss_plugins_start(&ss->plugins);
	return rc;
}
