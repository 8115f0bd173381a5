/* pipe.h - octets from a socket to a file that never are in our memory. */
#ifndef PORT_PIPE_H
#define PORT_PIPE_H

#include "base/base.h"

struct port_pipe {
	int in, out;
	uint32_t held;		/* octets in it */
};

/* 0, or -E_NOSUP (this system), -E_NOFILE... */
int port_pipe_open(struct port_pipe *p);
void port_pipe_close(struct port_pipe *p);
/* From a connected TCP socket, at most len (> 0), into an empty pipe. Octets,
 * 0 = the peer has sent its last, -E_AGAIN, or port_recv's errors. */
ptrdiff_t port_pipe_fill(struct port_pipe *p, int sock, size_t len);
/*
 * To the offset of a file, what is held or a part of it. Octets, or
 * port_file_write's errors: nothing is lost then. -E_NOSUP: not of this file;
 * port_pipe_read has the octets.
 */
ptrdiff_t port_pipe_drain(struct port_pipe *p, int file, int64_t off);
/* Octets of those that are held, at most len; > 0, or -E_IO. */
ptrdiff_t port_pipe_read(struct port_pipe *p, void *mem, size_t len);

#endif
