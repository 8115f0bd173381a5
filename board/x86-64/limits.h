/* limits.h of x86-64 - only what differs from include/base/limits.h. */
