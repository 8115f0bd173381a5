/* ss_udp_local.c - datagrams of sslocal and its like: SOCKS5's, those for one
 * fixed target, or what a firewall led here; sealed for a server, its answers
 * opened.
 * Source: RFC 1928 7, SIP004, SIP022 3.2. */
#include "core/log.h"
#include "core/metrics.h"
#include "ss_serve.h"
#include "ss_udp_local.h"

/* RSV 2 | FRAG 1, then an address header. */
#define BEFORE_ADDRESS 3
/* A server's session before lives on as long (SIP022 3.2.4). */
#define OLD_SESSION_MS 60000

METRIC(ss_udp_unopened, "answers of servers that were refused");
METRIC(ss_udp_fragments, "datagrams of SOCKS5 clients in fragments, dropped");
METRIC(ss_udp_serverless, "datagrams for which no server was known");
METRIC(ss_udp_not_led, "datagrams that no firewall led to us");

/* ---- of a client ---- */

static bool is_fixed(const struct ss_port *p)
{
	return p->local->protocol == SS_TUNNEL;
}

/* Its datagrams are questions of a house. */
static bool is_names(const struct ss_port *p)
{
	return p->local->protocol == SS_DNS;
}

/* The length is looked at before anything else. */
static int take_socks(struct ss_packet *out, struct udp_msg *m)
{
	if (m->len <= BEFORE_ADDRESS)
		return -E_PROTO;
	if (m->mem[2] != 0) {
		metric_add(&ss_udp_fragments, 1);
		return -E_NOSUP;
	}
	return ss_packet_parse(out, m->mem + BEFORE_ADDRESS,
	    m->len - BEFORE_ADDRESS);
}

int ss_local_take_to(struct ss_packet *out, const char *host, uint16_t port,
    struct udp_msg *m)
{
	uint8_t head[SS_ADDR_MAX];
	size_t n = ss_addr_put(head, host, port);

	memcpy(m->mem - n, head, n);
	return ss_packet_parse(out, m->mem - n, n + m->len);
}

static bool is_led(const struct ss_port *p)
{
	return p->local->protocol == SS_REDIR;
}

/* Who sends to the proxy itself would be led to it for ever. */
static int take_led(struct ss_packet *out, const struct ss_port *p,
    struct udp_msg *m)
{
	uint16_t own = p->local->udp_port != 0 ? p->local->udp_port :
	    p->listener.at.port;
	uint8_t *body = m->mem;
	size_t n;

	if (m->local.family == 0 || m->local.port == 0 ||
	    (m->local.port == own && port_addr_is_own(&m->local))) {
		metric_add(&ss_udp_not_led, 1);
		return -E_NOSUP;
	}
	n = ss_addr_put_ip(&body, &m->local);
	return ss_packet_parse(out, body, n + m->len);
}

static int take(struct ss_packet *out, const struct ss_port *p,
    struct udp_msg *m)
{
	if (is_led(p))
		return take_led(out, p, m);
	return is_fixed(p) ? ss_local_take_to(out, p->local->forward_host,
	    p->local->forward_port, m) : take_socks(out, m);
}

/* In the name of who answered, as the client knows of nobody else. */
static void give_led(struct ss_assoc *a, const struct ss_packet *p)
{
	struct ss_udp *u = &a->port->ss->udp;
	struct udp_msg out = { .peer = a->peer, .mem = p->payload,
		.len = p->len };
	int fd;

	if (p->addr.name != NULL || p->addr.ip.family != a->peer.family)
		return;
	fd = ss_reply_socket(u, &p->addr.ip);
	if (fd >= 0)
		ss_udp_send(u, fd, &out);
	else
		log_rated(LOG_WARN, "no answer in the name of a target: %s",
		    err_text(fd));
}

/* straight: from the target itself. */
static void give_client(struct ss_assoc *a, const struct ss_packet *p,
    bool straight)
{
	struct udp_msg out = { .peer = a->peer, .local = ss_assoc_local(a),
		.mem = p->payload, .len = p->len };

	if (is_led(a->port)) {
		give_led(a, p);
		return;
	}
	if (is_names(a->port)) {
		if (!ss_local_is_answer(a, p, straight))
			return;
	} else if (!is_fixed(a->port)) {
		out.mem = p->body - BEFORE_ADDRESS;
		out.len = BEFORE_ADDRESS + p->head_len + p->len;
		memset(out.mem, 0, BEFORE_ADDRESS);
	}
	ss_udp_send(&a->port->ss->udp, a->port->udp.fd, &out);
}

/* ---- to a server ---- */

static struct ss_remote *remote_of(const struct ss_assoc *a)
{
	return OWNER(a->key, struct ss_remote, key);
}

static size_t seal(struct ss_assoc *a, uint8_t **body, size_t len,
    uint16_t port)
{
	struct ss_udp *u = &a->port->ss->udp;

	if (a->key->method->kind != SS_2022)
		return ss_packet_seal(a->key, &u->random, body, len);
	return ss_packet_seal_2022(a->key, &u->random, a->key->master, &a->tx,
	    NULL, ss_udp_now_s(u),
	    ss_packet_padding(port, len, SS_UDP_PADDED), body, len);
}

static void begin_session(struct ss_assoc *a, struct ss_remote *r)
{
	ss_remote_hold(r);
	a->key = &r->key;
	if (r->key.method->kind == SS_2022)
		ss_packet_tx_start(&a->tx, r->key.method, r->key.master);
}

static void end_session(struct ss_assoc *a)
{
	const struct ss_method *m = a->key->method;

	ss_assoc_rx_put(m, &a->rx);
	ss_assoc_rx_put(m, &a->old);
	if (m->kind == SS_2022)
		ss_packet_key_wipe(m, a->tx.key);
	a->server = NULL;
	ss_remote_drop(remote_of(a));
}

/* Where its server fails or was taken from the list, to one that is well, if
 * there is one: in a new session, by the same sockets. */
static void keep_up(struct ss_assoc *a)
{
	struct ss_remote *had = remote_of(a), *r = ss_remote_now(had);

	if (r == NULL || r->fails > 0) {
		r = ss_remote_pick(a->port->ss, SS_FOR_UDP, 0);
		if (r == NULL || r->fails > 0)
			return;
		end_session(a);
		begin_session(a, r);
	} else if (r != had) {
		ss_remote_hold(r);
		a->key = &r->key;
		ss_remote_drop(had);
	}
}

static void to_server(struct ss_assoc *a, const struct ss_packet *p)
{
	struct ss_udp *u = &a->port->ss->udp;
	struct udp_msg out = { .mem = p->body, .len = p->head_len + p->len };
	int fd;

	keep_up(a);
	a->server = ss_remote_udp_at(remote_of(a));
	if (a->server == NULL) {
		metric_add(&ss_udp_serverless, 1);
		return;
	}
	fd = ss_assoc_socket(a, a->server->family);
	if (fd < 0)
		return;
	out.len = seal(a, &out.mem, out.len, p->addr.ip.port);
	out.peer = *a->server;
	ss_udp_send(u, fd, &out);
}

/* ---- a new association ---- */

/* Over with which connection? The one that announced this port, else the last
 * of that client's; NULL: none of them asked for it. */
static struct ss_sess *owner_of(const struct ss_udp *u, const struct addr *peer)
{
	struct ss_sess *s, *last = NULL;
	const struct list *l;
	struct addr at;

	for (l = u->owners.next; l != &u->owners; l = l->next) {
		s = OWNER(l, struct ss_sess, udp);
		if (port_peer_addr(s->in.watch.fd, &at) != 0 ||
		    !addr_eq_ip(&at, peer))
			continue;
		last = s;
		if (ss_sess_target(s).ip.port == peer->port)
			return s;
	}
	return last;
}

static struct ss_assoc *begin(struct ss_port *p, const struct addr *peer)
{
	struct ss *ss = p->ss;
	struct ss_sess *owner = owner_of(&ss->udp, peer);
	struct ss_remote *r;
	struct ss_assoc *a;

	if (owner == NULL && !is_fixed(p) && !is_led(p) && !is_names(p) &&
	    ss_port_logins(p)) {
		ss_udp_drop(p, peer, "nobody logged in");
		return NULL;
	}
	r = ss_remote_pick(ss, SS_FOR_UDP, 0);
	a = r != NULL ? ss_assoc_open(p, peer, NULL) : NULL;
	if (a == NULL) {
		metric_add(&ss_udp_serverless, r == NULL);
		return NULL;
	}
	begin_session(a, r);
	a->owner = owner;
	return a;
}

static void gone(struct ss_assoc *a)
{
	ss_remote_drop(remote_of(a));
}

/* Through the server, or right there? */
void ss_local_go(struct ss_assoc *a, const struct ss_packet *p,
    enum ss_way way)
{
	if (way == SS_BY_ADDRESS) {
		ss_udp_decide(a, p);
	} else if (way == SS_DIRECT) {
		a->direct = true;
		ss_udp_direct(a, p, false);
	} else {
		to_server(a, p);
	}
}

struct ss_assoc *ss_local_assoc(struct ss_port *p, const struct udp_msg *m)
{
	struct ss_assoc *a = ss_assoc_by_peer(&p->ss->udp, p, &m->peer);

	if (a == NULL)
		a = begin(p, &m->peer);
	if (a != NULL)
		ss_assoc_set_local(a, &m->local);
	return a;
}

static void from_client(struct ss_port *p, struct udp_msg *m)
{
	struct ss_packet packet;
	struct ss_assoc *a;
	size_t len = m->len;
	int rc;

	if (is_names(p)) {
		ss_local_question(p, m);
		return;
	}
	rc = take(&packet, p, m);
	if (rc != 0) {
		if (rc != -E_NOSUP)
			ss_udp_drop(p, &m->peer, "can not parse header");
		return;
	}
	a = ss_local_assoc(p, m);
	if (a == NULL)
		return;
	ss_assoc_used(a, ss_udp_keep_ms(&p->ss->udp, packet.addr.ip.port));
	if (ss_udp_pays_up(a, len))
		ss_local_go(a, &packet, ss_gate_way(&p->ss->gate,
		    &packet.addr));
}

/* ---- what a server answers ---- */

static int open_known(struct ss_packet *out, const struct ss_assoc *a,
    struct ss_assoc_rx *rx, const struct ss_packet_id *id)
{
	struct ss_udp *u = &a->port->ss->udp;
	int rc;

	if (!ss_window_may(&rx->window, id->number))
		return -E_DENY;
	rc = ss_packet_body(out, a->key->method, rx->key, id, SS_PACKET_DOWN,
	    a->tx.session, ss_udp_now_s(u));
	if (rc != 0)
		return rc;
	ss_window_set(&rx->window, id->number);
	rx->seen_ms = u->ss->loop->now_ms;
	return 0;
}

/* The server was started anew. What it was before may still be on its way. */
static int open_new(struct ss_packet *out, struct ss_assoc *a,
    const struct ss_packet_id *id)
{
	const struct ss_method *m = a->key->method;
	struct ss_assoc_rx *rx;
	int rc;

	if (a->old != NULL && a->port->ss->loop->now_ms - a->old->seen_ms <
	    OLD_SESSION_MS)
		return -E_DENY;
	rx = ss_assoc_rx_get();
	if (rx == NULL)
		return -E_FULL;
	memcpy(rx->session, id->session, SS_SESSION_ID);
	ss_packet_key(rx->key, m, a->key->master, id->session);
	rc = open_known(out, a, rx, id);
	if (rc != 0) {
		ss_assoc_rx_put(m, &rx);
		return rc;
	}
	ss_assoc_rx_put(m, &a->old);
	a->old = a->rx;
	a->rx = rx;
	return 0;
}

static bool is_of(const struct ss_assoc_rx *rx, const struct ss_packet_id *id)
{
	return rx != NULL &&
	    memcmp(rx->session, id->session, SS_SESSION_ID) == 0;
}

static int open_2022(struct ss_packet *out, struct ss_assoc *a,
    const struct udp_msg *m)
{
	struct ss_packet_id id;
	int rc = ss_packet_id(&id, a->key, m->mem, m->len);

	if (rc != 0)
		return rc;
	if (is_of(a->rx, &id))
		return open_known(out, a, a->rx, &id);
	if (is_of(a->old, &id))
		return open_known(out, a, a->old, &id);
	return open_new(out, a, &id);
}

static void refused(int why)
{
	metric_add(&ss_udp_unopened, 1);
	if (why == -E_RANGE)
		log_rated(LOG_WARN, "clocks more than 30 s apart: this one's "
		    "or the server's is wrong");
}

static void from_server(struct ss_assoc *a, struct udp_msg *m)
{
	struct ss_udp *u = &a->port->ss->udp;
	struct ss_packet packet;
	int rc = a->key->method->kind == SS_2022 ? open_2022(&packet, a, m) :
	    ss_packet_open(&packet, a->key, m->mem, m->len);

	if (rc != 0) {
		refused(rc);
		return;
	}
	ss_assoc_used(a, ss_udp_keep_ms(u, packet.addr.ip.port));
	give_client(a, &packet, false);
}

/* From a target that was sent to straight: the header is made. */
static void from_target(struct ss_assoc *a, struct udp_msg *m)
{
	struct ss_packet packet;
	uint8_t *body = m->mem;
	size_t n = ss_addr_put_ip(&body, &m->peer);

	if (ss_packet_parse(&packet, body, n + m->len) == 0)
		give_client(a, &packet, true);
}

static void from_afar(struct ss_assoc *a, struct udp_msg *m)
{
	if (!ss_udp_pays_down(a, m->len))
		return;
	if (a->server != NULL && addr_eq(&m->peer, a->server))
		from_server(a, m);
	else if (a->direct)
		from_target(a, m);
	else
		refused(0);
}

const struct ss_udp_side ss_udp_local = {
	.from_client = from_client,
	.from_afar = from_afar,
	.gone = gone,
	.decided = ss_local_go,
};
