/* in_fixed.c - ingress of a tunnel: all clients are led to one target, at once,
 * so that a target that speaks first is heard. Knows not where that is. */
#include "ss_serve.h"
#include "ss_sess.h"

static void begin(struct ss_sess *s)
{
	const struct ss_local_conf *l = s->port->local;

	s->head_len = (uint16_t)ss_addr_put(s->head, l->forward_host,
	    l->forward_port);
	ss_sess_log_target(s);
	s->egress->start(s);
}

/* Not before the target is known. */
static void data(struct ss_sess *s)
{
	(void)s;
}

const struct ss_ingress ss_in_fixed = {
	.first = SS_REQUEST,
	.ciphered = false,
	.at_once = true,
	.begin = begin,
	.data = data,
};
