/* limits.h of filogic - only what differs from include/base/limits.h. */
