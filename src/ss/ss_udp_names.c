/* ss_udp_names.c - questions of a house: known from before, led through the
 * server, or asked straight where the list says so. */
#include "ss_named.h"
#include "ss_names.h"
#include "ss_serve.h"
#include "ss_udp_local.h"

bool ss_local_is_answer(struct ss_assoc *a, const struct ss_packet *p,
    bool direct)
{
	const struct ss_local_conf *l = a->port->local;
	struct addr asked;

	if (direct && (l->direct_host == NULL || addr_parse(&asked,
	    l->direct_host, strlen(l->direct_host)) != 0 ||
	    !addr_eq_ip(&asked, &p->addr.ip) ||
	    p->addr.ip.port != l->direct_port))
		return false;
	if (!ss_names_answer(p->payload, p->len, &a->peer, direct,
	    a->port->ss->loop->now_ms))
		return false;
	ss_named_tell(l, direct, p->payload, p->len);
	return true;
}

void ss_local_question(struct ss_port *p, struct udp_msg *m)
{
	const struct ss_local_conf *l = p->local;
	struct udp_msg known = *m;
	struct ss_packet packet;
	struct ss_question q;
	struct ss_assoc *a;
	size_t len = m->len;
	bool direct;

	if (ss_question_read(&q, m->mem, m->len) != 0) {
		ss_udp_drop(p, &m->peer, "no question");
		return;
	}
	known.len = ss_names_known(&q, m->mem, LIMIT_UDP_OCTETS,
	    p->ss->loop->now_ms);
	/* What is not said of its name for sure goes through the server: a
	 * question that goes straight tells whoever is on the way. */
	direct = l->direct_host != NULL &&
	    ss_gate_straight(&p->ss->gate, q.name);
	if (known.len > 0) {
		ss_named_tell(l, direct, m->mem, known.len);
		ss_udp_send(&p->ss->udp, p->udp.fd, &known);
		return;
	}
	if (ss_local_take_to(&packet, direct ? l->direct_host : l->forward_host,
	    direct ? l->direct_port : l->forward_port, m) != 0)
		return;
	a = ss_local_assoc(p, m);
	if (a == NULL)
		return;
	ss_assoc_used(a, ss_udp_keep_ms(&p->ss->udp, SS_UDP_DOMAIN));
	if (!ss_udp_pays_up(a, len))
		return;
	ss_names_asked(&q, &m->peer, direct, p->ss->loop->now_ms);
	ss_local_go(a, &packet, direct ? SS_DIRECT : SS_PROXIED);
}
