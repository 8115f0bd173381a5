/* limits.h of mt7621 - only what differs from include/base/limits.h. */
#define LIMIT_SEEN 8192
