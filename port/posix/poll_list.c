/* poll_list.c - the poll backends of any POSIX system. */
#include "port/posix/poll_port.h"

const struct poll_port *const port_polls[] = {
	&poll_poll, &poll_select, NULL
};
