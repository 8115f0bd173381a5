/* ss_choose.c - whose ssserver or sslocal is meant: the python original's or
 * rust's. Both names are both's; the flags tell, else the file does. */
#include "ss_choose.h"

#include "base/text.h"
#include "port/file.h"
#include "ss_python.h"
#include "ss_rust.h"

struct words {
	int argc, i;		/* argv[i] is being looked at */
	char *const *argv;
	const char *file;
};

static bool has(const struct ss_program *p, char letter, const char *name,
    size_t len)
{
	const struct opt_flag *f = p->flags;

	for (; f < p->flags + p->flags_n; f++) {
		if (name == NULL && letter != '\0' && f->letter == letter)
			return true;
		if (name != NULL && f->name != NULL && strlen(f->name) == len &&
		    memcmp(f->name, name, len) == 0)
			return true;
	}
	return false;
}

/* Of server or client: an option of the wrong one is still that origin's. */
static bool is_python(char letter, const char *name, size_t len)
{
	return has(&ss_python_server, letter, name, len) ||
	    has(&ss_python_local, letter, name, len);
}

static bool is_rust(char letter, const char *name, size_t len)
{
	return has(&ss_rust_server, letter, name, len) ||
	    has(&ss_rust_local, letter, name, len);
}

/* Its value: glued to it, or the next word. "" = there is none. */
static const char *value_of(struct words *w, const char *glued)
{
	if (*glued != '\0')
		return glued;
	return w->i + 1 < w->argc ? w->argv[++w->i] : "";
}

static bool has_port(const char *s)
{
	const char *colon = strrchr(s, ':');

	return colon != NULL && (strchr(s, ':') == colon ||
	    (colon > s && colon[-1] == ']'));
}

static enum ss_flavour by_host(const char *value, bool bare_is_python)
{
	if (has_port(value))
		return SS_RUST;
	return bare_is_python ? SS_PYTHON : SS_OWN;
}

/* -d takes a word in one, stands alone in the other. */
static enum ss_flavour by_daemon(struct words *w, const char *glued)
{
	static const char *const verbs[] = { "start", "stop", "restart" };
	const char *s = *glued != '\0' ? glued :
	    w->i + 1 < w->argc ? w->argv[w->i + 1] : "";
	size_t i;

	for (i = 0; i < LEN(verbs); i++)
		if (strcmp(s, verbs[i]) == 0)
			return SS_PYTHON;
	return SS_RUST;
}

/* -a is one-time auth in one, and needs a user in the other. */
static enum ss_flavour by_a(struct words *w, const char *glued)
{
	if (*glued != '\0' || (w->i + 1 < w->argc &&
	    w->argv[w->i + 1][0] != '-'))
		return SS_RUST;
	return SS_OWN;
}

/* SS_OWN: this word says nothing. */
static enum ss_flavour by_letters(struct words *w, const char *s)
{
	for (; *s != '\0'; s++) {
		switch (*s) {
		case 's':
			return by_host(value_of(w, s + 1), true);
		case 'b':
			return by_host(value_of(w, s + 1), false);
		case 'd':
			return by_daemon(w, s + 1);
		case 'a':
			return by_a(w, s + 1);
		case 'c':
			w->file = value_of(w, s + 1);
			return SS_OWN;
		case 'k':
		case 'm':
			(void)value_of(w, s + 1);
			return SS_OWN;
		default:
			if (!is_python(*s, NULL, 0))
				return SS_RUST;
			if (!is_rust(*s, NULL, 0))
				return SS_PYTHON;
		}
	}
	return SS_OWN;
}

static enum ss_flavour by_long(struct words *w, const char *s)
{
	size_t len = strcspn(s, "=");
	bool python = is_python(0, s, len), rust = is_rust(0, s, len);

	if (python != rust)
		return rust ? SS_RUST : SS_PYTHON;
	/* Of what both have, only --user and --poll take a value. */
	if (s[len] == '\0' && (strcmp(s, "user") == 0 ||
	    strcmp(s, "poll") == 0))
		w->i++;
	return SS_OWN;
}

static enum ss_flavour by_words(struct words *w)
{
	enum ss_flavour says = SS_OWN;

	for (w->i = 1; w->i < w->argc && says == SS_OWN; w->i++) {
		const char *s = w->argv[w->i];

		if (s[0] == '-' && s[1] == '-')
			says = by_long(w, s + 2);
		else if (s[0] == '-')
			says = by_letters(w, s + 1);
	}
	return says;
}

/* ---- the file ---- */

struct look {
	struct opt_at at;
	bool rust;
};

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* Every key but method is unknown to this table. */
static void on_key(struct opt_at *at, const char *key)
{
	static const char *const words[] = { "servers", "locals", "mode",
		"plugin", "udp_", "outbound_" };
	struct look *l = OWNER(at, struct look, at);
	size_t i;

	for (i = 0; i < LEN(words); i++)
		l->rust = l->rust || begins(key, words[i]);
}

static int on_method(void *look, struct opt_at *at, const char *member,
    const char *value)
{
	struct look *l = look;

	(void)at;
	(void)member;
	l->rust = l->rust || begins(value, "2022-");
	return 0;
}

static enum ss_flavour by_file(const char *path)
{
	static const struct opt opts[] = {
		{ .key = "method", .kind = OPT_CALL, .fn = on_method },
	};
	struct look l = { .at.on_unknown = on_key };
	const struct opt_table t = { .opts = opts, .opts_n = LEN(opts),
		.conf = &l };

	/* What is wrong with it is told when it is read in earnest. */
	(void)opt_read_json(&t, &l.at, path);
	return l.rust ? SS_RUST : SS_PYTHON;
}

static enum ss_flavour choose(struct words *w)
{
	enum ss_flavour says = by_words(w);

	if (says != SS_OWN)
		return says;
	return w->file != NULL ? by_file(w->file) : SS_PYTHON;
}

static int run(const struct ss_program *python, const struct ss_program *rust,
    int argc, char **argv)
{
	struct words w = { .argc = argc, .argv = argv };

	return ss_program_main(choose(&w) == SS_RUST ? rust : python, argc,
	    argv);
}

int ssserver_main(int argc, char **argv)
{
	return run(&ss_python_server, &ss_rust_server, argc, argv);
}

int sslocal_main(int argc, char **argv)
{
	return run(&ss_python_local, &ss_rust_local, argc, argv);
}

int own_ssserver_main(int argc, char **argv)
{
	return ss_program_main(&ss_own_server, argc, argv);
}

int own_sslocal_main(int argc, char **argv)
{
	return ss_program_main(&ss_own_local, argc, argv);
}
