/* ss_sock.h - the options of a configuration's sockets, and what the system
 * says to them. */
#ifndef SS_SOCK_H
#define SS_SOCK_H

#include "port/net.h"

struct ss;

/* For a listener, an accepted connection, a connection out. `to` lives as long
 * as the call that how is for. What is refused is said once in the log and
 * left out: it ends nothing. */
void ss_sock_listen(struct ss *ss, uint16_t port, struct net_how *how);
void ss_sock_accepted(struct ss *ss, int fd);
void ss_sock_out(struct ss *ss, const struct addr *to, struct net_how *how);
/* Of datagrams: of a port, of one that leads out. A socket that leads to many
 * targets has no class: `to` is a client's server, or has no port. Keep-alive,
 * MPTCP and fast open are TCP's. */
void ss_sock_udp_listen(struct ss *ss, uint16_t port, struct net_how *how);
void ss_sock_udp_out(struct ss *ss, const struct addr *to,
    struct net_how *how);
/* After the call. */
void ss_sock_said(struct ss *ss);

#endif
