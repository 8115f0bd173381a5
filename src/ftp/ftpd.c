/* ftpd.c - `wherry ftpd`: arguments as vsftpd takes them, signals, rights.
 *
 * Started as root it binds its port, then becomes one user for good, as one
 * process can serve one only: nopriv_user, or where all are anonymous
 * ftp_username. The files served must be within that user's reach. */
#include "base/text.h"
#include "core/log.h"
#include "core/loop.h"
#include "core/metrics.h"
#include "ftp.h"
#include "ftp_conf.h"
#include "port/net.h"
#include "port/out.h"
#include "port/proc.h"
#include "port/rand.h"

#define CONF_USUAL "/etc/vsftpd.conf"
#define DAEMON_WAIT_MS 5000
/* Control, listener, data, file, directory, root. */
#define FDS_PER_SESSION 6
#define FDS_OTHER 24

static struct ftp_conf conf;
static struct loop loop;
static struct ftp server;
static struct watch signals;

static const char usage[] =
    "usage: wherry ftpd [-v] [FILE]... [-oNAME=VALUE]...\n"
    "Serves files over FTP. FILE is read as vsftpd.conf; with none named,\n"
    CONF_USUAL " if it exists. -o sets one option; the last one counts.\n\n"
    "Users are lines NAME:HASH:ROOT[:RIGHTS] of users_file; wherry passwd\n"
    "makes them. RIGHTS w lets a user write where write_enable=YES does.\n"
    "\n"
    "Started as root it binds its port, then becomes nopriv_user (without\n"
    "local_enable ftp_username), who must be able to reach the files.";

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
	struct opt_table t = ftp_conf_table(&conf);

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
static int read_args(struct opt_at *at, int argc, char **argv)
{
	struct opt_table t = ftp_conf_table(&conf);
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
	return rc == 0 ? ftp_conf_check(&conf, at) : rc;
}

/* ---- the process */

/* A daemon's lines go to the file; so do others' where the owner wants it. */
static void open_log(void)
{
	int rc = 0;

	if (conf.syslog_enable)
		rc = log_open(LOG_SYSLOG, NULL, "vsftpd");
	else if (conf.background || conf.xferlog_enable)
		rc = log_open(LOG_FILE, conf.vsftpd_log_file, NULL);
	if (rc < 0)
		log_warn("%s: %s; the log goes to standard error",
		    conf.syslog_enable ? "syslog" : conf.vsftpd_log_file,
		    err_text(rc));
}

static void on_signal(struct watch *w, unsigned got)
{
	enum port_signal sig;

	(void)got;
	while ((sig = port_signal_next()) != SIG_NONE) {
		if (sig == SIG_STOP || sig == SIG_INTR || sig == SIG_QUIET)
			loop_stop(w->loop, 0);
		else if (sig == SIG_RELOAD)
			(void)log_reopen();
		else if (sig == SIG_STAT)
			metrics_log();
	}
}

static int drop_rights(void)
{
	struct port_user u;
	int rc = 0;

	if (port_uid() != 0 || conf.run_as_launching_user)
		return 0;
	if (conf.local_enable || port_user_find(conf.ftp_username, &u) < 0)
		rc = port_user_find(conf.nopriv_user, &u);
	if (rc == 0)
		rc = port_user_become(&u);
	if (rc < 0)
		log_error("nopriv_user=%s: cannot become this user: %s",
		    conf.nopriv_user, err_text(rc));
	return rc;
}

static int serve(void)
{
	char why[320];
	int fd = port_signal_open();
	int rc = fd < 0 ? fd : watch_open(&loop, &signals, fd, POLL_IN,
	    on_signal);

	if (rc < 0)
		return fail(err_text(rc));
	if (ftp_start(&server, &loop, &conf, why, sizeof(why)) < 0) {
		log_error("%s", why);
		rc = 1;
	} else if (drop_rights() < 0) {
		rc = 1;
	} else {
		port_daemon_ready();
		rc = loop_run(&loop);
		log_info("ftpd stops");
	}
	ftp_stop(&server);
	loop_turn(&loop, 0);
	watch_close(&signals);
	return rc;
}

static int run(void)
{
	int rc;

	port_no_core();
	(void)port_umask(0);
	(void)port_fd_limit((int64_t)conf.max_clients * FDS_PER_SESSION +
	    FDS_OTHER);
	if (port_rand_open() < 0)
		return fail("no source of randomness");
	rc = loop_open(&loop, NULL);
	if (rc < 0)
		return fail(err_text(rc));
	rc = serve();
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

int ftpd_main(int argc, char **argv)
{
	struct opt_at at = { .strict = true };

	ftp_conf_init(&conf);
	if (argc == 2 && strcmp(argv[1], "-v") == 0)
		return print_version(argv[0]);
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0))
		return print_help();
	if (read_args(&at, argc, argv) < 0)
		return fail(at.text);
	open_log();
	return conf.background ? run_in_background() : run();
}
