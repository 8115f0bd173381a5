/* ftp_match.c - patterns of deny_file, hide_file, LIST and NLST.
 *
 * All places of the pattern where the path may have arrived are followed at
 * once: there is nothing to go back to, so no pattern takes long. */
#include "ftp_match.h"

enum place {
	PLACE_OCTET, PLACE_ONE, PLACE_ANY,
	PLACE_OPEN,		/* '{' */
	PLACE_NEXT		/* ',' or '}' of a group */
};

struct match {
	const char *pattern;
	size_t len;
	uint8_t place[FTP_PATTERN_MAX];
	uint8_t behind[FTP_PATTERN_MAX];	/* its group, if it is of one */
	bool at[FTP_PATTERN_MAX];	/* at[len]: the pattern is matched */
};

/* A '{' that is never closed is an octet like others. */
static size_t match_group(struct match *m, size_t open)
{
	const char *end = strchr(m->pattern + open, '}');
	size_t close, i;

	if (end == NULL)
		return open;
	close = (size_t)(end - m->pattern);
	m->place[open] = PLACE_OPEN;
	for (i = open; i <= close; i++) {
		m->behind[i] = (uint8_t)(close + 1);
		if (m->pattern[i] == ',' || i == close)
			m->place[i] = PLACE_NEXT;
		else if (m->pattern[i] == '*')
			m->place[i] = PLACE_ANY;
		else if (m->pattern[i] == '?')
			m->place[i] = PLACE_ONE;
	}
	return close;
}

static void match_read(struct match *m)
{
	for (size_t i = 0; i < m->len; i++) {
		if (m->pattern[i] == '*')
			m->place[i] = PLACE_ANY;
		else if (m->pattern[i] == '?')
			m->place[i] = PLACE_ONE;
		else if (m->pattern[i] == '{')
			i = match_group(m, i);
	}
}

/* Every ',' of the group leads to one more beginning. */
static void match_open(struct match *m, size_t open)
{
	m->at[open + 1] = true;
	for (size_t i = open + 1; i + 1 < m->behind[open]; i++)
		if (m->pattern[i] == ',')
			m->at[i + 1] = true;
}

/* Where one gets without an octet; all of these lead forward. */
static void match_spread(struct match *m)
{
	for (size_t i = 0; i < m->len; i++) {
		if (!m->at[i])
			continue;
		if (m->place[i] == PLACE_ANY)
			m->at[i + 1] = true;
		else if (m->place[i] == PLACE_OPEN)
			match_open(m, i);
		else if (m->place[i] == PLACE_NEXT)
			m->at[m->behind[i]] = true;
	}
}

/* Backwards, for each place gives to the one behind it. */
static void match_octet(struct match *m, char octet)
{
	m->at[m->len] = false;
	for (size_t i = m->len; i-- > 0;) {
		bool at = m->at[i];

		m->at[i] = at && m->place[i] == PLACE_ANY;
		if (at && (m->place[i] == PLACE_ONE ||
		    (m->place[i] == PLACE_OCTET && m->pattern[i] == octet)))
			m->at[i + 1] = true;
	}
}

static void match_begin(struct match *m)
{
	m->at[0] = true;
	match_spread(m);
}

bool ftp_match_path(const char *pattern, const char *path)
{
	struct match m = { .pattern = pattern, .len = strlen(pattern) };

	if (m.len == 0 || m.len >= FTP_PATTERN_MAX)
		return false;
	if (strstr(path, pattern) != NULL)
		return true;
	match_read(&m);
	match_begin(&m);
	for (; *path != '\0'; path++) {
		match_octet(&m, *path);
		if (*path == '/')
			m.at[0] = true;
		match_spread(&m);
		if ((path[1] == '/' || path[1] == '\0') && m.at[m.len])
			return true;
	}
	return false;
}

bool ftp_match_name(const char *pattern, const char *name)
{
	struct match m = { .pattern = pattern, .len = strlen(pattern) };

	if (m.len == 0 || m.len >= FTP_PATTERN_MAX)
		return false;
	match_read(&m);
	match_begin(&m);
	for (; *name != '\0'; name++) {
		match_octet(&m, *name);
		match_spread(&m);
	}
	return m.at[m.len];
}

bool ftp_match_is_pattern(const char *name)
{
	return strpbrk(name, "*?{") != NULL;
}
