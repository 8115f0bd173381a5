/* poll_port.c - what the poll backends share. */
#include <fcntl.h>
#include <limits.h>

#include "port/posix/poll_port.h"
#include "port/time.h"

/*
 * port_now_ms rounds down and until_ms is whole, so the difference never ends
 * before its time: no turn is wasted on a timer that is not due yet.
 */
int poll_timeout_ms(int64_t until_ms)
{
	int64_t now_ms;

	if (until_ms == POLL_FOREVER)
		return -1;
	now_ms = port_now_ms();
	if (until_ms <= now_ms)
		return 0;
	return (int)MIN(until_ms - now_ms, INT_MAX);
}

bool poll_fd_is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}
