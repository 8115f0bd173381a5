/* dns_cache.c - answers in a hash table with a list in order of use. Knows no
 * clock and no wire. */
#include "dns_cache.h"
#include "core/pool.h"

#define BUCKETS 64
#define TTL_MIN_S 1
#define TTL_MAX_S 86400
#define TTL_MAX_NO_S 900

struct entry {
	struct list chain;	/* of its bucket */
	struct list use;
	int64_t until_ms;
	uint8_t type, len, n;
	char name[DNS_CACHED_NAME];
	uint8_t ip[DNS_ADDRS][16];
};

POOL_DEFINE(dns_cache, struct entry, LIMIT_DNS_CACHE);

static struct list buckets[BUCKETS];
static struct list used = { &used, &used };	/* last used first */

/* FNV-1a. */
static struct list *bucket_of(const char *name, size_t len)
{
	uint32_t h = 2166136261u;
	struct list *b;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (uint8_t)name[i]) * 16777619u;
	b = &buckets[(h ^ h >> 16) % BUCKETS];
	if (b->next == NULL)
		list_init(b);
	return b;
}

static void forget(struct entry *e)
{
	list_remove(&e->chain);
	list_remove(&e->use);
	pool_put(&dns_cache, e);
}

static struct entry *find(const char *name, size_t len, enum dns_type type)
{
	struct list *b = bucket_of(name, len);

	for (struct list *l = b->next; l != b; l = l->next) {
		struct entry *e = OWNER(l, struct entry, chain);

		if (e->type == type && e->len == len &&
		    memcmp(e->name, name, len) == 0)
			return e;
	}
	return NULL;
}

static int64_t lifetime_ms(const struct dns_answer *a)
{
	uint32_t max_s = a->n > 0 ? TTL_MAX_S : TTL_MAX_NO_S;

	return (int64_t)MIN(MAX(a->ttl_s, TTL_MIN_S), max_s) * 1000;
}

static struct entry *make(const char *name, size_t len, enum dns_type type)
{
	struct entry *e;

	if (pool_full(&dns_cache))
		forget(OWNER(used.prev, struct entry, use));
	e = pool_get(&dns_cache);
	e->type = (uint8_t)type;
	e->len = (uint8_t)len;
	memcpy(e->name, name, len);
	list_push(bucket_of(name, len), &e->chain);
	return e;
}

void dns_cache_put(const char *name, size_t len, enum dns_type type,
    const struct dns_answer *answer, int64_t now_ms)
{
	struct entry *e;

	if (len > DNS_CACHED_NAME)
		return;
	e = find(name, len, type);
	if (e == NULL)
		e = make(name, len, type);
	e->until_ms = now_ms + lifetime_ms(answer);
	e->n = (uint8_t)answer->n;
	for (size_t i = 0; i < answer->n; i++)
		memcpy(e->ip[i], answer->list[i].ip, sizeof(e->ip[i]));
	list_remove(&e->use);
	list_push_front(&used, &e->use);
}

bool dns_cache_get(const char *name, size_t len, enum dns_type type,
    struct dns_answer *out, int64_t now_ms)
{
	struct entry *e = find(name, len, type);

	if (e == NULL)
		return false;
	if (now_ms >= e->until_ms) {
		forget(e);
		return false;
	}
	*out = (struct dns_answer){ .status = e->n > 0 ? 0 : -E_NOENT,
	    .ttl_s = (uint32_t)((e->until_ms - now_ms) / 1000), .n = e->n };
	for (size_t i = 0; i < e->n; i++) {
		out->list[i].family = type == DNS_A ? 4 : 6;
		memcpy(out->list[i].ip, e->ip[i], sizeof(e->ip[i]));
	}
	list_remove(&e->use);
	list_push_front(&used, &e->use);
	return true;
}

void dns_cache_forget(const char *name, size_t len, enum dns_type type)
{
	struct entry *e = find(name, len, type);

	if (e != NULL)
		forget(e);
}

void dns_cache_clear(void)
{
	while (!list_empty(&used))
		forget(OWNER(used.next, struct entry, use));
}
