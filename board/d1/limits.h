/* limits.h of d1 - only what differs from include/base/limits.h. */
