/* ss_acl_nets.c - networks as records that sort octet by octet: by set, then
 * address, then bits, so that whatever contains an address is right before
 * where it would stand. Knows no file. */
#include "ss_acl_nets.h"

#define RECORD_MAX (1 + 16 + 1)

static size_t record_len(const struct acl_nets *t)
{
	return 1u + t->ip_len + 1u;
}

static uint8_t *record(const struct acl_nets *t, size_t i)
{
	return t->mem + i * record_len(t);
}

int acl_nets_add(struct acl_nets *t, enum acl_set set, const struct net *net)
{
	uint8_t *p;

	if (t->n == t->room)
		return -E_FULL;
	p = record(t, t->n++);
	p[0] = (uint8_t)set;
	memcpy(p + 1, net->base.ip, t->ip_len);
	p[1 + t->ip_len] = net->bits;
	t->sets |= (uint8_t)(1u << set);
	return 0;
}

/* The first bits of both are equal. */
static bool same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned rest = bits % 8;

	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return rest == 0 || (a[bits / 8] ^ b[bits / 8]) >> (8 - rest) == 0;
}

/* ---- sorting: a heap, as it needs neither memory nor luck ---- */

static bool less(const struct acl_nets *t, size_t a, size_t b)
{
	return memcmp(record(t, a), record(t, b), record_len(t)) < 0;
}

static void swap(const struct acl_nets *t, size_t a, size_t b)
{
	uint8_t tmp[RECORD_MAX];

	memcpy(tmp, record(t, a), record_len(t));
	memcpy(record(t, a), record(t, b), record_len(t));
	memcpy(record(t, b), tmp, record_len(t));
}

static void sink(const struct acl_nets *t, size_t i, size_t n)
{
	size_t child;

	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && less(t, child, child + 1))
			child++;
		if (!less(t, i, child))
			return;
		swap(t, i, child);
		i = child;
	}
}

static bool is_sorted(const struct acl_nets *t)
{
	for (size_t i = 1; i < t->n; i++)
		if (less(t, i, i - 1))
			return false;
	return true;
}

static void sort(const struct acl_nets *t)
{
	size_t i;

	for (i = t->n / 2; i > 0; i--)
		sink(t, i - 1, t->n);
	for (i = t->n; i > 1; i--) {
		swap(t, 0, i - 1);
		sink(t, 0, i - 1);
	}
}

/* Networks are within each other or apart. */
static bool is_within(const struct acl_nets *t, const uint8_t *p,
    const uint8_t *outer)
{
	return p[0] == outer[0] &&
	    same_bits(p + 1, outer + 1, outer[1 + t->ip_len]);
}

void acl_nets_sort(struct acl_nets *t)
{
	size_t i, kept = 0;

	if (!is_sorted(t))
		sort(t);
	for (i = 0; i < t->n; i++) {
		if (kept > 0 && is_within(t, record(t, i), record(t, kept - 1)))
			continue;
		memmove(record(t, kept++), record(t, i), record_len(t));
	}
	t->n = kept;
}

/* ---- looking up ---- */

static bool find_in(const struct acl_nets *t, enum acl_set set,
    const uint8_t *ip)
{
	uint8_t key[RECORD_MAX];
	size_t low = 0, high = t->n, mid;

	key[0] = (uint8_t)set;
	memcpy(key + 1, ip, t->ip_len);
	key[1 + t->ip_len] = 0xff;
	while (low < high) {
		mid = low + (high - low) / 2;
		if (memcmp(record(t, mid), key, record_len(t)) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low > 0 && is_within(t, key, record(t, low - 1));
}

unsigned acl_nets_find(const struct acl_nets *t, const uint8_t *ip)
{
	unsigned sets = 0;

	for (int set = 0; set < ACL_SETS; set++)
		if ((t->sets & 1u << set) != 0 &&
		    find_in(t, (enum acl_set)set, ip))
			sets |= 1u << set;
	return sets;
}
