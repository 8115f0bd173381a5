/* reserve.c - fallocate(2): Linux 2.6.23, not on every file system. */
#include <errno.h>
#include <fcntl.h>

#include "port/file.h"

#define KEEP_SIZE 1		/* of <linux/falloc.h> */

int port_file_reserve(int fd, int64_t octets)
{
	int rc;

	do
		rc = fallocate(fd, KEEP_SIZE, 0, octets);
	while (rc < 0 && errno == EINTR);
	if (rc == 0)
		return 0;
	return errno == ENOSPC || errno == EDQUOT ? -E_NOSPC : -E_NOSUP;
}
