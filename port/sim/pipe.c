/* pipe.c - a pipe of the simulated system holds one piece. Now and then there
 * is none to be had, or it does not go with a file. */
#include "port/file.h"
#include "port/net.h"
#include "port/pipe.h"
#include "port/sim/inside.h"

#define PIPES 64
#define ROOM 3000

static struct pipe {
	uint8_t mem[ROOM];
	size_t at;
} pipes[PIPES];

static struct pipe *pipe_of(const struct port_pipe *p)
{
	return fd_get(p->in, FD_PIPE)->u.any;
}

/* Who has one has its descriptor: no other knows whether it is in use. */
static bool is_used(const struct pipe *p)
{
	for (int fd = 0; fd < W.fd_top; fd++)
		if (W.fd[fd].kind == FD_PIPE && W.fd[fd].u.any == p)
			return true;
	return false;
}

int port_pipe_open(struct port_pipe *p)
{
	int err = fault(SIM_FILE_META, -1);
	size_t i = 0;

	if (err < 0 || luck(3) == 0)
		return err < 0 ? err : -E_NOSUP;
	while (i < PIPES && is_used(&pipes[i]))
		i++;
	if (i == PIPES)
		return -E_NOFILE;
	pipes[i].at = 0;
	*p = (struct port_pipe){ .in = fd_new(FD_PIPE, &pipes[i], W.outside),
		.out = -1 };
	return MIN(p->in, 0);
}

void port_pipe_close(struct port_pipe *p)
{
	(void)pipe_of(p);
	fd_free(p->in);
}

ptrdiff_t port_pipe_fill(struct port_pipe *p, int sock, size_t len)
{
	struct pipe *pipe = pipe_of(p);
	ptrdiff_t n;

	ASSERT(p->held == 0 && len > 0);
	n = port_recv(sock, pipe->mem, MIN(len, sizeof(pipe->mem)));
	pipe->at = 0;
	p->held = n > 0 ? (uint32_t)n : 0;
	return n;
}

ptrdiff_t port_pipe_drain(struct port_pipe *p, int file, int64_t off)
{
	struct pipe *pipe = pipe_of(p);
	ptrdiff_t n;

	if (luck(200) == 0)
		return -E_NOSUP;
	n = port_file_write(file, off, pipe->mem + pipe->at, p->held);
	if (n > 0) {
		p->held -= (uint32_t)n;
		pipe->at += (size_t)n;
	}
	return n;
}

ptrdiff_t port_pipe_read(struct port_pipe *p, void *mem, size_t len)
{
	struct pipe *pipe = pipe_of(p);
	size_t n = MIN(len, p->held);

	ASSERT(n > 0);
	memcpy(mem, pipe->mem + pipe->at, n);
	p->held -= (uint32_t)n;
	pipe->at += n;
	return (ptrdiff_t)n;
}
