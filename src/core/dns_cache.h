/* dns_cache.h - answers by name and type until their time is over. */
#ifndef CORE_DNS_CACHE_H
#define CORE_DNS_CACHE_H

#include "dns_msg.h"

/* Longer names are asked for each time. */
#define DNS_CACHED_NAME 95

/*
 * Remembers an answer of status 0 or -E_NOENT for its time to live (1 s to a
 * day; "no" at most 15 minutes). The least recently used one makes room.
 */
void dns_cache_put(const char *name, size_t len, enum dns_type type,
    const struct dns_answer *answer, int64_t now_ms);
/* True: *out is the answer. */
bool dns_cache_get(const char *name, size_t len, enum dns_type type,
    struct dns_answer *out, int64_t now_ms);
/* One answer less; harmless when there is none. */
void dns_cache_forget(const char *name, size_t len, enum dns_type type);
void dns_cache_clear(void);

#endif
