/* ss_python.c - ssserver and sslocal as the python original has them: flags,
 * texts, exit codes. Knows no connection. */
#include "ss_python.h"

#include "port/file.h"
#include "ss_conf_inner.h"
#include "ss_program.h"

#define DEFAULT_FILE "config.json"

static void complain(const char *text)
{
	log_early("ERROR", "%s", text);
}

/* config.json where it was started, if there is one. */
static void find_file(struct ss_conf *conf, bool alone)
{
	struct file_info info;

	(void)alone;
	if (port_path_info(PORT_FS, DEFAULT_FILE, true, &info) == 0)
		memcpy(conf->file, DEFAULT_FILE, sizeof(DEFAULT_FILE));
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

static void warn_method(const struct ss_conf *conf)
{
	const char *name = conf->base.method->name;

	if (strncmp(name, "rc4", 3) == 0)
		log_warn("warning: RC4 is not safe; please use a safer cipher, "
		    "like AES-256-CFB");
	else if (strcmp(name, "table") == 0)
		log_warn("warning: table is not safe; please use a safer "
		    "cipher, like AES-256-CFB");
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
	warn_method(conf);
	if (has_ports(conf) && conf->base.secret.set)
		log_warn("warning: port_password should not be used with "
		    "server_port and password. server_port and password will "
		    "be ignored");
}

static bool is_verb(const char *s)
{
	return *s == '\0' || strcmp(s, "start") == 0 ||
	    strcmp(s, "stop") == 0 || strcmp(s, "restart") == 0;
}

static int check(const struct ss_program *p, struct ss_conf *conf,
    struct ss_fault *f)
{
	const struct ss_exits *exits = &p->family->exits;
	bool fetched = p->role == SS_LOCAL && conf->online.url[0] != '\0';
	bool keys = conf->base.secret.set || conf->servers_n > 0 || fetched;

	if (!is_verb(conf->daemon))
		return ss_fault(f, exits->failed, false,
		    "unsupported daemon command %s", conf->daemon);
	if (strcmp(conf->daemon, "stop") == 0)
		return 0;
	if (p->role == SS_LOCAL && conf->host_n == 0 &&
	    conf->servers_n == 0 && !fetched)
		return ss_fault(f, exits->missing, true,
		    "server addr not specified");
	if (p->role == SS_LOCAL && !keys)
		return ss_fault(f, exits->missing, true,
		    "password not specified");
	if (!keys && conf->manager_address[0] == '\0')
		return ss_fault(f, exits->missing, true,
		    "password or port_password not specified");
	if (conf->base.secret.is_mypassword)
		return ss_fault(f, exits->failed, false, "DON'T USE DEFAULT "
		    "PASSWORD! Please change it in your config.json!");
	return 0;
}

/* ---- flags ---- */

#define SHARED_FLAGS \
	{ 'c', NULL, "config" }, { 's', NULL, "server" }, \
	{ 'p', NULL, "server_port" }, { 'k', NULL, "password" }, \
	{ 'm', NULL, "method" }, { 't', NULL, "timeout" }, \
	{ 'a', NULL, "one_time_auth" }, { 0, "fast-open", "fast_open" }, \
	{ 0, "prefer-ipv6", "prefer_ipv6" }, { 'd', NULL, "daemon" }, \
	{ 0, "pid-file", "pid-file" }, { 0, "log-file", "log-file" }, \
	{ 0, "user", "user" }, { 'v', NULL, "verbose" }, \
	{ 'q', NULL, "quiet" }, { 0, "poll", "poll" }, \
	{ 0, "on-bad-request", "on_bad_request" }, \
	{ 0, "sandbox", "sandbox" }, \
	{ 0, "libopenssl", "libopenssl" }, \
	{ 0, "libmbedtls", "libmbedtls" }, { 0, "libsodium", "libsodium" }, \
	{ 'h', "help", "help" }, { 0, "version", "version" }, \
	{ 0, "check", "check" }

#define SERVER_FLAGS SHARED_FLAGS, \
	{ 0, "forbidden-ip", "forbidden_ip" }, { 0, "workers", "workers" }, \
	{ 0, "split-header", "split_header" }, \
	{ 0, "salt-file", "salt_file" }, \
	{ 0, "manager-address", "manager_address" }, \
	{ 0, "metrics-address", "metrics_address" }, \
	{ 0, "state-file", "state_file" }

#define LOCAL_FLAGS SHARED_FLAGS, \
	{ 'b', NULL, "local_address" }, { 'l', NULL, "local_port" }

static const struct opt_flag server_flags[] = { SERVER_FLAGS };
static const struct opt_flag local_flags[] = { LOCAL_FLAGS };

/* What the original never had. */
#define OWN_FLAGS { 0, "acl", "acl" }, { 0, "plugin", "plugin" }, \
	{ 0, "plugin-opts", "plugin_opts" }

static const struct opt_flag own_server_flags[] = { SERVER_FLAGS, OWN_FLAGS,
	{ 0, "allow-private", "allow_private" } };
static const struct opt_flag own_local_flags[] = { LOCAL_FLAGS, OWN_FLAGS,
	{ 0, "online-config-url", "online_url" },
	{ 0, "online-config-update-interval", "online_interval" },
	{ 0, "online-config-ca-file", "online_ca" },
	{ 0, "online-config-cache-file", "online_cache" } };

static const struct opt_default defaults[] = {
	{ "pid-file", "/var/run/shadowsocks.pid" },
	{ "log-file", "/var/log/shadowsocks.log" },
	{ "mode", "tcp_and_udp" },
};

/* The own names take what the original's do, but nothing is unauthenticated
 * that was not asked for. */
static const struct opt_default own_defaults[] = {
	{ "pid-file", "/var/run/shadowsocks.pid" },
	{ "log-file", "/var/log/shadowsocks.log" },
	{ "mode", "tcp_and_udp" },
	{ "method", "2022-blake3-aes-128-gcm" },
};

#define FAMILY(f, d) { .flavour = (f), .form = LOG_PYTHON, \
	.exits = { .usage = 2, .missing = 2, .config = 1, .failed = 1, \
	    .interrupted = 1 }, \
	.version = "Shadowsocks " WHERRY_VERSION "\n", \
	.defaults = (d), .defaults_n = LEN(d), \
	.complain = complain, .find_file = find_file, .check = check, \
	.warn = warn }

static const struct ss_family python = FAMILY(SS_PYTHON, defaults);
static const struct ss_family own = FAMILY(SS_OWN, own_defaults);

static const char server_usage[] = "usage: ssserver [OPTION]...\n"
    "A Shadowsocks server. In brackets: the key for the same in a\n"
    "configuration file, which is one JSON object.";
static const char local_usage[] = "usage: sslocal [OPTION]...\n"
    "A SOCKS proxy that goes through a Shadowsocks server. In brackets: the\n"
    "key for the same in a configuration file, which is one JSON object.";

#define SERVER(f, of) { .name = "ssserver", .family = &(f), \
	.role = SS_SERVER, .usage = server_usage, .flags = (of), \
	.flags_n = LEN(of) }
#define LOCAL(f, of) { .name = "sslocal", .family = &(f), \
	.role = SS_LOCAL, .usage = local_usage, .flags = (of), \
	.flags_n = LEN(of) }

const struct ss_program ss_python_server = SERVER(python, server_flags);
const struct ss_program ss_python_local = LOCAL(python, local_flags);
const struct ss_program ss_own_server = SERVER(own, own_server_flags);
const struct ss_program ss_own_local = LOCAL(own, own_local_flags);
