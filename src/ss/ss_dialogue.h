/* ss_dialogue.h - what a manager's client says and is told: in the words of
 * python's, libev's and rust's managers. Knows no socket. */
#ifndef SS_DIALOGUE_H
#define SS_DIALOGUE_H

#include "ss_many.h"
#include "ss_serve.h"

struct ss_dialogue {
	uint16_t command_max;	/* octets; of a longer one nothing is read */
	bool pushes;		/* news every 10 s to who spoke last */
	const char *ok;
	const char *pong;	/* NULL = the totals of all ports */
	const char *totals_close;
	/* In the original's words; NULL = "err: ", and why in ours. */
	const char *(*failed)(int rc);
	/* A struct ss_door of `list`; NULL = there is none. */
	ss_member_fn *entry, *short_entry;
	const char *list_open, *list_next, *list_close;
	const char *users_close;
};

/* That of a configuration, by the program's origin. */
const struct ss_dialogue *ss_dialogue_of(const struct ss_conf *conf);

/*
 * ss_dialogue_hear - does what a datagram says and answers it. False: it was
 * not understood, and nothing was said.
 *
 *   add: {...}  remove: {...}  ping		see ss_manage.h
 *   list					libev's and rust's
 *   add_user: {...}  remove_user: {...}	ours, in all of them
 *   users: {"server_port":8001}		[{"name":"anna","up":1,...}]
 */
bool ss_dialogue_hear(const struct ss_dialogue *d, struct ss *ss,
    const char *text, size_t len, struct ss_answer *a);

#endif
