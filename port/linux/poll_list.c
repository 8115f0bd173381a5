/* poll_list.c - the poll backends of Linux. */
#include "port/posix/poll_port.h"

const struct poll_port *const port_polls[] = {
	&poll_epoll, &poll_poll, &poll_select, NULL
};
