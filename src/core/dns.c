/*
 * dns.c - the resolver: who asks what, which server is tried, when it is over.
 * Knows no wire format (dns_msg.c), no file (dns_conf.c).
 *
 * A question asks for A and AAAA together, from a socket and port of its own
 * with an id of its own each; with every further try all of them are new. It
 * ends when both are known, or when one has addresses and the other lets wait.
 */
#include "core/dns.h"
#include "base/endian.h"
#include "base/text.h"
#include "core/chan.h"
#include "core/log.h"
#include "core/metrics.h"
#include "dns_cache.h"
#include "dns_conf.h"
#include "dns_msg.h"
#include "port/net.h"
#include "port/rand.h"

#define PACKET 1232		/* a server sends 512 without EDNS */
#define PACKETS 8		/* read in one turn */
#define WAIT_SECOND_MS 50	/* for the other family when one is in */
#define WAIT_FIRST_MS 300	/* the same, for the preferred one */
#define GAVE_UP_S 30		/* a family that let wait counts as none */

enum side { V4, V6, SIDES };

enum need { NOT_ASKED, PENDING, CUT, KNOWN };

struct half_question {
	enum need need;
	uint16_t id;
	struct dns_answer answer;
};

struct question {
	struct list link;	/* of dns.questions, then of dns.over */
	struct list askers;
	struct half_question side[SIDES];
	struct watch udp;
	struct chan tcp;
	struct timer timer;	/* of this try */
	enum dns_prefer prefer;
	struct addr server;
	uint32_t first, tries;	/* first server; tries of this form so far */
	int why;		/* the last try failed */
	bool waits_a_little;
	bool whole;		/* the name as it is, after the search list */
	size_t search_at;
	uint8_t name_len, full_len;
	char name[DNS_NAME_MAX];
	char full[DNS_NAME_MAX];	/* with a domain of the search list */
};

POOL_DEFINE(dns_questions, struct question, LIMIT_DNS_QUERIES);

METRIC(dns_asked, "names asked of name servers");
METRIC(dns_cached, "names answered from hosts or cache");
METRIC(dns_failed, "names that no name server answered");

static struct {
	struct loop *loop;
	struct dns_conf conf;
	struct dns_servers servers;
	struct dns_hosts hosts;
	struct list questions;
	struct list over;	/* to be put back at the end of the turn */
	struct task reap;
	uint32_t good;		/* the server that answered last */
	bool doubt;		/* all failed: look at resolv.conf again */
} dns;

static enum dns_type type_of(enum side s)
{
	return s == V4 ? DNS_A : DNS_AAAA;
}

static enum side first_side(enum dns_prefer p)
{
	return p == DNS_V6_FIRST || p == DNS_V6_ONLY ? V6 : V4;
}

static bool wants(enum dns_prefer p, enum side s)
{
	return !(p == DNS_V4_ONLY && s == V6) && !(p == DNS_V6_ONLY && s == V4);
}

/* ---- answers ---- */

/* The preferred family first; where both have some, the other keeps a place. */
static size_t merge(const struct half_question side[SIDES],
    enum dns_prefer prefer, struct addr out[DNS_ADDRS])
{
	const struct dns_answer *a = &side[first_side(prefer)].answer;
	const struct dns_answer *b = &side[!first_side(prefer)].answer;
	size_t n = MIN(a->n, (size_t)DNS_ADDRS - (b->n > 0));
	size_t more = MIN(b->n, DNS_ADDRS - n);

	memcpy(out, a->list, n * sizeof(*out));
	memcpy(out + n, b->list, more * sizeof(*out));
	return n + more;
}

static bool is_known(const struct half_question side[SIDES])
{
	return (side[V4].need == KNOWN || side[V4].need == NOT_ASKED) &&
	    (side[V6].need == KNOWN || side[V6].need == NOT_ASKED);
}

static void stop(struct question *q)
{
	watch_shut(&q->udp);
	chan_close(&q->tcp);
	timer_stop(dns.loop, &q->timer);
}

/* Each asker once; one may ask again, or cancel another, inside. */
static void tell(struct question *q, int status, const struct addr *list,
    size_t n)
{
	struct list *l;

	stop(q);
	list_remove(&q->link);
	list_push(&dns.over, &q->link);
	loop_later(dns.loop, &dns.reap);
	while ((l = list_pop(&q->askers)) != NULL) {
		struct dns_ask *a = OWNER(l, struct dns_ask, link);

		a->fn(a, status, list, n);
	}
}

static void reap(struct task *t)
{
	struct list *l;

	(void)t;
	while ((l = list_pop(&dns.over)) != NULL)
		pool_put(&dns_questions, OWNER(l, struct question, link));
}

/* "No" of one form of a name says nothing of the next. */
static void remember(const struct question *q)
{
	for (enum side s = V4; s < SIDES; s++)
		if (q->side[s].need == KNOWN &&
		    (q->side[s].answer.n > 0 || q->whole))
			dns_cache_put(q->name, q->name_len, type_of(s),
			    &q->side[s].answer, dns.loop->now_ms);
}

static void finish(struct question *q)
{
	struct addr list[DNS_ADDRS];
	size_t n = merge(q->side, q->prefer, list);

	remember(q);
	if (n > 0)
		tell(q, 0, list, n);
	else
		tell(q, is_known(q->side) ? -E_NOENT : q->why, list, 0);
}

/* ---- trying servers ---- */

static void on_timer(struct timer *t);
static void on_packet(struct watch *w, unsigned got);

/* Failing is told from the loop, never inside a caller. */
static void next_try_soon(struct question *q, int why)
{
	q->why = why;
	timer_set(dns.loop, &q->timer, 0, on_timer);
}

static size_t make_ask(struct question *q, enum side s, uint8_t *out)
{
	return dns_msg_ask(out, q->side[s].id, q->full, q->full_len,
	    type_of(s));
}

/* A port that cannot be guessed; the system's choice where that is taken. */
static int open_udp(uint8_t family)
{
	for (int i = 0; i < 4; i++) {
		struct addr at = { .family = family };
		uint16_t r;
		int fd;

		port_rand(&r, sizeof(r));
		if (i < 3)
			at.port = (uint16_t)(1024 + r % (65536 - 1024));
		fd = port_udp_open(&at);
		if (fd != -E_INUSE && fd != -E_PERM)
			return fd;
	}
	return -E_INUSE;
}

static int send_asks(struct question *q)
{
	uint8_t ask[DNS_ASK_MAX];

	for (enum side s = V4; s < SIDES; s++) {
		ptrdiff_t n;

		if (q->side[s].need != PENDING && q->side[s].need != CUT)
			continue;
		q->side[s].need = PENDING;
		port_rand(&q->side[s].id, sizeof(q->side[s].id));
		n = (ptrdiff_t)make_ask(q, s, ask);
		n = port_udp_send(q->udp.fd, &q->server, ask, (size_t)n);
		if (n < 0 && n != -E_AGAIN)
			return (int)n;
	}
	return 0;
}

static int try_server(struct question *q)
{
	int fd = open_udp(q->server.family);
	int rc;

	if (fd < 0)
		return fd;
	rc = watch_open(dns.loop, &q->udp, fd, POLL_IN, on_packet);
	if (rc != 0) {
		port_close(fd);
		return rc;
	}
	return send_asks(q);
}

static void give_up(struct question *q)
{
	dns.doubt = true;
	metric_add(&dns_failed, 1);
	if (dns.servers.n == 0)
		log_rated(LOG_WARN, "dns: no name server is known");
	else
		log_rated(LOG_WARN, "dns: no name server answers: %s",
		    err_text(q->why));
	finish(q);
}

/* The next server, each of them `tries` times, beginning with the good one. */
static void next_try(struct question *q)
{
	struct dns_servers *s = &dns.servers;
	int rc;

	stop(q);
	if (q->tries >= s->n * (uint32_t)s->tries) {
		give_up(q);
		return;
	}
	q->server = s->list[(q->first + q->tries) % s->n];
	q->tries++;
	rc = try_server(q);
	if (rc == 0)
		timer_set(dns.loop, &q->timer,
		    dns.loop->now_ms + s->timeout_ms, on_timer);
	else if (rc == -E_NOFILE || rc == -E_NOMEM)
		timer_set(dns.loop, &q->timer,
		    dns.loop->now_ms + s->timeout_ms / 4, on_timer);
	else
		next_try_soon(q, -E_TIMEOUT);
}

static void on_timer(struct timer *t)
{
	struct question *q = OWNER(t, struct question, timer);

	if (q->waits_a_little) {
		for (enum side s = V4; s < SIDES; s++) {
			if (q->side[s].need == KNOWN || !wants(q->prefer, s))
				continue;
			q->side[s].need = KNOWN;
			q->side[s].answer = (struct dns_answer){
			    .status = -E_NOENT, .ttl_s = GAVE_UP_S };
		}
		finish(q);
		return;
	}
	next_try(q);
}

/* ---- forms of a name ---- */

/* A name without a dot is tried in each domain of the search list, then as it
 * is; any other as it is. False: no more forms. */
static bool next_form(struct question *q)
{
	const char *domain;
	size_t len = 0;

	if (q->whole)
		return false;
	if (memchr(q->name, '.', q->name_len) == NULL)
		len = dns_search_next(&dns.servers, &q->search_at, &domain);
	if (q->name_len + 1 + len > DNS_NAME_MAX)
		len = 0;
	memcpy(q->full, q->name, q->name_len);
	q->full_len = q->name_len;
	q->whole = len == 0;
	if (len > 0) {
		q->full[q->name_len] = '.';
		memcpy(q->full + q->name_len + 1, domain, len);
		q->full_len = (uint8_t)(q->name_len + 1 + len);
	}
	q->first = dns.good;
	q->tries = 0;
	return true;
}

static void ask_again(struct question *q)
{
	for (enum side s = V4; s < SIDES; s++)
		if (wants(q->prefer, s))
			q->side[s] = (struct half_question){ .need = PENDING };
	next_try(q);
}

/* Some answer came: is it enough? */
static void consider(struct question *q)
{
	const struct half_question *first = &q->side[first_side(q->prefer)];
	int64_t wait_ms = first->answer.n > 0 ? WAIT_SECOND_MS : WAIT_FIRST_MS;

	if (q->side[V4].answer.n + q->side[V6].answer.n > 0) {
		if (is_known(q->side)) {
			finish(q);
			return;
		}
		q->waits_a_little = true;
		timer_set(dns.loop, &q->timer, dns.loop->now_ms + wait_ms,
		    on_timer);
	} else if (is_known(q->side)) {
		if (next_form(q))
			ask_again(q);
		else
			finish(q);
	}
}

/* ---- what came in ---- */

static bool is_asked(const struct question *q, enum side s)
{
	return q->side[s].need == PENDING || q->side[s].need == CUT;
}

static void ask_by_tcp(struct question *q);

static void take(struct question *q, enum side s, const struct dns_answer *a)
{
	dns.good = q->first + q->tries - 1;
	if (a->status == -E_REFUSED) {
		next_try_soon(q, -E_REFUSED);
	} else if (a->status == -E_SHORT) {
		q->side[s].need = CUT;
		ask_by_tcp(q);
	} else {
		q->side[s].need = KNOWN;
		q->side[s].answer = *a;
		consider(q);
	}
}

/* Whose answer is it? SIDES = nobody's. */
static enum side read_answer(struct question *q, const uint8_t *mem,
    size_t len, struct dns_answer *a)
{
	uint8_t ask[DNS_ASK_MAX];

	for (enum side s = V4; s < SIDES; s++) {
		size_t ask_len = is_asked(q, s) ? make_ask(q, s, ask) : 0;

		if (ask_len > 0 && dns_msg_read(mem, len, ask, ask_len, a) == 0)
			return s;
	}
	return SIDES;
}

static void on_packet(struct watch *w, unsigned got)
{
	struct question *q = OWNER(w, struct question, udp);
	struct dns_answer a;
	uint8_t mem[PACKET];
	struct addr from;

	(void)got;
	for (int i = 0; i < PACKETS && watch_is_open(w); i++) {
		ptrdiff_t n = port_udp_recv(w->fd, &from, mem, sizeof(mem));
		enum side s;

		if (n == -E_AGAIN)
			return;
		if (n < 0) {
			next_try_soon(q, -E_REFUSED);
			return;
		}
		if (!addr_eq(&from, &q->server))
			continue;
		s = read_answer(q, mem, (size_t)n, &a);
		if (s != SIDES)
			take(q, s, &a);
	}
}

/* ---- TCP, after an answer that was cut ---- */

/* The whole message is there: octets of it, 0 = not yet, or an error. */
static ptrdiff_t tcp_message(struct chan *c, uint8_t **p)
{
	size_t have = chan_data(c, p), len;

	if (have < 2)
		return 0;
	len = get_u16be(*p);
	if (len > LIMIT_BUF_PAYLOAD)
		return -E_LONG;
	*p += 2;
	return have - 2 < len ? 0 : (ptrdiff_t)len;
}

static void on_tcp_data(struct chan *c)
{
	struct question *q = OWNER(c, struct question, tcp);
	struct dns_answer a;
	uint8_t *p;
	ptrdiff_t n = tcp_message(c, &p);
	enum side s;

	if (n == 0)
		return;
	s = n > 0 ? read_answer(q, p, (size_t)n, &a) : SIDES;
	chan_close(c);
	if (s == SIDES || a.status == -E_SHORT || a.status == -E_REFUSED) {
		next_try_soon(q, -E_REFUSED);
		return;
	}
	take(q, s, &a);
	ask_by_tcp(q);
}

static void on_tcp_end(struct chan *c, int why)
{
	(void)why;
	chan_close(c);
	next_try_soon(OWNER(c, struct question, tcp), -E_REFUSED);
}

static int send_by_tcp(struct question *q, enum side s)
{
	static const struct chan_ops ops = { .on_data = on_tcp_data,
	    .on_end = on_tcp_end, .on_fail = on_tcp_end };
	static const struct net_how how;
	uint8_t ask[2 + DNS_ASK_MAX];
	size_t n = make_ask(q, s, ask + 2);
	int rc = chan_connect(&q->tcp, dns.loop, &q->server, &how,
	    dns.servers.timeout_ms, &ops, NULL, NULL);

	put_u16be(ask, (uint16_t)n);
	return rc != 0 ? rc : chan_write(&q->tcp, ask, 2 + n);
}

/* One side after the other, when both were cut. */
static void ask_by_tcp(struct question *q)
{
	enum side s = q->side[V4].need == CUT ? V4 : V6;

	if (q->side[s].need != CUT || chan_is_open(&q->tcp))
		return;
	if (send_by_tcp(q, s) != 0)
		next_try_soon(q, -E_REFUSED);
	else if (!q->waits_a_little)
		timer_set(dns.loop, &q->timer, dns.loop->now_ms +
		    dns.servers.timeout_ms, on_timer);
}

/* ---- asking ---- */

/* Lower case, no final dot. Octets, or 0: no name of a host. */
static size_t clean_name(char out[DNS_NAME_MAX], const char *name, size_t len)
{
	uint8_t ask[DNS_ASK_MAX];

	if (len > 0 && name[len - 1] == '.')
		len--;
	if (len > DNS_NAME_MAX)
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (name[i] <= ' ' || name[i] > '~')
			return 0;
		out[i] = text_lower(name[i]);
	}
	return dns_msg_ask(ask, 0, out, len, DNS_A) > 0 ? len : 0;
}

/* RFC 6761 6.3: this name is never asked of others. */
static bool is_localhost(const char *name, size_t len)
{
	static const char local[] = "localhost";
	size_t n = sizeof(local) - 1;

	return len >= n && memcmp(name + len - n, local, n) == 0 &&
	    (len == n || name[len - n - 1] == '.');
}

static void from_hosts(struct half_question *h, enum side s, const char *name,
    size_t len)
{
	uint8_t family = s == V4 ? 4 : 6;
	struct dns_answer *a = &h->answer;

	a->n = dns_hosts_find(&dns.hosts, name, len, family, a->list,
	    DNS_ADDRS);
	if (a->n > 0 || !is_localhost(name, len))
		return;
	a->list[0] = (struct addr){ .family = family };
	a->list[0].ip[0] = s == V4 ? 127 : 0;
	a->list[0].ip[s == V4 ? 3 : 15] = 1;
	a->n = 1;
}

/*
 * What needs no question. 1: *out is the answer, -E_NOENT: known to be none,
 * 0: sides tell what is pending.
 */
static int known_now(struct half_question side[SIDES], const char *name,
    size_t len, enum dns_prefer prefer, struct addr out[DNS_ADDRS], size_t *n)
{
	(void)dns_hosts_read(&dns.hosts, &dns.conf);
	for (enum side s = V4; s < SIDES; s++)
		if (wants(prefer, s))
			from_hosts(&side[s], s, name, len);
	*n = merge(side, prefer, out);
	if (*n > 0)
		return 1;
	for (enum side s = V4; s < SIDES; s++)
		if (wants(prefer, s))
			side[s].need = dns_cache_get(name, len, type_of(s),
			    &side[s].answer, dns.loop->now_ms) ?
			    KNOWN : PENDING;
	if (!is_known(side) && side[first_side(prefer)].answer.n == 0)
		return 0;
	*n = merge(side, prefer, out);
	return *n > 0 ? 1 : -E_NOENT;
}

static struct question *find_question(const char *name, size_t len,
    enum dns_prefer prefer)
{
	for (struct list *l = dns.questions.next; l != &dns.questions;
	    l = l->next) {
		struct question *q = OWNER(l, struct question, link);

		if (q->prefer == prefer && q->name_len == len &&
		    memcmp(q->name, name, len) == 0)
			return q;
	}
	return NULL;
}

static struct question *new_question(const char *name, size_t len,
    enum dns_prefer prefer, const struct half_question side[SIDES])
{
	struct question *q = pool_get(&dns_questions);

	if (q == NULL)
		return NULL;
	if (dns_servers_read(&dns.servers, &dns.conf, dns.doubt))
		dns.good = 0;
	dns.doubt = false;
	metric_add(&dns_asked, 1);
	list_init(&q->askers);
	list_push(&dns.questions, &q->link);
	memcpy(q->side, side, sizeof(q->side));
	memcpy(q->name, name, len);
	q->name_len = (uint8_t)len;
	q->prefer = prefer;
	(void)next_form(q);
	next_try_soon(q, -E_TIMEOUT);
	return q;
}

int dns_ask(struct dns_ask *a, const char *name, size_t len,
    enum dns_prefer prefer, dns_fn *fn, struct addr out[DNS_ADDRS], size_t *n)
{
	struct half_question side[SIDES] = { 0 };
	char clean[DNS_NAME_MAX];
	struct question *q;
	int rc;

	if (addr_parse(&out[0], name, len) == 0) {
		*n = 1;
		return 1;
	}
	len = clean_name(clean, name, len);
	if (len == 0)
		return -E_INVAL;
	rc = known_now(side, clean, len, prefer, out, n);
	if (rc != 0) {
		metric_add(&dns_cached, 1);
		return rc;
	}
	q = find_question(clean, len, prefer);
	if (q == NULL)
		q = new_question(clean, len, prefer, side);
	if (q == NULL)
		return -E_FULL;
	a->fn = fn;
	a->prefer = prefer;
	list_push(&q->askers, &a->link);
	return 0;
}

void dns_cancel(struct dns_ask *a)
{
	list_remove(&a->link);
}

void dns_forget(const char *name, size_t len)
{
	char clean[DNS_NAME_MAX];

	len = clean_name(clean, name, len);
	if (len == 0)
		return;
	dns_cache_forget(clean, len, DNS_A);
	dns_cache_forget(clean, len, DNS_AAAA);
}

void dns_open(struct loop *l, const struct dns_conf *conf)
{
	dns.loop = l;
	dns.conf = *conf;
	dns.servers.n = dns.hosts.n = 0;
	dns.servers.stamp = dns.hosts.stamp = (struct file_info){ 0 };
	dns.good = 0;
	dns.reap.fn = reap;
	list_init(&dns.questions);
	list_init(&dns.over);
}

void dns_close(void)
{
	while (!list_empty(&dns.questions))
		tell(OWNER(dns.questions.next, struct question, link),
		    -E_CLOSED, dns.servers.list, 0);
	reap(&dns.reap);
	list_remove(&dns.reap.link);
	dns_cache_clear();
}
