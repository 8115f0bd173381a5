/* out.c - standard output and error, which may be shared, stuck or gone. */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "port/out.h"
#include "port/posix/errno_map.h"

/*
 * What poll(2) promises to take at once when it says "writable": a pipe that
 * much; a terminal says it while there is any room, and has some more then.
 */
#define TERMINAL_CHUNK 256

/* The lowest free number is always the one opened. */
void port_out_open(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= 2);
	if (fd > 2)
		(void)close(fd);
}

bool port_out_is_terminal(int fd)
{
	return isatty(fd);
}

static bool is_writable(int fd, int wait_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, wait_ms) > 0;
}

/* One chunk if it fits within wait_ms. Octets, -E_AGAIN, -E_CLOSED. */
static ptrdiff_t put_chunk(int fd, const void *mem, size_t len, int wait_ms)
{
	ssize_t n;

	if (!is_writable(fd, wait_ms))
		return -E_AGAIN;
	n = write(fd, mem, len);
	if (n >= 0)
		return n;
	return sys_fail() == -E_AGAIN ? -E_AGAIN : -E_CLOSED;
}

static ptrdiff_t put(int fd, const void *mem, size_t len, int wait_ms)
{
	size_t chunk = TERMINAL_CHUNK, done = 0;

	if (len > TERMINAL_CHUNK && !isatty(fd))
		chunk = PIPE_BUF;

	while (done < len) {
		ptrdiff_t n = put_chunk(fd, (const char *)mem + done,
		    MIN(len - done, chunk), wait_ms);

		if (n == -E_AGAIN && wait_ms < 0)
			continue;
		if (n <= 0)
			return done > 0 ? (ptrdiff_t)done : n;
		done += (size_t)n;
	}
	return (ptrdiff_t)done;
}

ptrdiff_t port_out(int fd, const void *mem, size_t len)
{
	return put(fd, mem, len, 0);
}

void port_out_all(int fd, const void *mem, size_t len)
{
	(void)put(fd, mem, len, -1);
}
