/* errno_map.c - the one table from the system's error numbers to ours.
 * Knows nothing of the call that failed. */
#include <errno.h>

#include "base/base.h"
#include "port/posix/errno_map.h"

static const struct {
	int number;
	uint8_t err;
} map[] = {
	{ EAGAIN, E_AGAIN },
	{ EWOULDBLOCK, E_AGAIN },
	{ EINPROGRESS, E_AGAIN },	/* send under fast open */
	{ EINTR, E_AGAIN },
	{ EINVAL, E_INVAL },
	{ EBADF, E_INVAL },
	{ EILSEQ, E_INVAL },		/* names vfat cannot hold */
	{ EOVERFLOW, E_RANGE },
	{ ERANGE, E_RANGE },
	{ ENOENT, E_NOENT },
	{ ESRCH, E_NOENT },
	{ ENODEV, E_NOENT },
	{ EEXIST, E_EXIST },
	{ ENOTEMPTY, E_EXIST },
	{ EPERM, E_PERM },
	{ EACCES, E_PERM },
	{ EROFS, E_PERM },
	{ EISDIR, E_ISDIR },
	{ ENOTDIR, E_NOTDIR },
	{ ELOOP, E_LOOP },
	{ ENAMETOOLONG, E_LONG },
	{ EMSGSIZE, E_LONG },
	{ ENOSPC, E_NOSPC },
	{ EDQUOT, E_NOSPC },
	{ EFBIG, E_NOSPC },
	{ EPIPE, E_CLOSED },
	{ ENOTCONN, E_CLOSED },
	{ ECONNABORTED, E_CLOSED },
	{ ENXIO, E_CLOSED },		/* a FIFO that nobody reads */
	{ ECONNRESET, E_RESET },
	{ ECONNREFUSED, E_REFUSED },
	{ ENETUNREACH, E_UNREACH },
	{ EHOSTUNREACH, E_UNREACH },
	{ ENETDOWN, E_UNREACH },
	{ EHOSTDOWN, E_UNREACH },
	{ ETIMEDOUT, E_TIMEOUT },
	{ EADDRINUSE, E_INUSE },
	{ EADDRNOTAVAIL, E_NOADDR },
	{ EMFILE, E_NOFILE },
	{ ENFILE, E_NOFILE },
	{ ENOMEM, E_NOMEM },
	{ ENOBUFS, E_NOMEM },
	{ ENOSYS, E_NOSUP },
	{ EOPNOTSUPP, E_NOSUP },
	{ EAFNOSUPPORT, E_NOSUP },
	{ EPROTONOSUPPORT, E_NOSUP },
	{ ENOPROTOOPT, E_NOSUP },
	{ EXDEV, E_NOSUP },
	{ EBUSY, E_BUSY },
	{ ETXTBSY, E_BUSY },
};

int sys_err(int number)
{
	for (size_t i = 0; i < LEN(map); i++)
		if (map[i].number == number)
			return -map[i].err;
	return -E_IO;
}

int sys_fail(void)
{
	return sys_err(errno);
}
