/* opt_ini.c - options from the pairs of a file, as of vsftpd.conf, and of one
 * section of a file that has several. Knows neither their form nor what a name
 * means. */
#include "base/text.h"
#include "core/opt.h"
#include "core/opt_item.h"
#include "opt_file.h"
#include "port/file.h"

static int take(const struct opt_table *t, struct opt_at *at,
    const struct opt_item *it)
{
	const struct opt *o;

	at->key = it->name;
	if (it->value == NULL)
		return opt_fail(at, "no '=' behind the name");
	o = opt_find(t, it->name);
	if (o == NULL || (o->flags & OPT_NO_FILE))
		return opt_unknown(at);
	at->index = it->index;
	return opt_set(t, at, o, NULL, it->value);
}

/* UCI's own way to leave a section out. */
static bool is_switch(const struct opt_items *l, const struct opt_item *it)
{
	return l->is_uci && (strcmp(it->name, "enabled") == 0 ||
	    strcmp(it->name, "disabled") == 0);
}

static int read_all(const struct opt_table *t, struct opt_items *l)
{
	struct opt_item it;
	int rc;

	while ((rc = opt_item_next(l, &it)) > 0) {
		rc = take(t, l->at, &it);
		if (rc != 0)
			return rc;
	}
	return rc;
}

/* ---- sections ---- */

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
    const struct opt_table *t, struct opt_items *l, const char *name)
{
	bool found = *name == '\0', inside = found;
	struct opt_item it;
	int rc;

	while ((rc = opt_item_next(l, &it)) > 0) {
		if (it.is_section)
			inside = strcmp(it.name, name) == 0;
		else if (inside && !is_switch(l, &it))
			rc = take(t, l->at, &it);
		if (rc < 0)
			break;
		found = found || inside;
	}
	l->at->key = NULL;
	if (rc == 0 && !found) {
		l->at->line = 0;
		rc = opt_fail(l->at, "no section [%s]", name);
	}
	return rc;
}

int opt_read_ini(const struct opt_table *t, struct opt_at *at, const char *path)
{
	static char file[512]; /* at points to it */
	const char *mark = mark_of(path);
	struct opt_items l;
	int rc;

	if (mark != NULL) {
		text_fmt(file, sizeof(file), "%.*s", (int)(mark - path), path);
		path = file;
	}
	rc = opt_items_open(&l, at, path, mark != NULL);
	if (rc != 0)
		return rc;
	rc = mark != NULL ? read_section(t, &l, mark + 1) : read_all(t, &l);
	opt_items_close(&l);
	return rc;
}

/* What is known of a section at its end, or of the text before the first. */
static int end_section(struct opt_items *l, struct opt_section *s,
    opt_section_fn *fn, void *to)
{
	int line = l->at->line, rc = 0;

	/* UCI has no name for what stands before the first. */
	if (s->name != NULL && !(l->is_uci && s->name[0] == '\0')) {
		l->at->line = s->line;
		rc = fn(to, l->at, s);
		l->at->line = line;
	}
	*s = (struct opt_section){ .config = "" };
	return rc;
}

/* What concerns the whole of a section. */
static void note(const struct opt_items *l, struct opt_section *s,
    const struct opt_item *it)
{
	if (it->value != NULL && is_switch(l, it)) {
		s->off = *it->name == 'd' ? strcmp(it->value, "0") != 0 :
		    strcmp(it->value, "0") == 0;
		return;
	}
	s->keys++;
	if (it->value != NULL && strcmp(it->name, "config") == 0)
		s->config = it->value;
}

int opt_each_section(
    struct opt_at *at, const char *path, opt_section_fn *fn, void *to)
{
	struct opt_section now = { .config = "" };
	struct opt_items l;
	char name[OPT_SECTION_NAME];
	struct opt_item it;
	int rc = opt_items_open(&l, at, path, true);

	if (rc != 0)
		return rc;
	while (rc == 0 && (rc = opt_item_next(&l, &it)) > 0) {
		rc = 0;
		if (!it.is_section) {
			note(&l, &now, &it);
			continue;
		}
		rc = end_section(&l, &now, fn, to);
		/* UCI's are made for the moment only. */
		text_copy(name, sizeof(name), it.name);
		now.name = l.is_uci ? name : it.name;
		now.line = at->line;
	}
	if (rc == 0)
		rc = end_section(&l, &now, fn, to);
	opt_items_close(&l);
	return rc;
}

/* ---- one pair ---- */

int opt_read_pair(
    const struct opt_table *t, struct opt_at *at, const char *pair)
{
	char *text = NULL;
	struct opt_item it;
	ptrdiff_t len;
	int rc;

	at->file = NULL;
	len = opt_file_copy(at, pair, strlen(pair), &text);
	rc = len < 0 ? (int)len : opt_item_pair(at, text, (size_t)len, &it);
	if (rc == 0)
		rc = take(t, at, &it);
	opt_file_done(at);
	return rc;
}
