/* ss_manager.h - ports added and removed by datagrams, and what each of them
 * moved. Source: the python original's "Manage Multiple Users". */
#ifndef SS_MANAGER_H
#define SS_MANAGER_H

#include "port/net.h"
#include "ss_dialogue.h"

#define SS_PUSH_MS 10000
/* Ports of one push. */
#define SS_PUSH_PORTS 50

/* All zeros = closed. */
struct ss_manager {
	struct ss *ss;
	const struct ss_dialogue *dialogue;
	struct watch watch;
	struct timer push;
	char path[UNIX_NAME];	/* "": UDP */
	struct ss_client {
		bool known;
		struct addr at;
		struct unix_name name;
	} client;		/* who spoke last: the pushes are for it */
};

/*
 * ss_manager_open - listens at "127.0.0.1:6001", "[::1]:6001" or a path, for
 * the dialogue of the configuration's origin (ss_dialogue.h). In python's,
 * `stat: {"8001":11370}` goes every 10 s to who spoke last: octets both ways
 * since the push before it, of ports that moved any. What is not understood is
 * not answered. A path is a socket of mode 0600; by UDP only loopback addresses
 * may be listened at.
 *
 * 0, -E_DENY (not loopback), -E_INVAL, -E_LONG, -E_INUSE, -E_EXIST (the path
 * is no socket), or the system's.
 */
int ss_manager_open(struct ss_manager *m, struct ss *ss, const char *address);
/* Pushes what is left; the path goes. Harmless when it is closed. */
void ss_manager_close(struct ss_manager *m);

#endif
