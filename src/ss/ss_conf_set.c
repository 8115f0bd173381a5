/* ss_conf_set.c - options whose value is more than a number or a text, but for
 * those of servers and locals. Knows no flags and no files. */
#include "base/text.h"
#include "core/log.h"
#include "port/file.h"
#include "ss_conf_inner.h"

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

/* Values with commas between, or elements of a list, to add one by one; *n is
 * how many there are. */
static int add_all(struct ss_conf *conf, struct opt_at *at,
    const char *member, const char *value, size_t *n,
    int (*add)(struct ss_conf *conf, struct opt_at *at, const char *s,
    size_t len))
{
	size_t len;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	if (at->index == 0)
		*n = 0;
	for (;; value += len + 1) {
		len = strcspn(value, ",");
		if (add(conf, at, value, len) != 0)
			return -E_INVAL;
		if (value[len] == '\0')
			return 0;
	}
}

/* Empty = everything is allowed. */
int ss_set_forbidden(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;

	conf->forbidden_given = true;
	return add_all(conf, at, member, value, &conf->forbidden_n,
	    add_forbidden);
}

static int add_dns_server(struct ss_conf *conf, struct opt_at *at,
    const char *s, size_t len)
{
	if (conf->dns_server_n == LIMIT_DNS_SERVERS)
		return opt_fail(at, "more than %d", LIMIT_DNS_SERVERS);
	if (addr_parse(&conf->dns_server[conf->dns_server_n], s, len) != 0)
		return opt_fail(at, "'%.*s' is not an address",
		    (int)MIN(len, 64), s);
	conf->dns_server_n++;
	return 0;
}

int ss_set_dns_server(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;

	return add_all(conf, at, member, value, &conf->dns_server_n,
	    add_dns_server);
}

/* rust's: also names of who has servers that everybody may ask. Other forms
 * (tcp:, tls:, an object) ask as resolv.conf says. */
int ss_set_dns(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	static const struct {
		const char *name, *servers;
	} known[] = {
		{ "google", "8.8.8.8,8.8.4.4" },
		{ "cloudflare", "1.1.1.1,1.0.0.1" },
		{ "quad9", "9.9.9.9,149.112.112.112" },
	};
	struct ss_conf *conf = conf_;
	struct addr ignored;
	size_t i;

	for (i = 0; i < LEN(known) && member == NULL; i++)
		if (strcmp(known[i].name, value) == 0)
			return ss_set_dns_server(conf, at, NULL,
			    known[i].servers);
	if (member == NULL && (conf->flavour != SS_RUST ||
	    addr_parse(&ignored, value, strcspn(value, ",")) == 0))
		return ss_set_dns_server(conf, at, NULL, value);
	conf->dns_server_n = 0;
	if (member != NULL || strcmp(value, "system") != 0)
		log_info("dns: %.64s is not supported, resolv.conf is asked",
		    member != NULL ? "an object" : value);
	return 0;
}

int ss_set_on_bad_request(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	static const char *const names[] = { [SS_BAD_DRAIN] = "drain",
		[SS_BAD_RST] = "rst",
		[SS_BAD_SHUTDOWN_DRAIN] = "shutdown-drain" };
	struct ss_conf *conf = conf_;
	uint8_t i;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	for (i = 0; i < LEN(names); i++)
		if (strcmp(value, names[i]) == 0) {
			conf->on_bad_request = i;
			return 0;
		}
	return opt_fail(at, "'%.16s' is not drain, rst or shutdown-drain",
	    value);
}

int ss_set_sandbox(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	static const char *const names[] = { [SS_SANDBOX_ON] = "on",
		[SS_SANDBOX_OFF] = "off", [SS_SANDBOX_KILL] = "kill" };
	struct ss_conf *conf = conf_;
	uint8_t i;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	for (i = 0; i < LEN(names); i++)
		if (strcmp(value, names[i]) == 0) {
			conf->sandbox = i;
			return 0;
		}
	return opt_fail(at, "'%.16s' is not on, off or kill", value);
}

int ss_set_log_file(void *conf_, struct opt_at *at, const char *member,
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
int ss_set_library(void *conf, struct opt_at *at, const char *member,
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
int ss_set_outbound(void *conf_, struct opt_at *at, const char *member,
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

int ss_set_dscp(void *conf_, struct opt_at *at, const char *member,
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

/* libev's -f: in the background, with this pid file. */
int ss_set_background_pid(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;

	(void)member;
	if (*value == '\0' || !text_copy(conf->pid_file,
	    sizeof(conf->pid_file), value))
		return opt_fail(at, "no file name");
	conf->background = true;
	return 0;
}

/* Flags that say a mode: -u and -U mean one thing in libev and the other in
 * rust, so their tables lead to one of these. */
int ss_set_udp_only(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	(void)at;
	(void)member;
	(void)value;
	((struct ss_conf *)conf_)->base.mode = SS_UDP_ONLY;
	return 0;
}

int ss_set_tcp_and_udp(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	(void)at;
	(void)member;
	(void)value;
	((struct ss_conf *)conf_)->base.mode = SS_TCP_AND_UDP;
	return 0;
}

int ss_set_check_target(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;
	struct ss_balance_conf *b = &conf->balance;

	if (ss_conf_alone(at, member) != 0 ||
	    ss_conf_host_port(conf, at, value, &b->host, &b->port) != 0)
		return -E_INVAL;
	return b->port != 0 ? 0 : opt_fail(at, "without a port");
}

int ss_set_logins(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;
	int rc;

	if (member == NULL)
		return opt_fail(at, "must be an object {\"name\": "
		    "\"password\"}");
	if (at->index == 0)
		conf->logins.n = 0;
	rc = ss_auth_add(&conf->logins, member, value);
	if (rc == -E_FULL)
		return opt_fail(at, "more than %d (LIMIT_LOGINS)",
		    LIMIT_LOGINS);
	return rc == 0 ? 0 : opt_fail(at, "a name has 1 to %d octets, a "
	    "password at most as many", SS_LOGIN_MAX);
}

int ss_set_choice(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	if (strcmp(value, "chance") != 0 && strcmp(value, "latency") != 0)
		return opt_fail(at, "'%.32s' is neither chance nor latency",
		    value);
	text_copy(conf->balance.choice, sizeof(conf->balance.choice), value);
	return 0;
}

/* libev's auth, whatever it says. */
int ss_set_auth(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	(void)at;
	(void)member;
	(void)value;
	((struct ss_conf *)conf_)->one_time_auth = true;
	return 0;
}

int ss_set_unsupported(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	(void)conf;
	(void)member;
	(void)value;
	return opt_fail(at, "not supported");
}
