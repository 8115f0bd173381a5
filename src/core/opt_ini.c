/* opt_ini.c - options from name=value lines, as in vsftpd.conf, and from one
 * section of a file that has several. Knows which line it reads, not what a
 * name means. */
#include "base/text.h"
#include "core/opt.h"
#include "opt_file.h"
#include "port/file.h"

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
static int read_pair(
    const struct opt_table *t, struct opt_at *at, char *s, size_t len)
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

struct lines {
	char *text;
	size_t len;
	struct opt_at *at;
};

/* The next line that says something: its octets without blanks at both ends, 0
 * at the end of the text. */
static size_t next_line(struct lines *l, char **s)
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

static int read_lines(const struct opt_table *t, struct lines *l)
{
	int rc = 0;
	char *s;
	size_t n;

	while (rc == 0 && (n = next_line(l, &s)) > 0)
		rc = read_pair(t, l->at, s, n);
	return rc;
}

/* ---- sections ---- */

/* A line [NAME]: NAME, ended; NULL = another line. */
static char *header(char *s, size_t n)
{
	if (*s != '[' || s[n - 1] != ']')
		return NULL;
	n -= 2;
	s++;
	n = trim(&s, n);
	s[n] = '\0';
	return s;
}

/* Where FILE#NAME parts; NULL = it is a file's name as it stands. */
static const char *mark_of(const char *path)
{
	const char *mark = strrchr(path, '#');
	struct file_info info;

	if (mark == NULL || strchr(mark, '/') != NULL ||
	    port_path_info(PORT_FS, path, true, &info) == 0)
		return NULL;
	return mark;
}

bool opt_is_section(const char *path)
{
	return mark_of(path) != NULL;
}

/* A section that stands in two places is both. */
static int read_section(
    const struct opt_table *t, struct lines *l, const char *name)
{
	bool found = *name == '\0', inside = found;
	int rc = 0;
	char *s, *head;
	size_t n;

	while (rc == 0 && (n = next_line(l, &s)) > 0) {
		head = header(s, n);
		if (head != NULL)
			inside = strcmp(head, name) == 0;
		else if (inside)
			rc = read_pair(t, l->at, s, n);
		found = found || inside;
	}
	l->at->key = NULL;
	if (rc == 0 && !found) {
		l->at->line = 0;
		rc = opt_fail(l->at, "no section [%s]", name);
	}
	return rc;
}

static int load(struct lines *l, const char *path)
{
	ptrdiff_t len = opt_file_load(l->at, path, &l->text);

	l->len = len < 0 ? 0 : (size_t)len;
	return len < 0 ? (int)len : 0;
}

int opt_read_ini(const struct opt_table *t, struct opt_at *at, const char *path)
{
	static char file[512]; /* at points to it */
	const char *mark = mark_of(path);
	struct lines l = { .at = at };
	int rc;

	if (mark != NULL) {
		text_fmt(file, sizeof(file), "%.*s", (int)(mark - path), path);
		rc = load(&l, file);
	} else {
		rc = load(&l, path);
	}
	if (rc == 0)
		rc = mark != NULL ? read_section(t, &l, mark + 1)
		                  : read_lines(t, &l);
	opt_file_done(at);
	return rc;
}

/* What is known of a section at its end, or of the text before the first. */
static int end_section(
    struct lines *l, struct opt_section *s, opt_section_fn *fn, void *to)
{
	int line = l->at->line, rc = 0;

	if (s->name != NULL) {
		l->at->line = s->line;
		rc = fn(to, l->at, s);
		l->at->line = line;
	}
	*s = (struct opt_section){ .config = "" };
	return rc;
}

/* "config = FILE" of a section. */
static void note_config(struct opt_section *s, char *line, size_t n)
{
	char *equals = memchr(line, '=', n), *value;
	size_t len;

	s->keys++;
	if (equals == NULL)
		return;
	value = equals + 1;
	len = trim(&value, n - (size_t)(value - line));
	n = trim(&line, (size_t)(equals - line));
	if (n != 6 || memcmp(line, "config", 6) != 0)
		return;
	value[len] = '\0';
	s->config = value;
}

int opt_each_section(
    struct opt_at *at, const char *path, opt_section_fn *fn, void *to)
{
	struct opt_section now = { .config = "" };
	struct lines l = { .at = at };
	int rc = load(&l, path);
	char *s, *head;
	size_t n;

	while (rc == 0 && (n = next_line(&l, &s)) > 0) {
		head = header(s, n);
		if (head == NULL) {
			note_config(&now, s, n);
			continue;
		}
		rc = end_section(&l, &now, fn, to);
		now.name = head;
		now.line = at->line;
	}
	if (rc == 0)
		rc = end_section(&l, &now, fn, to);
	opt_file_done(at);
	return rc;
}

/* ---- one pair ---- */

int opt_read_pair(
    const struct opt_table *t, struct opt_at *at, const char *pair)
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
