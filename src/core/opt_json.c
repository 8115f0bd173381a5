/* opt_json.c - options from a JSON object (config.json).
 * json.c says whether it is JSON, jsmn where its values are. */
#define JSMN_STATIC
#define JSMN_STRICT
#include <jsmn.h>

#include "base/limits.h"
#include "base/text.h"
#include "core/opt.h"
#include "json.h"
#include "opt_file.h"

/* Only as many of them are touched as the file has values. */
static jsmntok_t tokens[LIMIT_JSON_TOKENS];

struct walk {
	const struct opt_table *t;
	struct opt_at *at;
	char *text;
	int n;			/* tokens */
	int pos;		/* lines are counted up to here */
};

/* Moves at->line on to token i; tokens are visited in order. */
static void go_to(struct walk *w, int i)
{
	for (; w->pos < tokens[i].start; w->pos++)
		w->at->line += w->text[w->pos] == '\n';
}

/* The token behind i and all that is inside of it. */
static int skip(const struct walk *w, int i)
{
	int end = tokens[i++].end;

	while (i < w->n && tokens[i].start < end)
		i++;
	return i;
}

/*
 * A string, number or word as text with a terminator, in place. What stands
 * behind a number may be a newline still to be counted; what stands before it
 * is not needed any more, so it moves there by one.
 * NULL: a string that holds what no option can, as \u0000 without OPT_NUL.
 */
static const char *leaf(struct walk *w, int i, unsigned flags)
{
	const jsmntok_t *tok = &tokens[i];
	char *s = w->text + tok->start;
	ptrdiff_t len = tok->end - tok->start;

	go_to(w, i);
	w->pos = tok->end;
	if (tok->type == JSMN_STRING)
		len = json_unescape(s, (size_t)len);
	else
		s = memmove(s - 1, s, (size_t)len);
	if (len < 0)
		return NULL;
	s[len] = '\0';
	return (flags & OPT_NUL) == 0 && strstr(s, "\xc0\x80") != NULL ?
	    NULL : s;
}

static bool is_leaf(int i)
{
	return tokens[i].type == JSMN_STRING ||
	    tokens[i].type == JSMN_PRIMITIVE;
}

static bool is_null(const struct walk *w, int i)
{
	return tokens[i].type == JSMN_PRIMITIVE &&
	    w->text[tokens[i].start] == 'n';
}

static bool is_fraction(const struct walk *w, int i)
{
	const char *s = w->text + tokens[i].start;

	if (tokens[i].type != JSMN_PRIMITIVE ||
	    (*s != '-' && !text_is_digit(*s)))
		return false;
	for (; s < w->text + tokens[i].end; s++)
		if (*s == '.' || *s == 'e' || *s == 'E')
			return true;
	return false;
}

static int set_one(struct walk *w, const struct opt *o, const char *member,
    int i)
{
	bool number = o->kind != OPT_TEXT && o->kind != OPT_CALL;
	bool fraction = !number && (o->flags & OPT_FRACTION) == 0 &&
	    is_fraction(w, i);
	const char *value = leaf(w, i, o->flags);

	if (fraction)
		return opt_fail(w->at, "not a whole number");
	if (value == NULL)
		return opt_fail(w->at, "\\u0000 or half of a \\u pair");
	return opt_set(w->t, w->at, o, member, value);
}

static int set_many(struct walk *w, const struct opt *o, int i)
{
	bool object = tokens[i].type == JSMN_OBJECT;
	int n = tokens[i].size;
	int rc = 0;

	if (o->kind != OPT_CALL)
		return opt_fail(w->at, "must not be %s",
		    object ? "an object" : "a list");
	if (n == 0)
		return opt_set(w->t, w->at, o, NULL, "");
	for (int k = 0, j = i + 1; k < n && rc == 0; k++) {
		const char *member = NULL;

		w->at->index = (uint32_t)k;
		if (object && (member = leaf(w, j++, 0)) == NULL)
			return opt_fail(w->at, "a name that cannot be");
		go_to(w, j);
		if (!is_leaf(j) || is_null(w, j))
			return opt_fail(w->at, "a list, object or null within");
		rc = set_one(w, o, member, j++);
	}
	return rc;
}

static int set_members(struct walk *w, int object);

/* The object at token i, through the table that the row has for it. */
static int set_object(struct walk *w, const struct opt *o, int i)
{
	const struct opt_table *outer = w->t;
	struct opt_table inner = { 0 };
	int rc;

	go_to(w, i);
	w->at->key = o->key;
	if (tokens[i].type != JSMN_OBJECT)
		return opt_fail(w->at, "must be an object");
	rc = o->each(outer->conf, w->at, &inner);
	if (rc != 0)
		return rc;
	w->t = &inner;
	rc = set_members(w, i);
	w->t = outer;
	return rc;
}

/* One object, or a list of them. */
static int set_objects(struct walk *w, const struct opt *o, int i)
{
	int n = tokens[i].size;
	int rc = 0;

	if (tokens[i].type != JSMN_ARRAY)
		return set_object(w, o, i);
	if (n == 0)
		return o->each(w->t->conf, w->at, NULL);
	for (int k = 0, j = i + 1; k < n && rc == 0; k++, j = skip(w, j)) {
		w->at->index = (uint32_t)k;
		rc = set_object(w, o, j);
	}
	return rc;
}

/* The key at token i and its value behind it. */
static int set_key(struct walk *w, int i)
{
	const char *key = leaf(w, i, 0);
	const struct opt *o;

	w->at->key = key != NULL ? key : "?";
	w->at->index = 0;
	o = opt_find(w->t, w->at->key);
	if (o == NULL || (o->flags & OPT_NO_FILE))
		return opt_unknown(w->at);
	go_to(w, i + 1);
	if (o->kind == OPT_IGNORE || is_null(w, i + 1))
		return 0;
	if (o->kind == OPT_OBJECT)
		return set_objects(w, o, i + 1);
	return is_leaf(i + 1) ? set_one(w, o, NULL, i + 1) :
	    set_many(w, o, i + 1);
}

static int set_members(struct walk *w, int object)
{
	int end = skip(w, object), rc = 0;

	for (int i = object + 1; i < end && rc == 0; i = skip(w, i + 1))
		rc = set_key(w, i);
	return rc;
}

static int read_object(const struct opt_table *t, struct opt_at *at,
    char *text, size_t len)
{
	struct walk w = { .t = t, .at = at, .text = text };
	struct json_fault fault;
	jsmn_parser parser;

	if (json_check(text, len, &fault) < 0) {
		at->line = fault.line;
		return opt_fail(at, "%s", fault.what);
	}
	jsmn_init(&parser);
	w.n = jsmn_parse(&parser, text, len, tokens, LEN(tokens));
	if (w.n < 0)
		return opt_fail(at, "more than %d keys and values",
		    LIMIT_JSON_TOKENS);
	at->line = 1;
	return set_members(&w, 0);
}

static int read_text(const struct opt_table *t, struct opt_at *at, char *text,
    ptrdiff_t len)
{
	int rc = len < 0 ? (int)len : read_object(t, at, text, (size_t)len);

	opt_file_done(at);
	return rc;
}

int opt_read_json(const struct opt_table *t, struct opt_at *at,
    const char *path)
{
	char *text = NULL;
	ptrdiff_t len = opt_file_load(at, path, &text);

	return read_text(t, at, text, len);
}

int opt_read_json_text(const struct opt_table *t, struct opt_at *at,
    const char *from, size_t from_len)
{
	char *text = NULL;
	ptrdiff_t len = opt_file_copy(at, from, from_len, &text);

	return read_text(t, at, text, len);
}
