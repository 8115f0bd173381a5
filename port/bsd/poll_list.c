/* poll_list.c - the poll backends of the BSDs. */
#include "port/posix/poll_port.h"

const struct poll_port *const port_polls[] = {
	&poll_kqueue, &poll_poll, &poll_select, NULL
};
