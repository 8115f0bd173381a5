/* limits.h of ath79 - only what differs from include/base/limits.h. */
