/* ss_replay.c - a ring of salts in order of time and a hash table over it.
 * Open addressing; what is removed leaves no mark. Knows no connection. */
#include "ss_replay.h"

#include "base/endian.h"
#include "port/rand.h"
#include "ss_shared.h"

#define SLOTS (2u * LIMIT_SALTS)
#define MASK (SLOTS - 1)
/* Forgotten with each one that is added, so that none pays for a minute. */
#define FORGET 8

void ss_replay_start(struct ss_replay *r)
{
	port_rand(r->secret, sizeof(r->secret));
}

static uint32_t home_of(const struct ss_replay *r, const uint8_t *salt,
    size_t len)
{
	uint8_t mem[sizeof(r->secret) + SS_SALT_MAX], hash[32];

	memcpy(mem, r->secret, sizeof(r->secret));
	memcpy(mem + sizeof(r->secret), salt, len);
	blake3(hash, mem, sizeof(r->secret) + len);
	return get_u32le(hash) & MASK;
}

/* What was pushed away from its home by slot i moves up, until none was. */
static void slot_clear(struct ss_replay *r, uint32_t i)
{
	uint32_t j, home;

	for (j = (i + 1) & MASK; r->slot[j] != 0; j = (j + 1) & MASK) {
		home = r->seen[r->slot[j] - 1].home;
		if (((j - home) & MASK) < ((j - i) & MASK))
			continue;
		r->slot[i] = r->slot[j];
		i = j;
	}
	r->slot[i] = 0;
}

static void forget_first(struct ss_replay *r)
{
	uint32_t i = r->seen[r->first].home;

	while (r->slot[i] != r->first + 1)
		i = (i + 1) & MASK;
	slot_clear(r, i);
	r->first = (r->first + 1) % LIMIT_SALTS;
	if (--r->n == 0)
		r->first = 0;	/* the same pages again */
}

static int remember(struct ss_replay *r, const uint8_t *salt, size_t len,
    int64_t now_ms)
{
	uint32_t home = home_of(r, salt, len), i, at;

	for (i = 0; i < FORGET && r->n > 0 &&
	    r->seen[r->first].until_ms <= now_ms; i++)
		forget_first(r);
	for (i = home; r->slot[i] != 0; i = (i + 1) & MASK)
		if (memcmp(r->seen[r->slot[i] - 1].salt, salt, len) == 0)
			return -E_DENY;
	if (r->n == LIMIT_SALTS)
		return -E_BUSY;
	at = (r->first + r->n++) % LIMIT_SALTS;
	r->seen[at].until_ms = now_ms + SS_SALT_MS;
	r->seen[at].home = home;
	memcpy(r->seen[at].salt, salt, len);
	r->slot[i] = at + 1;
	return 0;
}

int ss_replay_add(struct ss_replay *r, const uint8_t *salt, size_t len,
    int64_t now_ms)
{
	bool anew;
	int rc;

	if (r->lock == NULL)
		return remember(r, salt, len, now_ms);
	rc = ss_lock_take(r->lock, now_ms, &anew);
	if (rc != 0)
		return rc;
	if (anew) {
		r->first = r->n = 0;
		memset(r->slot, 0, sizeof(r->slot));
	}
	rc = remember(r, salt, len, now_ms);
	ss_lock_give(r->lock);
	return rc;
}
