/* ss_udp_direct.c - a datagram to the target itself: judged, looked up, sent.
 * Knows not how the client speaks. */
#include "core/dns.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/pool.h"
#include "ss_serve.h"

/* What is done when the addresses are known. */
enum what { SEND, SEND_JUDGED, DECIDE };

/* One that waits for the address of a name: its body, with the room before it
 * that sealing needs. */
struct ss_udp_wait {
	struct list link;	/* of struct ss_udp */
	struct ss_assoc *assoc;
	struct dns_ask ask;
	enum what what;
	enum ss_word said;	/* of the name */
	uint16_t head_len, len;
	uint8_t before[SS_UDP_BEFORE];
	uint8_t body[SS_ADDR_MAX + 1500];
	uint8_t after[SS_PACKET_AFTER];
};
POOL_DEFINE_RAW(ss_udp_waits, struct ss_udp_wait, LIMIT_UDP_WAITS);

METRIC(ss_udp_forbidden, "datagrams to targets that are refused");
METRIC(ss_udp_unknown, "datagrams to names that have no address");
METRIC(ss_udp_unwaited, "datagrams dropped: LIMIT_UDP_WAITS, or too long");

static void forbidden(const struct ss_assoc *a)
{
	metric_add(&ss_udp_forbidden, 1);
	ss_udp_drop(a->port, &a->peer, "forbidden target");
}

/* Of these the first that may be and can be reached. */
static void send_to(struct ss_assoc *a, const struct addr *list, size_t n,
    uint16_t port, const enum ss_word *said, uint8_t *mem, size_t len)
{
	struct ss_udp *u = &a->port->ss->udp;
	struct udp_msg m = { .mem = mem, .len = len };
	bool refused = false;
	size_t i;
	int fd;

	for (i = 0; i < n; i++) {
		m.peer = list[i];
		m.peer.port = port;
		addr_unmap(&m.peer);
		if (said != NULL &&
		    !ss_gate_addr(&a->port->ss->gate, *said, &m.peer)) {
			refused = true;
			continue;
		}
		fd = ss_assoc_socket(a, m.peer.family);
		if (fd < 0)
			continue;
		ss_udp_send(u, fd, &m);
		ss_assoc_used(a, ss_udp_keep_ms(u, port));
		return;
	}
	if (refused)
		forbidden(a);
}

/* ---- names ---- */

static void wait_free(struct ss_udp_wait *w)
{
	list_remove(&w->link);
	pool_put(&ss_udp_waits, w);
}

static void known(struct ss_assoc *a, const struct ss_packet *p,
    enum what what, enum ss_word said, const struct addr *list, size_t n)
{
	if (what == DECIDE)
		a->port->udp_side->decided(a, p,
		    ss_gate_way_addr(&a->port->ss->gate, list, n));
	else if (n == 0)
		metric_add(&ss_udp_unknown, 1);
	else
		send_to(a, list, n, p->addr.ip.port,
		    what == SEND_JUDGED ? &said : NULL, p->payload, p->len);
}

static void on_dns(struct dns_ask *ask, int status, const struct addr *list,
    size_t n)
{
	struct ss_udp_wait *w = OWNER(ask, struct ss_udp_wait, ask);
	struct ss_packet p;
	int rc = ss_packet_parse(&p, w->body, (size_t)w->head_len + w->len);

	ASSERT(rc == 0);	/* it was parsed before */
	list_remove(&w->link);
	known(w->assoc, &p, w->what, w->said, list,
	    status == 0 ? MIN(n, DNS_ADDRS) : 0);
	wait_free(w);
}

static struct ss_udp_wait *wait_new(struct ss_assoc *a,
    const struct ss_packet *p)
{
	struct ss_udp_wait *w = NULL;

	if (p->head_len + p->len <= sizeof(w->body))
		w = pool_get(&ss_udp_waits);
	if (w == NULL)
		return NULL;
	memset(&w->ask, 0, sizeof(w->ask));
	memset(&w->link, 0, sizeof(w->link));
	w->assoc = a;
	w->head_len = (uint16_t)p->head_len;
	w->len = (uint16_t)p->len;
	memcpy(w->body, p->body, p->head_len + p->len);
	return w;
}

/* Most names are known, and what cannot wait is led on as well. */
static void by_name(struct ss_assoc *a, const struct ss_packet *p,
    enum what what, enum ss_word said)
{
	struct ss *ss = a->port->ss;
	struct addr found[DNS_ADDRS];
	struct ss_udp_wait *w = wait_new(a, p);
	struct dns_ask at_once = { 0 };
	size_t n = 0;
	int rc;

	rc = dns_ask(w != NULL ? &w->ask : &at_once, p->addr.name,
	    p->addr.name_len, ss->conf->prefer_ipv6 ? DNS_V6_FIRST :
	    DNS_V4_FIRST, on_dns, found, &n);
	if (rc == 0 && w == NULL) {
		dns_cancel(&at_once);
		metric_add(&ss_udp_unwaited, 1);
	}
	if (rc == 0 && w != NULL) {
		w->what = what;
		w->said = said;
		list_push(&ss->udp.waits, &w->link);
	}
	if (rc == 0)
		return;
	if (w != NULL)
		wait_free(w);
	known(a, p, what, said, found, rc == 1 ? n : 0);
}

void ss_udp_decide(struct ss_assoc *a, const struct ss_packet *p)
{
	by_name(a, p, DECIDE, SS_SAYS_NOTHING);
}

void ss_udp_direct(struct ss_assoc *a, const struct ss_packet *p, bool judged)
{
	const struct ss_gate *g = &a->port->ss->gate;
	enum ss_word said = SS_SAYS_NOTHING;

	if (judged && p->addr.name != NULL)
		said = ss_gate_name(g, p->addr.name, p->addr.name_len);
	if (said == SS_SAYS_NO)
		forbidden(a);
	else if (p->addr.name != NULL)
		by_name(a, p, judged ? SEND_JUDGED : SEND, said);
	else
		send_to(a, &p->addr.ip, 1, p->addr.ip.port,
		    judged ? &said : NULL, p->payload, p->len);
}

void ss_udp_forget_waits(struct ss_assoc *a)
{
	struct list *waits = &a->port->ss->udp.waits, *l, *next;
	struct ss_udp_wait *w;

	for (l = waits->next; l != waits; l = next) {
		next = l->next;
		w = OWNER(l, struct ss_udp_wait, link);
		if (w->assoc != a)
			continue;
		dns_cancel(&w->ask);
		wait_free(w);
	}
}
