/* in_ss.c - ingress of ssserver: the client speaks Shadowsocks and begins with
 * the address header. Knows not where it leads. */
#include "ss_serve.h"
#include "ss_sess.h"

static int header(const uint8_t *mem, size_t len)
{
	struct ss_addr ignored;

	return ss_addr_parse(&ignored, mem, len);
}

/* A user's key opened what the port's did not. */
static void find_user(struct ss_sess *s)
{
	const struct ss_port *p = s->port;

	if (p->key.method->kind == SS_2022 && s->rx.aead.ss != &p->key)
		ss_sess_meet(s, OWNER(s->rx.aead.ss, struct ss_user, key));
}

static void data(struct ss_sess *s)
{
	int rc = ss_sess_gather(s, header);
	struct ss_bill bill;

	if (rc < 0)
		ss_sess_drain(s, "can not parse header");
	if (rc <= 0)
		return;
	find_user(s);
	bill = ss_sess_bill(s);
	if (ss_bill_spent(&bill, s->port->ss->loop->wall_ms)) {
		ss_sess_drain(s, "port's or user's quota or time is used up");
		return;
	}
	ss_sess_log_target(s);
	s->egress->start(s);
}

const struct ss_ingress ss_in_ss = {
	.first = SS_REQUEST,
	.ciphered = true,
	.data = data,
};
