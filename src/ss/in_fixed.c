/* in_fixed.c - ingress of a tunnel: all clients are led to one target, at once,
 * so that a target that speaks first is heard. Knows not where that is. */
#include "base/endian.h"
#include "ss_serve.h"
#include "ss_sess.h"

static size_t address(uint8_t *out, const struct ss_local_conf *l)
{
	size_t len = strlen(l->forward_host);
	struct addr ip;

	if (addr_parse(&ip, l->forward_host, len) == 0) {
		len = ip.family == 4 ? 4 : 16;
		*out++ = ip.family == 4 ? SS_ATYP_IPV4 : SS_ATYP_IPV6;
		memcpy(out, ip.ip, len);
		put_u16be(out + len, l->forward_port);
		return 1 + len + 2;
	}
	out[0] = SS_ATYP_NAME;
	out[1] = (uint8_t)len;
	memcpy(out + 2, l->forward_host, len);
	put_u16be(out + 2 + len, l->forward_port);
	return 2 + len + 2;
}

static void begin(struct ss_sess *s)
{
	s->head_len = (uint16_t)address(s->head, s->port->local);
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
