/* pipe.c - systems where no octet goes from a socket to a file by itself. */
#include "port/pipe.h"

int port_pipe_open(struct port_pipe *p)
{
	(void)p;
	return -E_NOSUP;
}

void port_pipe_close(struct port_pipe *p)
{
	(void)p;
}

ptrdiff_t port_pipe_fill(struct port_pipe *p, int sock, size_t len)
{
	(void)p;
	(void)sock;
	(void)len;
	return -E_NOSUP;
}

ptrdiff_t port_pipe_drain(struct port_pipe *p, int file, int64_t off)
{
	(void)p;
	(void)file;
	(void)off;
	return -E_NOSUP;
}

ptrdiff_t port_pipe_read(struct port_pipe *p, void *mem, size_t len)
{
	(void)p;
	(void)mem;
	(void)len;
	return -E_NOSUP;
}
