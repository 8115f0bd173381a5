/* ss_conf_finish.c - once all is read: servers[] gets what the options outside
 * of it say, and its entries what they left out. Knows no flags, no files. */
#include "base/text.h"
#include "ss_conf_inner.h"

/* Another server as e is, at a host. */
static int add_at(struct ss_conf *conf, struct opt_at *at,
    const struct ss_server_conf *like, const char *host, uint16_t port)
{
	struct ss_server_conf *e = ss_conf_more(conf, at, like->from);

	if (e == NULL)
		return -E_INVAL;
	*e = *like;
	e->host = host;
	e->port = port;
	e->tcp_weight = e->udp_weight = 1000;
	return 0;
}

static const char *host_at(const struct ss_conf *conf, size_t i)
{
	return conf->host_n == 0 ? "0.0.0.0" : conf->host[i].host;
}

/* Each of port_password at each of the addresses. */
static int multiply_ports(struct ss_conf *conf, struct opt_at *at)
{
	size_t i, k, n = conf->servers_n;
	struct ss_server_conf *e;
	int rc = 0;

	for (i = 0; i < n && rc == 0; i++) {
		e = &conf->servers[i];
		if (e->from != SS_FROM_PORTS)
			continue;
		e->host = host_at(conf, 0);
		for (k = 1; k < conf->host_n && rc == 0; k++)
			rc = add_at(conf, at, e, host_at(conf, k), e->port);
	}
	return rc;
}

/* Each of server with each of server_port. */
static int multiply_hosts(struct ss_conf *conf, struct opt_at *at)
{
	size_t i, k, n = MAX(conf->host_n, (size_t)1);
	int rc = 0;

	for (i = 0; i < n && rc == 0; i++) {
		if (conf->host_n > 0 && conf->host[i].port != 0) {
			rc = add_at(conf, at, &conf->base, host_at(conf, i),
			    conf->host[i].port);
			continue;
		}
		for (k = 0; k < conf->host_port_n && rc == 0; k++)
			rc = add_at(conf, at, &conf->base, host_at(conf, i),
			    conf->host_port[k]);
	}
	return rc;
}

/* Are there servers that the options outside of servers[] make? */
static bool has_single(const struct ss_conf *conf)
{
	if (conf->role == SS_LOCAL)
		return conf->host_n > 0;
	if (conf->is_manager || (conf->servers_n > 0 && conf->host_n == 0))
		return false;
	return conf->base.secret.set || conf->base.users_n > 0 ||
	    conf->manager_address[0] == '\0';
}

static bool has_ports(const struct ss_conf *conf)
{
	size_t i;

	for (i = 0; i < conf->servers_n; i++)
		if (conf->servers[i].from == SS_FROM_PORTS)
			return true;
	return false;
}

static int complete(struct ss_conf *conf, struct opt_at *at,
    struct ss_server_conf *e)
{
	const struct ss_server_conf *base = &conf->base;

	at->line = e->line;
	at->key = "servers";
	if (e->host == NULL)
		return opt_fail(at, "one without a server");
	if (e->port == 0)
		return opt_fail(at, "one without a server_port");
	if (e->method == NULL)
		e->method = base->method;
	if (e->mode == 0)
		e->mode = base->mode;
	if (memcmp(&e->limits, &(struct ss_limits){ 0 }, sizeof(e->limits)) ==
	    0)
		e->limits = base->limits;
	if (e->timeout_s == 0)
		e->timeout_s = base->timeout_s;
	if (e->prefix.len == 0)
		e->prefix = base->prefix;
	at->key = "prefix";
	if (conf->role == SS_LOCAL && e->prefix.len > ss_prefix_max(e->method))
		return opt_fail(at, "at most %u octets with %s",
		    (unsigned)ss_prefix_max(e->method), e->method->name);
	at->key = "servers";
	if (!e->secret.set && e->method->key_len > 0) {
		if (!base->secret.set)
			return opt_fail(at, "one without a password");
		e->secret = base->secret;
	}
	return 0;
}

int ss_conf_finish_servers(struct ss_conf *conf, struct opt_at *at,
    const char *path)
{
	size_t i, n = 0;
	int rc;

	at->file = path;
	if (conf->host_by_hand)
		ss_conf_forget(conf, SS_FROM_SERVERS);
	if (conf->role == SS_SERVER && has_ports(conf))
		rc = multiply_ports(conf, at);
	else if (has_single(conf))
		rc = multiply_hosts(conf, at);
	else
		rc = 0;
	for (i = 0; i < conf->servers_n && rc == 0; i++) {
		if (conf->servers[i].disabled)
			continue;
		rc = complete(conf, at, &conf->servers[i]);
		conf->servers[n++] = conf->servers[i];
	}
	conf->servers_n = rc == 0 ? n : conf->servers_n;
	return rc != 0 ? rc : ss_conf_check_keys(conf, at, path);
}

/* An address without a port, and the port in a key of its own. */
static void join_manager(struct ss_conf *conf)
{
	char *at = conf->manager_address;
	struct addr a;
	size_t n;

	if (conf->manager_port == 0 || addr_parse(&a, at, strlen(at)) != 0 ||
	    a.port != 0)
		return;
	a.port = (uint16_t)conf->manager_port;
	n = addr_text(at, sizeof(conf->manager_address), &a);
	ASSERT(n < sizeof(conf->manager_address));
	conf->manager_port = 0;
}

/* libev's server: its local_address is the source of connections out. */
static int move_local(struct ss_conf *conf, struct opt_at *at)
{
	if (conf->flavour != SS_LIBEV || conf->role != SS_SERVER ||
	    conf->local.host == NULL || !conf->local_host_given)
		return 0;
	at->key = "local_address";
	return ss_set_outbound(conf, at, NULL, conf->local.host);
}

/* libev's server: its timeout is for who has not said yet what he wants. */
#define LIBEV_IDLE_S 86400

static int64_t idle_s(const struct ss_conf *conf)
{
	int64_t s = conf->base.timeout_s;

	return conf->flavour == SS_LIBEV && conf->role == SS_SERVER ?
	    MAX(s, LIBEV_IDLE_S) : s;
}

int ss_conf_finish(struct ss_conf *conf, struct opt_at *at, const char *path)
{
	int rc;

	conf->idle_s = idle_s(conf);
	at->file = path;
	/* Under the names of others their policy holds. */
	conf->refuse_private = conf->flavour == SS_OWN &&
	    conf->role == SS_SERVER && !conf->forbidden_given &&
	    !conf->allow_private;
	join_manager(conf);
	rc = move_local(conf, at);
	if (rc == 0)
		rc = ss_conf_finish_servers(conf, at, path);
	return rc == 0 && conf->role == SS_LOCAL ?
	    ss_conf_finish_locals(conf, at, path) : rc;
}
