/* errno_map.h - the system's error numbers as -E_*. */
#ifndef POSIX_ERRNO_MAP_H
#define POSIX_ERRNO_MAP_H

/* The -E_* of an error number; -E_IO for one that is not listed. */
int sys_err(int number);
/* The -E_* of errno. */
int sys_fail(void);

#endif
