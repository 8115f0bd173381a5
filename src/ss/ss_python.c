/* ss_python.c - command line, texts and exit codes of the python original.
 * Knows no connection; reference: 2.2. */
#include "ss_python.h"

#include "core/log.h"
#include "port/file.h"
#include "port/out.h"
#include "ss_conf_inner.h"
#include "ss_run.h"

#define EXIT_FAILED 1
#define EXIT_USAGE 2
#define DEFAULT_FILE "config.json"

static const char *const usage[] = {
	[SS_SERVER] = "usage: ssserver [OPTION]...\n"
	    "A Shadowsocks server. In brackets: the key for the same in a\n"
	    "configuration file, which is one JSON object.",
	[SS_LOCAL] = "usage: sslocal [OPTION]...\n"
	    "A SOCKS5 proxy that goes through a Shadowsocks server. In\n"
	    "brackets: the key for the same in a configuration file, which is\n"
	    "one JSON object.",
};

static int bad_usage(const char *text)
{
	log_early("ERROR", "%s", text);
	port_out_all(2, "try --help\n", 11);
	return EXIT_USAGE;
}

static void set_level(const struct ss_conf *conf)
{
	static const enum log_level levels[] = { LOG_ERROR, LOG_WARN, LOG_INFO,
		LOG_DEBUG, LOG_TRACE };

	log_set_level(levels[2 + conf->verbose - conf->quiet]);
}

static void on_unknown(struct opt_at *at, const char *key)
{
	log_debug("%s:%d: %s: no option of ours", at->file, at->line, key);
}

/* -c, or config.json where it was started, if there is one. */
static const char *config_file(const struct ss_conf *conf)
{
	struct file_info info;

	if (conf->file[0] != '\0')
		return conf->file;
	if (port_path_info(PORT_FS, DEFAULT_FILE, true, &info) != 0)
		return NULL;
	return DEFAULT_FILE;
}

/* The command line is read twice: for -c, and to win over the file. */
static int read_args(const struct opt_table *t, int argc, char **argv)
{
	struct ss_conf *conf = t->conf;
	struct opt_at at = { 0 };

	conf->verbose = conf->quiet = 0;
	if (opt_read_args(t, &at, argc, argv, NULL, 0) < 0)
		return bad_usage(at.text);
	set_level(conf);
	return 0;
}

static int read_file(const struct opt_table *t, const char *path)
{
	struct opt_at at = { .on_unknown = on_unknown };

	log_early("INFO", "loading config from %s", path);
	if (opt_read_json(t, &at, path) == 0)
		return 0;
	log_early("ERROR", "%s", at.text);
	return EXIT_FAILED;
}

static int read_all(const struct opt_table *t, int argc, char **argv)
{
	struct ss_conf *conf = t->conf;
	int32_t verbose_of_file;
	const char *path;
	int rc = read_args(t, argc, argv);

	if (rc != 0 || conf->help || conf->version)
		return rc;
	path = config_file(conf);
	if (path == NULL)
		return argc > 1 ? 0 : bad_usage("config not specified");
	conf->verbose = 0;
	rc = read_file(t, path);
	if (rc != 0)
		return rc;
	verbose_of_file = conf->verbose;
	rc = read_args(t, argc, argv);
	if (rc == 0 && conf->verbose == 0 && conf->quiet == 0)
		conf->verbose = verbose_of_file;
	set_level(conf);
	return rc;
}

/* ---- what the original checks, in its words ---- */

static bool is_this_machine(const char *host)
{
	return strcmp(host, "127.0.0.1") == 0 || strcmp(host, "localhost") == 0;
}

static bool has_ports(const struct ss_conf *conf)
{
	size_t i;

	for (i = 0; i < conf->servers_n; i++)
		if (conf->servers[i].from == SS_FROM_PORTS)
			return true;
	return false;
}

static void warn(const struct ss_conf *conf)
{
	size_t i;

	if (conf->role == SS_LOCAL && conf->local.host != NULL &&
	    strcmp(conf->local.host, "0.0.0.0") == 0)
		log_warn("warning: local set to listen on 0.0.0.0, it's not "
		    "safe");
	for (i = 0; i < conf->host_n; i++)
		if (is_this_machine(conf->host[i].host))
			log_warn("warning: server set to listen on %s:%u, are "
			    "you sure?", conf->host[i].host,
			    conf->host_port[0]);
	if (conf->base.timeout_s < 100)
		log_warn("warning: your timeout %lld seems too short",
		    (long long)conf->base.timeout_s);
	if (conf->base.timeout_s > 600)
		log_warn("warning: your timeout %lld seems too long",
		    (long long)conf->base.timeout_s);
	if (has_ports(conf) && conf->base.secret.set)
		log_warn("warning: port_password should not be used with "
		    "server_port and password. server_port and password will "
		    "be ignored");
}

static bool has_method_2022(const struct ss_conf *conf)
{
	size_t i;

	for (i = 0; i < conf->servers_n; i++)
		if (conf->servers[i].method->kind == SS_2022)
			return true;
	return false;
}

/* What is wrong is the file's fault, or the command line's. */
static int finish(struct ss_conf *conf)
{
	struct opt_at at = { 0 };

	if (ss_conf_finish(conf, &at, config_file(conf)) != 0) {
		if (at.file == NULL)
			return bad_usage(at.text);
		log_early("ERROR", "%s", at.text);
		return EXIT_FAILED;
	}
	if (conf->role == SS_SERVER && conf->workers > 1 &&
	    has_method_2022(conf)) {
		log_early("ERROR", "workers: only one with the 2022 methods, "
		    "as it must know every salt of the last minute");
		return EXIT_FAILED;
	}
	return 0;
}

static int check(struct ss_conf *conf)
{
	bool local = conf->role == SS_LOCAL;
	int rc;

	if (conf->one_time_auth) {
		log_early("ERROR", "one_time_auth is not supported");
		return EXIT_FAILED;
	}
	/* To stop, nothing needs to be known but the pid file. */
	if (strcmp(conf->daemon, "stop") == 0)
		return 0;
	if (local && conf->host_n == 0 && conf->servers_n == 0)
		return bad_usage("server addr not specified");
	if (local && !conf->base.secret.set && conf->servers_n == 0)
		return bad_usage("password not specified");
	if (!conf->base.secret.set && conf->servers_n == 0 &&
	    conf->manager_address[0] == '\0')
		return bad_usage("password or port_password not specified");
	if (conf->base.secret.is_mypassword) {
		log_early("ERROR", "DON'T USE DEFAULT PASSWORD! Please change "
		    "it in your config.json!");
		return EXIT_FAILED;
	}
	rc = finish(conf);
	if (rc == 0)
		warn(conf);
	return rc;
}

static int python_main(int argc, char **argv, enum ss_role role)
{
	static struct ss_conf conf;
	struct opt_table t = ss_conf_table(&conf, role);
	int rc;

	ss_conf_defaults(&t);
	rc = read_all(&t, argc, argv);
	if (rc != 0)
		return rc;
	if (conf.help) {
		opt_print_help(&t, usage[role]);
		return 0;
	}
	if (conf.version) {
		port_out_all(1, "Shadowsocks " WHERRY_VERSION "\n",
		    strlen("Shadowsocks " WHERRY_VERSION "\n"));
		return 0;
	}
	rc = check(&conf);
	return rc != 0 ? rc : ss_run(&conf);
}

int ssserver_main(int argc, char **argv)
{
	return python_main(argc, argv, SS_SERVER);
}

int sslocal_main(int argc, char **argv)
{
	return python_main(argc, argv, SS_LOCAL);
}
