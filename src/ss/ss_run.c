/* ss_run.c - the process around the listeners: log, loop, resolver, user,
 * signals, and everything back at the end. Knows no command line. */
#include "ss_run.h"

#include "base/text.h"
#include "core/dns.h"
#include "core/log.h"
#include "core/metrics.h"
#include "port/child.h"
#include "port/file.h"
#include "port/proc.h"
#include "port/rand.h"
#include "ss_daemon.h"
#include "ss_explain.h"
#include "ss_lists.h"
#include "ss_manager.h"
#include "ss_online.h"
#include "ss_reload.h"
#include "ss_report.h"
#include "ss_sandbox.h"
#include "ss_scrape.h"
#include "ss_shared.h"
#include "ss_workers.h"

#define WORKERS_END_MS 1000

struct run {
	struct ss_source *source;
	struct loop loop;
	struct ss ss;
	struct ss_lists lists;
	struct ss_manager manager;
	struct ss_report report;
	struct ss_scrape scrape;
	struct ss_online online;
	struct watch signals;
	struct ss_workers workers;
	int64_t fds_max;
};

static int open_log(const struct ss_conf *conf, const char *name)
{
	int rc;

	if (conf->use_syslog || conf->background)
		(void)log_open(LOG_SYSLOG, NULL, name);
	if (conf->daemon[0] != '\0' || !conf->log_file_set)
		return 0;
	rc = log_open(LOG_FILE, conf->log_file, NULL);
	if (rc != 0)
		log_early("ERROR", "%s: %s", conf->log_file, err_text(rc));
	return rc;
}

static int open_loop(struct loop *l, const struct ss_conf *conf)
{
	int rc;

	if (conf->poll[0] != '\0')
		rc = loop_open(l, conf->poll);
	else
		rc = loop_open(l, BOARD_POLL);
	if (rc != 0 && conf->poll[0] == '\0')
		rc = loop_open(l, "");
	if (rc != 0)
		log_error("poll %s: %s", conf->poll[0] != '\0' ? conf->poll :
		    BOARD_POLL, err_text(rc));
	return rc;
}

static void open_dns(struct loop *l, const struct ss_conf *conf)
{
	static const struct addr fallback[] = {
		{ .family = 4, .ip = { 8, 8, 4, 4 } },
		{ .family = 4, .ip = { 8, 8, 8, 8 } },
	};
	struct dns_conf dns = { .fallback = fallback,
		.fallback_n = LEN(fallback), .servers_n = conf->dns_server_n };

	memcpy(dns.servers, conf->dns_server, sizeof(dns.servers));
	dns_open(l, &dns);
}

/* Nothing is in it, and nobody can put anything there. */
static int jail(void)
{
	int dir = port_empty_dir(), rc = dir;

	if (dir >= 0) {
		rc = port_jail(dir);
		port_file_close(dir);
	}
	if (rc != 0)
		log_error("chroot: %s", err_text(rc));
	return rc;
}

static int become(const struct ss_conf *conf)
{
	bool named = conf->user[0] != '\0';
	struct port_user u;
	int rc = named ? port_user_find(conf->user, &u) : 0;

	if (rc == 0 && conf->chroot) {
		rc = jail();
		if (rc != 0)
			return rc;
	}
	if (rc == 0 && named)
		rc = port_user_become(&u);
	if (rc != 0)
		log_error("user %s: %s", conf->user, err_text(rc));
	return rc;
}

/* ---- signals ---- */

/* The first process stays while a worker still serves: they end with it. */
static void all_gone(struct ss *ss)
{
	struct run *r = OWNER(ss, struct run, ss);

	if (ss->sessions_n == 0 && r->workers.live == 0)
		loop_stop(ss->loop, 0);
}

static void quiet(struct run *r)
{
	log_warn("received SIGQUIT, doing graceful shutting down..");
	r->ss.on_gone = all_gone;
	ss_manager_close(&r->manager);
	ss_scrape_close(&r->scrape);
	ss_online_close(&r->online);
	ss_quiet(&r->ss);
}

/* Lists first: they can be had back, the configuration of before cannot. */
static int change(struct run *r, struct ss_conf *next, char *why,
    size_t why_room)
{
	const char *path = r->lists.path;
	int rc = ss_lists_open(&r->lists, next);

	if (rc != 0) {
		r->lists.path = path;
		text_fmt(why, why_room, "acl: see above");
		return rc;
	}
	rc = ss_reload(&r->ss, next, why, why_room);
	if (rc != 0)
		(void)ss_lists_open(&r->lists, r->ss.conf);
	else
		r->ss.gate.acl = ss_lists_acl(&r->lists);
	return rc;
}

static int read_anew(struct run *r, char *why, size_t why_room)
{
	struct ss_source *s = r->source;
	struct ss_conf *before = s->conf;
	int rc = s->read(s, s->spare, why, why_room);

	if (rc == 0)
		rc = change(r, s->spare, why, why_room);
	if (rc != 0)
		return rc;
	s->conf = s->spare;
	s->spare = before;
	return 0;
}

/* Logs first: they were moved away, and are to tell of the rest. */
static void reload(struct run *r)
{
	char why[512];

	if (r->source->conf->chroot) {
		log_error("not reloaded: chroot leaves nothing to read");
		return;
	}
	(void)log_reopen();
	if (r->ss.quiet)
		return;
	if (read_anew(r, why, sizeof(why)) != 0)
		log_error("not reloaded, all is as before: %s", why);
	else
		log_info("configuration reloaded");
	ss_online_look(&r->online);
}

/* A list of servers came. */
static int take_list(struct ss_online *o, char *why, size_t room)
{
	struct run *r = OWNER(o, struct run, online);
	int rc;

	text_copy(why, room, "we are leaving");
	if (r->ss.quiet)
		return -E_CLOSED;
	rc = read_anew(r, why, room);
	if (rc == 0)
		log_info("online_config: there are %zu servers now",
		    r->ss.remotes.n);
	return rc;
}

static void reap(struct run *r)
{
	int pid;

	while ((pid = port_worker_reap()) != 0)
		if (!ss_plugin_ended(&r->ss.plugins, pid)) {
			ss_workers_ended(&r->workers, pid);
			ss_shared_died(pid, r->loop.now_ms);
		}
	if (r->ss.others > 0 && r->workers.live == 0) {
		r->ss.others = 0;
		ss_serve_gone(&r->ss);
	}
}

static void on_signal(struct watch *w, unsigned got)
{
	struct run *r = OWNER(w, struct run, signals);
	enum port_signal what;

	(void)got;
	while ((what = port_signal_next()) != SIG_NONE) {
		if (what == SIG_CHILD) {
			reap(r);
			if (r->ss.quiet)
				all_gone(&r->ss);
			continue;
		}
		ss_workers_tell(&r->workers, what);
		if (what == SIG_STOP || what == SIG_INTR)
			loop_stop(&r->loop, what == SIG_INTR ?
			    r->source->exits->interrupted : 0);
		if (what == SIG_RELOAD)
			reload(r);
		if (what == SIG_STAT && !r->workers.is_worker) {
			metrics_log();
			ss_serve_log(&r->ss);
		}
		if (what == SIG_QUIET && !r->ss.quiet)
			quiet(r);
	}
}

static int open_signals(struct run *r)
{
	int fd = port_signal_open();

	if (fd < 0)
		return fd;
	return watch_open(&r->loop, &r->signals, fd, POLL_IN, on_signal);
}

/* ---- from start to end ---- */

static int start(struct run *r, const struct ss_conf *conf)
{
	bool shared = r->workers.live > 0 || r->workers.is_worker;
	char why[SS_HOST + 64];
	int rc = shared ? ss_start_shared(&r->ss, &r->loop, conf,
	    !r->workers.is_worker, why, sizeof(why)) :
	    ss_start(&r->ss, &r->loop, conf, why, sizeof(why));

	if (rc != 0)
		log_error("%s", why);
	r->ss.fds_max = r->fds_max;
	r->ss.others = r->workers.live;
	r->ss.gate.acl = ss_lists_acl(&r->lists);
	return rc;
}

static int rehearse(struct run *r, const struct ss_conf *conf)
{
	char why[SS_HOST + 64];
	int rc = ss_start_alone(&r->ss, &r->loop, conf, why, sizeof(why));

	if (rc != 0)
		log_error("%s", why);
	return rc;
}

/* libev's and rust's servers have a manager elsewhere, which they report to. */
static bool reports(const struct ss_conf *conf)
{
	return !conf->is_manager && (conf->flavour == SS_LIBEV ||
	    conf->flavour == SS_RUST);
}

static int open_report(struct run *r, const char *address)
{
	int rc = ss_report_open(&r->report, &r->ss, address);

	if (rc != 0)
		log_error("manager_address %s: %s", address, err_text(rc));
	return rc;
}

/* Before the user is changed: its path may be in a folder of root's. */
static int open_manager(struct run *r, const struct ss_conf *conf)
{
	const char *address = conf->manager_address;
	int rc;

	if (address[0] == '\0' || conf->role != SS_SERVER)
		return 0;
	if (reports(conf))
		return r->workers.is_worker ? 0 : open_report(r, address);
	rc = conf->workers > 1 ? -E_NOSUP :
	    ss_manager_open(&r->manager, &r->ss, address);
	if (rc == -E_NOSUP)
		log_error("manager_address %s: not with workers", address);
	else if (rc == -E_DENY)
		log_error("manager_address %s: only a path or a loopback "
		    "address: who reaches it owns the server", address);
	else if (rc != 0)
		log_error("manager_address %s: %s", address, err_text(rc));
	return rc;
}

static int open_scrape(struct run *r, const struct ss_conf *conf)
{
	const char *address = conf->metrics_address;
	int rc;

	if (address[0] == '\0' || r->workers.is_worker)
		return 0;
	rc = ss_scrape_open(&r->scrape, &r->ss, address);
	if (rc == -E_DENY)
		log_error("metrics_address %s: only a path or a loopback "
		    "address", address);
	else if (rc != 0)
		log_error("metrics_address %s: %s", address, err_text(rc));
	return rc;
}

static int serve(struct run *r, const struct ss_conf *conf)
{
	int rc = start(r, conf);

	if (rc == 0)
		rc = open_manager(r, conf);
	if (rc == 0)
		rc = open_scrape(r, conf);
	if (rc == 0)
		rc = ss_online_open(&r->online, &r->ss, take_list);
	if (rc == 0)
		rc = become(conf);
	if (rc == 0)
		rc = open_signals(r);
	if (rc == 0)
		rc = ss_workers_watch(&r->workers, &r->loop);
	if (rc == 0) {
		if (ss_sandbox_enter(conf))
			r->ss.plugins.refused =
			    "none can start in the sandbox (sandbox: off)";
		else if (conf->chroot)
			r->ss.plugins.refused = "none is there after chroot";
		ss_plugins_start(&r->ss.plugins);
		if (!r->workers.is_worker)
			ss_say_ready(&r->ss);
		port_daemon_ready();
		rc = loop_run(&r->loop);
	}
	return rc < 0 ? r->source->exits->failed : rc;
}

/* What they moved to the end is in the sums; then the first writes them. */
static void wait_for_workers(struct run *r)
{
	ss_workers_tell(&r->workers, SIG_STOP);
	ss_workers_wait(&r->workers, WORKERS_END_MS);
	r->ss.others = 0;
}

/* Loop and resolver around what is done with them. */
static int with_loop(struct run *r, const struct ss_conf *conf,
    int (*what)(struct run *r, const struct ss_conf *conf))
{
	int rc;

	if (open_loop(&r->loop, conf) != 0)
		return r->source->exits->failed;
	open_dns(&r->loop, conf);
	rc = what(r, conf);
	wait_for_workers(r);
	ss_manager_close(&r->manager);
	ss_report_close(&r->report);
	ss_scrape_close(&r->scrape);
	ss_online_close(&r->online);
	ss_stop(&r->ss);
	ss_workers_close(&r->workers);
	if (watch_is_open(&r->signals))
		watch_close(&r->signals);
	loop_turn(&r->loop, 0);
	dns_close();
	loop_close(&r->loop);
	return rc;
}

/* Ports that can be shared could be shared with a stranger of the same user:
 * that they are free is seen before, by binding them alone. */
static int fork_workers(struct run *r, const struct ss_conf *conf)
{
	int rc;

	if (with_loop(r, conf, rehearse) != 0)
		return -E_INUSE;
	rc = ss_shared_open((unsigned)conf->workers);
	if (rc == 0 && conf->salt_file[0] != '\0')
		ss_salts_load(ss_shared_seen(), conf->salt_file);
	if (rc == 0)
		rc = ss_workers_fork(&r->workers, conf->workers);
	if (rc != 0)
		log_error("workers: %s", err_text(rc));
	return rc;
}

static int64_t limit_files(const struct ss_conf *conf)
{
	/* libev's rule: below it, it is no wish for more. */
	return port_fd_limit(conf->nofile > 1024 ? conf->nofile : LIMIT_FDS);
}

int ss_run(struct ss_source *source)
{
	static struct run r;
	const struct ss_conf *conf = source->conf;
	int failed = source->exits->failed, rc;

	r.source = source;
	if (open_log(conf, source->name) != 0)
		return failed;
	/* Before the daemon leaves for "/": a path may begin where we are. */
	if (strcmp(conf->daemon, "stop") != 0 &&
	    ss_lists_open(&r.lists, conf) != 0)
		return source->exits->config;
	rc = ss_daemon(conf);
	if (rc != SS_DAEMON_GO)
		return rc;
	port_no_core();
	r.fds_max = limit_files(conf);
	if (port_rand_open() != 0) {
		log_error("no source of random numbers");
		return failed;
	}
	ss_warn(conf);
	if (conf->role == SS_SERVER && conf->workers > 1 &&
	    ss_has_plugin(conf)) {
		log_error("workers: only one with a plugin");
		return failed;
	}
	if (conf->role == SS_SERVER && conf->workers > 1 &&
	    fork_workers(&r, conf) != 0)
		return failed;
	return with_loop(&r, conf, serve);
}
