/* net.h - TCP and UDP sockets: never blocking, closed on exec, SIGPIPE-free. */
#ifndef PORT_NET_H
#define PORT_NET_H

#include "base/addr.h"
#include "base/base.h"

/* Bits for tcp_how.flags. */
#define NET_FAST_OPEN  1u	/* ignored where the kernel lacks it */
#define NET_REUSE_PORT 2u
#define NET_V6_ONLY    4u	/* else an IPv6 listener takes IPv4 as well */
#define NET_MPTCP      8u	/* plain TCP where the kernel lacks it */
#define NET_ANY_TARGET 16u	/* listen: takes connections and datagrams for
				 * others (TPROXY); -E_PERM, -E_NOSUP */

/* What a system may refuse: bits of net_how.refused. */
#define NET_NOT_MPTCP     1u
#define NET_NOT_INTERFACE 2u
#define NET_NOT_MARK      4u
#define NET_NOT_DSCP      8u
#define NET_NOT_BUFFERS  16u
#define NET_NOT_ALIVE    32u

/* Zeros and NULL: as the system has it. */
struct net_how {
	unsigned flags;
	int backlog;			/* listen: 0 = 1024 */
	const struct addr *from;	/* connect: source, NULL = any */
	const char *interface;		/* connect: goes out there */
	uint32_t mark;			/* connect: of its packets */
	uint8_t dscp;			/* 1..63 */
	int send_buf, recv_buf;		/* octets */
	int alive_s;			/* idle before a probe */
	/* A wish that is refused is left out and told here; NULL = to nobody.
	 * Only a source that cannot be bound is an error. */
	unsigned *refused;
};

/*
 * A listening socket with SO_REUSEADDR. *at gets the bound port when it was 0.
 * fd, or -E_INUSE, -E_NOADDR, -E_PERM, -E_NOFILE, -E_NOSUP (no IPv6), -E_IO.
 */
int port_tcp_listen(struct addr *at, const struct net_how *how);

/*
 * The next connection; peer is unmapped (v4-mapped becomes IPv4).
 * fd, or -E_AGAIN, -E_NOFILE (table full: pause accepting), -E_NOMEM (pause
 * as well), -E_CLOSED (that connection is gone: ask again).
 */
int port_tcp_accept(int fd, struct addr *peer);

/*
 * Starts to connect. With NET_FAST_OPEN the first octets sent ride in the SYN
 * where kernel and peer agree, else it is a plain connect. Nothing may go out
 * before they are sent, not even the SYN: it is for who speaks first, and why
 * it failed may only come from port_send or port_recv.
 * fd (writable when done: ask port_tcp_connected), or -E_REFUSED, -E_UNREACH,
 * -E_NOFILE, -E_NOADDR, -E_PERM, -E_NOMEM, -E_IO.
 */
int port_tcp_connect(const struct addr *to, const struct net_how *how);

/* 0, or why it failed: -E_REFUSED, -E_UNREACH, -E_TIMEOUT, -E_RESET... */
int port_tcp_connected(int fd);

/* Octets, 0 = end of stream, or -E_AGAIN, -E_RESET, -E_TIMEOUT, -E_IO. */
ptrdiff_t port_recv(int fd, void *mem, size_t len);
/* Octets (may be fewer), or -E_AGAIN, -E_RESET, -E_CLOSED, -E_IO. */
ptrdiff_t port_send(int fd, const void *mem, size_t len);

/* FIN; 0, -E_CLOSED, or -E_AGAIN: a fast open is not connected yet, ask again
 * when it is writable. Closing twice is the caller's bug. */
int port_shutdown_send(int fd);
/* The same of one that is known to be connected, as octets came. */
int port_shutdown_connected(int fd);
void port_close(int fd);
/* Close with RST (SO_LINGER 0). */
void port_abort(int fd);

/* 0 or -E_CLOSED. Unmapped. */
int port_local_addr(int fd, struct addr *out);
/* Where a connection was to go before a firewall led it here (REDIRECT). 0, or
 * -E_NOENT (it was led nowhere), -E_NOSUP. */
int port_tcp_original(int fd, struct addr *out);
int port_peer_addr(int fd, struct addr *out);

enum net_option {
	NET_NO_DELAY,		/* 0 or 1 */
	NET_KEEP_ALIVE,		/* 0 off, else seconds of idle before a probe */
	NET_SEND_BUF,		/* octets */
	NET_RECV_BUF,
	NET_NOTSENT_LOWAT,	/* octets; -E_NOSUP where unknown */
	NET_OOB_INLINE,		/* 0 or 1 */
	NET_NO_FRAGMENTS,	/* UDP, 0 or 1: -E_LONG if the path is small */
	NET_DSCP		/* 0..63 */
};
/* 0, -E_NOSUP, -E_RANGE. */
int port_net_set(int fd, enum net_option what, int value);

/* Interface, mark, DSCP, buffers and keep-alive of a socket that is not
 * connected yet, as listen and connect see to them. */
void port_net_wish(int fd, const struct net_how *how);

/* Can it be bound here: is it this machine's, or "any"? No route, no packet. */
bool port_addr_is_own(const struct addr *a);

/* UDP. `at` as for listen; NULL or family 0 is refused. fd or error. */
int port_udp_open(struct addr *at);
/* Whole datagrams. Octets, or -E_AGAIN, -E_REFUSED, -E_UNREACH, -E_LONG. */
ptrdiff_t port_udp_send(int fd, const struct addr *to, const void *mem,
    size_t len);
/* Octets (a longer datagram is cut to len), or -E_AGAIN, -E_REFUSED... */
ptrdiff_t port_udp_recv(int fd, struct addr *from, void *mem, size_t len);

/* One of a batch. */
struct udp_msg {
	struct addr peer;	/* whom it came from, or goes to */
	struct addr local;	/* of ours, where it came in or is to leave; no
				 * port; family 0 = unknown, or whichever.
				 * NET_ANY_TARGET: whom it was for, and port */
	uint8_t *mem;
	size_t len;		/* receiving: of the room at first */
	bool cut;		/* it was longer than the room */
	size_t each;		/* received: it is a train of datagrams, of so
				 * many octets each, the last perhaps of
				 * fewer. 0 = it is one */
};
#define UDP_BATCH 32
/* No train is longer. */
#define UDP_TRAIN_OCTETS 65507
/*
 * From now on datagrams of one sender may come in trains, which cost little
 * more than one. 0, or -E_NOSUP. Those that are sent in a batch and are alike
 * leave in trains by themselves, where the system can (Linux 5.0).
 */
int port_udp_trains(int fd);
/*
 * As port_udp_open, for a port that many talk to: an IPv6 one takes IPv4 as
 * well unless NET_V6_ONLY, NET_REUSE_PORT shares it, and bound to "any" it is
 * told which address each datagram came to, where the system knows. Wishes as
 * port_net_wish.
 */
int port_udp_listen(struct addr *at, const struct net_how *how);
/* Sends in the name of an address that is another's (TPROXY); not to be read.
 * fd, or -E_PERM, -E_NOSUP, -E_NOFILE... */
int port_udp_open_as(const struct addr *from);
/*
 * Up to n (<= UDP_BATCH) in one call where the system has such calls (Linux
 * 2.6.33 and 3.0), else one by one. How many, or port_udp_recv's errors, or
 * those of port_udp_send for the first, which is lost then.
 */
int port_udp_recv_many(int fd, struct udp_msg *m, size_t n);
int port_udp_send_many(int fd, const struct udp_msg *m, size_t n);

#define UNIX_NAME 108
/* Of a datagram socket with a path. */
struct unix_name {
	uint8_t len;		/* 0 = it has none: cannot be answered */
	char text[UNIX_NAME];	/* without terminator */
};
/*
 * Datagrams by a path, for this user only (mode 0600). What a dead process
 * left there makes room; the path stays when the socket is closed.
 * fd, or -E_INUSE, -E_EXIST (no socket), -E_LONG, -E_NOSUP and port/file.h's.
 */
int port_unix_open(const char *path);
/* Connections by a path, else the same. Accepted as by port_tcp_accept. */
int port_unix_listen(const char *path);
int port_unix_accept(int fd);
/* One that sends alone: it has no name, so nobody can answer. fd or error. */
int port_unix_nameless(void);
/* As their UDP sisters; -E_NOADDR: `to` has no name. */
ptrdiff_t port_unix_send(int fd, const struct unix_name *to, const void *mem,
    size_t len);
ptrdiff_t port_unix_recv(int fd, struct unix_name *from, void *mem,
    size_t len);

#endif
