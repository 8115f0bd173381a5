/* ss_conf_url.c - a server by its ss:// address, as an option. */
#include "base/text.h"
#include "ss_conf_inner.h"
#include "ss_uri.h"

static int take(struct ss_conf *conf, struct opt_at *at, struct ss_uri *u)
{
	char *opts = strchr(u->plugin, ';');
	int rc;

	if (opts != NULL)
		*opts++ = '\0';
	rc = ss_set_method(&conf->base, at, NULL, u->method);
	if (rc == 0)
		rc = ss_set_password(&conf->base, at, NULL, u->password);
	if (rc == 0)
		rc = ss_set_plugin(&conf->base, at, NULL, u->plugin);
	if (rc == 0 && opts != NULL)
		rc = ss_set_plugin_opts(&conf->base, at, NULL, opts);
	if (rc == 0)
		rc = ss_set_prefix(&conf->base, at, NULL, u->prefix);
	if (rc == 0)
		rc = ss_set_server(conf, at, NULL, u->host);
	if (rc == 0)
		conf->host[conf->host_n - 1].port = u->port;
	return rc;
}

int ss_set_server_url(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	const char *why;
	struct ss_uri u;
	int rc;

	(void)member;
	rc = ss_uri_parse(&u, value, &why);
	rc = rc != 0 ? opt_fail(at, "no ss:// address: %s", why) :
	    take(conf, at, &u);
	wipe(&u, sizeof(u));
	return rc;
}
