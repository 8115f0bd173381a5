/* ss_udp_direct.c - a datagram to the target itself: judged, looked up, sent.
 * Knows not how the client speaks. */
#include "core/dns.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/pool.h"
#include "ss_serve.h"

/* One that waits for the address of a name. */
struct ss_udp_wait {
	struct list link;	/* of struct ss_udp */
	struct ss_assoc *assoc;
	struct dns_ask ask;
	enum ss_word said;	/* of the name */
	bool judged;
	uint16_t port, len;
	uint8_t mem[1500];
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

static void on_dns(struct dns_ask *ask, int status, const struct addr *list,
    size_t n)
{
	struct ss_udp_wait *w = OWNER(ask, struct ss_udp_wait, ask);

	if (status != 0)
		metric_add(&ss_udp_unknown, 1);
	else
		send_to(w->assoc, list, MIN(n, DNS_ADDRS), w->port,
		    w->judged ? &w->said : NULL, w->mem, w->len);
	wait_free(w);
}

static struct ss_udp_wait *wait_new(struct ss_assoc *a,
    const struct ss_packet *p)
{
	struct ss_udp_wait *w = NULL;

	if (p->len <= sizeof(w->mem))
		w = pool_get(&ss_udp_waits);
	if (w == NULL) {
		metric_add(&ss_udp_unwaited, 1);
		return NULL;
	}
	memset(&w->ask, 0, sizeof(w->ask));
	memset(&w->link, 0, sizeof(w->link));
	w->assoc = a;
	w->port = p->addr.ip.port;
	w->len = (uint16_t)p->len;
	memcpy(w->mem, p->payload, p->len);
	return w;
}

/* Most names are known: what is asked with is needed only while it waits. */
static void by_name(struct ss_assoc *a, const struct ss_packet *p,
    const enum ss_word *said)
{
	struct ss *ss = a->port->ss;
	struct addr found[DNS_ADDRS];
	struct ss_udp_wait *w = wait_new(a, p);
	size_t n = 0;
	int rc;

	if (w == NULL)
		return;
	w->judged = said != NULL;
	w->said = said != NULL ? *said : SS_SAYS_NOTHING;
	rc = dns_ask(&w->ask, p->addr.name, p->addr.name_len,
	    ss->conf->prefer_ipv6 ? DNS_V6_FIRST : DNS_V4_FIRST, on_dns, found,
	    &n);
	if (rc == 0) {
		list_push(&ss->udp.waits, &w->link);
		return;
	}
	if (rc == 1)
		send_to(a, found, n, w->port, said, p->payload, p->len);
	else
		metric_add(&ss_udp_unknown, 1);
	wait_free(w);
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
		by_name(a, p, judged ? &said : NULL);
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
