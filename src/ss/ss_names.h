/* ss_names.h - the questions of a house that are led through a server, or not:
 * what is asked, what was answered before, and what may be an answer. Knows no
 * socket. Source: RFC 1035 4, RFC 2181, RFC 2308, RFC 6891. */
#ifndef SS_NAMES_H
#define SS_NAMES_H

#include "base/addr.h"

#define SS_QUESTION 260		/* name, type, class on the wire; and flags */

struct ss_question {
	uint16_t id;
	uint16_t len;			/* of wire[] */
	uint8_t wire[SS_QUESTION];	/* lower case */
	char name[256];			/* the same as text, no final dot */
	bool plain;			/* nothing in it that we do not know */
};

/* One question of a client. 0, or -E_PROTO. */
int ss_question_read(struct ss_question *q, const uint8_t *m, size_t len);

/*
 * ss_names_known - an answer of before into m, room octets of it, as that to q:
 * with its id, and what is left of each time to live. Octets, or 0.
 */
size_t ss_names_known(const struct ss_question *q, uint8_t *m, size_t room,
    int64_t now_ms);
/* It is asked now for a client, through the server or straight. */
void ss_names_asked(const struct ss_question *q, const struct addr *client,
    bool direct, int64_t now_ms);
/*
 * ss_names_answer - is m the answer to a question of that client's that went
 * that way, and not given yet? Then it is remembered for as long as it may be.
 * False: nobody asked.
 */
bool ss_names_answer(const uint8_t *m, size_t len, const struct addr *client,
    bool direct, int64_t now_ms);
/*
 * The addresses of an answer, each once, at most room; *ttl_s: the longest that
 * one of them may be kept. How many.
 */
size_t ss_names_addresses(const uint8_t *m, size_t len, struct addr *out,
    size_t room, uint32_t *ttl_s);
/* All of it, when no port is there for questions any more. */
void ss_names_forget(void);

#endif
