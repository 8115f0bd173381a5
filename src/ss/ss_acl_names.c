/* ss_acl_names.c - a hash table of names. The hash begins at a name's end, so
 * that one walk over a name gives those of all names above it. No answer hangs
 * on a hash alone: names are compared. Knows no file. */
#include "ss_acl_names.h"

/* FNV-1a, 32 bits, from the last octet to the first. */
#define HASH_START 2166136261u

static uint32_t hash_step(uint32_t h, char c)
{
	return (h ^ (uint8_t)c) * 16777619u;
}

/* Its low bits are good, the high ones, which choose a slot, are not. */
static size_t slot_of(const struct acl_names *t, uint32_t h)
{
	h ^= h >> 16;
	h *= 0x85ebca6bu;
	h ^= h >> 13;
	h *= 0xc2b2ae35u;
	h ^= h >> 16;
	return (size_t)((uint64_t)h * t->slots >> 32);
}

/* The record of a name, or NULL and the free slot where it belongs. */
static uint8_t *find_one(const struct acl_names *t, uint32_t h,
    const char *name, size_t len, size_t *at)
{
	size_t i = slot_of(t, h);
	uint8_t *p;

	for (; t->slot[i] != 0; i = i + 1 < t->slots ? i + 1 : 0) {
		p = t->text + t->slot[i] - 1;
		if (p[1] == len && memcmp(p + 2, name, len) == 0)
			return p;
	}
	*at = i;
	return NULL;
}

/* Two bits for each set. */
static uint8_t bits_of(enum acl_set set, uint8_t where)
{
	return (uint8_t)(where << 2 * set);
}

int acl_names_add(struct acl_names *t, enum acl_set set, uint8_t where,
    const char *name, size_t len)
{
	uint32_t h = HASH_START;
	size_t i, at;
	uint8_t *p;

	for (i = len; i > 0; i--)
		h = hash_step(h, name[i - 1]);
	if (t->slots == 0)
		return -E_FULL;
	p = find_one(t, h, name, len, &at);
	if (p != NULL) {
		p[0] |= bits_of(set, where);
		return 0;
	}
	if (t->n + 1 >= t->slots || len + 2 > t->room - t->len)
		return -E_FULL;
	p = t->text + t->len;
	p[0] = bits_of(set, where);
	p[1] = (uint8_t)len;
	memcpy(p + 2, name, len);
	t->slot[at] = (uint32_t)t->len + 1;
	t->len += len + 2;
	t->n++;
	return 0;
}

/* Of a record's sets those that it stands for in this place. */
static unsigned sets_of(uint8_t bits, uint8_t where)
{
	unsigned sets = 0;

	for (int set = 0; set < ACL_SETS; set++)
		if ((bits & bits_of((enum acl_set)set, where)) != 0)
			sets |= 1u << set;
	return sets;
}

unsigned acl_names_find(const struct acl_names *t, const char *name,
    size_t len)
{
	uint32_t h = HASH_START;
	unsigned sets = 0;
	size_t i, at;
	uint8_t *p;

	if (t->n == 0)
		return 0;
	for (i = len; i > 0; i--) {
		h = hash_step(h, name[i - 1]);
		if (i > 1 && name[i - 2] != '.')
			continue;
		p = find_one(t, h, name + i - 1, len - (i - 1), &at);
		if (p != NULL)
			sets |= sets_of(p[0], i == 1 ? ACL_ITSELF : ACL_BELOW);
	}
	return sets;
}
