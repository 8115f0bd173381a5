/* ss_place.h - where this machine's own programs reach us, and no other. */
#ifndef SS_PLACE_H
#define SS_PLACE_H

#include "port/net.h"

struct ss_place {
	struct addr at;		/* loopback; family 0: path */
	char path[UNIX_NAME];
};

/*
 * ss_place_read - "127.0.0.1:6001", "[::1]:6001", "localhost:6001", or a path.
 * 0, -E_DENY (not loopback), -E_INVAL, -E_LONG.
 */
int ss_place_read(struct ss_place *p, const char *text);

#endif
