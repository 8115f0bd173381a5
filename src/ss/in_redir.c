/* in_redir.c - ingress of a transparent proxy: the client does not know of it,
 * and the kernel says where the connection was to go. */
#include "base/endian.h"
#include "core/log.h"
#include "ss_serve.h"
#include "ss_sess.h"

/* REDIRECT changed the target and remembers it; TPROXY left it as it is. */
static int original(const struct ss_sess *s, struct addr *to)
{
	int fd = s->in.watch.fd;

	return s->port->local->tproxy ? port_local_addr(fd, to) :
	    port_tcp_original(fd, to);
}

/* Who connects to the proxy itself would be led to it for ever. Its port is
 * another machine's as well: only what can be bound is an address of ours. */
static bool is_ours(const struct ss_sess *s, const struct addr *to)
{
	struct addr probe = *to;
	int fd;

	if (to->port != s->port->listener.at.port)
		return false;
	probe.port = 0;
	fd = port_tcp_listen(&probe, NULL);
	if (fd >= 0)
		port_close(fd);
	return fd >= 0;
}

static size_t put_address(uint8_t *out, const struct addr *a)
{
	size_t len = a->family == 4 ? 4 : 16;

	*out++ = a->family == 4 ? SS_ATYP_IPV4 : SS_ATYP_IPV6;
	memcpy(out, a->ip, len);
	put_u16be(out + len, a->port);
	return 1 + len + 2;
}

static void begin(struct ss_sess *s)
{
	struct addr to;
	int rc = original(s, &to);

	if (rc == 0 && is_ours(s, &to))
		rc = -E_NOENT;
	if (rc != 0) {
		log_rated(LOG_WARN, "a connection that was not led here by the "
		    "firewall (%s)", err_text(rc));
		ss_sess_close(s, 0);
		return;
	}
	s->head_len = (uint16_t)put_address(s->head, &to);
	ss_sess_log_target(s);
	s->egress->start(s);
}

/* Not before the target is known. */
static void data(struct ss_sess *s)
{
	(void)s;
}

const struct ss_ingress ss_in_redir = {
	.first = SS_REQUEST,
	.ciphered = false,
	.begin = begin,
	.data = data,
};
