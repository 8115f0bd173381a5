/* opt_ini.c - options from name=value lines, as in vsftpd.conf.
 * Knows which line it reads, not what a name means. */
#include "base/text.h"
#include "core/opt.h"
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

/* One "name=value"; it gets terminators, [len] included. */
static int read_pair(const struct opt_table *t, struct opt_at *at, char *s,
    size_t len)
{
	char *equals, *value;
	const struct opt *o;
	size_t n;

	if (memchr(s, '\0', len) != NULL)
		return opt_fail(at, "a NUL octet in the line");
	equals = memchr(s, '=', len);
	if (equals == NULL) {
		s[len] = '\0';
		at->key = s;
		return opt_fail(at, "no '=' behind the name");
	}
	value = equals + 1;
	n = trim(&value, len - (size_t)(value - s));
	value[n] = '\0';
	n = trim(&s, (size_t)(equals - s));
	s[n] = '\0';
	at->key = s;
	o = opt_find(t, s);
	if (o == NULL || (o->flags & OPT_NO_FILE))
		return opt_unknown(at);
	return opt_set(t, at, o, NULL, value);
}

static int read_lines(const struct opt_table *t, struct opt_at *at,
    char *text, size_t len)
{
	int rc = 0;

	for (at->line = 1; len > 0 && rc == 0; at->line++) {
		char *end = memchr(text, '\n', len);
		size_t all = end != NULL ? (size_t)(end - text) + 1 : len;
		char *s = text;
		size_t n = trim(&s, end != NULL ? all - 1 : all);

		if (n > 0 && *s != '#')
			rc = read_pair(t, at, s, n);
		at->key = NULL;
		text += all;
		len -= all;
	}
	return rc;
}

int opt_read_ini(const struct opt_table *t, struct opt_at *at,
    const char *path)
{
	char *text = NULL;
	ptrdiff_t len = opt_file_load(at, path, &text);
	int rc = len < 0 ? (int)len : read_lines(t, at, text, (size_t)len);

	opt_file_done(at);
	return rc;
}

int opt_read_pair(const struct opt_table *t, struct opt_at *at,
    const char *pair)
{
	char *text = NULL;
	ptrdiff_t len;
	int rc;

	at->file = NULL;
	len = opt_file_copy(at, pair, strlen(pair), &text);
	rc = len < 0 ? (int)len : read_pair(t, at, text, (size_t)len);
	opt_file_done(at);
	return rc;
}
