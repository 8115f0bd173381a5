/* opt_help.c - --help from the table: each flag, then the keys that only a
 * file has. 80 columns. */
#include "base/text.h"
#include "core/opt.h"
#include "port/out.h"

#define COLUMNS 80
#define HELP_AT 26

static void put(const char *s, size_t len)
{
	port_out_all(1, s, len);
}

static void pad_to(size_t from, size_t to)
{
	static const char blanks[HELP_AT + 1] = "                          ";

	put(blanks, to - from);
}

/* Words from column HELP_AT on, broken before the last column. */
static void put_words(const char *s)
{
	size_t at = HELP_AT;

	s += strspn(s, " ");
	while (*s != '\0') {
		size_t n = strcspn(s, " ");

		if (at > HELP_AT && at + 1 + n >= COLUMNS) {
			put("\n", 1);
			pad_to(0, HELP_AT);
			at = HELP_AT;
		}
		if (at > HELP_AT) {
			put(" ", 1);
			at++;
		}
		put(s, n);
		at += n;
		s += n;
		s += strspn(s, " ");
	}
	put("\n", 1);
}

static void text_of(char *out, size_t room, const struct opt_table *t,
    const struct opt *o, bool with_key)
{
	const char *def = opt_default_of(t, o);
	size_t n = text_fmt(out, room, "%s", o->help != NULL ? o->help : "");

	if (with_key && !(o->flags & OPT_NO_FILE))
		n += text_fmt(out + n, room - n, " [%s]", o->key);
	if (def != NULL && *def != '\0')
		text_fmt(out + n, room - n, " (default: %s)", def);
}

static void put_row(const struct opt_table *t, const char *left,
    const struct opt *o, bool with_key)
{
	char help[480];
	size_t n = strlen(left);

	text_of(help, sizeof(help), t, o, with_key);
	put(left, n);
	if (n + 2 > HELP_AT && *help != '\0') {
		put("\n", 1);
		n = 0;
	}
	if (*help != '\0')
		pad_to(n, HELP_AT);
	put_words(help);
}

static const char *value_name(const struct opt *o)
{
	if (o->kind == OPT_BOOL || o->kind == OPT_COUNT ||
	    (o->flags & OPT_NO_VALUE))
		return "";
	return o->kind == OPT_INT ? " N" : " VALUE";
}

static void put_flag(const struct opt_table *t, const struct opt_flag *f)
{
	const struct opt *o = opt_find(t, f->key);
	char left[COLUMNS];
	size_t n;

	ASSERT(o != NULL);
	n = f->letter != '\0' ?
	    text_fmt(left, sizeof(left), "  -%c", f->letter) :
	    text_fmt(left, sizeof(left), "    ");
	if (f->name != NULL)
		n += text_fmt(left + n, sizeof(left) - n, "%s--%s",
		    f->letter != '\0' ? ", " : "  ", f->name);
	text_fmt(left + n, sizeof(left) - n, "%s", value_name(o));
	put_row(t, left, o, true);
}

static bool has_flag(const struct opt_table *t, const struct opt *o)
{
	for (size_t i = 0; i < t->flags_n; i++)
		if (strcmp(t->flags[i].key, o->key) == 0)
			return true;
	return false;
}

static void put_keys(const struct opt_table *t)
{
	const char *title = t->flags_n > 0 ?
	    "\nKeys of the configuration file alone:\n" : "Options:\n";
	char left[COLUMNS];
	bool titled = false;

	for (size_t i = 0; i < t->opts_n; i++) {
		const struct opt *o = &t->opts[i];

		if (o->kind == OPT_IGNORE || (o->flags & OPT_NO_FILE) ||
		    has_flag(t, o))
			continue;
		if (!titled)
			put(title, strlen(title));
		titled = true;
		text_fmt(left, sizeof(left), "  %s", o->key);
		put_row(t, left, o, false);
	}
}

void opt_print_help(const struct opt_table *t, const char *usage)
{
	put(usage, strlen(usage));
	put("\n\n", 2);
	for (size_t i = 0; i < t->flags_n; i++)
		put_flag(t, &t->flags[i]);
	put_keys(t);
}
