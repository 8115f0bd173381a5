/* urandom.h - /dev/urandom, where there is no system call for randomness. */
#ifndef POSIX_URANDOM_H
#define POSIX_URANDOM_H

#include "base/base.h"

/* Opens it once and keeps it. 0 or -E_NOSUP. */
int urandom_open(void);
/* Fills mem; panics when it cannot. */
void urandom_read(void *mem, size_t len);

#endif
