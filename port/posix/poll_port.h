/* poll_port.h - the backends by name, and what they share. */
#ifndef POSIX_POLL_PORT_H
#define POSIX_POLL_PORT_H

#include "port/poll.h"

extern const struct poll_port poll_select, poll_poll, poll_epoll, poll_kqueue;

/* Milliseconds from now until until_ms: 0 = past, -1 = for ever. */
int poll_timeout_ms(int64_t until_ms);
bool poll_fd_is_open(int fd);

#endif
