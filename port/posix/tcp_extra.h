/* tcp_extra.h - what only some systems' TCP can do; a file per system. */
#ifndef POSIX_TCP_EXTRA_H
#define POSIX_TCP_EXTRA_H

#include <stdint.h>

/* Fast open: nothing happens where the system refuses. */
void tcp_extra_listen(int fd);
void tcp_extra_connect(int fd);
/* The protocol number of Multipath TCP, 0 = there is none. */
int tcp_extra_multipath(void);
/* Goes out by an interface; carries a mark. 0 or error. */
int tcp_extra_interface(int fd, const char *name);
int tcp_extra_mark(int fd, uint32_t mark);
/* Connections to any address come to it. 0 or error. */
int tcp_extra_any_target(int fd, int family);
/* Unsent octets above which the socket is not writable. 0 or error. */
int tcp_extra_notsent(int fd, int octets);

#endif
