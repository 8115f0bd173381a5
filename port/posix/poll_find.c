/* poll_find.c - a backend by its name. */
#include "port/poll.h"

const struct poll_port *port_poll_find(const char *name)
{
	if (name == NULL || name[0] == '\0')
		return NULL;
	for (size_t i = 0; port_polls[i] != NULL; i++)
		if (strcmp(port_polls[i]->name, name) == 0)
			return port_polls[i];
	return NULL;
}
