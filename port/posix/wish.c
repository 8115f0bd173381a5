/* wish.c - what a socket is to have where the system gives it. */
#include "port/net.h"
#include "port/posix/tcp_extra.h"

static void note(const struct net_how *how, unsigned what, int err)
{
	if (err < 0 && how->refused != NULL)
		*how->refused |= what;
}

void port_net_wish(int fd, const struct net_how *how)
{
	if (how->interface != NULL)
		note(how, NET_NOT_INTERFACE, tcp_extra_interface(fd,
		    how->interface));
	if (how->mark != 0)
		note(how, NET_NOT_MARK, tcp_extra_mark(fd, how->mark));
	if (how->dscp != 0)
		note(how, NET_NOT_DSCP, port_net_set(fd, NET_DSCP, how->dscp));
	if (how->send_buf > 0)
		note(how, NET_NOT_BUFFERS, port_net_set(fd, NET_SEND_BUF,
		    how->send_buf));
	if (how->recv_buf > 0)
		note(how, NET_NOT_BUFFERS, port_net_set(fd, NET_RECV_BUF,
		    how->recv_buf));
	if (how->alive_s > 0)
		note(how, NET_NOT_ALIVE, port_net_set(fd, NET_KEEP_ALIVE,
		    how->alive_s));
}
