/* pipe.c - splice(2): pages of the network become those of a pipe, and are
 * copied once, into the file's. Some file systems do not know it. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "port/pipe.h"
#include "port/posix/errno_map.h"

/* It holds so many pages or parts of them, whichever are as small as packets.
 * Where that is more than a user may have it stays as it was made. */
#define ROOM (1024 * 1024)

int port_pipe_open(struct port_pipe *p)
{
	int end[2];

	if (pipe2(end, O_CLOEXEC | O_NONBLOCK) < 0)
		return sys_fail();
	(void)fcntl(end[1], F_SETPIPE_SZ, ROOM);
	*p = (struct port_pipe){ .in = end[1], .out = end[0] };
	return 0;
}

void port_pipe_close(struct port_pipe *p)
{
	(void)close(p->in);
	(void)close(p->out);
}

static ptrdiff_t move(int from, int to, off_t *at, size_t len)
{
	ssize_t n;

	do
		n = splice(from, NULL, to, at, len, SPLICE_F_NONBLOCK);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EINVAL)
		return -E_NOSUP;
	return n < 0 ? sys_fail() : n;
}

ptrdiff_t port_pipe_fill(struct port_pipe *p, int sock, size_t len)
{
	ptrdiff_t n = move(sock, p->in, NULL, len);

	if (n > 0)
		p->held += (uint32_t)n;
	return n;
}

ptrdiff_t port_pipe_drain(struct port_pipe *p, int file, int64_t off)
{
	off_t at = off;
	ptrdiff_t n = move(p->out, file, &at, p->held);

	if (n > 0)
		p->held -= (uint32_t)n;
	return n == 0 ? -E_IO : n;
}

ptrdiff_t port_pipe_read(struct port_pipe *p, void *mem, size_t len)
{
	ssize_t n;

	do
		n = read(p->out, mem, MIN(len, p->held));
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return -E_IO;
	p->held -= (uint32_t)n;
	return n;
}
