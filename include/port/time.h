/* time.h - two clocks, never mixed: monotonic ms for deadlines, and the wall's
 * for people. */
#ifndef PORT_TIME_H
#define PORT_TIME_H

#include "base/base.h"

/* Monotonic milliseconds; starts anywhere >= 1, never goes back. */
int64_t port_now_ms(void);

/* Milliseconds since 1970 UTC; jumps when the clock is set. */
int64_t port_wall_ms(void);

/*
 * Seconds to add to UTC for local time at unix_s. From $TZ (POSIX form, or a
 * zone's name), /etc/TZ (OpenWrt), /etc/localtime; read at the first call,
 * which belongs before any chroot; UTC when none.
 */
int32_t port_tz_offset(int64_t unix_s);

#endif
