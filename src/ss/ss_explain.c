/* ss_explain.c - says what is weak or wrong in a configuration that could be
 * read. Starts nothing. */
#include "ss_explain.h"

#include "core/check.h"
#include "core/log.h"
#include "ss_lists.h"
#include "ss_method.h"

static void warn_methods(const struct ss_conf *conf)
{
	const struct ss_method *m, *last = NULL;
	size_t i;

	for (i = 0; i < conf->servers_n; i++) {
		m = conf->servers[i].method;
		if (m->kind >= SS_STREAM && m != last)
			log_warn("%s is not %s; use aes-256-gcm or "
			    "chacha20-ietf-poly1305", m->name,
			    m->kind == SS_NONE ? "encrypted" :
			    "authenticated and can be forged");
		last = m;
	}
	if (conf->one_time_auth)
		log_warn("one_time_auth leaves the lengths of chunks "
		    "unauthenticated; AEAD methods do not");
}

/* Under our own names: the older methods make keys of passwords in a way that
 * lets who recorded a connection try very many of them. */
static void warn_weak(const struct ss_conf *conf)
{
	const struct ss_server_conf *e = conf->servers;

	for (; conf->flavour == SS_OWN && e < conf->servers + conf->servers_n;
	    e++) {
		if (!e->secret.is_weak || e->method->kind == SS_2022 ||
		    e->method->kind == SS_NONE)
			continue;
		log_warn("port %u: its password can be guessed; `wherry keygen "
		    "%s` makes one that cannot", e->port, e->method->name);
		return;
	}
}

void ss_warn(const struct ss_conf *conf)
{
	warn_methods(conf);
	warn_weak(conf);
}

/* ---- --check ---- */

static void explain_secret(const struct ss_conf *conf,
    const struct ss_server_conf *e)
{
	char file[sizeof(conf->file)];

	if (!e->secret.set || e->method->kind == SS_2022 ||
	    e->method->kind == SS_NONE || !e->secret.is_weak)
		return;
	check_file_of(file, sizeof(file), conf->file);
	if (e->secret.line > 0)
		log_warn("%s:%d: password: short enough to be guessed; "
		    "`wherry keygen %s` makes one that is not", file,
		    e->secret.line, e->method->name);
	else
		log_warn("port %u: its password can be guessed; `wherry keygen "
		    "%s` makes one that cannot", e->port, e->method->name);
}

static bool in_file(const struct ss_conf *conf)
{
	size_t i;

	for (i = 0; i < conf->servers_n; i++)
		if (conf->servers[i].secret.line > 0)
			return true;
	return conf->users_n > 0;
}

static int explain_files(const struct ss_conf *conf)
{
	static struct ss_lists lists;
	int errors = 0;
	size_t i;

	for (i = 0; i < conf->locals_n; i++) {
		const struct ss_local_conf *l = &conf->locals[i];

		errors += check_can_read("acl", l->acl);
		errors += check_can_read("socks5_auth_config_path",
		    l->socks5_auth);
		errors += check_can_read("http_auth_config_path",
		    l->http_auth);
	}
	errors += check_can_read("ca_file", conf->online.ca_file);
	errors += check_can_make("cache_file", conf->online.cache_file);
	errors += check_can_make("salt_file", conf->salt_file);
	errors += check_can_make("state_file", conf->state_file);
	if (conf->log_file_set)
		errors += check_can_make("log_file", conf->log_file);
	/* What is wrong in a list is said by its reader. */
	return errors + (ss_lists_open(&lists, conf) != 0);
}

/* A name is that of the hosts file; who starts will see. */
static int explain_port(const char *host, uint16_t port, uint8_t mode)
{
	struct addr at;

	if (host == NULL || addr_parse(&at, host, strlen(host)) != 0)
		return 0;
	at.port = port;
	return check_port(&at, (mode & SS_TCP_ONLY) != 0,
	    (mode & SS_UDP_ONLY) != 0);
}

static int explain_ports(const struct ss_conf *conf)
{
	int errors = 0;
	size_t i;

	if (conf->role == SS_SERVER)
		for (i = 0; i < conf->servers_n; i++) {
			const struct ss_server_conf *e = &conf->servers[i];

			if (!e->disabled)
				errors += explain_port(e->host, e->port,
				    e->mode);
		}
	for (i = 0; i < conf->locals_n; i++) {
		const struct ss_local_conf *l = &conf->locals[i];

		if (!l->disabled)
			errors += explain_port(l->host, l->port, l->mode);
	}
	return errors;
}

int ss_explain(const struct ss_conf *conf)
{
	bool timed = false;
	size_t i;

	warn_methods(conf);
	for (i = 0; i < conf->servers_n; i++) {
		explain_secret(conf, &conf->servers[i]);
		timed = timed || conf->servers[i].method->kind == SS_2022;
	}
	if (in_file(conf))
		check_is_secret(conf->file);
	if (timed)
		check_clock("with the 2022 methods nobody gets in until it is");
	return check_user("user", conf->user) + explain_files(conf) +
	    explain_ports(conf);
}
