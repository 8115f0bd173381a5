/* tcp_extra.h - what only some systems' TCP can do; a file per system. */
#ifndef POSIX_TCP_EXTRA_H
#define POSIX_TCP_EXTRA_H

/* Fast open: nothing happens where the system refuses. */
void tcp_extra_listen(int fd);
void tcp_extra_connect(int fd);
/* Unsent octets above which the socket is not writable. 0 or error. */
int tcp_extra_notsent(int fd, int octets);

#endif
