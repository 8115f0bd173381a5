/* time.c - the two clocks and the wait of start-up. */
#include <errno.h>
#include <time.h>

#include "port/proc.h"
#include "port/time.h"

static int64_t clock_ms(clockid_t id)
{
	struct timespec t;

	if (clock_gettime(id, &t) < 0)
		port_panic(__FILE__, __LINE__, "clock_gettime");
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* One more than the system says, which may start at 0. */
int64_t port_now_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC) + 1;
}

int64_t port_wall_ms(void)
{
	return clock_ms(CLOCK_REALTIME);
}

void port_sleep_ms(int64_t ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	if (ms <= 0)
		return;
	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		;
}
