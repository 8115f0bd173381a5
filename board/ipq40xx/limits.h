/* limits.h of ipq40xx - only what differs from include/base/limits.h. */
