/* dents.h - directory entries straight from the system: readdir allocates. */
#ifndef POSIX_DENTS_H
#define POSIX_DENTS_H

#include <dirent.h>
#include <sys/types.h>

#include "base/base.h"

/* Octets of entries put into mem (aligned for struct dirent), 0 at the end, or
 * -1 and errno. */
ssize_t dents_read(int fd, void *mem, size_t len);
/* False for the remains of a removed entry. */
bool dents_live(const struct dirent *d);

#endif
