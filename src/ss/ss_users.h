/* ss_users.h - the users of a port, told apart by the identity in front of what
 * they send. Knows neither streams nor datagrams: it is asked whose a hash is.
 * Source: SIP023. */
#ifndef SS_USERS_H
#define SS_USERS_H

#include "base/limits.h"
#include "base/list.h"
#include "ss_2022.h"
#include "ss_account.h"

struct ss;
struct ss_door;

#define SS_USER_NAME 64

struct ss_user {
	struct list link;	/* of its door */
	struct ss_user *next;	/* in its row, while it is open */
	struct ss_door *door;
	uint32_t holders;	/* sessions and associations */
	bool open;		/* not removed: may come in */
	bool renewed;		/* for who sets all of a port's users */
	uint8_t hash[SS_IDENTITY];	/* of its key, by BLAKE3 */
	struct ss_key key;	/* its own, of the port's method */
	struct ss_account *account, own;	/* ss_book.h */
	char name[SS_USER_NAME];	/* of this port, each once */
};

/* Of all ports together. Nobody can choose who shares a row. */
struct ss_users {
	uint64_t mix[6];
	struct ss_user *row[LIMIT_USERS];
};

/* What is read of it is copied. */
struct ss_user_spec {
	const char *name;
	const struct ss_method *method;	/* the port's */
	const uint8_t *psk;	/* key_len octets of the method */
	struct ss_limits limits;
};

/* Zeros become a table. */
void ss_users_start(struct ss_users *t);

/*
 * ss_user_add - a user of an open port, now or at any time later. From the
 * first on nobody else may come in there, also when all of them were removed:
 * the port's own key is known to each of them.
 *
 * One whose name is there already is that one with these limits; with another
 * key its sessions end.
 *
 * 0, -E_FULL (LIMIT_USERS), -E_NOSUP (a method without identities), -E_INVAL
 * (no name), -E_LONG (its name), -E_EXIST (somebody else has that key).
 */
int ss_user_add(struct ss *ss, struct ss_door *d,
    const struct ss_user_spec *spec);
/* May not come in any more; sessions end with a reset, sums are forgotten. */
void ss_user_remove(struct ss *ss, struct ss_user *u);
/* All of a door that is closed: sessions go on to their end. */
void ss_users_close(struct ss *ss, struct ss_door *d);

/*
 * ss_user_find - whose key has this hash; what a decrypted identity holds.
 * NULL = nobody's who may come in at the door. One probe or two.
 */
struct ss_user *ss_user_find(struct ss *ss, const struct ss_door *d,
    const uint8_t hash[SS_IDENTITY]);
/* One of those who may come in; NULL = no such name. */
struct ss_user *ss_user_named(const struct ss_door *d, const char *name);
/* From the first to the last, also those whose sessions alone are left; NULL =
 * no more. after: the one before, NULL = from the start. */
struct ss_user *ss_user_next(const struct ss_door *d,
    const struct ss_user *after);

/* Who serves a user holds it. ss_serve_end_user ends all who do. */
void ss_user_hold(struct ss_user *u);
void ss_user_drop(struct ss *ss, struct ss_user *u);

extern struct pool *const ss_user_pool;

#endif
