/* ss_conf.c - one table of options for all Shadowsocks programs; each command
 * line and file is read through it. Knows no flavour's texts and exit codes. */
#include "ss_conf_inner.h"

/* ---- the tables ---- */

#define AT(member) .offset = offsetof(struct ss_conf, member), \
	.size = sizeof(((struct ss_conf *)0)->member)
#define TEXT(k, member, fl, d, h) { .key = k, .kind = OPT_TEXT, \
	.flags = (fl), AT(member), .def = (d), .help = (h) }
#define BOOL(k, member, fl, h) { .key = k, .kind = OPT_BOOL, .flags = (fl), \
	AT(member), .help = (h) }
#define TEXT_OF_(x) #x
#define TEXT_OF(x) TEXT_OF_(x)
#define INT(k, member, lo, hi, d, h) { .key = k, .kind = OPT_INT, \
	AT(member), .min = (lo), .max = (hi), .def = (d), .help = (h) }
#define COUNT(k, member, fl, hi, h) { .key = k, .kind = OPT_COUNT, \
	.flags = (fl), AT(member), .max = (hi), .help = (h) }
#define CALL(k, f, fl, d, h) { .key = k, .kind = OPT_CALL, .flags = (fl), \
	.fn = (f), .def = (d), .help = (h) }
#define OBJECTS(k, f, h) { .key = k, .kind = OPT_OBJECT, .each = (f), \
	.help = (h) }
#define IGNORE(k) { .key = k, .kind = OPT_IGNORE }

static const struct opt format_opts[] = {
	BOOL("without_time", log_without_time, 0, NULL),
};

static int each_format(void *conf, struct opt_at *at, struct opt_table *of)
{
	(void)at;
	if (of != NULL)
		*of = (struct opt_table){ .opts = format_opts,
			.opts_n = LEN(format_opts), .conf = conf };
	return 0;
}

static const struct opt log_opts[] = {
	COUNT("level", verbose, 0, 9, NULL),
	OBJECTS("format", each_format, NULL),
};

static int each_log(void *conf, struct opt_at *at, struct opt_table *of)
{
	(void)at;
	if (of != NULL)
		*of = (struct opt_table){ .opts = log_opts,
			.opts_n = LEN(log_opts), .conf = conf };
	return 0;
}

/* As shadowsocks-rust has them; the same stand outside of it. */
static const struct opt balancer_opts[] = {
	INT("max_server_rtt", balance.max_rtt_s, 1, 60, NULL, NULL),
	INT("check_interval", balance.interval_s, 0, 86400, NULL, NULL),
	INT("check_best_interval", balance.best_interval_s, 0, 86400, NULL,
	    NULL),
	CALL("check_target", ss_set_check_target, 0, NULL, NULL),
};

static int each_balancer(void *conf, struct opt_at *at, struct opt_table *of)
{
	if (of == NULL)
		return 0;
	if (at->index > 0)
		return opt_fail(at, "must not be a list");
	*of = (struct opt_table){ .opts = balancer_opts,
		.opts_n = LEN(balancer_opts), .conf = conf };
	return 0;
}

/* As shadowsocks-rust has it, and the last three of our own. */
static const struct opt online_opts[] = {
	TEXT("config_url", online.url, OPT_EMPTY_OK, NULL, NULL),
	INT("update_interval", online.interval_s, 60, SS_TIMEOUT_MAX, NULL,
	    NULL),
	IGNORE("allowed_plugins"),
	TEXT("ca_file", online.ca_file, 0, NULL, NULL),
	TEXT("cache_file", online.cache_file, 0, NULL, NULL),
	BOOL("allow_http", online.allow_http, 0, NULL),
};

static int each_online(void *conf, struct opt_at *at, struct opt_table *of)
{
	if (of == NULL)
		return 0;
	if (at->index > 0)
		return opt_fail(at, "must not be a list");
	*of = (struct opt_table){ .opts = online_opts,
		.opts_n = LEN(online_opts), .conf = conf };
	return 0;
}

static const struct opt opts[] = {
	TEXT("config", file, OPT_NO_FILE, NULL,
	    "file to read; without it config.json here, if there is one"),
	CALL("server", ss_set_server, 0, NULL,
	    "ssserver: address to listen on (0.0.0.0); sslocal: server to "
	    "connect to, of a list one by chance"),
	CALL("server_port", ss_set_server_port, 0, "8388",
	    "port of the server, or a list"),
	OBJECTS("servers", ss_each_server,
	    "list of servers: server, server_port, method, password, timeout, "
	    "mode, disabled ... of each"),
	CALL("logins", ss_set_logins, OPT_SECRET, NULL,
	    "names and passwords that clients of sslocal must come with, as an "
	    "object"),
	CALL("server_choice", ss_set_choice, 0, NULL,
	    "of several servers one by chance, or that of the lowest latency: "
	    "chance, latency"),
	INT("max_server_rtt", balance.max_rtt_s, 1, 60, "5",
	    "seconds after which a check of a server has failed"),
	INT("check_interval", balance.interval_s, 0, 86400, "10",
	    "seconds between checks of each of several servers; 0: none"),
	INT("check_best_interval", balance.best_interval_s, 0, 86400, NULL,
	    "the same for the one in use"),
	CALL("check_target", ss_set_check_target, 0,
	    "detectportal.firefox.com:80",
	    "web server that the checks ask through each server"),
	OBJECTS("balancer", each_balancer, "object with the four of them"),
	OBJECTS("online_config", each_online,
	    "sslocal: list of servers that is fetched (SIP008), as an object: "
	    "config_url, update_interval, ca_file, cache_file, allow_http"),
	TEXT("online_url", online.url, OPT_NO_FILE, NULL,
	    "https: address of a list of servers (SIP008)"),
	INT("online_interval", online.interval_s, 60, SS_TIMEOUT_MAX, "3600",
	    "seconds between looks at it"),
	TEXT("online_ca", online.ca_file, OPT_NO_FILE, NULL,
	    "authorities (PEM) that may sign for it; none: the system's"),
	TEXT("online_cache", online.cache_file, OPT_NO_FILE, NULL,
	    "file that keeps the last good list"),
	CALL("local_address", ss_set_local_address, 0, "127.0.0.1",
	    "address to listen on for clients"),
	CALL("local_port", ss_set_local_port, 0, "1080",
	    "port to listen on for clients"),
	OBJECTS("locals", ss_each_local,
	    "list of listeners for clients: local_address, local_port, "
	    "protocol, mode, disabled ... of each"),
	CALL("protocol", ss_set_protocol, 0, "socks",
	    "what clients speak: socks, http, tunnel, redir, dns"),
	CALL("local_addr", ss_set_local_addr, OPT_NO_FILE, NULL,
	    "address and port to listen on for clients"),
	CALL("tunnel_address", ss_set_forward, 0, NULL,
	    "HOST:PORT where the tunnel leads"),
	CALL("forward_address", ss_set_forward, 0, NULL,
	    "where a tunnel leads"),
	CALL("forward_port", ss_set_forward_port, 0, NULL,
	    "where a tunnel leads"),
	CALL("remote_dns_address", ss_set_forward, 0, NULL,
	    "protocol dns: who is asked through the server (8.8.8.8)"),
	CALL("remote_dns_port", ss_set_forward_port, 0, NULL, "its port (53)"),
	CALL("local_dns_address", ss_set_direct, 0, NULL,
	    "protocol dns: who is asked straight, for names that the acl "
	    "bypasses; none: nobody"),
	CALL("local_dns_port", ss_set_direct_port, 0, NULL, "its port (53)"),
	CALL("nft_direct", ss_set_nft_direct, 0, NULL,
	    "protocol dns: sets of the firewall for the addresses of names "
	    "that are asked straight: FAMILY TABLE SET4 SET6, \"inet wherry "
	    "direct4 direct6\"; - for none"),
	CALL("nft_proxied", ss_set_nft_proxied, 0, NULL,
	    "the same for all other names: \"inet wherry proxied4 "
	    "proxied6\""),
	CALL("password", ss_set_password, OPT_SECRET, NULL, "password"),
	CALL("key", ss_set_raw_key, OPT_SECRET, NULL,
	    "instead of a password, the key that is made of it, in base64"),
	CALL("port_password", ss_set_port_password, OPT_SECRET, NULL,
	    "ports and their passwords, instead of server_port and password"),
	OBJECTS("users", ss_each_user,
	    "list of a server's users by identity headers: name, password"),
	CALL("method", ss_set_method, 0, "aes-256-cfb",
	    "2022-blake3-aes-128-gcm, 2022-blake3-aes-256-gcm, "
	    "2022-blake3-chacha20-poly1305 (password: see wherry keygen); "
	    "aes-128-gcm, aes-192-gcm, aes-256-gcm, chacha20-ietf-poly1305; "
	    "aes-128-cfb and the like: old, not authenticated"),
	INT("timeout", base.timeout_s, 1, SS_TIMEOUT_MAX, "300",
	    "seconds until an idle connection is closed"),
	CALL("mode", ss_set_mode, 0, "tcp_only",
	    "tcp_only, udp_only or tcp_and_udp"),
	CALL("udp_only", ss_set_udp_only, OPT_NO_FILE | OPT_NO_VALUE, NULL,
	    "UDP alone"),
	CALL("tcp_and_udp", ss_set_tcp_and_udp, OPT_NO_FILE | OPT_NO_VALUE,
	    NULL, "TCP and UDP"),
	CALL("plugin", ss_set_plugin, 0, NULL,
	    "program that carries the connections (SIP003)"),
	CALL("plugin_opts", ss_set_plugin_opts, 0, NULL, "its options"),
	CALL("prefix", ss_set_prefix, OPT_NUL, NULL,
	    "sslocal: what its connections begin with, as \"POST \"; the salt "
	    "is so much less random"),
	CALL("plugin_mode", ss_set_plugin_mode, 0, NULL,
	    "what it carries: tcp_only, udp_only or tcp_and_udp"),
	BOOL("fast_open", sock.fast_open, 0,
	    "TCP Fast Open where the system can"),
	BOOL("no_delay", sock.no_delay, 0, "TCP without Nagle's delay"),
	INT("keep_alive", sock.keep_alive_s, 0, SS_TIMEOUT_MAX, NULL,
	    "seconds between questions whether an idle peer is there"),
	BOOL("mptcp", sock.mptcp, 0, "Multipath TCP where the system can"),
	BOOL("reuse_port", sock.reuse_port, 0,
	    "other processes may listen on the same port"),
	BOOL("prefer_ipv6", prefer_ipv6, 0,
	    "of a name's addresses IPv6 first"),
	BOOL("ipv6_first", prefer_ipv6, 0,
	    "of a name's addresses IPv6 first"),
	BOOL("ipv6_only", ipv6_only, 0, "listeners on :: take no IPv4"),
	CALL("forbidden_ip", ss_set_forbidden, 0, "127.0.0.0/8,::1/128",
	    "networks that are not connected to; empty: all may be"),
	BOOL("allow_private", allow_private, 0,
	    "wherry ssserver: leads to addresses that are not the Internet's; "
	    "so does forbidden_ip, if it is given"),
	TEXT("acl", acl, 0, NULL,
	    "file of lists: a server's clients and targets, or what sslocal "
	    "leads through no server"),
	BOOL("split_header", split_header, 0,
	    "2022 methods: requests whose header comes in pieces are taken "
	    "too, as behind a plugin"),
	INT("workers", workers, 1, LIMIT_WORKERS, "1",
	    "ssserver: processes that share the ports"),
	TEXT("manager_address", manager_address, 0, NULL,
	    "ssserver: path, or loopback address and port, where ports are "
	    "added and removed by datagrams"),
	INT("manager_port", manager_port, 1, 65535, NULL,
	    "where manager_address is an address alone"),
	TEXT("workdir", workdir, 0, NULL, "of the manager"),
	TEXT("metrics_address", metrics_address, 0, NULL,
	    "path, or loopback address and port, where counters can be read "
	    "as Prometheus does it"),
	TEXT("state_file", state_file, 0, NULL,
	    "file that keeps the sums of ports and users over restarts"),
	INT("rate_up", base.limits.rate_up, 0, SS_RATE_MAX, NULL,
	    "octets a second from a port's clients (or a user's: users[])"),
	INT("rate_down", base.limits.rate_down, 0, SS_RATE_MAX, NULL,
	    "octets a second to them"),
	INT("quota", base.limits.quota, 0, INT64_MAX, NULL,
	    "octets both ways after which it is over"),
	INT("expires", base.limits.expires_s, 0, INT64_MAX, NULL,
	    "Unix time when it is over"),
	BOOL("one_time_auth", one_time_auth, 0,
	    "stream methods: clients tag what they send, servers ask for it"),
	CALL("auth", ss_set_auth, OPT_NO_VALUE, NULL, "not supported"),
	CALL("dns_server", ss_set_dns_server, 0, NULL,
	    "name servers (those of resolv.conf)"),
	CALL("nameserver", ss_set_dns_server, 0, NULL, "name servers"),
	CALL("dns", ss_set_dns, 0, NULL, "name servers"),
	TEXT("daemon", daemon, OPT_NO_FILE, NULL, "start, stop or restart"),
	TEXT("pid-file", pid_file, OPT_NO_FILE, NULL,
	    "of the daemon"),
	CALL("log-file", ss_set_log_file, OPT_NO_FILE, NULL,
	    "of the daemon; in the foreground only when given"),
	CALL("background_pid", ss_set_background_pid, OPT_NO_FILE, NULL,
	    "run in the background, with this pid file"),
	BOOL("daemonize", background, OPT_NO_FILE, "run in the background"),
	TEXT("daemonize_pid", pid_file, OPT_NO_FILE, NULL,
	    "pid file of the background process"),
	BOOL("use_syslog", use_syslog, 0, "log to syslog"),
	BOOL("log_without_time", log_without_time, OPT_NO_FILE,
	    "log lines have no time"),
	OBJECTS("log", each_log, "level, format"),
	TEXT("user", user, 0, NULL, "user to run as, once the ports are open"),
	TEXT("salt_file", salt_file, 0, NULL,
	    "ssserver: keeps the salts of AEAD methods over a restart, so that "
	    "no recorded connection is taken again"),
	CALL("on_bad_request", ss_set_on_bad_request, 0, "drain",
	    "ssserver: what a request that is not one gets, and never an "
	    "answer: drain (read on until the timeout), rst, shutdown-drain"),
	CALL("sandbox", ss_set_sandbox, 0, "on",
	    "on: system calls that serving does not need are given up; off; "
	    "kill: to make one ends the process (tests)"),
	BOOL("chroot", chroot, 0,
	    "as root: an empty folder is all it has once it serves; SIGHUP has "
	    "nothing to read then"),
	INT("nofile", nofile, 0, INT32_MAX, NULL,
	    "descriptors that may be open"),
	INT("half_open", half_open, 0, LIMIT_HALF_OPEN,
	    TEXT_OF(LIMIT_HALF_OPEN),
	    "connections that have not shown a key yet; at more the oldest "
	    "ends; 0: any number"),
	INT("half_open_per_source", half_open_per_source, 0, LIMIT_HALF_OPEN,
	    TEXT_OF(LIMIT_HALF_PER_SOURCE),
	    "the same, of an IPv4 address or an IPv6 network of 64 bits"),
	INT("outbound_fwmark", sock.fwmark, 0, UINT32_MAX, NULL,
	    "mark of the packets of connections out"),
	TEXT("outbound_bind_interface", sock.interface, 0, NULL,
	    "interface of connections out"),
	CALL("outbound_bind_addr", ss_set_outbound, 0, NULL,
	    "source address of connections out"),
	CALL("local_ipv4_address", ss_set_outbound, 0, NULL,
	    "source address of connections out"),
	CALL("local_ipv6_address", ss_set_outbound, 0, NULL,
	    "source address of connections out"),
	CALL("server_url", ss_set_server_url, OPT_NO_FILE | OPT_SECRET, NULL,
	    "ss:// address of the server"),
	CALL("dscp", ss_set_dscp, 0, NULL,
	    "ports and their class: EF, CS0..CS7, AF11..AF43 or 0xNN"),
	INT("tcp_incoming_sndbuf", sock.in_snd, 0, INT32_MAX, NULL,
	    "send buffer of clients' connections"),
	INT("tcp_incoming_rcvbuf", sock.in_rcv, 0, INT32_MAX, NULL,
	    "receive buffer of clients' connections"),
	INT("tcp_outgoing_sndbuf", sock.out_snd, 0, INT32_MAX, NULL,
	    "send buffer of connections out"),
	INT("tcp_outgoing_rcvbuf", sock.out_rcv, 0, INT32_MAX, NULL,
	    "receive buffer of connections out"),
	INT("udp_timeout", udp.timeout_s, 0, SS_TIMEOUT_MAX, NULL,
	    "seconds until an idle association is forgotten"),
	INT("udp_max_associations", udp.max_associations, 0, INT32_MAX, NULL,
	    "associations at a time"),
	INT("mtu", udp.mtu, 0, 65535, NULL, "of the way to the other side"),
	INT("udp_mtu", udp.mtu, 0, 65535, NULL,
	    "of the way to the other side"),
	COUNT("verbose", verbose, 0, 2, "more lines in the log; -vv: all"),
	COUNT("quiet", quiet, OPT_NO_FILE, 2,
	    "only warnings in the log; -qq: only errors"),
	TEXT("poll", poll, OPT_NO_FILE, NULL,
	    "how to wait: epoll, poll, select, kqueue"),
	CALL("libopenssl", ss_set_library, 0, NULL, "not needed"),
	CALL("libmbedtls", ss_set_library, 0, NULL, "not needed"),
	CALL("libsodium", ss_set_library, 0, NULL, "not needed"),
	BOOL("help", help, OPT_NO_FILE, "this text"),
	BOOL("version", version, OPT_NO_FILE, "name and version"),
	BOOL("check", check, OPT_NO_FILE | OPT_NO_VALUE,
	    "only says what is wrong or weak in the configuration"),
	/* UDP, in a later version */
	IGNORE("nftables_sets"),
	IGNORE("executable"),
	BOOL("tcp_tproxy", local.tproxy, OPT_NO_VALUE,
	    "redir: the firewall's rule is TPROXY"),
	CALL("tcp_redir", ss_set_tcp_redir, 0, NULL,
	    "redir: the firewall's rule, redirect or tproxy"),
	IGNORE("unneeded"),
	{ .key = "unneeded_alone", .kind = OPT_IGNORE,
	    .flags = OPT_NO_VALUE | OPT_NO_FILE },
	CALL("unsupported", ss_set_unsupported, OPT_NO_FILE, NULL,
	    "not supported"),
	IGNORE("runtime"),
	IGNORE("tunnel_remote"),
	IGNORE("tunnel_remote_port"),
	IGNORE("tunnel_port"),
};

struct opt_table ss_conf_table(struct ss_conf *conf, enum ss_role role)
{
	conf->role = role;
	conf->base.of = conf->local.of = conf;
	return (struct opt_table){
		.opts = opts,
		.opts_n = LEN(opts),
		.conf = conf,
	};
}

void ss_conf_untouched(struct ss_conf *conf)
{
	conf->log_file_set = conf->local_given = false;
	conf->local_host_given = conf->method_given = false;
	conf->host_port_given = conf->background = false;
	conf->forbidden_given = false;
}

void ss_conf_defaults(const struct opt_table *t)
{
	opt_defaults(t);
	ss_conf_untouched(t->conf);
}
