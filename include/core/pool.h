/* pool.h - fixed numbers of equal objects: the only allocator we have. */
#ifndef CORE_POOL_H
#define CORE_POOL_H

#include "base/base.h"
#include "base/limits.h"
#include "base/list.h"

/*
 * A pool lives in the file that owns the type:
 *
 *	POOL_DEFINE(sess_pool, struct sess, LIMIT_SESSIONS);
 *	struct sess *s = pool_get(&sess_pool);
 *
 * No loop touches a pool at start: untouched pages cost no memory. Reuse is
 * last in, first out. Objects are wiped when put back, so pool_get returns
 * zeros; POOL_DEFINE_RAW leaves the contents alone (large buffers).
 * The object must be able to hold a pointer.
 */
struct pool {
	const char *name;
	void *mem;
	uint32_t item;		/* octets of one object */
	uint32_t count;		/* objects in all */
	uint32_t limit;		/* configured maximum, 0 = count */
	uint32_t fresh;		/* objects handed out at least once */
	uint32_t used, peak;
	uint64_t refused;	/* pool_get calls that found it full */
	void *free;
	bool raw;
	struct list waiters;	/* initialised at the first use */
	struct pool *next;	/* of all pools ever used, for metrics */
};

#define POOL_DEFINE_(pool_name, type, n, is_raw) \
	_Static_assert(sizeof(type) >= sizeof(void *), "object too small"); \
	static type pool_##pool_name##_mem[n]; \
	static const char pool_##pool_name##_item[sizeof(type)] \
	    __attribute__((used));	/* for `make sizes`; never linked */ \
	static struct pool pool_name = { .name = #pool_name, \
	    .mem = pool_##pool_name##_mem, .item = sizeof(type), \
	    .count = (n), .raw = (is_raw) }
#define POOL_DEFINE(pool_name, type, n) POOL_DEFINE_(pool_name, type, n, false)
#define POOL_DEFINE_RAW(pool_name, type, n) \
	POOL_DEFINE_(pool_name, type, n, true)

/*
 * An object, or NULL: the pool is full (counted). While some wait, what comes
 * back is theirs: the pool is full for all others. O(1).
 */
void *pool_get(struct pool *p);
/* Back; obj must come from this pool and be in use. O(1) + wipe. */
void pool_put(struct pool *p, void *obj);
/* When none is in use the memory of all that ever were goes back to the system;
 * of raw pools only. The next ones cost their pages again. */
void pool_spare(struct pool *p);
bool pool_full(const struct pool *p);
/* None is left and somebody waits for one. */
bool pool_starved(const struct pool *p);

/*
 * Someone who waits for an object. Called from pool_wake (the loop calls it
 * at the end of each turn), first come first served, once, off the list; it
 * may wait again.
 */
struct pool_waiter {
	struct list link;
	void (*fn)(struct pool_waiter *);
};
void pool_wait(struct pool *p, struct pool_waiter *w);
void pool_unwait(struct pool_waiter *w);
void pool_wake(void);

/* For metrics and tests: each pool used so far, or named here. */
struct pool *pool_first(void);
void pool_list(struct pool *p);

#endif
