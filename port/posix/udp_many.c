/* udp_many.c - batches on systems without a call for them. */
#include "port/posix/udp_parts.h"

int port_udp_recv_many(int fd, struct udp_msg *m, size_t n)
{
	return udp_each_recv(fd, m, n);
}

int port_udp_send_many(int fd, const struct udp_msg *m, size_t n)
{
	return udp_each_send(fd, m, n);
}
