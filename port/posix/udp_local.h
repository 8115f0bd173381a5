/* udp_local.h - which address of ours a datagram came to and is to leave from,
 * as control messages of a socket. */
#ifndef POSIX_UDP_LOCAL_H
#define POSIX_UDP_LOCAL_H

#include <sys/socket.h>

#include "base/addr.h"

/* Room for one of either family, and for what says that it is a train. */
#define UDP_CONTROL 96

/* The socket tells it from now on, where the system can. */
void udp_local_ask(int fd, uint8_t family);
/* Instead of that: whom it was for (Linux). */
void udp_local_ask_target(int fd, uint8_t family);
/* Family 0 = it was not told. */
void udp_local_read(struct addr *out, struct msghdr *h);
/* Into h's control messages, UDP_CONTROL octets of zeros; sets their length. */
void udp_local_write(struct msghdr *h, const struct addr *local);

/* Datagrams go whole or not at all (DF). 0, or -E_NOSUP. */
int udp_local_whole(int fd, int yes);

#endif
