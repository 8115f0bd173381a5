/* in_names.c - ingress of a house's questions by TCP: one after another, each
 * known from before, led through the server, or asked straight where the list
 * says so; over a connection of its own, so that none goes the way of another.
 * Knows neither ciphers nor lists. Source: RFC 1035 4.2.2, RFC 7766. */
#include "base/endian.h"
#include "core/log.h"
#include "ss_named.h"
#include "ss_names.h"
#include "ss_serve.h"
#include "ss_sess.h"

#define SIZE 2
#define ASK_MAX 512
#define KNOWN_MAX 512
#define HEAD 12
#define SERVER_FAILED 2

/* Octets of a question with its length before it, as they came; 0 = not all
 * are there, or -E_PROTO: it is none. */
static ptrdiff_t look(struct ss_sess *s, struct ss_question *q, uint8_t **p)
{
	size_t n = chan_data(&s->in, p), len;

	if (n < SIZE)
		return 0;
	len = get_u16be(*p);
	if (len > ASK_MAX)
		return -E_PROTO;
	if (n < SIZE + len)
		return 0;
	return ss_question_read(q, *p + SIZE, len) != 0 ? -E_PROTO :
	    (ptrdiff_t)(SIZE + len);
}

static bool is_straight(const struct ss_sess *s, const struct ss_question *q)
{
	return s->port->local->direct_host != NULL &&
	    ss_gate_straight(&s->port->ss->gate, q->name);
}

/* 1 = it was not asked before, 0, or chan_write's errors. */
static int say_known(struct ss_sess *s, const struct ss_question *q)
{
	uint8_t mem[SIZE + KNOWN_MAX];
	size_t n = ss_names_known(q, mem + SIZE, KNOWN_MAX,
	    s->port->ss->loop->now_ms);

	if (n == 0)
		return 1;
	put_u16be(mem, (uint16_t)n);
	ss_named_tell(s->port->local, is_straight(s, q), mem + SIZE, n);
	return chan_write(&s->in, mem, SIZE + n);
}

/* The question stays where it came in, until the way is open. */
static void lead(struct ss_sess *s, const struct ss_question *q)
{
	const struct ss_local_conf *l = s->port->local;
	bool straight = is_straight(s, q);
	struct addr client;

	if (port_peer_addr(s->in.watch.fd, &client) != 0) {
		ss_sess_close(s, -E_RESET);
		return;
	}
	s->head_len = (uint16_t)ss_addr_put(s->head, straight ?
	    l->direct_host : l->forward_host, straight ? l->direct_port :
	    l->forward_port);
	if (straight)
		s->egress = &ss_out_bypass;
	ss_sess_log_target(s);
	ss_names_asked(q, &client, straight, s->port->ss->loop->now_ms);
	s->egress->start(s);
}

static void ask(struct ss_sess *s)
{
	struct ss_question q;
	ptrdiff_t n;
	uint8_t *p;
	int rc = 0;

	while (rc == 0 && (n = look(s, &q, &p)) > 0) {
		rc = say_known(s, &q);
		if (rc == 0)
			chan_took(&s->in, (size_t)n);
		if (rc == 1)
			lead(s, &q);
	}
	if (rc == 0 && n < 0)
		rc = (int)n;
	if (rc < 0 && rc != -E_FULL)
		ss_sess_close(s, rc);
	else if (rc == 0 && (s->in.flags & CHAN_GOT_EOF) != 0)
		ss_sess_refuse(s, "", 0);
}

/* ---- an answer ---- */

/* False: it is none of what was asked, and that is the end. */
static bool pass(struct ss_sess *s)
{
	bool straight = s->egress == &ss_out_bypass;
	struct addr client;
	const uint8_t *m;
	size_t len;

	if (!names_tx_held(&s->told, &m, &len))
		return true;
	if (port_peer_addr(s->in.watch.fd, &client) != 0 ||
	    !ss_names_answer(m, len, &client, straight,
	    s->port->ss->loop->now_ms)) {
		ss_sess_close(s, -E_PROTO);
		return false;
	}
	ss_named_tell(s->port->local, straight, m, len);
	names_tx_pass(&s->told);
	chan_flush(&s->in);
	return true;
}

/* False: there is no room now, or that was the end. */
static bool move(struct ss_sess *s)
{
	uint8_t *p;
	size_t n = chan_data(&s->out, &p);
	int rc;

	n = MIN(n, MAX(chan_room(&s->in), (size_t)1));
	rc = chan_write(&s->in, p, n);
	if (rc == 0)
		chan_took(&s->out, n);
	else if (rc != -E_FULL)
		ss_sess_close(s, rc);
	return rc == 0;
}

static void exchange(struct ss_sess *s)
{
	uint8_t *p;

	while (s->told.left > 0 || !s->told.sized) {
		if (chan_data(&s->out, &p) == 0)
			break;
		if (!move(s) || !pass(s))
			return;
	}
	if (names_tx_over(&s->told)) {
		chan_set_tx(&s->in, NULL);
		ss_sess_anew(s);
		ask(s);
	} else if ((s->told.left > 0 || !s->told.sized) &&
	    (s->out.flags & CHAN_TOLD_END) != 0) {
		ss_sess_close(s, -E_PROTO);
	}
}

static bool opened(struct ss_sess *s)
{
	struct ss_question q;
	uint8_t *p;
	ptrdiff_t n = look(s, &q, &p);

	ASSERT(n > 0);
	ss_sess_state(s, SS_EXCHANGE);
	chan_set_tx(&s->in, names_tx_start(&s->told));
	chan_took(&s->in, (size_t)n);
	chan_idle(&s->in, s->port->ss->conf->base.timeout_s * 1000);
	chan_read(&s->in, true);
	exchange(s);
	return true;
}

static size_t first_octets(struct ss_sess *s, uint8_t *mem, size_t room)
{
	struct ss_question q;
	uint8_t *p;
	ptrdiff_t n = look(s, &q, &p);

	ASSERT(n > 0 && (size_t)n <= room);
	memcpy(mem, p, (size_t)n);
	return (size_t)n;
}

/* There is no way to the name server: that is an answer, too. */
static bool failed(struct ss_sess *s, int why)
{
	struct ss_question q;
	uint8_t mem[SIZE + HEAD + SS_QUESTION], *p;
	size_t len;

	(void)why;
	if (s->state == SS_EXCHANGE || look(s, &q, &p) <= 0)
		return false;
	len = HEAD + q.len - 1u;	/* its last octet is not of the wire */
	memcpy(mem, p, SIZE + len);
	put_u16be(mem, (uint16_t)len);
	mem[SIZE + 2] |= 0x80;
	mem[SIZE + 3] = 0x80 | SERVER_FAILED;
	memset(mem + SIZE + 6, 0, 6);
	chan_close(&s->out);
	ss_sess_refuse(s, mem, SIZE + len);
	return true;
}

static void data(struct ss_sess *s)
{
	if (s->state == SS_EXCHANGE)
		exchange(s);
	else
		ask(s);
}

const struct ss_ingress ss_in_names = {
	.first = SS_REQUEST,
	.data = data,
	.first_octets = first_octets,
	.opened = opened,
	.failed = failed,
};
