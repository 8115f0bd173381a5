/* text_num.c - numbers from text: decimal, whole, never wrapping. */
#include "base/text.h"

int text_u64(const char *s, size_t len, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	bool over = false;

	if (len == 0)
		return -E_INVAL;
	for (size_t i = 0; i < len; i++) {
		uint64_t digit = (uint64_t)(s[i] - '0');

		if (!text_is_digit(s[i]))
			return -E_INVAL;
		if (v > max / 10 || digit > max - v * 10)
			over = true;
		if (!over)
			v = v * 10 + digit;
	}
	if (over)
		return -E_RANGE;
	*out = v;
	return 0;
}

int text_i64(const char *s, size_t len, int64_t min, int64_t max,
    int64_t *out)
{
	bool negative = len > 0 && s[0] == '-';
	uint64_t v;
	int rc;

	if (negative || (len > 0 && s[0] == '+'))
		s++, len--;
	rc = text_u64(s, len, (uint64_t)INT64_MAX + negative, &v);
	if (rc < 0)
		return rc;
	/* -v without leaving the range of int64_t */
	int64_t value = negative && v > 0 ? -(int64_t)(v - 1) - 1 : (int64_t)v;

	if (value < min || value > max)
		return -E_RANGE;
	*out = value;
	return 0;
}
