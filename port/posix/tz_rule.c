/* tz_rule.c - daylight saving by a POSIX TZ string. Knows no files. */
#include "base/civil.h"
#include "base/text.h"
#include "port/posix/tz.h"

#define DAY_S 86400

/* A day of the year on which the time changes, in one of three notations. */
struct change {
	char form;	/* 'M' month.week.weekday, 'J' 1..365, 'D' 0..365 */
	int32_t month, week, day;
	int32_t at_s;		/* local, from the start of that day */
};

static const char *skip_name(const char *s)
{
	const char *from = s;

	if (*s == '<') {
		s = strchr(s, '>');
		return s != NULL ? s + 1 : NULL;
	}
	while ((*s >= 'A' && *s <= 'Z') || (*s >= 'a' && *s <= 'z'))
		s++;
	return s - from >= 3 ? s : NULL;
}

/* A number of at most max; NULL when there is none. */
static const char *number(const char *s, int32_t max, int32_t *out)
{
	int32_t n = 0;

	if (!text_is_digit(*s))
		return NULL;
	for (; text_is_digit(*s); s++) {
		n = n * 10 + (*s - '0');
		if (n > max)
			return NULL;
	}
	*out = n;
	return s;
}

/* [+-]hh[:mm[:ss]] */
static const char *hms(const char *s, int32_t *out)
{
	int32_t sign = *s == '-' ? -1 : 1, part, sum_s = 0, unit_s = 3600;

	if (*s == '-' || *s == '+')
		s++;
	for (;;) {
		s = number(s, unit_s == 3600 ? 167 : 59, &part);
		if (s == NULL)
			return NULL;
		sum_s += part * unit_s;
		unit_s /= 60;
		if (*s != ':' || unit_s == 0)
			break;
		s++;
	}
	*out = sign * sum_s;
	return s;
}

static const char *month_day(const char *s, struct change *c)
{
	s = number(s, 12, &c->month);
	if (s == NULL || *s != '.' || c->month == 0)
		return NULL;
	s = number(s + 1, 5, &c->week);
	if (s == NULL || *s != '.' || c->week == 0)
		return NULL;
	return number(s + 1, 6, &c->day);
}

/* ",M3.5.0/2" */
static const char *change(const char *s, struct change *c)
{
	if (*s++ != ',')
		return NULL;
	c->form = *s == 'M' || *s == 'J' ? *s++ : 'D';
	s = c->form == 'M' ? month_day(s, c) : number(s, 365, &c->day);
	if (s == NULL || (c->form == 'J' && c->day == 0))
		return NULL;
	c->at_s = 2 * 3600;
	return *s == '/' ? hms(s + 1, &c->at_s) : s;
}

static bool is_leap(int32_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t first_of(int32_t year, int32_t month)
{
	struct civil c = { .year = year + (month > 12),
		.month = (uint8_t)(month > 12 ? 1 : month), .day = 1 };

	return civil_to_unix(&c);
}

/* Local time of the change in that year, as if it were UTC. */
static int64_t change_in(const struct change *c, int32_t year)
{
	int64_t day;
	struct civil first;

	if (c->form == 'D')
		return first_of(year, 1) + c->day * (int64_t)DAY_S + c->at_s;
	if (c->form == 'J') {
		int32_t n = c->day - 1 + (is_leap(year) && c->day > 59);

		return first_of(year, 1) + n * (int64_t)DAY_S + c->at_s;
	}
	civil_from_unix(&first, first_of(year, c->month));
	day = first_of(year, c->month) + DAY_S *
	    ((c->day - first.weekday + 7) % 7 + 7 * (int64_t)(c->week - 1));
	if (day >= first_of(year, c->month + 1))
		day -= 7 * DAY_S;
	return day + c->at_s;
}

struct rule {
	int32_t std_s, dst_s;	/* seconds to add to UTC */
	bool has_dst;
	struct change begin, end;
};

static int parse(const char *s, struct rule *r)
{
	s = skip_name(s);
	if (s == NULL || (s = hms(s, &r->std_s)) == NULL)
		return -E_INVAL;
	r->std_s = -r->std_s;
	r->has_dst = *s != '\0';
	if (!r->has_dst)
		return 0;
	s = skip_name(s);
	if (s == NULL)
		return -E_INVAL;
	r->dst_s = r->std_s + 3600;
	if (*s != ',' && *s != '\0') {
		s = hms(s, &r->dst_s);
		if (s == NULL)
			return -E_INVAL;
		r->dst_s = -r->dst_s;
	}
	/* No dates: those of the United States, as everybody else takes. */
	if (*s == '\0')
		s = ",M3.2.0,M11.1.0";
	s = change(s, &r->begin);
	if (s == NULL || (s = change(s, &r->end)) == NULL || *s != '\0')
		return -E_INVAL;
	return 0;
}

int tz_rule(const char *s, int64_t unix_s, int32_t *out)
{
	struct rule r;
	struct civil local;
	int64_t begin, end;
	bool is_dst;
	int err = parse(s, &r);

	if (err < 0)
		return err;
	*out = r.std_s;
	if (!r.has_dst)
		return 0;
	civil_from_unix(&local, unix_s + r.std_s);
	begin = change_in(&r.begin, local.year) - r.std_s;
	end = change_in(&r.end, local.year) - r.dst_s;
	/* South of the equator it begins in one year and ends in the next. */
	is_dst = begin < end ? unix_s >= begin && unix_s < end :
	    unix_s >= begin || unix_s < end;
	*out = is_dst ? r.dst_s : r.std_s;
	return 0;
}
