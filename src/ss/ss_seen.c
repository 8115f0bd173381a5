/* ss_seen.c - salts in two Bloom filters, and marks in salts. Knows neither
 * sockets nor files. */
#include "ss_seen.h"

#include "base/endian.h"
#include "crypto/crypto.h"
#include "port/rand.h"
#include "ss_shared.h"

#define HASHES 20

/* The one that several processes have, and its lock. */
static const struct ss_seen *common;
static struct ss_lock *lock;

_Static_assert((LIMIT_SEEN & (LIMIT_SEEN - 1)) == 0, "not a power of two");

void ss_seen_start(struct ss_seen *s)
{
	port_rand(s->secret, sizeof(s->secret));
}

void ss_seen_share(const struct ss_seen *s, struct ss_lock *l)
{
	common = s;
	lock = l;
}

/* Bit numbers: first + i * step, for i below HASHES. */
struct places {
	uint64_t first, step;
};

static struct places places_of(const struct ss_seen *s, const uint8_t *salt,
    size_t len)
{
	uint8_t mem[BLAKE3_BLOCK] = { 0 }, hash[32];

	ASSERT(len <= sizeof(mem) - sizeof(s->secret));
	memcpy(mem, s->secret, sizeof(s->secret));
	memcpy(mem + sizeof(s->secret), salt, len);
	blake3(hash, mem, sizeof(mem));
	return (struct places){ get_u64be(hash), get_u64be(hash + 8) | 1 };
}

static uint64_t bit_of(const struct places *p, unsigned i)
{
	return (p->first + i * p->step) % ((uint64_t)LIMIT_SEEN * 32);
}

static bool has(const uint32_t *bits, const struct places *p)
{
	for (unsigned i = 0; i < HASHES; i++) {
		uint64_t bit = bit_of(p, i);

		if ((bits[bit / 32] >> (bit % 32) & 1) == 0)
			return false;
	}
	return true;
}

static int remember(struct ss_seen *s, const struct places *p)
{
	if (has(s->bits[0], p) || has(s->bits[1], p))
		return -E_DENY;
	if (s->n == LIMIT_SEEN) {
		s->at ^= 1;
		s->n = 0;
		memset(s->bits[s->at], 0, sizeof(s->bits[s->at]));
	}
	for (unsigned i = 0; i < HASHES; i++) {
		uint64_t bit = bit_of(p, i);

		s->bits[s->at][bit / 32] |= UINT32_C(1) << (bit % 32);
	}
	s->n++;
	return 0;
}

int ss_seen_add(struct ss_seen *s, const uint8_t *salt, size_t len)
{
	struct places p = places_of(s, salt, len);
	bool anew;
	int rc;

	if (s != common)
		return remember(s, &p);
	rc = ss_lock_take(lock, 0, &anew);
	if (rc != 0)
		return rc;
	rc = remember(s, &p);
	ss_lock_give(lock);
	return rc;
}

static void mark_of(uint8_t mark[SS_MARK], const uint8_t *salt,
    const uint8_t *master, size_t len)
{
	uint8_t mem[2 * KEY_MAX], hash[32];

	memcpy(mem, master, len);
	memcpy(mem + len, salt, len - SS_MARK);
	blake3(hash, mem, 2 * len - SS_MARK);
	memcpy(mark, hash, SS_MARK);
	wipe(mem, sizeof(mem));
}

void ss_seen_mark(uint8_t *salt, const uint8_t *master, size_t len)
{
	mark_of(salt + len - SS_MARK, salt, master, len);
}

bool ss_seen_is_marked(const uint8_t *salt, const uint8_t *master, size_t len)
{
	uint8_t mark[SS_MARK];

	mark_of(mark, salt, master, len);
	return equal_ct(mark, salt + len - SS_MARK, SS_MARK);
}
