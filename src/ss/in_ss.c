/* in_ss.c - ingress of ssserver: the client speaks Shadowsocks and begins with
 * the address header. Knows not where it leads. */
#include "ss_serve.h"
#include "ss_sess.h"

static int header(const uint8_t *mem, size_t len)
{
	struct ss_addr ignored;

	return ss_addr_parse(&ignored, mem, len);
}

static void data(struct ss_sess *s)
{
	int rc = ss_sess_gather(s, header);

	if (rc < 0)
		ss_sess_drain(s, "can not parse header");
	if (rc <= 0)
		return;
	if (ss_account_spent(&s->port->door->account,
	    s->port->ss->loop->wall_ms)) {
		ss_sess_drain(s, "port's quota or time is used up");
		return;
	}
	ss_sess_log_target(s);
	s->port->egress->start(s);
}

const struct ss_ingress ss_in_ss = {
	.first = SS_REQUEST,
	.ciphered = true,
	.data = data,
};
