/* ss_program.c - from a command line to a configuration that is served. What
 * differs between programs is in their tables; this is the same for all. */
#include "ss_program.h"

#include "base/text.h"
#include "port/file.h"
#include "port/out.h"
#include "ss_explain.h"
#include "ss_online.h"
#include "ss_run.h"

int ss_fault(struct ss_fault *f, int exit, bool show_usage, const char *fmt,
    ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_vfmt(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
	f->exit = exit;
	f->show_usage = show_usage;
	return exit;
}

static int fault_of(struct ss_fault *f, const struct ss_program *p,
    const struct opt_at *at)
{
	const struct ss_exits *exits = &p->family->exits;

	return at->file == NULL ?
	    ss_fault(f, exits->usage, true, "%s", at->text) :
	    ss_fault(f, exits->config, false, "%s", at->text);
}

static void on_unknown(struct opt_at *at, const char *key)
{
	log_debug("%s:%d: %s: no option of ours", at->file, at->line, key);
}

static void set_level(const struct ss_conf *conf)
{
	static const enum log_level levels[] = { LOG_ERROR, LOG_WARN, LOG_INFO,
		LOG_DEBUG, LOG_TRACE };

	log_set_level(levels[2 + conf->verbose - conf->quiet]);
}

static void set_defaults(const struct opt_table *t,
    const struct opt_default *list, size_t n)
{
	struct opt_at at = { .file = "default" };
	size_t i;

	for (i = 0; i < n; i++) {
		const struct opt *o = opt_find(t, list[i].key);

		ASSERT(o != NULL);
		at.key = o->key;
		if (opt_set(t, &at, o, NULL, list[i].value) < 0)
			port_panic(at.file, 0, at.text);
	}
}

/* conf: of zeros, or one that was filled here before. Its lists are long, and
 * pages that nobody has written to take no memory. */
static struct opt_table table_of(const struct ss_program *p,
    struct ss_conf *conf)
{
	struct opt_table t;

	if (conf->base.of != NULL)
		memset(conf, 0, sizeof(*conf));
	conf->flavour = p->family->flavour;
	conf->is_manager = p->is_manager;
	t = ss_conf_table(conf, p->role);
	t.flags = p->flags;
	t.flags_n = p->flags_n;
	t.defaults = p->family->defaults;
	t.defaults_n = p->family->defaults_n;
	opt_defaults(&t);
	set_defaults(&t, p->defaults, p->defaults_n);
	ss_conf_untouched(conf);
	return t;
}

/* The command line is read twice: for its file, and to win over it. */
static int read_args(const struct ss_call *c, const struct opt_table *t,
    struct ss_fault *f)
{
	struct ss_conf *conf = t->conf;
	struct opt_at at = { 0 };

	conf->verbose = conf->quiet = 0;
	conf->host_by_hand = false;
	if (opt_read_args(t, &at, c->argc, c->argv, NULL, 0) < 0)
		return fault_of(f, c->program, &at);
	return 0;
}

static int read_file(const struct ss_program *p, const struct opt_table *t,
    struct ss_fault *f)
{
	struct opt_at at = { .on_unknown = on_unknown };
	struct ss_conf *conf = t->conf;

	if (p->family->form == LOG_PYTHON && !conf->check)
		log_early("INFO", "loading config from %s", conf->file);
	/* Of `wherry run`: a key that nobody knows is a mistake there. */
	at.strict = opt_is_section(conf->file);
	if ((at.strict ? opt_read_ini : opt_read_json)(t, &at, conf->file) == 0)
		return 0;
	at.file = conf->file;
	return fault_of(f, p, &at);
}

static void make_absolute(const struct ss_call *c, char *path, size_t room)
{
	char name[512];

	if (path[0] == '\0' || path[0] == '/' || c->folder[0] == '\0')
		return;
	text_copy(name, sizeof(name), path);
	text_fmt(path, room, "%s/%s", c->folder, name);
}

/* A daemon's working directory is another than that of who called it. */
static void find_file(const struct ss_call *c, struct ss_conf *conf)
{
	make_absolute(c, conf->file, sizeof(conf->file));
}

/* Those that are opened, again or at all, once it is a daemon. */
static void find_files(const struct ss_call *c, struct ss_conf *conf)
{
	find_file(c, conf);
	make_absolute(c, conf->acl, sizeof(conf->acl));
	make_absolute(c, conf->salt_file, sizeof(conf->salt_file));
	make_absolute(c, conf->state_file, sizeof(conf->state_file));
	make_absolute(c, conf->online.ca_file, sizeof(conf->online.ca_file));
	make_absolute(c, conf->online.cache_file,
	    sizeof(conf->online.cache_file));
}

static int read_all(const struct ss_call *c, const struct opt_table *t,
    struct ss_fault *f)
{
	const struct ss_program *p = c->program;
	struct ss_conf *conf = t->conf;
	int32_t verbose_of_file;
	int rc = read_args(c, t, f);

	if (rc != 0 || conf->help || conf->version)
		return rc;
	set_level(conf);
	if (conf->file[0] == '\0')
		p->family->find_file(conf, c->argc <= 1);
	if (conf->file[0] == '\0')
		return c->argc > 1 ? 0 : ss_fault(f, p->family->exits.missing,
		    true, "config not specified");
	find_file(c, conf);
	conf->verbose = 0;
	rc = read_file(p, t, f);
	if (rc != 0)
		return rc;
	verbose_of_file = conf->verbose;
	rc = read_args(c, t, f);
	if (rc == 0 && conf->verbose == 0 && conf->quiet == 0)
		conf->verbose = verbose_of_file;
	find_files(c, conf);
	set_level(conf);
	return rc;
}

static int finish(const struct ss_program *p, struct ss_conf *conf,
    struct ss_fault *f)
{
	const char *path = conf->file[0] != '\0' ? conf->file : NULL;
	struct opt_at at = { 0 };

	if (ss_conf_finish(conf, &at, path) != 0)
		return p->family->form == LOG_PYTHON ? fault_of(f, p, &at) :
		    ss_fault(f, p->family->exits.config, false, "%s", at.text);
	return 0;
}

int ss_program_read(const struct ss_call *c, struct ss_conf *conf,
    struct ss_fault *f)
{
	const struct ss_program *p = c->program;
	struct opt_table t = table_of(p, conf);
	int rc;

	memset(f, 0, sizeof(*f));
	rc = read_all(c, &t, f);
	if (rc != 0 || conf->help || conf->version)
		return rc;
	if (ss_online_merge(conf, f->text, sizeof(f->text)) != 0)
		return p->family->exits.config;
	rc = p->family->check(p, conf, f);
	/* To stop, nothing needs to be known but the pid file. */
	if (rc == 0 && strcmp(conf->daemon, "stop") != 0)
		rc = finish(p, conf, f);
	return rc;
}

static void say(int fd, const char *s)
{
	port_out_all(fd, s, strlen(s));
}

static int give_up(const struct ss_program *p, const struct ss_fault *f)
{
	if (f->text[0] != '\0')
		p->family->complain(f->text);
	if (f->show_usage) {
		say(2, p->usage);
		say(2, "\ntry --help\n");
	}
	return f->exit;
}

/* ---- for the process that serves ---- */

struct program_source {
	struct ss_source source;
	struct ss_call call;
};

static int read_again(struct ss_source *source, struct ss_conf *into,
    char *why, size_t why_room)
{
	struct program_source *s = OWNER(source, struct program_source,
	    source);
	struct ss_fault f;

	if (ss_program_read(&s->call, into, &f) == 0)
		return 0;
	set_level(source->conf);
	text_copy(why, why_room, f.text);
	return -E_INVAL;
}

static int explain(const struct ss_program *p, const struct ss_conf *conf)
{
	log_set_form(LOG_BARE);
	if (ss_explain(conf) > 0)
		return p->family->exits.config;
	say(1, "the configuration is fine\n");
	return 0;
}

int ss_program_main(const struct ss_program *p, int argc, char **argv)
{
	static struct ss_conf confs[2];
	struct program_source s = {
		.source = { &confs[0], &confs[1], read_again, p->name,
		    &p->family->exits },
		.call = { .program = p, .argc = argc, .argv = argv } };
	struct ss_fault f;
	int rc;

	log_set_form(p->family->form);
	rc = ss_program_read(&s.call, &confs[0], &f);
	if (rc != 0)
		return give_up(p, &f);
	if (confs[0].help) {
		struct opt_table t = table_of(p, &confs[0]);

		opt_print_help(&t, p->usage);
		return 0;
	}
	if (confs[0].version) {
		say(1, p->family->version);
		return 0;
	}
	if (port_cwd(s.call.folder, sizeof(s.call.folder)) < 0)
		s.call.folder[0] = '\0';
	find_files(&s.call, &confs[0]);
	if (confs[0].log_without_time)
		log_set_form(LOG_BARE);
	if (confs[0].check)
		return explain(p, &confs[0]);
	if (p->family->warn != NULL && strcmp(confs[0].daemon, "stop") != 0)
		p->family->warn(&confs[0]);
	return ss_run(&s.source);
}
