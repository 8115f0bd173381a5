/* base.h - the words every layer shares: sizes, errors, assertions.
 * Knows no system: only freestanding headers and string.h. */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * The one list of errors. Functions return 0 or a count, or one of these
 * negated. E_AGAIN, E_SHORT and E_FULL mean "later" and are never logged.
 */
enum err {
	E_AGAIN = 1,	/* nothing now: wait for the descriptor */
	E_SHORT,	/* a parser needs more octets */
	E_FULL,		/* a pool, table or buffer is full: back-pressure */
	E_INVAL,	/* not a valid value, or wrong type */
	E_RANGE,	/* a value outside its bounds */
	E_PROTO,	/* the peer broke the protocol */
	E_AUTH,		/* authentication failed */
	E_DENY,		/* policy says no */
	E_NOENT,	/* no such file, name or entry */
	E_EXIST,	/* exists already */
	E_PERM,		/* the system refused permission */
	E_ISDIR,	/* a directory where a file was wanted */
	E_NOTDIR,	/* a file where a directory was wanted */
	E_LOOP,		/* too many symbolic links */
	E_LONG,		/* name or line too long */
	E_NOSPC,	/* no space or quota left */
	E_IO,		/* input or output error, or any unlisted one */
	E_CLOSED,	/* the peer closed, or we did */
	E_RESET,	/* the peer reset the connection */
	E_REFUSED,	/* connection refused */
	E_UNREACH,	/* no route to host or network */
	E_TIMEOUT,	/* the deadline passed */
	E_INUSE,	/* address in use */
	E_NOADDR,	/* address not on this machine */
	E_NOFILE,	/* descriptor table full */
	E_NOMEM,	/* the system has no memory */
	E_NOSUP,	/* not supported by this system */
	E_BUSY,		/* in use by another */
	E_COUNT
};

/* "connection refused" for E_REFUSED or -E_REFUSED; never NULL. */
const char *err_text(int err);

/*
 * port_panic - the one thing base asks of the system: say it and abort.
 * For broken invariants of our own only, never for what a peer sent.
 */
_Noreturn void port_panic(const char *file, int line, const char *what);

#define ASSERT(cond) \
	((cond) ? (void)0 : port_panic(__FILE__, __LINE__, #cond))

#define LEN(array) (sizeof(array) / sizeof((array)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* The struct of `type` whose member `member` is at `ptr`. */
#define OWNER(ptr, type, member) \
	((type *)(void *)((char *)(ptr) - offsetof(type, member)))

#if defined(__GNUC__)
#define PRINTF_LIKE(fmt_at, args_at) \
	__attribute__((format(printf, fmt_at, args_at)))
#define MUST_CHECK __attribute__((warn_unused_result))
#else
#define PRINTF_LIKE(fmt_at, args_at)
#define MUST_CHECK
#endif

/* Overwrites secrets in a way the compiler keeps. */
void wipe(void *mem, size_t len);

/* Equal or not, in a time that depends on len only. */
bool equal_ct(const void *a, const void *b, size_t len);

#endif
