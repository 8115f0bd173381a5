/* ss_conf.c - one table of options for all Shadowsocks programs; each command
 * line and file is read through it. Knows no flavour's texts and exit codes. */
#include "base/text.h"
#include "port/file.h"
#include "ss_conf_inner.h"

/* ---- lists that have no file of their own ---- */

static int add_forbidden(struct ss_conf *conf, struct opt_at *at,
    const char *s, size_t len)
{
	if (len == 0)
		return 0;
	if (conf->forbidden_n == SS_FORBIDDEN)
		return opt_fail(at, "more than %d networks", SS_FORBIDDEN);
	if (net_parse(&conf->forbidden[conf->forbidden_n], s, len) != 0)
		return opt_fail(at, "Not a valid CIDR notation: %.*s",
		    (int)MIN(len, 64), s);
	conf->forbidden_n++;
	return 0;
}

/* Networks with commas between, or a list; empty = everything is allowed. */
static int set_forbidden(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;
	size_t len;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	if (at->index == 0)
		conf->forbidden_n = 0;
	for (;; value += len + 1) {
		len = strcspn(value, ",");
		if (add_forbidden(conf, at, value, len) != 0)
			return -E_INVAL;
		if (value[len] == '\0')
			return 0;
	}
}

static int set_dns_server(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	if (at->index == 0)
		conf->dns_server_n = 0;
	if (conf->dns_server_n == LIMIT_DNS_SERVERS)
		return opt_fail(at, "more than %d", LIMIT_DNS_SERVERS);
	if (addr_parse(&conf->dns_server[conf->dns_server_n], value,
	    strlen(value)) != 0)
		return opt_fail(at, "'%.64s' is not an address", value);
	conf->dns_server_n++;
	return 0;
}

static int set_log_file(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	if (*value == '\0' || !text_copy(conf->log_file,
	    sizeof(conf->log_file), value))
		return opt_fail(at, "no file name");
	conf->log_file_set = true;
	return 0;
}

/* We need no library, but a path that is wrong was a mistake. */
static int set_library(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	struct file_info info;
	int rc;

	(void)conf;
	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	rc = port_path_info(PORT_FS, value, true, &info);
	return rc == 0 ? 0 : opt_fail(at, "%.128s: %s", value, err_text(rc));
}

/* Its family says which of the two it is. */
static int set_outbound(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;
	struct addr a;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	if (addr_parse(&a, value, strlen(value)) != 0)
		return opt_fail(at, "'%.64s' is not an address", value);
	*(a.family == 4 ? &conf->sock.out4 : &conf->sock.out6) = a;
	return 0;
}

/* EF, CS0..CS7, AFxy, or a number of 6 bits. */
static int dscp_class(const char *s)
{
	uint8_t octet;

	if (text_eq_nocase(s, "EF"))
		return 46;
	if (text_lower(s[0]) == 'c' && text_lower(s[1]) == 's' &&
	    s[2] >= '0' && s[2] <= '7' && s[3] == '\0')
		return 8 * (s[2] - '0');
	if (text_lower(s[0]) == 'a' && text_lower(s[1]) == 'f' &&
	    s[2] >= '1' && s[2] <= '4' && s[3] >= '1' && s[3] <= '3' &&
	    s[4] == '\0')
		return 8 * (s[2] - '0') + 2 * (s[3] - '0');
	if (s[0] == '0' && text_lower(s[1]) == 'x' && strlen(s) == 4 &&
	    text_unhex(&octet, 1, s + 2, 2) == 1 && octet < 64)
		return octet;
	return -E_INVAL;
}

static int set_dscp(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;
	struct ss_sock_conf *sock = &conf->sock;
	uint16_t port;
	int code;

	if (member == NULL)
		return opt_fail(at, "must be an object {\"port\": \"EF\"}");
	if (ss_conf_port(at, member, &port) != 0)
		return -E_INVAL;
	code = dscp_class(value);
	if (code < 0)
		return opt_fail(at, "'%.32s' is no class", value);
	if (at->index == 0)
		sock->dscp_n = 0;
	if (sock->dscp_n == LEN(sock->dscp))
		return opt_fail(at, "more than %d", (int)LEN(sock->dscp));
	sock->dscp[sock->dscp_n].port = port;
	sock->dscp[sock->dscp_n++].dscp = (uint8_t)code;
	return 0;
}

/* ---- the table ---- */

#define AT(member) .offset = offsetof(struct ss_conf, member), \
	.size = sizeof(((struct ss_conf *)0)->member)
#define TEXT(k, member, fl, d, h) { .key = k, .kind = OPT_TEXT, \
	.flags = (fl), AT(member), .def = (d), .help = (h) }
#define BOOL(k, member, fl, h) { .key = k, .kind = OPT_BOOL, .flags = (fl), \
	AT(member), .help = (h) }
#define INT(k, member, lo, hi, d, h) { .key = k, .kind = OPT_INT, \
	AT(member), .min = (lo), .max = (hi), .def = (d), .help = (h) }
#define COUNT(k, member, fl, hi, h) { .key = k, .kind = OPT_COUNT, \
	.flags = (fl), AT(member), .max = (hi), .help = (h) }
#define CALL(k, f, fl, d, h) { .key = k, .kind = OPT_CALL, .flags = (fl), \
	.fn = (f), .def = (d), .help = (h) }
#define OBJECTS(k, f, h) { .key = k, .kind = OPT_OBJECT, .each = (f), \
	.help = (h) }
#define IGNORE(k) { .key = k, .kind = OPT_IGNORE }

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
	CALL("local_address", ss_set_local_address, 0, "127.0.0.1",
	    "address to listen on for clients"),
	CALL("local_port", ss_set_local_port, 0, "1080",
	    "port to listen on for clients"),
	OBJECTS("locals", ss_each_local,
	    "list of listeners for clients: local_address, local_port, "
	    "protocol, mode, disabled ... of each"),
	CALL("protocol", ss_set_protocol, 0, "socks",
	    "what clients speak: socks, http, tunnel, redir"),
	CALL("forward_address", ss_set_forward, 0, NULL,
	    "where a tunnel leads"),
	CALL("forward_port", ss_set_forward_port, 0, NULL,
	    "where a tunnel leads"),
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
	CALL("plugin", ss_set_plugin, 0, NULL,
	    "program that carries the connections (SIP003)"),
	CALL("plugin_opts", ss_set_plugin_opts, 0, NULL, "its options"),
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
	BOOL("ipv6_first", prefer_ipv6, 0, "the same"),
	BOOL("ipv6_only", ipv6_only, 0, "listeners on :: take no IPv4"),
	CALL("forbidden_ip", set_forbidden, 0, "127.0.0.0/8,::1/128",
	    "networks that are not connected to; empty: all may be"),
	TEXT("acl", acl, 0, NULL, "file that says who may go where"),
	BOOL("split_header", split_header, 0,
	    "2022 methods: requests whose header comes in pieces are taken "
	    "too, as behind a plugin"),
	INT("workers", workers, 1, LIMIT_WORKERS, "1",
	    "ssserver: processes that share the ports"),
	TEXT("manager_address", manager_address, 0, NULL,
	    "ssserver: path, or loopback address and port, where ports are "
	    "added and removed by datagrams"),
	BOOL("one_time_auth", one_time_auth, 0, "not supported"),
	CALL("dns_server", set_dns_server, 0, NULL,
	    "name servers (those of resolv.conf)"),
	TEXT("daemon", daemon, OPT_NO_FILE, NULL, "start, stop or restart"),
	TEXT("pid-file", pid_file, OPT_NO_FILE, "/var/run/shadowsocks.pid",
	    "of the daemon"),
	CALL("log-file", set_log_file, OPT_NO_FILE, "/var/log/shadowsocks.log",
	    "of the daemon; in the foreground only when given"),
	TEXT("user", user, 0, NULL, "user to run as, once the ports are open"),
	INT("nofile", nofile, 0, INT32_MAX, NULL,
	    "descriptors that may be open"),
	INT("outbound_fwmark", sock.fwmark, 0, UINT32_MAX, NULL,
	    "mark of the packets of connections out"),
	TEXT("outbound_bind_interface", sock.interface, 0, NULL,
	    "interface of connections out"),
	CALL("outbound_bind_addr", set_outbound, 0, NULL,
	    "source address of connections out"),
	CALL("dscp", set_dscp, 0, NULL,
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
	INT("udp_mtu", udp.mtu, 0, 65535, NULL, "the same"),
	COUNT("verbose", verbose, 0, 2, "more lines in the log; -vv: all"),
	COUNT("quiet", quiet, OPT_NO_FILE, 2,
	    "only warnings in the log; -qq: only errors"),
	TEXT("poll", poll, OPT_NO_FILE, NULL,
	    "how to wait: epoll, poll, select, kqueue"),
	CALL("libopenssl", set_library, 0, NULL, "not needed"),
	CALL("libmbedtls", set_library, 0, NULL, "not needed"),
	CALL("libsodium", set_library, 0, NULL, "not needed"),
	BOOL("help", help, OPT_NO_FILE, "this text"),
	BOOL("version", version, OPT_NO_FILE, "name and version"),
	/* UDP, in a later version */
	IGNORE("tunnel_remote"),
	IGNORE("tunnel_remote_port"),
	IGNORE("tunnel_port"),
};

/* ---- the python original's command line ---- */

#define SHARED_FLAGS \
	{ 'c', NULL, "config" }, { 's', NULL, "server" }, \
	{ 'p', NULL, "server_port" }, { 'k', NULL, "password" }, \
	{ 'm', NULL, "method" }, { 't', NULL, "timeout" }, \
	{ 'a', NULL, "one_time_auth" }, { 0, "fast-open", "fast_open" }, \
	{ 0, "prefer-ipv6", "prefer_ipv6" }, { 'd', NULL, "daemon" }, \
	{ 0, "pid-file", "pid-file" }, { 0, "log-file", "log-file" }, \
	{ 0, "user", "user" }, { 'v', NULL, "verbose" }, \
	{ 'q', NULL, "quiet" }, { 0, "poll", "poll" }, \
	{ 0, "libopenssl", "libopenssl" }, \
	{ 0, "libmbedtls", "libmbedtls" }, { 0, "libsodium", "libsodium" }, \
	{ 'h', "help", "help" }, { 0, "version", "version" }

static const struct opt_flag server_flags[] = {
	SHARED_FLAGS,
	{ 0, "forbidden-ip", "forbidden_ip" },
	{ 0, "workers", "workers" },
	{ 0, "split-header", "split_header" },
	{ 0, "manager-address", "manager_address" },
};

static const struct opt_flag local_flags[] = {
	SHARED_FLAGS,
	{ 'b', NULL, "local_address" },
	{ 'l', NULL, "local_port" },
};

struct opt_table ss_conf_table(struct ss_conf *conf, enum ss_role role)
{
	bool server = role == SS_SERVER;

	conf->role = role;
	conf->base.of = conf->local.of = conf;
	return (struct opt_table){
		.opts = opts,
		.opts_n = LEN(opts),
		.flags = server ? server_flags : local_flags,
		.flags_n = server ? LEN(server_flags) : LEN(local_flags),
		.conf = conf,
	};
}

void ss_conf_defaults(const struct opt_table *t)
{
	struct ss_conf *conf = t->conf;

	opt_defaults(t);
	conf->log_file_set = conf->local_given = false;
}

int ss_conf_finish(struct ss_conf *conf, struct opt_at *at, const char *path)
{
	int rc = ss_conf_finish_servers(conf, at, path);

	return rc == 0 && conf->role == SS_LOCAL ?
	    ss_conf_finish_locals(conf, at, path) : rc;
}
