/* ss_many.h - answers of many members, in as few datagrams as they fit, each of
 * them whole in itself. Knows neither members nor sockets. */
#ifndef SS_MANY_H
#define SS_MANY_H

#include "base/base.h"

/* Where answers go. */
struct ss_answer {
	void (*say)(struct ss_answer *a, const char *text, size_t len);
	char *mem;		/* one is made there */
	size_t room;
};

struct ss_many {
	struct ss_answer *to;
	const char *open, *next, *close;	/* around and between members */
	size_t len;
	uint32_t n;		/* members in it */
	bool said;
};

/* One member, terminated; octets, or 0: it does not fit. */
typedef size_t ss_member_fn(char *out, size_t room, const void *what);

/* One more; a datagram that is full is said before. 0, or -E_LONG: it fits in
 * none, and is left out. */
int ss_many_add(struct ss_many *m, ss_member_fn *make, const void *what);
/* What is left, and one without a member where there is none. */
void ss_many_end(struct ss_many *m);

#endif
