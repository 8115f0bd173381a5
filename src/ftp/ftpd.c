/* ftpd.c - `wherry ftpd`: arguments as vsftpd takes them, signals, rights.
 *
 * Started as root it is a monitor with a process for each session, who becomes
 * the user that logs in (ftp_monitor.c). With session_processes=NO it binds its
 * port and becomes one user for good, as one process can serve one only:
 * nopriv_user, or where all are anonymous ftp_username. */
#include "base/text.h"
#include "core/log.h"
#include "core/loop.h"
#include "core/metrics.h"
#include "ftp.h"
#include "ftp_conf.h"
#include "ftp_explain.h"
#include "ftp_monitor.h"
#include "port/net.h"
#include "port/out.h"
#include "port/proc.h"
#include "port/rand.h"

#define CONF_USUAL "/etc/vsftpd.conf"
#define DAEMON_WAIT_MS 5000
/* Control, listener, data, file, directory, root, a pipe. */
#define FDS_PER_SESSION 8
#define FDS_OTHER 24

/* The monitor's generations; the first is that of the start, and the only one
 * where there is no monitor. */
static struct ftp_conf confs[FTP_GENS];
static struct ftp_conf *const conf = &confs[0];
static struct loop loop;
static struct ftp server;
static struct ftp_monitor monitor;
static struct watch signals;
static int args_n;
static char **args;

static const char usage[] =
    "usage: wherry ftpd [-v] [--check] [FILE]... [-oNAME=VALUE]...\n"
    "Serves files over FTP; with --check, first of all words, only says what\n"
    "is wrong or weak in its configuration. FILE is read as vsftpd.conf; with\n"
    "none named, " CONF_USUAL " if it exists. -o sets one option; the\n"
    "last one counts.\n\n"
    "Users are lines NAME:HASH:ROOT[:RIGHTS] of users_file; wherry passwd\n"
    "makes them. RIGHTS w lets a user write where write_enable=YES does.\n"
    "Without that file, users are those of the system.\n"
    "\n"
    "Started as root, each session has a process that becomes its user:\n"
    "ftp_username for anonymous ones, nopriv_user for those of users_file.";

static int fail(const char *why)
{
	log_early("ERROR", "%s", why);
	return 1;
}

/* ---- configuration */

static int print_version(const char *name)
{
	char line[80];
	const char *base = strrchr(name, '/');

	base = base != NULL ? base + 1 : name;
	text_fmt(line, sizeof(line), "%s: version %s\n",
	    strcmp(base, "vsftpd") == 0 ? base : "wherry ftpd",
	    WHERRY_VERSION);
	port_out_all(1, line, strlen(line));
	return 0;
}

static int print_help(void)
{
	struct opt_table t = ftp_conf_table(conf);

	opt_print_help(&t, usage);
	return 0;
}

static bool names_file(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (argv[i][0] != '-')
			return true;
	return false;
}

static int read_usual(const struct opt_table *t, struct opt_at *at)
{
	struct file_info info;

	if (port_path_info(PORT_FS, CONF_USUAL, true, &info) == -E_NOENT)
		return 0;
	at->file = CONF_USUAL;
	return opt_read_ini(t, at, CONF_USUAL);
}

/* In the order given; the usual file before all. */
static int read_args(struct ftp_conf *c, struct opt_at *at, int argc,
    char **argv)
{
	struct opt_table t = ftp_conf_table(c);
	int rc = names_file(argc, argv) ? 0 : read_usual(&t, at);

	for (int i = 1; i < argc && rc == 0; i++) {
		const char *word = argv[i];

		at->line = 0;
		at->file = word[0] == '-' ? NULL : word;
		if (word[0] != '-')
			rc = opt_read_ini(&t, at, word);
		else if (word[1] == 'o' && word[2] != '\0')
			rc = opt_read_pair(&t, at, word + 2);
		else
			rc = opt_fail(at, "unknown option %s", word);
	}
	return rc == 0 ? ftp_conf_check(c, at) : rc;
}

/* ---- the process */

/* A daemon's lines go to the file; so do others' where the owner wants it. */
static void open_log(void)
{
	int rc = 0;

	if (conf->syslog_enable)
		rc = log_open(LOG_SYSLOG, NULL, "vsftpd");
	else if (conf->background || ftp_conf_logs_own(conf))
		rc = log_open(LOG_FILE, conf->vsftpd_log_file, NULL);
	if (rc == 0 && log_fd() >= 0)
		log_set_form(LOG_VSFTPD);
	if (rc < 0)
		log_warn("%s: %s; the log goes to standard error",
		    conf->syslog_enable ? "syslog" : conf->vsftpd_log_file,
		    err_text(rc));
}

static bool has_monitor(void)
{
	return monitor.loop != NULL;
}

/* SIGHUP, of a monitor: new sessions get what the files say now. */
static void reload(void)
{
	struct opt_at at = { .strict = true };
	struct ftp_conf *c = ftp_monitor_place(&monitor);
	char why[320];

	if (c == NULL) {
		log_warn("the configuration is read when sessions with older "
		    "ones have ended");
		return;
	}
	ftp_conf_init(c);
	if (read_args(c, &at, args_n, args) < 0)
		log_error("the old configuration stays: %s", at.text);
	else if (ftp_monitor_renew(&monitor, c, why, sizeof(why)) < 0)
		log_error("the old configuration stays: %s", why);
	else
		log_info("new sessions have the new configuration");
}

static void reopen_logs(void)
{
	(void)log_reopen();
	if (has_monitor())
		reload();
	else
		ftp_reopen(&server);
}

static void stop(void)
{
	if (has_monitor())
		ftp_monitor_stop(&monitor);
	else
		loop_stop(&loop, 0);
}

static void on_child(void)
{
	if (!has_monitor())
		return;
	ftp_monitor_reap(&monitor);
	if (monitor.reload)
		reload();
}

static void on_signal(struct watch *w, unsigned got)
{
	enum port_signal sig;

	(void)w;
	(void)got;
	while ((sig = port_signal_next()) != SIG_NONE) {
		if (sig == SIG_STOP || sig == SIG_INTR || sig == SIG_QUIET)
			stop();
		else if (sig == SIG_RELOAD)
			reopen_logs();
		else if (sig == SIG_STAT)
			metrics_log();
		else if (sig == SIG_CHILD)
			on_child();
	}
}

static int drop_rights(char *why, size_t room)
{
	struct port_user u;
	int rc = 0;

	if (port_uid() != 0 || conf->run_as_launching_user)
		return 0;
	if (conf->local_enable || port_user_find(conf->ftp_username, &u) < 0)
		rc = port_user_find(conf->nopriv_user, &u);
	if (rc == 0)
		rc = port_user_become(&u);
	if (rc < 0)
		text_fmt(why, room, "nopriv_user: cannot become %s: %s",
		    conf->nopriv_user, err_text(rc));
	return rc;
}

/* Who starts it looks at the terminal; who starts a daemon, at its log. */
static int fail_start(const char *why)
{
	if (conf->syslog_enable || conf->background || ftp_conf_logs_own(conf))
		log_error("%s", why);
	return fail(why);
}

static void say_ready(const struct addr *where)
{
	char at[ADDR_TEXT];

	addr_text(at, sizeof(at), where);
	log_info("ftpd listening at %s", at);
	port_daemon_ready();
}

static int go(const struct addr *where)
{
	int rc;

	say_ready(where);
	rc = loop_run(&loop);
	log_info("ftpd stops");
	return rc;
}

static int serve_alone(void)
{
	char why[320];
	int rc = ftp_start(&server, &loop, conf, why, sizeof(why));

	if (rc == 0)
		rc = drop_rights(why, sizeof(why));
	rc = rc < 0 ? fail_start(why) : go(&server.listener.at);
	ftp_stop(&server);
	loop_turn(&loop, 0);
	return rc;
}

static int serve_by_processes(void)
{
	char why[320];
	int rc = ftp_monitor_open(&monitor, &loop, confs, why, sizeof(why));

	rc = rc < 0 ? fail_start(why) : go(&monitor.listener.at);
	ftp_monitor_close(&monitor);
	return rc;
}

static int serve(void)
{
	bool processes = port_uid() == 0 && !conf->run_as_launching_user &&
	    conf->session_processes;

	return processes ? serve_by_processes() : serve_alone();
}

static int watch_signals(void)
{
	int fd = port_signal_open();

	return fd < 0 ? fd : watch_open(&loop, &signals, fd, POLL_IN,
	    on_signal);
}

static int run(void)
{
	int rc;

	port_no_core();
	(void)port_umask(0);
	(void)port_fd_limit((int64_t)conf->max_clients * FDS_PER_SESSION +
	    FDS_OTHER);
	if (port_rand_open() < 0)
		return fail_start("no source of randomness");
	rc = loop_open(&loop, NULL);
	if (rc < 0)
		return fail_start(err_text(rc));
	rc = watch_signals();
	rc = rc < 0 ? fail_start(err_text(rc)) : serve();
	watch_close(&signals);
	loop_close(&loop);
	return rc;
}

static int run_in_background(void)
{
	int rc = port_daemon_fork(log_fd(), DAEMON_WAIT_MS);

	if (rc == 0)
		return run();
	if (rc > 0)
		return 0;
	return fail("the daemon did not start; its log says why");
}

static int explain(void)
{
	static const char fine[] = "the configuration is fine\n";

	if (ftp_explain(conf) > 0)
		return 1;
	port_out_all(1, fine, strlen(fine));
	return 0;
}

int ftpd_main(int argc, char **argv)
{
	bool only_check;
	struct opt_at at = { .strict = true };

	log_set_form(LOG_PYTHON);
	ftp_conf_init(conf);
	if (argc == 2 && strcmp(argv[1], "-v") == 0)
		return print_version(argv[0]);
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0))
		return print_help();
	args_n = argc;
	args = argv;
	only_check = argc > 1 && strcmp(argv[1], "--check") == 0;
	if (only_check)
		log_set_form(LOG_BARE);
	args_n -= only_check;
	args += only_check;
	if (read_args(conf, &at, args_n, args) < 0)
		return fail(at.text);
	if (only_check)
		return explain();
	open_log();
	return conf->background ? run_in_background() : run();
}
