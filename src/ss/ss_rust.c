/* ss_rust.c - the programs of shadowsocks-rust: flags, defaults, texts and
 * exits of sslocal, ssserver, ssmanager, ssservice. Knows no connection. */
#include "ss_rust.h"

#include "keygen.h"
#include "port/out.h"
#include "ss_conf_inner.h"

static void complain(const char *text)
{
	log_early("error", "%s", text);
}

static void find_file(struct ss_conf *conf, bool alone)
{
	(void)alone;
	(void)conf;
}

/* A method is either of a server or outside of them; no default stands in for
 * it where -s names a server. */
static int check(const struct ss_program *p, struct ss_conf *conf,
    struct ss_fault *f)
{
	const struct ss_exits *exits = &p->family->exits;
	bool any = conf->host_n > 0 || conf->servers_n > 0 ||
	    (p->role == SS_LOCAL && conf->online.url[0] != '\0');

	if (p->is_manager && conf->manager_address[0] == '\0')
		return ss_fault(f, exits->missing, false, "missing manager "
		    "address, consider specifying it by --manager-address or "
		    "in the configuration");
	if (p->is_manager)
		return 0;
	if (!any && conf->manager_address[0] != '\0' &&
	    p->role == SS_SERVER)
		return 0;
	if (!any)
		return ss_fault(f, exits->missing, false, "missing servers, "
		    "consider specifying one by --server-addr, or in the "
		    "configuration");
	if (conf->host_n > 0 && !conf->method_given)
		return ss_fault(f, exits->missing, false, "missing "
		    "--encrypt-method or method");
	if (p->role == SS_LOCAL && conf->locals_n == 0 && !conf->local_given)
		return ss_fault(f, exits->missing, false, "missing locals, "
		    "consider specifying one by --local-addr, or in the "
		    "configuration");
	if (conf->host_n > 0 && !conf->base.secret.set &&
	    conf->base.method->key_len > 0)
		return ss_fault(f, exits->missing, false,
		    "missing --password or password");
	return 0;
}

static const struct opt_default defaults[] = {
	{ "forbidden_ip", "" },
};

static const struct ss_family rust = {
	.flavour = SS_RUST,
	.form = LOG_RUST,
	.exits = { .usage = 2, .missing = 64, .config = 78, .failed = 70,
	    .interrupted = 0 },
	.version = "shadowsocks 1.25.0 (wherry " WHERRY_VERSION ")\n",
	.defaults = defaults,
	.defaults_n = LEN(defaults),
	.complain = complain,
	.find_file = find_file,
	.check = check,
};

/* ---- flags ---- */

#define COMMON_FLAGS \
	{ 'c', "config", "config" }, { 'k', "password", "password" }, \
	{ 'm', "encrypt-method", "method" }, { 'u', NULL, "udp_only" }, \
	{ 'U', NULL, "tcp_and_udp" }, { 0, "timeout", "timeout" }, \
	{ 0, "plugin", "plugin" }, { 0, "plugin-mode", "plugin_mode" }, \
	{ 0, "plugin-opts", "plugin_opts" }, { 0, "acl", "acl" }, \
	{ 0, "dns", "dns" }, { 0, "tcp-no-delay", "no_delay" }, \
	{ 0, "no-delay", "no_delay" }, { 0, "tcp-fast-open", "fast_open" }, \
	{ 0, "fast-open", "fast_open" }, { 0, "tcp-multipath", "mptcp" }, \
	{ 0, "mptcp", "mptcp" }, { 0, "tcp-keep-alive", "keep_alive" }, \
	{ 0, "udp-timeout", "udp_timeout" }, \
	{ 0, "udp-max-associations", "udp_max_associations" }, \
	{ 0, "inbound-send-buffer-size", "tcp_incoming_sndbuf" }, \
	{ 0, "inbound-recv-buffer-size", "tcp_incoming_rcvbuf" }, \
	{ 0, "outbound-send-buffer-size", "tcp_outgoing_sndbuf" }, \
	{ 0, "outbound-recv-buffer-size", "tcp_outgoing_rcvbuf" }, \
	{ 0, "outbound-bind-interface", "outbound_bind_interface" }, \
	{ 0, "outbound-fwmark", "outbound_fwmark" }, \
	{ 0, "outbound-user-cookie", "unneeded" }, \
	{ '6', NULL, "ipv6_first" }, { 'v', NULL, "verbose" }, \
	{ 0, "log-without-time", "log_without_time" }, \
	{ 0, "log-config", "unneeded" }, { 'n', "nofile", "nofile" }, \
	{ 'd', "daemonize", "daemonize" }, \
	{ 0, "daemonize-pid", "daemonize_pid" }, \
	{ 0, "single-threaded", "unneeded_alone" }, \
	{ 0, "worker-threads", "unneeded" }, { 'a', "user", "user" }, \
	{ 0, "poll", "poll" }, \
	{ 0, "on-bad-request", "on_bad_request" }, \
	{ 0, "sandbox", "sandbox" }, { 'h', "help", "help" }, \
	{ 'V', "version", "version" }, { 0, "check", "check" }

#define SOURCE_FLAG(letter) \
	{ letter, "outbound-bind-addr", "outbound_bind_addr" }, \
	{ 0, "bind-addr", "outbound_bind_addr" }

static const struct opt_flag local_flags[] = {
	COMMON_FLAGS, SOURCE_FLAG(0),
	{ 's', "server-addr", "server" },
	{ 'b', "local-addr", "local_addr" },
	{ 0, "protocol", "protocol" },
	{ 'f', "forward-addr", "forward_address" },
	{ 0, "server-url", "server_url" },
	{ 0, "dns-cache-size", "unneeded" },
	{ 0, "udp-bind-addr", "unsupported" },
	{ 0, "udp-associate-addr", "unsupported" },
	{ 0, "tcp-redir", "tcp_redir" },
	{ 0, "udp-redir", "unneeded" },
	{ 0, "vpn", "unneeded_alone" },
	{ 0, "stat-path", "unneeded" },
	{ 0, "stat-addr", "unneeded" },
	{ 0, "dns-addr", "unsupported" },
	{ 0, "local-dns-addr", "unsupported" },
	{ 0, "remote-dns-addr", "unsupported" },
	{ 0, "tun-interface-name", "unsupported" },
	{ 0, "tun-interface-address", "unsupported" },
	{ 0, "tun-interface-destination", "unsupported" },
	{ 0, "tun-device-fd-from-path", "unsupported" },
	{ 0, "fake-dns-record-expire-duration", "unsupported" },
	{ 0, "fake-dns-ipv4-network", "unsupported" },
	{ 0, "fake-dns-ipv6-network", "unsupported" },
	{ 0, "fake-dns-database-path", "unsupported" },
	{ 0, "online-config-url", "online_url" },
	{ 0, "online-config-update-interval", "online_interval" },
	{ 0, "online-config-allowed-plugin", "unneeded" },
};

static const struct opt_flag server_flags[] = {
	COMMON_FLAGS, SOURCE_FLAG('b'),
	{ 's', "server-addr", "server" },
	{ 0, "manager-addr", "manager_address" },
	{ 0, "manager-address", "manager_address" },
	{ 0, "outbound-proxy", "unsupported" },
};

static const struct opt_flag manager_flags[] = {
	COMMON_FLAGS, SOURCE_FLAG('b'),
	{ 's', "server-host", "server" },
	{ 0, "manager-addr", "manager_address" },
	{ 0, "manager-address", "manager_address" },
	{ 0, "manager-server-mode", "unneeded" },
	{ 0, "manager-server-working-directory", "workdir" },
	{ 0, "outbound-proxy", "unsupported" },
};

#define PROGRAM(n, r, f, u) .name = (n), .family = &rust, .role = (r), \
	.flags = (f), .flags_n = LEN(f), \
	.usage = "usage: " n " [OPTION]...\n" u "\nIn brackets: the key for " \
	    "the same in a configuration file, one JSON object."

const struct ss_program ss_rust_server = {
	PROGRAM("ssserver", SS_SERVER, server_flags, "A Shadowsocks server."),
};
const struct ss_program ss_rust_local = {
	PROGRAM("sslocal", SS_LOCAL, local_flags,
	    "A proxy that goes through Shadowsocks servers."),
};
static const struct ss_program manager = {
	PROGRAM("ssmanager", SS_SERVER, manager_flags,
	    "A Shadowsocks server whose ports come and go by datagrams."),
	.is_manager = true,
};

int ssmanager_main(int argc, char **argv)
{
	return ss_program_main(&manager, argc, argv);
}

/* ---- ssservice ---- */

static int local_main(int argc, char **argv)
{
	return ss_program_main(&ss_rust_local, argc, argv);
}

static int server_main(int argc, char **argv)
{
	return ss_program_main(&ss_rust_server, argc, argv);
}

static const struct {
	const char *word;
	int (*main)(int argc, char **argv);
} commands[] = {
	{ "local", local_main },
	{ "server", server_main },
	{ "manager", ssmanager_main },
	{ "genkey", keygen_main },
};

int ssservice_main(int argc, char **argv)
{
	static const char usage[] =
	    "usage: ssservice local|server|manager|genkey [OPTION]...\n";
	bool help = argc > 1 && (strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0);
	size_t i;

	for (i = 0; argc > 1 && i < LEN(commands); i++)
		if (strcmp(argv[1], commands[i].word) == 0)
			return commands[i].main(argc - 1, argv + 1);
	port_out_all(help ? 1 : 2, usage, strlen(usage));
	return help ? 0 : rust.exits.usage;
}
