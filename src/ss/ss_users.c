/* ss_users.c - users by the hash of their key, in one table over all ports.
 * Knows no connection but those it has to end. */
#include "ss_users.h"

#include "base/endian.h"
#include "base/text.h"
#include "port/rand.h"
#include "ss_book.h"
#include "ss_serve.h"

POOL_DEFINE(ss_users, struct ss_user, LIMIT_USERS);
struct pool *const ss_user_pool = &ss_users;

/* ---- the table ---- */

void ss_users_start(struct ss_users *t)
{
	port_rand(t->mix, sizeof(t->mix));
}

/* Multilinear: any two share a row by chance alone, whatever they are. */
static struct ss_user **row_of(struct ss_users *t, uint16_t number,
    const uint8_t *hash)
{
	uint64_t sum = t->mix[0] + t->mix[1] * number;
	size_t i;

	for (i = 0; i < 4; i++)
		sum += t->mix[2 + i] * get_u32be(hash + 4 * i);
	return &t->row[(sum >> 32) * LEN(t->row) >> 32];
}

static void enter(struct ss *ss, struct ss_user *u)
{
	struct ss_user **row = row_of(&ss->users, u->door->number, u->hash);

	u->next = *row;
	*row = u;
	u->open = true;
}

static void leave(struct ss *ss, struct ss_user *u)
{
	struct ss_user **at = row_of(&ss->users, u->door->number, u->hash);

	while (*at != u)
		at = &(*at)->next;
	*at = u->next;
	u->next = NULL;
	u->open = false;
}

struct ss_user *ss_user_find(struct ss *ss, const struct ss_door *d,
    const uint8_t hash[SS_IDENTITY])
{
	struct ss_user *u = *row_of(&ss->users, d->number, hash);

	while (u != NULL && (u->door != d ||
	    memcmp(u->hash, hash, SS_IDENTITY) != 0))
		u = u->next;
	return u;
}

/* ---- of one port ---- */

struct ss_user *ss_user_next(const struct ss_door *d,
    const struct ss_user *after)
{
	const struct list *l = after == NULL ? d->users.next :
	    after->link.next;

	return l == &d->users ? NULL : OWNER(l, struct ss_user, link);
}

struct ss_user *ss_user_named(const struct ss_door *d, const char *name)
{
	struct ss_user *u = NULL;

	while ((u = ss_user_next(d, u)) != NULL)
		if (u->open && strcmp(u->name, name) == 0)
			return u;
	return NULL;
}

static void user_free(struct ss *ss, struct ss_user *u)
{
	struct ss_door *d = u->door;

	if (ss->quiet)
		ss_ledger_put(&ss->ledger, d->number, u->name, u->account);
	ss_book_close(u->account, &u->own);
	list_remove(&u->link);
	ss_key_free(&u->key);
	pool_put(&ss_users, u);
	ss_door_drop(ss, d);
}

void ss_user_hold(struct ss_user *u)
{
	u->holders++;
}

void ss_user_drop(struct ss *ss, struct ss_user *u)
{
	if (--u->holders == 0)
		user_free(ss, u);
}

static void user_close(struct ss *ss, struct ss_user *u)
{
	leave(ss, u);
	ss_user_drop(ss, u);	/* it held itself */
}

void ss_users_close(struct ss *ss, struct ss_door *d)
{
	struct ss_user *u = ss_user_next(d, NULL), *next;

	for (; u != NULL; u = next) {
		next = ss_user_next(d, u);
		if (u->open)
			user_close(ss, u);
	}
}

void ss_user_remove(struct ss *ss, struct ss_user *u)
{
	ss_serve_end_user(ss, u);
	user_close(ss, u);
}

/* ---- one more ---- */

static int user_new(struct ss *ss, struct ss_door *d, const char *name,
    struct ss_user **out)
{
	struct ss_user *u = pool_get(&ss_users);

	if (u == NULL)
		return -E_FULL;
	u->door = d;
	u->holders = 1;
	text_copy(u->name, sizeof(u->name), name);
	ss_door_hold(d);
	list_push(&d->users, &u->link);
	u->account = ss_book_open(d->number, name, &u->own);
	ss_ledger_take(&ss->ledger, d->number, name, u->account);
	*out = u;
	return 0;
}

/* Streams that were begun with its key before are over. */
static void user_key(struct ss *ss, struct ss_user *u,
    const struct ss_user_spec *spec, const uint8_t *hash)
{
	uint8_t key[KEY_MAX] = { 0 };
	int rc;

	if (u->open) {
		ss_serve_end_user(ss, u);
		leave(ss, u);
	}
	memcpy(key, spec->psk, spec->method->key_len);
	rc = ss_key_make(&u->key, spec->method, key);
	ASSERT(rc == 0);	/* stream methods alone can fail */
	wipe(key, sizeof(key));
	u->key.shared = &ss->of_2022;
	memcpy(u->hash, hash, SS_IDENTITY);
	enter(ss, u);
}

static int check(const struct ss_user_spec *spec)
{
	if (spec->method->kind != SS_2022 ||
	    spec->method->cipher != AEAD_AES_GCM)
		return -E_NOSUP;
	if (spec->name == NULL || spec->name[0] == '\0')
		return -E_INVAL;
	return strlen(spec->name) < SS_USER_NAME ? 0 : -E_LONG;
}

int ss_user_add(struct ss *ss, struct ss_door *d,
    const struct ss_user_spec *spec)
{
	struct ss_user *u, *other;
	uint8_t hash[32];
	int rc = check(spec);

	if (rc != 0)
		return rc;
	blake3(hash, spec->psk, spec->method->key_len);
	u = ss_user_named(d, spec->name);
	other = ss_user_find(ss, d, hash);
	if (other != NULL && other != u)
		return -E_EXIST;
	if (u == NULL)
		rc = user_new(ss, d, spec->name, &u);
	if (rc != 0)
		return rc;
	if (other == NULL)
		user_key(ss, u, spec, hash);
	ss_account_limit(u->account, &spec->limits, ss->loop->now_ms);
	ss_door_by_users(d);
	return 0;
}
