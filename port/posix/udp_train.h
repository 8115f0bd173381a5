/* udp_train.h - datagrams of one size, from one sender to one receiver, that
 * pass through the system as one: a train. Octets of each and where it ends are
 * kept; only a last one may be shorter. */
#ifndef POSIX_UDP_TRAIN_H
#define POSIX_UDP_TRAIN_H

#include <sys/socket.h>

#include "port/net.h"

/* Linux 4.18 and 5.0: as many in one at most. */
#define UDP_TRAIN 64

/* Room for what says so among the control messages of a datagram. */
#define UDP_TRAIN_CONTROL CMSG_SPACE(sizeof(int))

/* What was received: octets of each, 0 = it is one datagram. */
size_t udp_train_read(struct msghdr *h);

#endif
