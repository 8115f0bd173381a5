/* err.c - a text for each error of the one list.
 * Knows nothing of where they come from. */
#include "base/base.h"

static const char *const texts[E_COUNT] = {
	[0] = "no error",
	[E_AGAIN] = "nothing to do now",
	[E_SHORT] = "more octets are needed",
	[E_FULL] = "full",
	[E_INVAL] = "not valid",
	[E_RANGE] = "out of range",
	[E_PROTO] = "protocol error",
	[E_AUTH] = "authentication failed",
	[E_DENY] = "denied by policy",
	[E_NOENT] = "no such file or name",
	[E_EXIST] = "exists already",
	[E_PERM] = "permission denied",
	[E_ISDIR] = "is a directory",
	[E_NOTDIR] = "is not a directory",
	[E_LOOP] = "too many symbolic links",
	[E_LONG] = "too long",
	[E_NOSPC] = "no space left",
	[E_IO] = "input or output error",
	[E_CLOSED] = "closed",
	[E_RESET] = "connection reset",
	[E_REFUSED] = "connection refused",
	[E_UNREACH] = "unreachable",
	[E_TIMEOUT] = "timed out",
	[E_INUSE] = "address in use",
	[E_NOADDR] = "address not on this machine",
	[E_NOFILE] = "too many open descriptors",
	[E_NOMEM] = "out of memory",
	[E_NOSUP] = "not supported by this system",
	[E_BUSY] = "busy",
};

const char *err_text(int err)
{
	unsigned at = err < 0 ? 0u - (unsigned)err : (unsigned)err;

	return at < E_COUNT ? texts[at] : "unknown error";
}
