/* ss_sock.c - options of sockets as they are configured. Knows no session. */
#include "ss_sock.h"

#include "core/log.h"
#include "ss_serve.h"

static uint8_t dscp_of(const struct ss_sock_conf *c, uint16_t port)
{
	size_t i;

	for (i = 0; i < c->dscp_n; i++)
		if (c->dscp[i].port == port)
			return c->dscp[i].dscp;
	return 0;
}

static int octets(int64_t n)
{
	return (int)MIN(n, INT32_MAX);
}

void ss_sock_listen(struct ss *ss, uint16_t port, struct net_how *how)
{
	const struct ss_sock_conf *c = &ss->conf->sock;

	*how = (struct net_how){ .dscp = dscp_of(c, port),
		.send_buf = octets(c->in_snd), .recv_buf = octets(c->in_rcv),
		.refused = &ss->refused };
	if (c->fast_open)
		how->flags |= NET_FAST_OPEN;
	if (ss->shared || c->reuse_port)
		how->flags |= NET_REUSE_PORT;
	if (c->mptcp)
		how->flags |= NET_MPTCP;
	if (ss->conf->ipv6_only)
		how->flags |= NET_V6_ONLY;
}

/* All else is as at the listener. */
void ss_sock_accepted(struct ss *ss, int fd)
{
	int64_t s = ss->conf->sock.keep_alive_s;

	if (s > 0 && port_net_set(fd, NET_KEEP_ALIVE, octets(s)) != 0)
		ss->refused |= NET_NOT_ALIVE;
	ss_sock_said(ss);
}

void ss_sock_out(struct ss *ss, const struct addr *to, struct net_how *how)
{
	const struct ss_sock_conf *c = &ss->conf->sock;
	const struct addr *from = to->family == 4 ? &c->out4 : &c->out6;

	*how = (struct net_how){ .mark = (uint32_t)c->fwmark,
		.dscp = dscp_of(c, to->port), .alive_s =
		octets(c->keep_alive_s), .send_buf = octets(c->out_snd),
		.recv_buf = octets(c->out_rcv), .refused = &ss->refused };
	if (from->family != 0)
		how->from = from;
	if (c->interface[0] != '\0')
		how->interface = c->interface;
	if (c->mptcp)
		how->flags |= NET_MPTCP;
}

void ss_sock_udp_listen(struct ss *ss, uint16_t port, struct net_how *how)
{
	ss_sock_listen(ss, port, how);
	how->flags &= NET_V6_ONLY;
	if (ss->conf->sock.reuse_port)
		how->flags |= NET_REUSE_PORT;
}

/* It is bound to its source by whoever opens it. */
void ss_sock_udp_out(struct ss *ss, const struct addr *to,
    struct net_how *how)
{
	ss_sock_out(ss, to, how);
	how->flags = 0;
	how->alive_s = 0;
	how->from = NULL;
}

void ss_sock_said(struct ss *ss)
{
	static const struct {
		unsigned bit;
		const char *what;
	} wishes[] = {
		{ NET_NOT_MPTCP, "mptcp" },
		{ NET_NOT_INTERFACE, "outbound_bind_interface" },
		{ NET_NOT_MARK, "outbound_fwmark" },
		{ NET_NOT_DSCP, "dscp" },
		{ NET_NOT_BUFFERS, "buffer sizes" },
		{ NET_NOT_ALIVE, "keep_alive" },
	};
	unsigned news = ss->refused & ~ss->refused_said;
	size_t i;

	ss->refused_said |= news;
	for (i = 0; i < LEN(wishes) && news != 0; i++)
		if ((news & wishes[i].bit) != 0)
			log_warn("%s: the system refuses it; goes on without",
			    wishes[i].what);
}
