/* members.h - who is in which group, by /etc/group. */
#ifndef POSIX_MEMBERS_H
#define POSIX_MEMBERS_H

#include "port/proc.h"

/* Adds the groups whose lines name him, as far as there is room. 0, -E_IO. */
int members_groups(const char *name, struct port_groups *out);

#endif
