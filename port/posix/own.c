/* own.c - is an address this machine's? Only its own can be bound. */
#include <sys/socket.h>
#include <unistd.h>

#include "port/net.h"
#include "port/posix/sockaddr.h"

bool port_addr_is_own(const struct addr *a)
{
	struct addr at = *a;
	int fd = sockaddr_socket(&at, SOCK_DGRAM, true), rc;

	if (fd < 0)
		return false;
	at.port = 0;
	rc = sockaddr_bind(fd, &at);
	close(fd);
	return rc == 0;
}
