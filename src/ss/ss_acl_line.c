/* ss_acl_line.c - reads a line of a file of lists. Regular expressions that
 * only say "this name" or "what is below it" become names: those are looked up
 * at once, however many there are. Knows no file. Source: libev's and rust's
 * manuals of ACL files. */
#include "ss_acl_line.h"

#include "base/text.h"

static const struct {
	const char *word;
	enum acl_kind kind;
	enum acl_set set;
} sections[] = {
	{ "[black_list]", ACL_SECTION, ACL_BLACK },
	{ "[bypass_list]", ACL_SECTION, ACL_BLACK },
	{ "[white_list]", ACL_SECTION, ACL_WHITE },
	{ "[proxy_list]", ACL_SECTION, ACL_WHITE },
	{ "[outbound_block_list]", ACL_SECTION, ACL_OUT_BLOCK },
	{ "[outbound_allow_list]", ACL_SECTION, ACL_OUT_ALLOW },
	{ "[accept_all]", ACL_DEFAULT, ACL_BLACK },
	{ "[proxy_all]", ACL_DEFAULT, ACL_BLACK },
	{ "[reject_all]", ACL_DEFAULT, ACL_WHITE },
	{ "[bypass_all]", ACL_DEFAULT, ACL_WHITE },
	{ "[outbound_allow_all]", ACL_DEFAULT, ACL_OUT_BLOCK },
	{ "[outbound_block_all]", ACL_DEFAULT, ACL_OUT_ALLOW },
};

/* How expressions begin that a name can stand for. */
static const struct {
	const char *text;
	uint8_t where;
} beginnings[] = {
	{ "(^|\\.)", ACL_ITSELF | ACL_BELOW },
	{ "(?:^|\\.)", ACL_ITSELF | ACL_BELOW },
	{ "(^|.*\\.)", ACL_ITSELF | ACL_BELOW },
	{ "(?:^|.*\\.)", ACL_ITSELF | ACL_BELOW },
	{ "^(.*\\.)?", ACL_ITSELF | ACL_BELOW },
	{ "^(?:.*\\.)?", ACL_ITSELF | ACL_BELOW },
	{ "^.*\\.", ACL_BELOW },
	{ ".*\\.", ACL_BELOW },
	{ "\\.", ACL_BELOW },
	{ "^", ACL_ITSELF },
};

struct line {
	const char *s;
	size_t len;
};

static void trim(struct line *l)
{
	while (l->len > 0 && text_is_space(l->s[l->len - 1]))
		l->len--;
	while (l->len > 0 && text_is_space(l->s[0])) {
		l->s++;
		l->len--;
	}
}

static bool starts(const struct line *l, const char *with)
{
	size_t n = strlen(with);

	return l->len >= n && memcmp(l->s, with, n) == 0;
}

static bool read_section(struct acl_rule *out, const struct line *l)
{
	if (l->len == 0 || l->s[0] != '[')
		return false;
	for (size_t i = 0; i < LEN(sections); i++)
		if (l->len == strlen(sections[i].word) &&
		    starts(l, sections[i].word)) {
			out->kind = sections[i].kind;
			out->set = sections[i].set;
			return true;
		}
	return false;
}

/* "[whatever_list]": no set of characters was meant. */
static bool is_unknown_section(const struct line *l)
{
	size_t i;

	if (l->len < 3 || l->s[0] != '[' || l->s[l->len - 1] != ']')
		return false;
	for (i = 1; i < l->len - 1; i++)
		if (l->s[i] != '_' && (text_lower(l->s[i]) < 'a' ||
		    text_lower(l->s[i]) > 'z'))
			return false;
	return true;
}

static bool is_name_char(char c)
{
	return text_is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' ||
	    c == '_' || c == '.';
}

static bool add_char(struct acl_rule *out, char c)
{
	c = text_lower(c);
	if (!is_name_char(c) || out->name_len == ACL_NAME_MAX)
		return false;
	out->name[out->name_len++] = c;
	return true;
}

static bool is_whole(struct acl_rule *out, uint8_t where)
{
	while (out->name_len > 0 && out->name[out->name_len - 1] == '.')
		out->name_len--;
	if (out->name_len == 0 || out->name[0] == '.')
		return false;
	out->kind = ACL_NAME;
	out->where = where;
	return true;
}

/* Behind | or ||. */
static bool read_name(struct acl_rule *out, struct line l, uint8_t where)
{
	for (size_t i = 0; i < l.len; i++)
		if (!add_char(out, l.s[i]))
			return false;
	return is_whole(out, where);
}

/* "name\.tld$", every dot of it escaped. */
static bool read_plain(struct acl_rule *out, struct line l, uint8_t where)
{
	size_t i;

	out->name_len = 0;
	for (i = 0; i < l.len && l.s[i] != '$'; i++) {
		bool escaped = l.s[i] == '\\' && i + 1 < l.len;

		i += escaped;
		if (escaped ? l.s[i] != '.' && l.s[i] != '-' : l.s[i] == '.')
			return false;
		if (!add_char(out, l.s[i]))
			return false;
	}
	return i + 1 == l.len && out->name_len > 0 &&
	    out->name[out->name_len - 1] != '.' && is_whole(out, where);
}

static bool read_simple(struct acl_rule *out, const struct line *l)
{
	size_t i, n;

	for (i = 0; i < LEN(beginnings); i++) {
		n = strlen(beginnings[i].text);
		if (starts(l, beginnings[i].text))
			return read_plain(out, (struct line){ l->s + n,
			    l->len - n }, beginnings[i].where);
	}
	return false;
}

static int never(const char **why, const char *what)
{
	*why = what;
	return -E_RANGE;
}

/* What no name has in it was meant in another way. */
static int read_regex(struct acl_rule *out, const struct line *l,
    const char **why)
{
	for (size_t i = 0; i < l->len; i++) {
		if (l->s[i] == '/')
			return never(why, "not a network");
		if (text_is_space(l->s[i]) || l->s[i] == '#')
			return never(why, "no name has a blank or #");
		if ((uint8_t)l->s[i] >= 0x80 || l->s[i] == '\0')
			return never(why, "names are of ASCII");
	}
	out->kind = ACL_REGEX;
	out->regex = l->s;
	out->regex_len = l->len;
	return 0;
}

int acl_line(struct acl_rule *out, const char *s, size_t len,
    bool late_comment, const char **why)
{
	struct line l = { s, len };
	const char *hash = memchr(s, '#', len);

	out->kind = ACL_NOTHING;
	out->name_len = 0;
	if (hash != NULL && (late_comment || hash == s))
		l.len = (size_t)(hash - s);
	trim(&l);
	if (l.len == 0 || read_section(out, &l))
		return 0;
	if (is_unknown_section(&l))
		return never(why, "no section is called so");
	if (l.s[0] == '|') {
		size_t n = starts(&l, "||") ? 2 : 1;

		if (read_name(out, (struct line){ l.s + n, l.len - n },
		    n == 2 ? ACL_ITSELF | ACL_BELOW : ACL_ITSELF))
			return 0;
		return never(why, "not a name");
	}
	if (net_parse(&out->net, l.s, l.len) == 0) {
		out->kind = ACL_NET;
		return 0;
	}
	return read_simple(out, &l) ? 0 : read_regex(out, &l, why);
}
