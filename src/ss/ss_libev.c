/* ss_libev.c - the programs of shadowsocks-libev: flags, keys, defaults, texts
 * and exit codes of ss-server, ss-local, ss-tunnel, ss-redir, ss-manager.
 * Knows no connection. */
#include "ss_libev.h"

#include "base/text.h"
#include "port/file.h"
#include "port/proc.h"
#include "ss_conf_inner.h"
#include "ss_program.h"

#define FILE_NAME "shadowsocks-libev/config.json"

static void complain(const char *text)
{
	log_error("%s", text);
}

static bool is_there(struct ss_conf *conf, const char *folder,
    const char *below)
{
	char path[sizeof(conf->file)];
	struct file_info info;

	text_fmt(path, sizeof(path), "%s%s/" FILE_NAME, folder, below);
	if (port_path_info(PORT_FS, path, true, &info) != 0)
		return false;
	text_copy(conf->file, sizeof(conf->file), path);
	return true;
}

/* In $XDG_CONFIG_HOME, which is ~/.config, then in /etc. */
static void find_file(struct ss_conf *conf, bool alone)
{
	const char *home = port_env("HOME"), *xdg = port_env("XDG_CONFIG_HOME");

	if (!alone)
		return;
	if (xdg != NULL && *xdg != '\0') {
		if (is_there(conf, xdg, ""))
			return;
	} else if (home != NULL && is_there(conf, home, "/.config")) {
		return;
	}
	(void)is_there(conf, "/etc", "");
}

/* The only file of a server that was given no port is one of port_password,
 * and that is the manager's. */
static int check(const struct ss_program *p, struct ss_conf *conf,
    struct ss_fault *f)
{
	const struct ss_exits *exits = &p->family->exits;
	bool manager = p->is_manager;

	if (conf->one_time_auth)
		return ss_fault(f, exits->failed, false, "One time auth has "
		    "been deprecated. Try AEAD ciphers instead.");
	if (manager)
		return 0;
	if (!conf->base.secret.set && conf->servers_n == 0)
		return ss_fault(f, exits->missing, true, "%s", "");
	if (!conf->host_port_given ||
	    (p->role == SS_LOCAL && (conf->host_n == 0 || !conf->local_given)))
		return ss_fault(f, exits->missing, true, "%s", "");
	if (conf->local.protocol != SS_TUNNEL)
		return 0;
	if (conf->local.forward_host == NULL)
		return ss_fault(f, exits->missing, true, "%s", "");
	return conf->local.forward_port != 0 ? 0 : ss_fault(f, exits->config,
	    false, "tunnel port is not defined");
}

static const struct opt_default defaults[] = {
	{ "method", "chacha20-ietf-poly1305" },
	{ "timeout", "60" },
	{ "forbidden_ip", "" },
};

static const struct ss_family libev = {
	.flavour = SS_LIBEV,
	.form = LOG_LIBEV,
	.exits = { .usage = 1, .missing = 1, .config = 255, .failed = 255,
	    .interrupted = 0 },
	.version = "shadowsocks-libev 3.3.5 (wherry " WHERRY_VERSION ")\n",
	.defaults = defaults,
	.defaults_n = LEN(defaults),
	.complain = complain,
	.find_file = find_file,
	.check = check,
};

/* ---- flags: short ones by program, as its getopt line has them ---- */

#define SHORT_ALL \
	{ 'f', NULL, "background_pid" }, { 's', NULL, "server" }, \
	{ 'l', NULL, "local_port" }, { 'k', "password", "password" }, \
	{ 't', NULL, "timeout" }, { 'm', NULL, "method" }, \
	{ 'c', NULL, "config" }, { 'a', NULL, "user" }, \
	{ 'n', NULL, "nofile" }, { 'h', "help", "help" }, \
	{ 'u', NULL, "tcp_and_udp" }, { 'U', NULL, "udp_only" }, \
	{ 'v', NULL, "verbose" }, { 'A', NULL, "auth" }, \
	{ '6', NULL, "ipv6_first" }, { 0, "check", "check" }

#define LONG_ALL \
	{ 0, "fast-open", "fast_open" }, { 0, "reuse-port", "reuse_port" }, \
	{ 0, "tcp-incoming-sndbuf", "tcp_incoming_sndbuf" }, \
	{ 0, "tcp-incoming-rcvbuf", "tcp_incoming_rcvbuf" }, \
	{ 0, "tcp-outgoing-sndbuf", "tcp_outgoing_sndbuf" }, \
	{ 0, "tcp-outgoing-rcvbuf", "tcp_outgoing_rcvbuf" }, \
	{ 0, "no-delay", "no_delay" }, { 0, "mtu", "mtu" }, \
	{ 0, "mptcp", "mptcp" }, { 0, "plugin", "plugin" }, \
	{ 0, "plugin-opts", "plugin_opts" }, { 0, "key", "key" }, \
	{ 0, "poll", "poll" }, \
	{ 0, "on-bad-request", "on_bad_request" }, \
	{ 0, "sandbox", "sandbox" }

#define PORT_FLAG { 'p', NULL, "server_port" }
#define INTERFACE_FLAG { 'i', NULL, "outbound_bind_interface" }
#define ACL_FLAG { 0, "acl", "acl" }
#define LISTEN_FLAG { 'b', NULL, "local_address" }

static const struct opt_flag server_flags[] = {
	SHORT_ALL, PORT_FLAG, INTERFACE_FLAG, LONG_ALL, ACL_FLAG,
	{ 'b', NULL, "outbound_bind_addr" },
	{ 'd', NULL, "nameserver" },
	{ 0, "manager-address", "manager_address" },
	{ 0, "nftables-sets", "nftables_sets" },
};

static const struct opt_flag local_flags[] = {
	SHORT_ALL, PORT_FLAG, INTERFACE_FLAG, LONG_ALL, ACL_FLAG, LISTEN_FLAG,
};

static const struct opt_flag tunnel_flags[] = {
	SHORT_ALL, PORT_FLAG, INTERFACE_FLAG, LONG_ALL, LISTEN_FLAG,
	{ 'L', NULL, "tunnel_address" },
};

static const struct opt_flag redir_flags[] = {
	SHORT_ALL, PORT_FLAG, LONG_ALL, LISTEN_FLAG,
	{ 'T', NULL, "tcp_tproxy" },
};

static const struct opt_flag manager_flags[] = {
	SHORT_ALL, INTERFACE_FLAG, LONG_ALL, ACL_FLAG,
	{ 'd', NULL, "nameserver" },
	{ 'D', "workdir", "workdir" },
	{ 0, "manager-address", "manager_address" },
	{ 0, "executable", "executable" },
};

static const struct opt_default tunnel_defaults[] = {
	{ "protocol", "tunnel" },
};
static const struct opt_default redir_defaults[] = { { "protocol", "redir" } };

#define USAGE(name, what) "usage: " name " [OPTION]...\n" what "\nIn " \
	"brackets: the key for the same in a configuration file, one JSON " \
	"object."

#define PROGRAM(n, r, f, u) .name = (n), .family = &libev, .role = (r), \
	.flags = (f), .flags_n = LEN(f), .usage = USAGE(n, u)

static const struct ss_program server = {
	PROGRAM("ss-server", SS_SERVER, server_flags, "A Shadowsocks server."),
};
static const struct ss_program local = {
	PROGRAM("ss-local", SS_LOCAL, local_flags,
	    "A SOCKS proxy that goes through a Shadowsocks server."),
};
static const struct ss_program tunnel = {
	PROGRAM("ss-tunnel", SS_LOCAL, tunnel_flags,
	    "A port that leads to one place through a Shadowsocks server."),
	.defaults = tunnel_defaults, .defaults_n = LEN(tunnel_defaults),
};
const struct ss_program ss_redir_program = {
	PROGRAM("ss-redir", SS_LOCAL, redir_flags,
	    "A transparent proxy that goes through a Shadowsocks server."),
	.defaults = redir_defaults, .defaults_n = LEN(redir_defaults),
};
static const struct ss_program manager = {
	PROGRAM("ss-manager", SS_SERVER, manager_flags,
	    "A Shadowsocks server whose ports come and go by datagrams."),
	.is_manager = true,
};

int ss_server_main(int argc, char **argv)
{
	return ss_program_main(&server, argc, argv);
}

int ss_local_main(int argc, char **argv)
{
	return ss_program_main(&local, argc, argv);
}

int ss_tunnel_main(int argc, char **argv)
{
	return ss_program_main(&tunnel, argc, argv);
}

int ss_redir_main(int argc, char **argv)
{
	return ss_program_main(&ss_redir_program, argc, argv);
}

int ss_manager_main(int argc, char **argv)
{
	return ss_program_main(&manager, argc, argv);
}
