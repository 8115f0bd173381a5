/* udp_train.h - sending trains. */
#ifndef LINUX_UDP_TRAIN_H
#define LINUX_UDP_TRAIN_H

#include "port/posix/udp_train.h"

/* Can this kernel? One that cannot takes no notice of udp_train_put and sends
 * all of it as one datagram. */
bool udp_train_can(int fd);
/* How many of these n (> 0) are a train: 1 = the first goes by itself. */
size_t udp_train_len(const struct udp_msg *m, size_t n);
/* Behind the control messages that h has. */
void udp_train_put(struct msghdr *h, void *control, size_t each);

#endif
