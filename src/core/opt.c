/* opt.c - one value into one field, checked by its row of the table.
 * Knows no flavour of command line or file: every reader ends here. */
#include "base/text.h"
#include "core/opt.h"

#define SHOWN 64

static void show(char out[SHOWN], const struct opt *o, const char *value)
{
	size_t len = strlen(value);
	size_t n;

	if (o->flags & OPT_SECRET) {
		text_copy(out, SHOWN, "(secret)");
		return;
	}
	n = text_safe(out, SHOWN - 3, value, len);
	/* Cut: fewer characters than octets. */
	if (n < len)
		text_copy(out + n, SHOWN - n, "...");
}

int opt_fail(struct opt_at *at, const char *fmt, ...)
{
	char *out = at->text;
	size_t room = sizeof(at->text), n = 0;
	char key[SHOWN];
	va_list ap;

	if (at->file != NULL)
		n += text_fmt(out, room, "%.120s:", at->file);
	if (at->file != NULL && at->line > 0)
		n += text_fmt(out + n, room - n, "%d:", at->line);
	if (n > 0)
		n += text_fmt(out + n, room - n, " ");
	if (at->key != NULL) {
		text_safe(key, sizeof(key), at->key, strlen(at->key));
		n += text_fmt(out + n, room - n, "%s: ", key);
	}
	va_start(ap, fmt);
	text_vfmt(out + n, room - n, fmt, ap);
	va_end(ap);
	/* File names and values are whatever someone wrote. */
	for (; *out != '\0'; out++)
		if ((uint8_t)*out < 0x20 || *out == 0x7f)
			*out = '?';
	return -E_INVAL;
}

static bool parse_bool(const char *s, bool *out)
{
	static const char *const words[] = { "false", "true", "no", "yes", "0",
		"1" };

	for (size_t i = 0; i < LEN(words); i++) {
		if (text_eq_nocase(s, words[i])) {
			*out = i % 2 != 0;
			return true;
		}
	}
	return false;
}

static int set_bool(struct opt_at *at, const struct opt *o, bool *field,
    const char *value)
{
	char shown[SHOWN];

	if (parse_bool(value, field))
		return 0;
	show(shown, o, value);
	return opt_fail(at, "'%s' is neither true (yes, 1) nor false (no, 0)",
	    shown);
}

static int parse_octal(const char *s, int64_t *out)
{
	int64_t v = 0;

	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '7')
			return -E_INVAL;
		if (v > INT64_MAX / 8)
			return -E_RANGE;
		v = v * 8 + (*s - '0');
	}
	*out = v;
	return 0;
}

static int set_int(struct opt_at *at, const struct opt *o, int64_t min,
    int64_t max, const char *value, int64_t *out)
{
	bool octal = (o->flags & OPT_OCTAL) && value[0] == '0';
	char shown[SHOWN];
	int64_t v = 0;
	int rc = octal ? parse_octal(value, &v) :
	    text_i64(value, strlen(value), INT64_MIN, INT64_MAX, &v);

	if (rc == 0 && v >= min && v <= max) {
		*out = v;
		return 0;
	}
	show(shown, o, value);
	if (rc == -E_INVAL)
		return opt_fail(at, "'%s' is not %s number within %lld..%lld",
		    shown, octal ? "an octal" : "a whole", (long long)min,
		    (long long)max);
	return opt_fail(at, "%s is not within %lld..%lld", shown,
	    (long long)min, (long long)max);
}

static int set_text(struct opt_at *at, const struct opt *o, char *field,
    const char *value)
{
	if (*value == '\0' && !(o->flags & OPT_EMPTY_OK))
		return opt_fail(at, "must not be empty");
	if (strlen(value) >= o->size)
		return opt_fail(at, "longer than %lu octets",
		    (unsigned long)o->size - 1);
	text_copy(field, o->size, value);
	return 0;
}

/* "true" is one, "false" is none. */
static int set_count(struct opt_at *at, const struct opt *o, int32_t *field,
    const char *value)
{
	bool on = text_eq_nocase(value, "true");
	int64_t n;
	int rc;

	if (on || text_eq_nocase(value, "false")) {
		*field = on;
		return 0;
	}
	rc = set_int(at, o, 0, o->max > 0 ? o->max : INT32_MAX, value, &n);
	if (rc == 0)
		*field = (int32_t)n;
	return rc;
}

static int call(const struct opt_table *t, struct opt_at *at,
    const struct opt *o, const char *member, const char *value)
{
	int rc = o->fn(t->conf, at, member, value);

	if (rc < 0 && at->text[0] == '\0')
		opt_fail(at, "%s", err_text(rc));
	return rc;
}

int opt_set(const struct opt_table *t, struct opt_at *at, const struct opt *o,
    const char *member, const char *value)
{
	void *field = (char *)t->conf + o->offset;

	if (o->kind == OPT_IGNORE)
		return 0;
	if (o->kind == OPT_CALL)
		return call(t, at, o, member, value);
	if (o->kind == OPT_OBJECT)
		return opt_fail(at, "must be an object");
	if (member != NULL)
		return opt_fail(at, "must not be an object");
	switch (o->kind) {
	case OPT_BOOL:
		return set_bool(at, o, field, value);
	case OPT_INT:
		return set_int(at, o, o->min, o->max, value, field);
	case OPT_COUNT:
		return set_count(at, o, field, value);
	default:
		return set_text(at, o, field, value);
	}
}

int opt_unknown(struct opt_at *at)
{
	if (at->strict)
		return opt_fail(at, "no such option");
	at->unknown++;
	if (at->on_unknown != NULL)
		at->on_unknown(at, at->key);
	return 0;
}

const char *opt_default_of(const struct opt_table *t, const struct opt *o)
{
	for (size_t i = 0; i < t->defaults_n; i++)
		if (strcmp(t->defaults[i].key, o->key) == 0)
			return t->defaults[i].value;
	return o->def;
}

void opt_defaults(const struct opt_table *t)
{
	for (size_t i = 0; i < t->opts_n; i++) {
		const struct opt *o = &t->opts[i];
		struct opt_at at = { .file = "default", .key = o->key };
		const char *def = opt_default_of(t, o);

		if (def != NULL && opt_set(t, &at, o, NULL, def) < 0)
			port_panic(at.file, 0, at.text);
	}
}

const struct opt *opt_find(const struct opt_table *t, const char *key)
{
	for (size_t i = 0; i < t->opts_n; i++)
		if (strcmp(t->opts[i].key, key) == 0)
			return &t->opts[i];
	return NULL;
}
