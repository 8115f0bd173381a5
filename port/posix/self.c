/* self.c - where the system cannot say which file a program came from. */
#include "port/proc.h"

int port_self(char *out, size_t room)
{
	(void)out;
	(void)room;
	return -E_NOSUP;
}

int port_power(bool restart)
{
	(void)restart;
	return -E_NOSUP;
}
