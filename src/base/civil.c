/* civil.c - dates from Unix time by arithmetic.
 * Years are counted from 1 March, so that the leap day is the last of a year;
 * 400 of them, an era, have 146097 days. */
#include "base/civil.h"

#define DAY_S 86400
#define ERA_DAYS 146097
#define EPOCH_DAYS 719468	/* 0000-03-01 to 1970-01-01 */

/* Days before month m (0 = March) of a year that starts in March. */
static int64_t days_before(int64_t m)
{
	return (153 * m + 2) / 5;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

void civil_from_unix(struct civil *out, int64_t unix_s)
{
	int64_t days = floor_div(unix_s, DAY_S);
	int64_t sec = unix_s - days * DAY_S;
	int64_t z = days + EPOCH_DAYS;
	int64_t era = floor_div(z, ERA_DAYS);
	int64_t doe = z - era * ERA_DAYS;	/* day of the era, 0..146096 */
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t m = (5 * doy + 2) / 153;

	out->day = (uint8_t)(doy - days_before(m) + 1);
	out->month = (uint8_t)(m < 10 ? m + 3 : m - 9);
	out->year = (int32_t)(era * 400 + yoe + (m >= 10));
	out->hour = (uint8_t)(sec / 3600);
	out->min = (uint8_t)(sec / 60 % 60);
	out->sec = (uint8_t)(sec % 60);
	/* 1970-01-01 was a Thursday. */
	out->weekday = (uint8_t)(days + 4 - floor_div(days + 4, 7) * 7);
}

int64_t civil_to_unix(const struct civil *c)
{
	int64_t m = c->month > 2 ? c->month - 3 : c->month + 9;
	int64_t y = (int64_t)c->year - (c->month <= 2);
	int64_t era = floor_div(y, 400);
	int64_t yoe = y - era * 400;
	int64_t doy = days_before(m) + c->day - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	int64_t days = era * ERA_DAYS + doe - EPOCH_DAYS;

	return days * DAY_S + c->hour * 3600 + c->min * 60 + c->sec;
}
