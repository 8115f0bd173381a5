/* limits.h of kirkwood - only what differs from include/base/limits.h. */
