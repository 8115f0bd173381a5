/* ss_conf_local.c - where sslocal and its like listen: locals[], and the one
 * that the options outside of it make. Knows no flags and no files. */
#include "base/text.h"
#include "core/log.h"
#include "ss_conf_inner.h"
#include "ss_named.h"

static const char *const protocols[] = {
	[SS_SOCKS] = "socks", [SS_HTTP] = "http", [SS_TUNNEL] = "tunnel",
	[SS_REDIR] = "redir", [SS_DNS] = "dns",
};

/* ---- of one entry ---- */

static int set_address(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_local_conf *l = entry;
	uint16_t port;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	if (l->of->flavour == SS_PYTHON || l->of->flavour == SS_LIBEV)
		return ss_conf_host(l->of, at, value, &l->host);
	if (ss_conf_host_port(l->of, at, value, &l->host, &port) != 0)
		return -E_INVAL;
	if (port != 0)
		l->port = port;
	return 0;
}

static int set_port(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_local_conf *l = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return ss_conf_port(at, value, &l->port);
}

static int set_udp_address(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_local_conf *l = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return ss_conf_host(l->of, at, value, &l->udp_host);
}

static int set_udp_port(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_local_conf *l = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return ss_conf_port(at, value, &l->udp_port);
}

static int set_protocol(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_local_conf *l = entry;
	size_t i;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	for (i = 0; i < LEN(protocols); i++) {
		if (strcmp(protocols[i], value) == 0) {
			l->protocol = (uint8_t)i;
			return 0;
		}
	}
	return opt_fail(at, "'%.32s' is none of socks, http, tunnel, redir, "
	    "dns", value);
}

static int set_tcp_redir(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_local_conf *l = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	l->tproxy = strcmp(value, "tproxy") == 0;
	return l->tproxy || strcmp(value, "redirect") == 0 ? 0 :
	    opt_fail(at, "'%.32s' is not redirect or tproxy", value);
}

static int set_mode(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_local_conf *l = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return ss_conf_mode(l->of, at, value, &l->mode);
}

/* The port may stand with it or in a key of its own. */
static int set_forward(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_local_conf *l = entry;
	uint16_t port;

	if (ss_conf_alone(at, member) != 0 || ss_conf_host_port(l->of, at,
	    value, &l->forward_host, &port) != 0)
		return -E_INVAL;
	if (port != 0)
		l->forward_port = port;
	return 0;
}

static int set_forward_port(void *entry, struct opt_at *at,
    const char *member, const char *value)
{
	struct ss_local_conf *l = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return ss_conf_port(at, value, &l->forward_port);
}

/* An address: a name could be looked up nowhere. */
static int set_direct(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_local_conf *l = entry;
	struct addr a;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	if (addr_parse(&a, value, strlen(value)) != 0)
		return opt_fail(at, "'%.64s' is no address", value);
	return ss_conf_text(l->of, at, value, &l->direct_host);
}

static int set_direct_port(void *entry, struct opt_at *at,
    const char *member, const char *value)
{
	struct ss_local_conf *l = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return ss_conf_port(at, value, &l->direct_port);
}

static int set_nft(struct ss_local_conf *l, struct opt_at *at,
    const char *member, const char *value, const char **out)
{
	struct nft_set v4, v6;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	if (!ss_named_parse(value, &v4, &v6))
		return opt_fail(at, "'%.64s' is not FAMILY TABLE SET4 SET6",
		    value);
	return ss_conf_text(l->of, at, value, out);
}

static int set_nft_direct(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_local_conf *l = entry;

	return set_nft(l, at, member, value, &l->nft_direct);
}

static int set_nft_proxied(void *entry, struct opt_at *at,
    const char *member, const char *value)
{
	struct ss_local_conf *l = entry;

	return set_nft(l, at, member, value, &l->nft_proxied);
}

static int set_socks5_auth(void *entry, struct opt_at *at,
    const char *member, const char *value)
{
	struct ss_local_conf *l = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return ss_conf_text(l->of, at, value, &l->socks5_auth);
}

static int set_http_auth(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_local_conf *l = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return ss_conf_text(l->of, at, value, &l->http_auth);
}

static int set_acl(void *entry, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_local_conf *l = entry;

	if (ss_conf_alone(at, member) != 0)
		return -E_INVAL;
	return ss_conf_text(l->of, at, value, &l->acl);
}

/* ---- locals[] ---- */

#define CALL(k, f) { .key = k, .kind = OPT_CALL, .fn = f }

static const struct opt entry_opts[] = {
	CALL("local_address", set_address),
	CALL("local_port", set_port),
	CALL("local_udp_address", set_udp_address),
	CALL("local_udp_port", set_udp_port),
	CALL("protocol", set_protocol),
	CALL("mode", set_mode),
	{ .key = "disabled", .kind = OPT_BOOL,
	    .offset = offsetof(struct ss_local_conf, disabled) },
	CALL("forward_address", set_forward),
	CALL("forward_port", set_forward_port),
	CALL("remote_dns_address", set_forward),
	CALL("remote_dns_port", set_forward_port),
	CALL("local_dns_address", set_direct),
	CALL("local_dns_port", set_direct_port),
	CALL("nft_direct", set_nft_direct),
	CALL("nft_proxied", set_nft_proxied),
	CALL("socks5_auth_config_path", set_socks5_auth),
	CALL("http_auth_config_path", set_http_auth),
	CALL("acl", set_acl),
	CALL("tcp_redir", set_tcp_redir),
};

int ss_each_local(void *conf_, struct opt_at *at, struct opt_table *of)
{
	struct ss_conf *conf = conf_;
	struct ss_local_conf *l;

	if (at->index == 0)
		conf->locals_n = 0;
	if (of == NULL)
		return 0;
	if (conf->locals_n == LIMIT_LOCALS)
		return opt_fail(at, "more than %d (LIMIT_LOCALS)",
		    LIMIT_LOCALS);
	l = &conf->locals[conf->locals_n++];
	*l = (struct ss_local_conf){ .of = conf, .line = at->line };
	*of = (struct opt_table){ .opts = entry_opts,
		.opts_n = LEN(entry_opts), .conf = l };
	return 0;
}

/* ---- the one outside of it ---- */

int ss_set_local_address(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;

	conf->local_host_given = true;
	return set_address(&conf->local, at, member, value);
}

/* rust's -b: with the port. */
int ss_set_local_addr(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;
	struct ss_local_conf *l = &conf->local;
	uint16_t port;

	(void)member;
	if (ss_conf_host_port(conf, at, value, &l->host, &port) != 0)
		return -E_INVAL;
	if (port == 0)
		return opt_fail(at, "'%.64s' has no port", value);
	l->port = port;
	conf->local_given = conf->local_host_given = true;
	return 0;
}

int ss_set_local_port(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;

	conf->local_given = true;
	return set_port(&conf->local, at, member, value);
}

int ss_set_tcp_redir(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	return set_tcp_redir(&((struct ss_conf *)conf)->local, at, member,
	    value);
}

int ss_set_protocol(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;

	return set_protocol(&conf->local, at, member, value);
}

int ss_set_forward(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;

	return set_forward(&conf->local, at, member, value);
}

int ss_set_direct(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	return set_direct(&((struct ss_conf *)conf)->local, at, member, value);
}

int ss_set_nft_direct(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	return set_nft_direct(&((struct ss_conf *)conf)->local, at, member,
	    value);
}

int ss_set_nft_proxied(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	return set_nft_proxied(&((struct ss_conf *)conf)->local, at, member,
	    value);
}

int ss_set_direct_port(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	return set_direct_port(&((struct ss_conf *)conf)->local, at, member,
	    value);
}

int ss_set_forward_port(void *conf_, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_conf *conf = conf_;

	return set_forward_port(&conf->local, at, member, value);
}

/* As rust has it. */
static void complete_dns(struct ss_local_conf *l)
{
	if (l->mode == 0)
		l->mode = SS_TCP_AND_UDP;
	if (l->forward_host == NULL)
		l->forward_host = "8.8.8.8";
	if (l->forward_port == 0)
		l->forward_port = 53;
	if (l->direct_port == 0)
		l->direct_port = 53;
}

static int complete(const struct ss_conf *conf, struct opt_at *at,
    struct ss_local_conf *l)
{
	const struct ss_local_conf *outside = &conf->local;

	at->line = l->line;
	at->key = "locals";
	if (l->host == NULL)
		l->host = outside->host;
	if (l->port == 0)
		return opt_fail(at, "one without a local_port");
	if (l->protocol == SS_DNS)
		complete_dns(l);
	if (l->mode == 0)
		l->mode = conf->base.mode;
	if (l->socks5_auth == NULL)
		l->socks5_auth = outside->socks5_auth;
	if (l->protocol == SS_TUNNEL && l->forward_host == NULL)
		return opt_fail(at, "a tunnel without a forward_address");
	/* To answer in a target's name takes a right that another user has
	 * not. */
	if (l->protocol == SS_REDIR && l->mode == SS_UDP_ONLY &&
	    conf->user[0] != '\0')
		return opt_fail(at, "redir of datagrams, and user: it must "
		    "stay root");
	if (l->protocol == SS_REDIR && l->mode == SS_TCP_AND_UDP &&
	    conf->user[0] != '\0') {
		log_warn("redir: no datagrams, as user is set: to answer them "
		    "it must stay root");
		l->mode = SS_TCP_ONLY;
	}
	if (l->protocol == SS_TUNNEL && l->forward_port == 0)
		return opt_fail(at, "a tunnel without a forward_port");
	if ((l->nft_direct != NULL || l->nft_proxied != NULL) &&
	    conf->user[0] != '\0')
		return opt_fail(at, "nft_direct or nft_proxied, and user: to "
		    "change a firewall it must stay root");
	return 0;
}

int ss_conf_finish_locals(struct ss_conf *conf, struct opt_at *at,
    const char *path)
{
	size_t i, n = 0;
	int rc = 0;

	at->file = path;
	if (conf->locals_n == 0 || conf->local_given) {
		if (conf->locals_n == LIMIT_LOCALS)
			return opt_fail(at, "more than %d (LIMIT_LOCALS)",
			    LIMIT_LOCALS);
		conf->locals[conf->locals_n++] = conf->local;
	}
	for (i = 0; i < conf->locals_n && rc == 0; i++) {
		if (conf->locals[i].disabled)
			continue;
		rc = complete(conf, at, &conf->locals[i]);
		conf->locals[n++] = conf->locals[i];
	}
	conf->locals_n = n;
	return rc;
}
