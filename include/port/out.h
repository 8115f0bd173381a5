/* out.h - standard output and error, syslog: never blocking. */
#ifndef PORT_OUT_H
#define PORT_OUT_H

#include "base/base.h"

/*
 * Those of 0, 1 and 2 that are closed become /dev/null. The first thing a
 * program does: else its first socket is standard error, and gets the log.
 */
void port_out_open(void);

/*
 * Writes to 1 or 2 what fits now, also when nobody reads the pipe, and without
 * O_NONBLOCK set on the shared descriptor. Octets, -E_AGAIN, -E_CLOSED.
 */
ptrdiff_t port_out(int fd, const void *mem, size_t len);
/* For command-line tools: waits until all is written or the reader is gone. */
void port_out_all(int fd, const void *mem, size_t len);
bool port_out_is_terminal(int fd);

/*
 * Opens /dev/log (before a chroot). 0 or -E_NOENT; port_syslog then opens
 * again by itself when the daemon was restarted, if the path can be reached.
 */
int port_syslog_open(void);
/*
 * One datagram "<prio>Mon dd hh:mm:ss tag[pid]: text". prio: facility*8 +
 * severity (RFC 3164). 0, -E_AGAIN (dropped), -E_NOENT.
 */
int port_syslog(int prio, const char *tag, const char *text, size_t len);

#endif
