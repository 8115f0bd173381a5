/* ss_udp_server.c - datagrams of ssserver: opened, led to their targets; what
 * is answered is sealed and goes where the client was last seen.
 * Source: SIP004, SIP022 3.2. */
#include "core/log.h"
#include "core/metrics.h"
#include "ss_seen.h"
#include "ss_serve.h"

METRIC(ss_udp_replayed, "datagrams that came before, or too late");
METRIC(ss_udp_mistimed, "datagrams of another time than this clock's");

/* ---- what is wrong with one ---- */

static void refuse(const struct ss_port *p, const struct udp_msg *m, int why)
{
	const char *text = "can not parse header";

	if (why == -E_DENY) {
		metric_add(&ss_udp_replayed, 1);
		text = "a packet that came before, or too late,";
	} else if (why == -E_RANGE) {
		metric_add(&ss_udp_mistimed, 1);
		text = p->ss->loop->wall_ms < SS_CLOCK_UNSET_MS ?
		    "clock not set: this machine's" : "clocks more than 30 s "
		    "apart: this one's or the client's is wrong";
	}
	ss_udp_drop(p, &m->peer, text);
}

/* ---- SIP022 ---- */

static int open_body(struct ss_packet *out, const struct ss_assoc *a,
    const uint8_t *key, const struct ss_packet_id *id)
{
	return ss_packet_body(out, a->key->method, key, id, SS_PACKET_UP, NULL,
	    ss_udp_now_s(&a->port->ss->udp));
}

/* Everything of it is good: the client is where this came from. */
static void accept(struct ss_assoc *a, const struct ss_packet_id *id,
    const struct udp_msg *m)
{
	ss_window_set(&a->rx->window, id->number);
	a->rx->seen_ms = a->port->ss->loop->now_ms;
	a->peer = m->peer;
	ss_assoc_set_local(a, &m->local);
}

static int again(struct ss_assoc *a, struct ss_packet *out,
    const struct ss_packet_id *id, const struct udp_msg *m)
{
	int rc;

	if (!ss_window_may(&a->rx->window, id->number))
		return -E_DENY;
	rc = open_body(out, a, a->rx->key, id);
	if (rc == 0)
		accept(a, id, m);
	return rc;
}

/* A session that is not known, or not any more: then it goes on behind where
 * it was. */
static int first(struct ss_assoc **a, struct ss_port *p,
    const struct ss_key *k, struct ss_packet *out,
    const struct ss_packet_id *id, const struct udp_msg *m)
{
	struct ss_udp *u = &p->ss->udp;
	uint8_t key[KEY_MAX];
	const struct ss_ghost *ghost = NULL;
	struct ss_ghost was;
	int rc;

	ss_packet_key(key, k->method, k->master, id->session);
	rc = ss_packet_body(out, k->method, key, id, SS_PACKET_UP, NULL,
	    ss_udp_now_s(u));
	if (rc == 0)
		ghost = ss_ghost_find(u->ghosts, id->session,
		    u->ss->loop->now_ms);
	if (ghost != NULL) {
		was = *ghost;	/* it moves when another comes */
		rc = id->number < was.next ? -E_DENY : 0;
	}
	if (rc == 0) {
		*a = ss_assoc_open(p, &m->peer, id->session);
		rc = *a != NULL ? 0 : -E_FULL;
	}
	if (rc != 0) {
		ss_packet_key_wipe(k->method, key);
		return rc;
	}
	(*a)->key = k;
	if (k != &p->key)
		ss_user_hold(OWNER(k, struct ss_user, key));
	memcpy((*a)->rx->key, key, KEY_MAX);
	if (ghost != NULL) {
		ss_window_resume(&(*a)->rx->window, was.next);
		ss_packet_tx_resume(&(*a)->tx, k->method, k->master,
		    was.tx_session, was.tx_next);
	} else {
		ss_packet_tx_start(&(*a)->tx, k->method, k->master);
	}
	accept(*a, id, m);
	wipe(key, sizeof(key));
	return 0;
}

/* On a port of many users the identity header says whose key it is. */
static int whose(const struct ss_key **k, const struct ss_port *p,
    struct ss_packet_id *id)
{
	uint8_t hash[SS_IDENTITY];
	int rc;

	*k = &p->key;
	if (p->key.shared->who == NULL)
		return 0;
	rc = ss_packet_identity(id, &p->key, hash);
	if (rc == 0)
		*k = p->key.shared->who(&p->key, hash);
	return *k != NULL ? rc : -E_AUTH;
}

static int open_2022(struct ss_assoc **a, struct ss_port *p,
    struct ss_packet *out, const struct udp_msg *m)
{
	const struct ss_key *k;
	struct ss_packet_id id;
	int rc = ss_packet_id(&id, &p->key, m->mem, m->len);

	if (rc == 0)
		rc = whose(&k, p, &id);
	if (rc != 0)
		return rc;
	*a = ss_assoc_by_session(&p->ss->udp, id.session);
	if (*a == NULL)
		return first(a, p, k, out, &id, m);
	if ((*a)->port != p)
		return -E_DENY;
	return again(*a, out, &id, m);
}

/* ---- every packet by itself ---- */

static int open_old(struct ss_assoc **a, struct ss_port *p,
    struct ss_packet *out, const struct udp_msg *m)
{
	const struct ss_method *method = p->key.method;
	int rc = ss_packet_open(out, &p->key, m->mem, m->len);

	/* Only what is proved is remembered: noise would fill the store. An
	 * answer of ours that is sent back needs no place in it. */
	if (rc == 0 && method->kind == SS_AEAD)
		rc = ss_seen_is_marked(m->mem, p->key.master,
		    method->salt_len) ? -E_DENY : ss_seen_add(
		    p->ss->udp.seen, m->mem, method->salt_len);
	if (rc != 0)
		return rc;
	*a = ss_assoc_by_peer(&p->ss->udp, p, &m->peer);
	if (*a == NULL)
		*a = ss_assoc_open(p, &m->peer, NULL);
	if (*a == NULL)
		return -E_FULL;
	ss_assoc_set_local(*a, &m->local);
	return 0;
}

/* ---- the side ---- */

static void log_target(const struct ss_packet *p, const struct addr *peer)
{
	char to[SS_ADDR_TEXT], from[ADDR_TEXT];

	if (!log_level_on(LOG_DEBUG))
		return;
	ss_addr_text(to, sizeof(to), &p->addr);
	addr_text(from, sizeof(from), peer);
	log_debug("datagram to %s from %s", to, from);
}

static void from_client(struct ss_port *p, struct udp_msg *m)
{
	struct ss_assoc *a = NULL;
	struct ss_packet packet;
	size_t len = m->len;
	int rc;

	if (!ss_gate_admits(&p->ss->gate, &m->peer)) {
		ss_udp_drop(p, &m->peer, "access denied");
		return;
	}
	rc = p->key.method->kind == SS_2022 ? open_2022(&a, p, &packet, m) :
	    open_old(&a, p, &packet, m);
	if (rc == -E_FULL)
		return;
	if (rc != 0) {
		refuse(p, m, rc);
		return;
	}
	log_target(&packet, &m->peer);
	ss_assoc_used(a, ss_udp_keep_ms(&p->ss->udp, packet.addr.ip.port));
	if (ss_udp_pays_up(a, len))
		ss_udp_direct(a, &packet, true);
}

static size_t seal(struct ss_assoc *a, uint8_t **body, size_t len,
    uint16_t port)
{
	struct ss_udp *u = &a->port->ss->udp;

	if (a->key->method->kind != SS_2022)
		return ss_packet_seal(a->key, &u->random, body, len);
	return ss_packet_seal_2022(a->key, &u->random, a->key->master, &a->tx,
	    a->rx->session, ss_udp_now_s(u),
	    ss_packet_padding(port, len, SS_UDP_PADDED), body, len);
}

static void from_afar(struct ss_assoc *a, struct udp_msg *m)
{
	struct udp_msg out = { .peer = a->peer, .local = ss_assoc_local(a),
		.mem = m->mem, .len = m->len };

	if (!ss_udp_pays_down(a, m->len))
		return;
	/* Who answers stands before the answer. */
	out.len += ss_addr_put_ip(&out.mem, &m->peer);
	out.len = seal(a, &out.mem, out.len, m->peer.port);
	ss_assoc_used(a, ss_udp_keep_ms(&a->port->ss->udp, m->peer.port));
	ss_udp_send(&a->port->ss->udp, a->port->udp.fd, &out);
}

static void gone(struct ss_assoc *a)
{
	if (a->key != &a->port->key)
		ss_user_drop(a->port->ss, OWNER(a->key, struct ss_user, key));
}

const struct ss_udp_side ss_udp_server = {
	.from_client = from_client,
	.from_afar = from_afar,
	.gone = gone,
};
