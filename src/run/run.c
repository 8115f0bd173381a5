/* run.c - `wherry run`: every service of one file, each a process of its own,
 * started again when it ends, and all ended with this one. Also the first
 * process of a container or of a small system. */
#include "run.h"

#include "base/text.h"
#include "core/keep.h"
#include "core/log.h"
#include "port/file.h"
#include "port/out.h"
#include "port/proc.h"
#include "port/spawn.h"
#include "run_conf.h"

#define FOR_SURE_MS 1000 /* between "at once" and leaving without them */

struct child {
	struct keep keep;
	struct run *run;
	bool used;
	bool named; /* in the file as it was read last */
	struct run_service is;
};

struct run {
	struct loop loop;
	struct watch signals;
	struct timer patience;
	const struct run_kinds *kinds;
	struct opt_table table; /* of run_opts */
	int argc;
	char **argv;
	struct run_conf conf, next;
	bool stopping, restart, killed;
	char self[RUN_FILE]; /* the program's file */
	struct child child[LIMIT_SERVICES];
};

static const char usage[] =
    "usage: wherry run [OPTION]...\n"
    "Runs the services of one file, which has a section for each:\n\n"
    "  [ssserver]                  or [ssserver LABEL] for one of several\n"
    "  server_port = 8388          an option of ssserver, and so on\n"
    "  [ftpd]\n"
    "  config = /etc/vsftpd.conf   or its own file\n\n"
    "The options below may stand before the first section. SIGHUP reads all\n"
    "again, SIGTERM and SIGINT end all, SIGQUIT lets them end what they do.";

static const struct opt_flag flags[] = {
	{ 'c', "config", "config" },
	{ 'v', "verbose", "verbose" },
	{ 0, "log-file", "log_file" },
	{ 0, "syslog", "use_syslog" },
	{ 0, "stop-seconds", "stop_seconds" },
	{ 0, "power", "power" },
	{ 'h', "help", "help" },
};

/* ---- one service ---- */

/* Its lines come without a date and with their level first (log.h). */
static void say(struct keep *k, const char *line, size_t len)
{
	static const struct {
		const char *word;
		enum log_level level;
	} words[] = { { "ERROR", LOG_ERROR }, { "WARNING", LOG_WARN },
		{ "WARN", LOG_WARN }, { "INFO", LOG_INFO },
		{ "DEBUG", LOG_DEBUG }, { "TRACE", LOG_TRACE } };
	struct child *c = OWNER(k, struct child, keep);
	enum log_level level = LOG_INFO;
	size_t i, n;

	for (i = 0; i < LEN(words); i++) {
		n = strlen(words[i].word);
		if (len <= n || memcmp(line, words[i].word, n) != 0)
			continue;
		level = words[i].level;
		while (n < len && (line[n] == ' ' || line[n] == ':'))
			n++;
		line += n;
		len -= n;
		break;
	}
	log_line(level, "%s: %.*s", c->is.name, (int)len, line);
}

static int spawn(struct keep *k, int *out)
{
	struct child *c = OWNER(k, struct child, keep);
	const struct run_kind *kind = c->is.kind;
	struct port_spawn what = { .env = { "WHERRY_LOG=bare" } };
	size_t n = 0;

	what.argv[n++] = c->run->self;
	what.argv[n++] = kind->name;
	if (kind->before_file != NULL)
		what.argv[n++] = kind->before_file;
	what.argv[n++] = c->is.file;
	if (kind->behind_file != NULL)
		what.argv[n++] = kind->behind_file;
	return port_spawn(&what, out);
}

static void news(struct keep *k, int rc)
{
	struct child *c = OWNER(k, struct child, keep);

	if (rc > 0) {
		log_info("%s: started, pid %d", c->is.name, rc);
		return;
	}
	if (rc < 0)
		log_error("%s: %s: %s", c->is.name, c->run->self, err_text(rc));
	else
		log_warn("%s: ended after %lld s, again in %lld s", c->is.name,
		    (long long)(k->loop->now_ms - k->began_ms) / 1000,
		    (long long)k->pause_ms / 1000);
}

static void start(struct run *r, const struct run_service *s)
{
	static const struct keep_of of = { spawn, say, news };
	size_t i = 0;

	while (i < LEN(r->child) && r->child[i].used)
		i++;
	if (i == LEN(r->child)) {
		log_error("%s: not started until one that was taken out of "
		          "the file has ended; then SIGHUP again",
		    s->name);
		return;
	}
	r->child[i] =
	    (struct child){ .run = r, .used = true, .named = true, .is = *s };
	keep_open(&r->child[i].keep, &r->loop, &of);
	keep_start(&r->child[i].keep);
}

static struct child *find(struct run *r, const struct run_service *s)
{
	size_t i;

	for (i = 0; i < LEN(r->child); i++)
		if (r->child[i].used && !r->child[i].keep.leaving &&
		    strcmp(r->child[i].is.name, s->name) == 0)
			return &r->child[i];
	return NULL;
}

static size_t running(const struct run *r)
{
	size_t i, n = 0;

	for (i = 0; i < LEN(r->child); i++)
		n += r->child[i].used && r->child[i].keep.pid != 0;
	return n;
}

/* ---- all of them ---- */

static void end_all(struct run *r, bool for_sure)
{
	size_t i;

	for (i = 0; i < LEN(r->child); i++)
		if (r->child[i].used)
			(void)keep_end(&r->child[i].keep, for_sure);
}

static void on_patience(struct timer *t)
{
	struct run *r = OWNER(t, struct run, patience);

	if (r->killed) {
		log_error("%u services cannot be ended", (unsigned)running(r));
		loop_stop(&r->loop, 1);
		return;
	}
	log_warn("%u services do not end and are killed", (unsigned)running(r));
	end_all(r, true);
	r->killed = true;
	timer_set(&r->loop, t, r->loop.now_ms + FOR_SURE_MS, on_patience);
}

static void leave_when_alone(struct run *r)
{
	if (r->stopping && running(r) == 0)
		loop_stop(&r->loop, 0);
}

static void stop(struct run *r, bool restart)
{
	if (r->stopping)
		return;
	r->stopping = true;
	r->restart = restart;
	end_all(r, false);
	timer_set(&r->loop, &r->patience,
	    r->loop.now_ms + r->conf.stop_seconds * 1000, on_patience);
	leave_when_alone(r);
}

/* Each ends when its last connection does; there is no end to wait for. */
static void quiet(struct run *r)
{
	size_t i;

	r->stopping = true;
	for (i = 0; i < LEN(r->child); i++) {
		r->child[i].keep.leaving = true;
		timer_stop(&r->loop, &r->child[i].keep.again);
		if (r->child[i].used && r->child[i].keep.pid != 0)
			(void)port_signal_send(r->child[i].keep.pid, SIG_QUIET);
	}
	leave_when_alone(r);
}

/* Every ended child of ours, and as the first process those of nobody. */
static void reap(struct run *r)
{
	int pid;
	size_t i;

	while ((pid = port_worker_reap()) != 0)
		for (i = 0; i < LEN(r->child); i++) {
			struct child *c = &r->child[i];

			if (!c->used || !keep_ended(&c->keep, pid))
				continue;
			if (c->keep.leaving) {
				keep_close(&c->keep);
				c->used = false;
			}
			break;
		}
	leave_when_alone(r);
}

/* ---- the file ---- */

static int read_conf(struct run *r, struct run_conf *conf, struct opt_at *at)
{
	int rc;

	memset(conf, 0, sizeof(*conf));
	r->table.conf = conf;
	opt_defaults(&r->table);
	rc = opt_read_args(&r->table, at, r->argc, r->argv, NULL, 0);
	if (rc < 0 || conf->help)
		return rc;
	rc = run_conf_read(conf, r->kinds, at);
	/* What the command line says wins. */
	if (rc == 0)
		rc = opt_read_args(&r->table, at, r->argc, r->argv, NULL, 0);
	return rc;
}

static bool same(const struct run_service *a, const struct run_service *b)
{
	return a->kind == b->kind && strcmp(a->file, b->file) == 0;
}

/* Who is in both files reads its options again; its connections go on. */
static void follow(struct run *r)
{
	struct child *c;
	size_t i;

	for (i = 0; i < LEN(r->child); i++)
		r->child[i].named = false;
	for (i = 0; i < r->conf.services_n; i++) {
		c = find(r, &r->conf.service[i]);
		if (c == NULL || !same(&c->is, &r->conf.service[i]))
			continue;
		c->named = true;
		if (c->keep.pid != 0)
			(void)port_signal_send(c->keep.pid, SIG_RELOAD);
		else
			keep_again(&c->keep);
	}
	for (i = 0; i < LEN(r->child); i++) {
		c = &r->child[i];
		if (!c->used || c->named || c->keep.leaving)
			continue;
		log_info("%s: no longer in the file", c->is.name);
		if (!keep_end(&c->keep, false)) {
			keep_close(&c->keep);
			c->used = false;
		}
	}
	for (i = 0; i < r->conf.services_n; i++)
		if (find(r, &r->conf.service[i]) == NULL)
			start(r, &r->conf.service[i]);
}

/* A disk that takes no log is no reason not to serve. */
static void open_log(const struct run_conf *conf)
{
	static const enum log_level levels[] = { LOG_INFO, LOG_DEBUG,
		LOG_TRACE };
	int rc = 0;

	log_set_level(levels[conf->verbose]);
	if (conf->use_syslog)
		rc = log_open(LOG_SYSLOG, NULL, "wherry");
	else if (conf->log_file[0] != '\0')
		rc = log_open(LOG_FILE, conf->log_file, NULL);
	if (rc < 0)
		log_warn("log_file %s: %s; tried again on SIGHUP",
		    conf->log_file, err_text(rc));
}

static void reload(struct run *r)
{
	struct opt_at at = { 0 };

	/* First: it was moved away, and is to tell of the rest. */
	open_log(&r->conf);
	if (read_conf(r, &r->next, &at) < 0) {
		log_error("not reloaded, all is as before: %s", at.text);
		return;
	}
	r->conf = r->next;
	follow(r);
	log_info("configuration reloaded");
}

/* ---- the process ---- */

static void on_signal(struct watch *w, unsigned got)
{
	struct run *r = OWNER(w, struct run, signals);
	enum port_signal what;
	size_t i;

	(void)got;
	while ((what = port_signal_next()) != SIG_NONE) {
		if (what == SIG_CHILD)
			reap(r);
		else if (what == SIG_STOP || what == SIG_INTR)
			stop(r, what == SIG_INTR);
		else if (what == SIG_QUIET && !r->stopping)
			quiet(r);
		else if (what == SIG_RELOAD && !r->stopping)
			reload(r);
		else if (what == SIG_STAT)
			for (i = 0; i < LEN(r->child); i++)
				if (r->child[i].used &&
				    r->child[i].keep.pid != 0)
					(void)port_signal_send(
					    r->child[i].keep.pid, SIG_STAT);
	}
}

static int open_all(struct run *r)
{
	int rc = loop_open(&r->loop, NULL), fd;
	size_t i;

	if (rc < 0)
		return rc;
	fd = port_signal_open();
	rc = fd < 0 ? fd
	            : watch_open(&r->loop, &r->signals, fd, POLL_IN, on_signal);
	for (i = 0; rc == 0 && i < r->conf.services_n; i++)
		start(r, &r->conf.service[i]);
	return rc;
}

static void close_all(struct run *r)
{
	size_t i;

	for (i = 0; i < LEN(r->child); i++)
		if (r->child[i].used)
			keep_close(&r->child[i].keep);
	timer_stop(&r->loop, &r->patience);
	if (watch_is_open(&r->signals))
		watch_close(&r->signals);
	loop_close(&r->loop);
}

static int serve(struct run *r)
{
	int rc = open_all(r);

	if (rc < 0) {
		log_error("run: %s", err_text(rc));
		return 1;
	}
	rc = loop_run(&r->loop);
	log_info("run: all have ended");
	close_all(r);
	if (r->conf.power) {
		rc = port_power(r->restart);
		log_error("power: %s", err_text(rc));
		return 1;
	}
	return rc;
}

int run_main(int argc, char **argv, const struct run_kinds *kinds)
{
	static struct run run;
	struct opt_at at = { 0 };
	int rc;

	run.kinds = kinds;
	run.argc = argc;
	run.argv = argv;
	run.table = (struct opt_table){ .opts = run_opts,
		.opts_n = run_opts_n,
		.flags = flags,
		.flags_n = LEN(flags) };
	rc = read_conf(&run, &run.conf, &at);
	if (rc < 0) {
		log_early("ERROR", "%s", at.text);
		return 1;
	}
	if (run.conf.help) {
		opt_print_help(&run.table, usage);
		return 0;
	}
	open_log(&run.conf);
	if (port_self(run.self, sizeof(run.self)) < 0) {
		log_error("the program's own file cannot be found");
		return 1;
	}
	return serve(&run);
}
