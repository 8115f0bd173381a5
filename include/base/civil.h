/* civil.h - dates from Unix time by arithmetic; knows no clock and no zone. */
#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

#include "base/base.h"

struct civil {
	int32_t year;		/* 1970.. */
	uint8_t month, day;	/* 1..12, 1..31 */
	uint8_t hour, min, sec;
	uint8_t weekday;	/* 0 = Sunday */
};

/* Proleptic Gregorian calendar, no leap seconds; any int64 second whose year
 * fits int32. */
void civil_from_unix(struct civil *out, int64_t unix_s);
int64_t civil_to_unix(const struct civil *c);

#endif
