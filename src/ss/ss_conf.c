/* ss_conf.c - one table of options for ssserver and sslocal; command line and
 * config.json are read through it. Knows no flavour's texts and exit codes. */
#include "ss_conf.h"

#include "base/text.h"
#include "port/file.h"

#define MONTH_S (30 * 86400)	/* in ms it fits 32 bits */

/* ---- values that are more than a number or a text ---- */

static int take_port(struct opt_at *at, const char *value, uint16_t *out)
{
	uint64_t n;

	if (text_u64(value, strlen(value), 65535, &n) != 0 || n == 0)
		return opt_fail(at, "'%.32s' is not within 1..65535", value);
	*out = (uint16_t)n;
	return 0;
}

static int alone(struct opt_at *at, const char *member)
{
	return member == NULL ? 0 : opt_fail(at, "must not be an object");
}

/* An address, or a name: that has a letter and no odd characters. */
static bool is_host(const char *s)
{
	struct addr ignored;
	bool letter = false;
	const char *p;

	if (addr_parse(&ignored, s, strlen(s)) == 0)
		return true;
	for (p = s; *p != '\0'; p++) {
		char c = text_lower(*p);

		letter = letter || (c >= 'a' && c <= 'z');
		if ((c < 'a' || c > 'z') && !text_is_digit(c) && c != '-' &&
		    c != '.' && c != '_')
			return false;
	}
	return letter && p - s < SS_HOST;
}

static int set_server(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;

	if (alone(at, member) != 0)
		return -E_INVAL;
	if (!is_host(value))
		return opt_fail(at, "'%.64s' is neither an address nor a name",
		    value);
	if (at->index == 0)
		conf->server_n = 0;
	if (conf->server_n == SS_SERVERS)
		return opt_fail(at, "more than %d", SS_SERVERS);
	text_copy(conf->server[conf->server_n++], SS_HOST, value);
	return 0;
}

static int set_server_port(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;
	uint16_t port;

	if (alone(at, member) != 0 || take_port(at, value, &port) != 0)
		return -E_INVAL;
	if (at->index == 0)
		conf->server_port_n = 0;
	if (conf->server_port_n == SS_SERVER_PORTS)
		return opt_fail(at, "more than %d", SS_SERVER_PORTS);
	conf->server_port[conf->server_port_n++] = port;
	return 0;
}

static void take_psk(struct ss_psk *psk, const char *s, size_t len)
{
	int n = text_unbase64(psk->key, sizeof(psk->key), s, len);

	psk->len = n > 0 ? (uint8_t)n : 0;
}

static void take_secret(struct ss_secret *secret, const struct opt_at *at,
    const char *value)
{
	kdf_bytes_to_key(secret->key, KEY_MAX, value);
	take_psk(&secret->psk, value, strlen(value));
	secret->line = at->file != NULL ? at->line : 0;
}

/* iPSK0:iPSK1:...:uPSK. Other methods take no notice. */
static void take_chain(struct ss_conf *conf, const char *value)
{
	size_t len;

	conf->password.before = 0;
	while (value[len = strcspn(value, ":")] == ':') {
		if (conf->password.before == SS_IPSK_MAX)
			return;		/* ':' is in what is left: no key */
		take_psk(&conf->ipsk[conf->password.before++], value, len);
		value += len + 1;
	}
	take_psk(&conf->password.psk, value, len);
}

static int set_password(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;

	if (alone(at, member) != 0)
		return -E_INVAL;
	if (*value == '\0')
		return opt_fail(at, "must not be empty");
	take_secret(&conf->password, at, value);
	take_chain(conf, value);
	conf->password_set = true;
	conf->password_default = strcmp(value, "mypassword") == 0;
	return 0;
}

static int set_port_password(void *conf_, struct opt_at *at,
    const char *member, const char *value)
{
	struct ss_conf *conf = conf_;
	struct ss_secret secret = { 0 };
	size_t i;

	if (member == NULL)
		return opt_fail(at,
		    "must be an object {\"port\": \"password\"}");
	if (take_port(at, member, &secret.port) != 0)
		return -E_INVAL;
	if (*value == '\0')
		return opt_fail(at, "the password of %u is empty", secret.port);
	if (at->index == 0)
		conf->port_password_n = 0;
	for (i = 0; i < conf->port_password_n; i++)
		if (conf->port_password[i].port == secret.port)
			return opt_fail(at, "port %u is there twice",
			    secret.port);
	if (conf->port_password_n == LIMIT_LISTENERS)
		return opt_fail(at, "more than %d ports (LIMIT_LISTENERS)",
		    LIMIT_LISTENERS);
	take_secret(&secret, at, value);
	conf->port_password[conf->port_password_n++] = secret;
	wipe(&secret, sizeof(secret));
	return 0;
}

static int set_method(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	const struct ss_method *m = ss_method_find(value);
	struct ss_conf *conf = conf_;
	char known[448];

	if (alone(at, member) != 0)
		return -E_INVAL;
	if (m == NULL) {
		ss_method_list(known, sizeof(known));
		return opt_fail(at, "method %.32s not supported; there are: %s",
		    value, known);
	}
	conf->method = m;
	return 0;
}

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

	if (alone(at, member) != 0)
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

	if (alone(at, member) != 0)
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

	if (alone(at, member) != 0)
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
	if (alone(at, member) != 0)
		return -E_INVAL;
	rc = port_path_info(PORT_FS, value, true, &info);
	return rc == 0 ? 0 : opt_fail(at, "%.128s: %s", value, err_text(rc));
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
#define IGNORE(k) { .key = k, .kind = OPT_IGNORE }

static const struct opt opts[] = {
	TEXT("config", file, OPT_NO_FILE, NULL,
	    "file to read; without it config.json here, if there is one"),
	CALL("server", set_server, 0, NULL,
	    "ssserver: address to listen on (0.0.0.0); sslocal: server to "
	    "connect to, of a list one by chance"),
	CALL("server_port", set_server_port, 0, "8388",
	    "port of the server, or a list"),
	TEXT("local_address", local_address, 0, "127.0.0.1",
	    "address to listen on for SOCKS5"),
	INT("local_port", local_port, 1, 65535, "1080",
	    "port to listen on for SOCKS5"),
	CALL("password", set_password, OPT_SECRET, NULL, "password"),
	CALL("port_password", set_port_password, OPT_SECRET, NULL,
	    "ports and their passwords, instead of server_port and password"),
	CALL("method", set_method, 0, "aes-256-cfb",
	    "2022-blake3-aes-128-gcm, 2022-blake3-aes-256-gcm, "
	    "2022-blake3-chacha20-poly1305 (password: see wherry keygen); "
	    "aes-128-gcm, aes-192-gcm, aes-256-gcm, chacha20-ietf-poly1305; "
	    "aes-128-cfb and the like: old, not authenticated"),
	INT("timeout", timeout_s, 1, MONTH_S, "300",
	    "seconds until an idle connection is closed"),
	BOOL("fast_open", fast_open, 0, "TCP Fast Open where the system can"),
	BOOL("prefer_ipv6", prefer_ipv6, 0,
	    "of a name's addresses IPv6 first"),
	CALL("forbidden_ip", set_forbidden, 0, "127.0.0.0/8,::1/128",
	    "networks that are not connected to; empty: all may be"),
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
	conf->log_file_set = false;
}

/* ---- keys ---- */

static int check_length(const struct ss_conf *conf, struct opt_at *at,
    const struct ss_psk *psk)
{
	const struct ss_method *m = conf->method;

	if (psk->len == m->key_len)
		return 0;
	return opt_fail(at, "%s takes a key of %d octets in base64, as "
	    "`wherry keygen %s` makes; this is %s", m->name, m->key_len,
	    m->name, psk->len == 0 ? "none" : "of another length");
}

static int check_key(const struct ss_conf *conf, struct opt_at *at,
    const struct ss_secret *secret)
{
	int rc = 0;
	size_t i;

	for (i = 0; i < secret->before && rc == 0; i++)
		rc = check_length(conf, at, &conf->ipsk[i]);
	if (rc == 0)
		rc = check_length(conf, at, &secret->psk);
	if (rc != 0 || secret->before == 0)
		return rc;
	if (conf->role == SS_SERVER)
		return opt_fail(at, "a chain of keys is for clients");
	if (conf->method->cipher != AEAD_AES_GCM)
		return opt_fail(at, "%s knows no chain of keys",
		    conf->method->name);
	return 0;
}

static int check_one(const struct ss_conf *conf, struct opt_at *at,
    const char *path, const char *key, const struct ss_secret *secret)
{
	at->key = key;
	at->file = secret->line > 0 ? path : NULL;
	at->line = secret->line;
	return check_key(conf, at, secret);
}

int ss_conf_check_keys(const struct ss_conf *conf, struct opt_at *at,
    const char *path)
{
	size_t i;
	int rc = 0;

	if (conf->method->kind != SS_2022)
		return 0;
	for (i = 0; i < conf->port_password_n && rc == 0; i++)
		rc = check_one(conf, at, path, "port_password",
		    &conf->port_password[i]);
	if (rc == 0 && conf->port_password_n == 0 && conf->password_set)
		rc = check_one(conf, at, path, "password", &conf->password);
	return rc;
}

const uint8_t *ss_conf_key(const struct ss_conf *conf,
    const struct ss_secret *secret)
{
	return conf->method->kind == SS_2022 ? secret->psk.key : secret->key;
}
