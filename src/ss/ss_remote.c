/* ss_remote.c - the servers of a client, and which one comes next. Knows
 * neither sessions nor what is sent. */
#include "ss_remote.h"

#include "base/text.h"
#include "core/log.h"
#include "core/metrics.h"
#include "port/rand.h"
#include "ss_check.h"
#include "ss_serve.h"

/* Those of a configuration, and of the one before it. */
POOL_DEFINE(ss_remotes, struct ss_remote, 2 * LIMIT_REMOTES);
struct pool *const ss_remote_pool = &ss_remotes;

METRIC(ss_server_lost, "times that a server did not take a connection");

#define AGAIN_MIN_MS 1000
#define AGAIN_MAX_MS 60000
/* Another server is taken for faster only when it is by so much. */
#define CLEARLY_MS 20
#define UNKNOWN_MS 1000		/* one that was not measured yet */
#define ASK_AGAIN_MS 10000	/* where datagrams go */

static uint32_t random_below(uint32_t n)
{
	uint32_t r;

	port_rand(&r, sizeof(r));
	return n > 0 ? r % n : 0;
}

static int64_t now_ms(const struct ss *ss)
{
	return ss->loop->now_ms;
}

size_t ss_remote_text(char *out, size_t room, const struct ss_remote *r)
{
	const char *form = !r->is_name && r->ip.family == 6 ? "[%s]:%u" :
	    "%s:%u";

	return text_fmt(out, room, form, r->host, r->port);
}

/* ---- coming and going ---- */

static void take_chain(struct ss_2022 *of, const struct ss_conf *conf,
    const struct ss_secret *secret)
{
	size_t i;

	of->ipsk_n = secret->chain_n;
	for (i = 0; i < secret->chain_n; i++)
		memcpy(of->ipsk[i], conf->psk[secret->chain + i].key, KEY_MAX);
}

static int take_plugin(struct ss_remote *r, const struct ss_server_conf *e)
{
	uint8_t mode = ss_plugin_mode(e);
	struct addr at;
	int rc;

	if (mode == 0)
		return 0;
	rc = ss_plugin_place(&at);
	if (rc == 0)
		rc = ss_plugin_add(&r->ss->plugins, e, &at);
	if (rc != 0)
		return rc;
	if ((mode & SS_TCP_ONLY) != 0)
		r->via = at;
	if ((mode & SS_UDP_ONLY) != 0)
		r->udp_via = at;
	return 0;
}

static int fill(struct ss_remote *r, const struct ss_conf *conf,
    const struct ss_server_conf *e)
{
	int rc;

	text_copy(r->host, sizeof(r->host), e->host);
	r->port = e->port;
	r->is_name = addr_parse(&r->ip, e->host, strlen(e->host)) != 0;
	r->ip.port = e->port;
	r->mode = e->mode;
	r->weight[SS_FOR_TCP] = e->tcp_weight;
	r->weight[SS_FOR_UDP] = e->udp_weight;
	r->of_2022.now_ms = &r->ss->loop->now_ms;
	r->of_2022.wall_ms = &r->ss->loop->wall_ms;
	take_chain(&r->of_2022, conf, &e->secret);
	rc = take_plugin(r, e);
	if (rc != 0)
		return rc;
	rc = ss_key_make(&r->key, e->method, ss_conf_key(e->method,
	    &e->secret));
	r->key.shared = &r->of_2022;
	r->prefix = e->prefix;
	if (conf->one_time_auth && e->method->kind == SS_STREAM)
		r->key.ota = SS_OTA_OUT;
	r->key.prefix = r->prefix.len > 0 ? &r->prefix : NULL;
	return rc;
}

void ss_remote_hold(struct ss_remote *r)
{
	r->holders++;
}

void ss_remote_drop(struct ss_remote *r)
{
	if (--r->holders > 0)
		return;
	dns_cancel(&r->ask);
	ss_key_free(&r->key);
	if (r->via.family != 0 || r->udp_via.family != 0)
		ss_plugin_leave(&r->ss->plugins, r->via.family != 0 ?
		    &r->via : &r->udp_via);
	pool_put(&ss_remotes, r);
}

static int open_one(struct ss *ss, const struct ss_conf *conf,
    const struct ss_server_conf *e)
{
	struct ss_remotes *all = &ss->remotes;
	struct ss_remote *r;
	int rc;

	if (all->n == LIMIT_REMOTES)
		return -E_FULL;
	r = pool_get(&ss_remotes);
	if (r == NULL)
		return -E_FULL;
	r->ss = ss;
	r->holders = 1;
	r->at = (uint8_t)all->n;
	rc = fill(r, conf, e);
	if (rc != 0) {
		ss_remote_drop(r);
		return rc;
	}
	all->at[all->n++] = r;
	return 0;
}

/* As the original and libev choose. */
static bool is_by_chance(const struct ss_conf *conf)
{
	if (conf->balance.choice[0] != '\0')
		return strcmp(conf->balance.choice, "chance") == 0;
	return conf->flavour == SS_PYTHON || conf->flavour == SS_LIBEV;
}

int ss_remotes_open(struct ss *ss, const struct ss_conf *conf, char *why,
    size_t why_room)
{
	size_t i;
	int rc = 0;

	ss->remotes = (struct ss_remotes){ .by_chance = is_by_chance(conf) };
	for (i = 0; i < conf->servers_n && rc == 0; i++)
		rc = open_one(ss, conf, &conf->servers[i]);
	if (rc != 0) {
		text_fmt(why, why_room, "more than %d servers (LIMIT_REMOTES)",
		    LIMIT_REMOTES);
		ss_remotes_close(ss);
		return rc;
	}
	ss_checks_begin(ss);
	return 0;
}

void ss_remotes_close(struct ss *ss)
{
	struct ss_remotes *all = &ss->remotes;

	ss_checks_end(ss);
	while (all->n > 0)
		ss_remote_drop(all->at[--all->n]);
	memset(all->best, 0, sizeof(all->best));
}

static bool is_same(const struct ss_remote *a, const struct ss_remote *b)
{
	const struct ss_2022 *x = &a->of_2022, *y = &b->of_2022;

	return a->port == b->port && strcmp(a->host, b->host) == 0 &&
	    a->key.method == b->key.method &&
	    memcmp(a->key.master, b->key.master, KEY_MAX) == 0 &&
	    x->ipsk_n == y->ipsk_n &&
	    memcmp(x->ipsk, y->ipsk, sizeof(x->ipsk)) == 0;
}

struct ss_remote *ss_remote_now(struct ss_remote *r)
{
	struct ss_remotes *all = &r->ss->remotes;
	size_t i;

	if (r->at < all->n && all->at[r->at] == r)
		return r;
	for (i = 0; i < all->n; i++)
		if (is_same(all->at[i], r))
			return all->at[i];
	return NULL;
}

/* ---- health ---- */

bool ss_remote_any_well(const struct ss *ss)
{
	const struct ss_remotes *all = &ss->remotes;
	size_t i;

	for (i = 0; i < all->n; i++)
		if (all->at[i]->proven && all->at[i]->fails == 0)
			return true;
	return false;
}

void ss_remote_good(struct ss_remote *r, const struct addr *at)
{
	char text[SS_REMOTE_TEXT];

	if (at != NULL)
		r->good = *at;
	r->proven = true;
	r->on_trial = false;
	if (r->fails > 0) {
		ss_remote_text(text, sizeof(text), r);
		log_info("server %s is back", text);
	}
	r->fails = 0;
}

/* A second, then twice as long each time, and a little by chance. */
static void leave_alone(struct ss_remote *r)
{
	int64_t ms = AGAIN_MAX_MS;

	if (r->fails < 7)
		ms = MIN((int64_t)AGAIN_MIN_MS << r->fails, ms);
	r->again_ms = now_ms(r->ss) + ms - random_below((uint32_t)ms / 4);
}

/* Many at once fail for one reason: it is counted once. */
void ss_remote_bad(struct ss_remote *r, int why)
{
	char text[SS_REMOTE_TEXT];

	if (r->is_name)
		dns_forget(r->host, strlen(r->host));
	r->turn++;
	if (r->fails > 0 && !r->on_trial)
		return;
	r->on_trial = false;
	metric_add(&ss_server_lost, 1);
	leave_alone(r);
	if (r->fails++ > 0)
		return;
	ss_remote_text(text, sizeof(text), r);
	log_rated(LOG_WARN, "server %s: %s", text, err_text(why));
}

void ss_remote_on_trial(struct ss_remote *r)
{
	r->on_trial = true;
	r->again_ms = now_ms(r->ss) + AGAIN_MIN_MS;
}

void ss_remote_measured(struct ss_remote *r, int64_t ms)
{
	uint32_t got = (uint32_t)MIN(ms, 60000);

	r->latency_ms = r->measured ? (r->latency_ms * 3 + got) / 4 : got;
	r->measured = true;
}

/* ---- the next one ---- */

static bool may_carry(const struct ss_remote *r, enum ss_carried what,
    uint64_t tried)
{
	unsigned mode = what == SS_FOR_TCP ? SS_TCP_ONLY : SS_UDP_ONLY;

	return (tried >> r->at & 1) == 0 && r->weight[what] > 0 &&
	    (r->mode == 0 || (r->mode & mode) != 0);
}

/* Where nobody checks, its time over is reason enough to try it. */
static bool is_offered(const struct ss_remote *r)
{
	return r->fails == 0 || (r->ss->remotes.by_chance &&
	    now_ms(r->ss) >= r->again_ms);
}

static uint64_t cost(const struct ss_remote *r, enum ss_carried what)
{
	return (uint64_t)(r->measured ? r->latency_ms : UNKNOWN_MS) * 1000 /
	    r->weight[what];
}

static struct ss_remote *cheapest(const struct ss_remotes *all,
    enum ss_carried what, uint64_t tried)
{
	struct ss_remote *best = NULL;
	size_t i;

	for (i = 0; i < all->n; i++) {
		struct ss_remote *r = all->at[i];

		if (may_carry(r, what, tried) && is_offered(r) &&
		    (best == NULL || cost(r, what) < cost(best, what)))
			best = r;
	}
	return best;
}

static struct ss_remote *by_latency(struct ss_remotes *all,
    enum ss_carried what, uint64_t tried)
{
	struct ss_remote *r = cheapest(all, what, tried);
	struct ss_remote *kept = all->best[what];
	char text[SS_REMOTE_TEXT];

	if (r == NULL || r == kept)
		return r;
	if (kept != NULL && may_carry(kept, what, tried) && is_offered(kept) &&
	    cost(kept, what) * 4 <= cost(r, what) * 5 + 4 * CLEARLY_MS)
		return kept;
	if (tried != 0)
		return r;
	all->best[what] = r;
	if (all->n > 1 && (kept != NULL || r->measured)) {
		ss_remote_text(text, sizeof(text), r);
		log_info("server %s is taken for %s from now on", text,
		    what == SS_FOR_TCP ? "tcp" : "udp");
	}
	return r;
}

static struct ss_remote *by_lot(const struct ss_remotes *all,
    enum ss_carried what, uint64_t tried)
{
	uint32_t sum = 0, lot;
	size_t i;

	for (i = 0; i < all->n; i++)
		if (may_carry(all->at[i], what, tried) &&
		    is_offered(all->at[i]))
			sum += all->at[i]->weight[what];
	lot = random_below(sum);
	for (i = 0; i < all->n; i++) {
		struct ss_remote *r = all->at[i];

		if (!may_carry(r, what, tried) || !is_offered(r))
			continue;
		if (lot < r->weight[what])
			return r;
		lot -= r->weight[what];
	}
	return NULL;
}

/* All have failed: the one whose time is over first. */
static struct ss_remote *least_bad(const struct ss_remotes *all,
    enum ss_carried what, uint64_t tried)
{
	struct ss_remote *best = NULL;
	size_t i;

	for (i = 0; i < all->n; i++) {
		struct ss_remote *r = all->at[i];

		if (may_carry(r, what, tried) &&
		    (best == NULL || r->again_ms < best->again_ms))
			best = r;
	}
	return best;
}

bool ss_remote_has_others(const struct ss *ss, enum ss_carried what,
    uint64_t tried)
{
	const struct ss_remotes *all = &ss->remotes;
	size_t i;

	for (i = 0; i < all->n; i++)
		if (may_carry(all->at[i], what, tried))
			return true;
	return false;
}

struct ss_remote *ss_remote_pick(struct ss *ss, enum ss_carried what,
    uint64_t tried)
{
	struct ss_remotes *all = &ss->remotes;
	struct ss_remote *r = all->by_chance ? by_lot(all, what, tried) :
	    by_latency(all, what, tried);

	if (r == NULL)
		r = least_bad(all, what, tried);
	if (r == NULL)
		return NULL;
	/* Others keep off until it is known whether this one comes through. */
	if (r->fails > 0 && now_ms(ss) >= r->again_ms)
		ss_remote_on_trial(r);
	return r;
}

/* ---- for datagrams ---- */

static const struct addr *best_of(const struct ss_remote *r,
    const struct addr *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (addr_eq_ip(&list[i], &r->good))
			return &list[i];
	return &list[r->turn % n];
}

/* The answer is in the cache now, for who asks again. */
static void on_dns(struct dns_ask *ask, int status, const struct addr *list,
    size_t n)
{
	struct ss_remote *r = OWNER(ask, struct ss_remote, ask);

	if (status != 0 || n == 0) {
		ss_remote_bad(r, status);
		return;
	}
	if (r->good.family == 0)
		r->good = list[0];
}

int ss_remote_addr(struct ss_remote *r, struct addr *out)
{
	enum dns_prefer prefer = r->ss->conf->prefer_ipv6 ? DNS_V6_FIRST :
	    DNS_V4_FIRST;
	struct addr list[DNS_ADDRS];
	size_t n = 0;
	int rc = -E_AGAIN;

	*out = r->udp_via.family != 0 ? r->udp_via : r->ip;
	if (!r->is_name || r->udp_via.family != 0)
		return 0;
	if (list_empty(&r->ask.link))
		rc = dns_ask(&r->ask, r->host, strlen(r->host), prefer, on_dns,
		    list, &n);
	if (rc == 1 && n > 0)
		*out = *best_of(r, list, n);
	else if (r->good.family != 0)
		*out = r->good;
	else
		return -E_AGAIN;
	out->port = r->port;
	return 0;
}

const struct addr *ss_remote_udp_at(struct ss_remote *r)
{
	int64_t now = now_ms(r->ss);
	struct addr at;

	if ((r->udp_at.family == 0 || now - r->udp_at_ms >= ASK_AGAIN_MS) &&
	    ss_remote_addr(r, &at) == 0) {
		r->udp_at = at;
		r->udp_at_ms = now;
	}
	return r->udp_at.family != 0 ? &r->udp_at : NULL;
}
