/* opt_args.c - options from the command line, in any order (POSIX guidelines
 * plus long names). Knows spellings, not what a key means. */
#include "base/text.h"
#include "core/opt.h"

struct words {
	const struct opt_table *t;
	struct opt_at *at;
	char *const *argv;
	int argc, i;		/* argv[i] is being read */
	const char **rest;
	size_t rest_n, rest_max;
	char shown[48];		/* at->key: "-p" or "--server-port" */
};

static void name(struct words *w, const char *dashes, const char *s,
    size_t len)
{
	text_fmt(w->shown, sizeof(w->shown), "%s%.*s", dashes,
	    (int)MIN(len, sizeof(w->shown)), s);
	w->at->key = w->shown;
}

static int add_rest(struct words *w, const char *word)
{
	if (w->rest_n == w->rest_max) {
		name(w, "", word, strlen(word));
		return opt_fail(w->at, "unexpected word");
	}
	w->rest[w->rest_n++] = word;
	return 0;
}

static const struct opt *row_of(const struct opt_table *t,
    const struct opt_flag *f)
{
	const struct opt *o = opt_find(t, f->key);

	ASSERT(o != NULL);
	return o;
}

static const struct opt *find_letter(const struct opt_table *t, char letter)
{
	for (size_t i = 0; i < t->flags_n; i++)
		if (letter != '\0' && t->flags[i].letter == letter)
			return row_of(t, &t->flags[i]);
	return NULL;
}

static const struct opt *find_long(const struct opt_table *t, const char *s,
    size_t len)
{
	for (size_t i = 0; i < t->flags_n; i++) {
		const char *n = t->flags[i].name;

		if (n != NULL && strlen(n) == len && memcmp(n, s, len) == 0)
			return row_of(t, &t->flags[i]);
	}
	return NULL;
}

static bool stands_alone(const struct opt *o)
{
	return o->kind == OPT_BOOL || o->kind == OPT_COUNT ||
	    (o->flags & OPT_NO_VALUE);
}

/* -v once more, up to its maximum. */
static int set_alone(struct words *w, const struct opt *o)
{
	int32_t *count = (void *)((char *)w->t->conf + o->offset);

	if (o->kind != OPT_COUNT)
		return opt_set(w->t, w->at, o, NULL, "1");
	if (*count < (o->max > 0 ? o->max : INT32_MAX))
		++*count;
	return 0;
}

static int set_next(struct words *w, const struct opt *o)
{
	if (w->i + 1 >= w->argc)
		return opt_fail(w->at, "its value is missing");
	return opt_set(w->t, w->at, o, NULL, w->argv[++w->i]);
}

/* -vqp8388 */
static int read_letters(struct words *w, const char *s)
{
	for (; *s != '\0'; s++) {
		const struct opt *o = find_letter(w->t, *s);
		int rc;

		name(w, "-", s, 1);
		if (o == NULL)
			return opt_fail(w->at, "no such option");
		if (!stands_alone(o))
			return s[1] == '\0' ? set_next(w, o) :
			    opt_set(w->t, w->at, o, NULL, s + 1);
		rc = set_alone(w, o);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* workers=2 */
static int read_long(struct words *w, const char *s)
{
	const char *equals = strchr(s, '=');
	size_t len = equals != NULL ? (size_t)(equals - s) : strlen(s);
	const struct opt *o = find_long(w->t, s, len);

	name(w, "--", s, len);
	if (o == NULL)
		return opt_fail(w->at, "no such option");
	if (equals != NULL && (o->flags & OPT_NO_VALUE))
		return opt_fail(w->at, "takes no value");
	if (equals != NULL)
		return opt_set(w->t, w->at, o, NULL, equals + 1);
	return stands_alone(o) ? set_alone(w, o) : set_next(w, o);
}

static int read_word(struct words *w, bool *only_rest)
{
	const char *s = w->argv[w->i];

	if (*only_rest || s[0] != '-' || s[1] == '\0')
		return add_rest(w, s);
	if (s[1] != '-')
		return read_letters(w, s + 1);
	*only_rest = s[2] == '\0';
	return *only_rest ? 0 : read_long(w, s + 2);
}

int opt_read_args(const struct opt_table *t, struct opt_at *at, int argc,
    char *const *argv, const char **rest, size_t rest_max)
{
	struct words w = { .t = t, .at = at, .argv = argv, .argc = argc,
		.rest = rest, .rest_max = rest_max };
	bool only_rest = false;
	int rc = 0;

	at->file = NULL;
	at->line = 0;
	at->index = 0;
	at->text[0] = '\0';
	for (w.i = 1; w.i < argc && rc >= 0; w.i++)
		rc = read_word(&w, &only_rest);
	at->key = NULL;
	return rc < 0 ? rc : (int)w.rest_n;
}
