/* opt_item.c - cuts name = value lines, and OpenWrt's UCI, into sections and
 * pairs. Knows which line it reads, not what a name means. */
#include "core/opt_item.h"

#include "base/text.h"
#include "opt_file.h"

/* Moves *s behind leading blanks; the length without blanks at both ends. */
static size_t trim(char **s, size_t len)
{
	while (len > 0 && text_is_space(**s))
		++*s, len--;
	while (len > 0 && text_is_space((*s)[len - 1]))
		len--;
	return len;
}

/* The next line that says something: its octets without blanks at both ends, 0
 * at the end of the text. */
static size_t next_line(struct opt_items *l, char **s)
{
	while (l->len > 0) {
		char *end = memchr(l->text, '\n', l->len);
		size_t all = end != NULL ? (size_t)(end - l->text) + 1 : l->len;
		size_t n;

		*s = l->text;
		n = trim(s, end != NULL ? all - 1 : all);
		l->text += all;
		l->len -= all;
		l->at->line++;
		l->at->key = NULL;
		if (n > 0 && **s != '#')
			return n;
	}
	return 0;
}

/* ---- name = value ---- */

int opt_item_pair(struct opt_at *at, char *s, size_t len, struct opt_item *it)
{
	char *equals, *value;

	*it = (struct opt_item){ .name = s };
	if (memchr(s, '\0', len) != NULL)
		return opt_fail(at, "a NUL octet in the line");
	equals = memchr(s, '=', len);
	if (equals == NULL) {
		s[len] = '\0';
		return 0;
	}
	value = equals + 1;
	len = trim(&value, len - (size_t)(value - s));
	value[len] = '\0';
	len = trim(&s, (size_t)(equals - s));
	s[len] = '\0';
	it->name = s;
	it->value = value;
	return 0;
}

/* A line [NAME]? */
static bool is_header(char *s, size_t n, struct opt_item *it)
{
	if (*s != '[' || s[n - 1] != ']')
		return false;
	n -= 2;
	s++;
	n = trim(&s, n);
	s[n] = '\0';
	*it = (struct opt_item){ .is_section = true, .name = s };
	return true;
}

/* ---- UCI ---- */

#define UCI_WORDS 3

/* What a quote or a backslash at *from stands for goes to *to. False: a quote
 * without its other. */
static bool cut_word(char **from, char **to)
{
	char quote = '\0', *s = *from;

	for (; *s != '\0' && (quote != '\0' || !text_is_space(*s)); s++) {
		if (*s == '\\' && quote != '\'' && s[1] != '\0')
			*(*to)++ = *++s;
		else if (*s == quote)
			quote = '\0';
		else if (quote == '\0' && (*s == '"' || *s == '\''))
			quote = *s;
		else
			*(*to)++ = *s;
	}
	*from = *s == '\0' ? s : s + 1;
	return quote == '\0';
}

/* Words of a line, cut in place; a # between them ends it. How many, or
 * -E_INVAL. */
static int cut_line(struct opt_at *at, char *s, size_t len,
    char *word[UCI_WORDS])
{
	char *to;
	int n = 0;

	if (memchr(s, '\0', len) != NULL)
		return opt_fail(at, "a NUL octet in the line");
	s[len] = '\0';
	for (;;) {
		while (text_is_space(*s))
			s++;
		if (*s == '\0' || *s == '#')
			return n;
		if (n == UCI_WORDS)
			return opt_fail(at, "a word too many: \"%.40s\"", s);
		to = word[n++] = s;
		if (!cut_word(&s, &to))
			return opt_fail(at, "a quote without its other");
		*to = '\0';
	}
}

static int uci_section(struct opt_items *l, char *const *word, int n,
    struct opt_item *it)
{
	const char *type = word[1];
	size_t i;

	if (n < 2 || *type == '\0')
		return opt_fail(l->at, "config has no type");
	l->sections++;
	l->list_key = NULL;
	*it = (struct opt_item){ .is_section = true, .name = l->name };
	l->name[0] = '\0';
	if (strcmp(type, "wherry") == 0 || strcmp(type, "globals") == 0)
		return 1;
	if (n == 3)
		text_fmt(l->name, sizeof(l->name), "%s %s", type, word[2]);
	else
		text_fmt(l->name, sizeof(l->name), "%s @%u", type,
		    l->sections);
	for (i = 0; i < strlen(type) && l->name[i] != '\0'; i++)
		if (l->name[i] == '_')
			l->name[i] = '-';
	return 1;
}

static int uci_pair(struct opt_items *l, char *const *word, int n,
    struct opt_item *it)
{
	bool is_list = *word[0] == 'l';

	if (n < 3)
		return opt_fail(l->at, "%s: a name and a value are missing",
		    word[0]);
	if (l->sections == 0)
		return opt_fail(l->at, "%s before the first config", word[0]);
	if (!is_list || l->list_key == NULL ||
	    strcmp(l->list_key, word[1]) != 0)
		l->list_n = 0;
	l->list_key = is_list ? word[1] : NULL;
	*it = (struct opt_item){ .name = word[1], .value = word[2],
		.index = is_list ? l->list_n++ : 0 };
	return 1;
}

/* 0: it says nothing. */
static int uci_line(struct opt_items *l, char *s, size_t len,
    struct opt_item *it)
{
	char *word[UCI_WORDS] = { NULL };
	int n = cut_line(l->at, s, len, word);

	if (n <= 0 || strcmp(word[0], "package") == 0)
		return MIN(n, 0);
	if (strcmp(word[0], "config") == 0)
		return uci_section(l, word, n, it);
	if (strcmp(word[0], "option") == 0 || strcmp(word[0], "list") == 0)
		return uci_pair(l, word, n, it);
	return opt_fail(l->at, "config, option or list is expected, not "
	    "\"%.40s\"", word[0]);
}

/* "config TYPE..." or "package NAME" as the first line; "config = x" is not. */
static bool is_uci(const char *s, size_t n)
{
	static const char *const first[] = { "config", "package" };
	size_t i, len;

	for (i = 0; i < LEN(first); i++) {
		len = strlen(first[i]);
		if (n <= len || memcmp(s, first[i], len) != 0 ||
		    !text_is_space(s[len]))
			continue;
		while (len < n && text_is_space(s[len]))
			len++;
		return s[len] != '=';
	}
	return false;
}

/* ---- either ---- */

int opt_items_open(struct opt_items *l, struct opt_at *at, const char *path,
    bool has_sections)
{
	ptrdiff_t len;

	*l = (struct opt_items){ .at = at, .has_sections = has_sections };
	len = opt_file_load(at, path, &l->text);
	if (len < 0) {
		opt_file_done(at);
		return (int)len;
	}
	l->len = (size_t)len;
	return 0;
}

void opt_items_close(struct opt_items *l)
{
	opt_file_done(l->at);
}

int opt_item_next(struct opt_items *l, struct opt_item *it)
{
	size_t n;
	char *s;
	int rc;

	while ((n = next_line(l, &s)) > 0) {
		if (!l->looked)
			l->is_uci = l->has_sections && is_uci(s, n);
		l->looked = true;
		if (l->is_uci) {
			rc = uci_line(l, s, n, it);
			if (rc != 0)
				return rc;
			continue;
		}
		if (l->has_sections && is_header(s, n, it))
			return 1;
		rc = opt_item_pair(l->at, s, n, it);
		return rc == 0 ? 1 : rc;
	}
	return 0;
}
