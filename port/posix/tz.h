/* tz.h - the two forms a time zone is written in, read from memory. */
#ifndef POSIX_TZ_H
#define POSIX_TZ_H

#include "base/base.h"

/*
 * tz_rule - "CET-1CEST,M3.5.0,M10.5.0/3" (POSIX TZ, with the hours beyond a day
 * of RFC 8536 3.3.1): seconds to add to UTC at unix_s. 0 or -E_INVAL.
 */
int tz_rule(const char *s, int64_t unix_s, int32_t *out);

/* The same from a compiled zone file (RFC 8536) of len octets. */
int tz_file(const uint8_t *mem, size_t len, int64_t unix_s, int32_t *out);

#endif
