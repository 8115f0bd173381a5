/* ss_sandbox.c - which system calls a Shadowsocks process keeps. Knows none of
 * them: port/sandbox.h does. */
#include "ss_sandbox.h"

#include "core/log.h"
#include "http_trust.h"
#include "port/sandbox.h"
#include "ss_plugin.h"

/* A plugin that died is started again: a new program. */
static bool has_plugin(const struct ss_conf *conf)
{
	for (size_t i = 0; i < conf->servers_n; i++)
		if (conf->servers[i].plugin != NULL)
			return true;
	/* A manager's ports may have it. */
	return ss_plugin_mode(&conf->base) != 0;
}

struct files {
	struct sandbox_file at[11 + 3 * LIMIT_LOCALS];
	size_t n;
};

static void need(struct files *f, const char *path, bool write)
{
	if (path != NULL && path[0] == '/' && f->n < LEN(f->at))
		f->at[f->n++] = (struct sandbox_file){ path, write };
}

/* What SIGHUP reads again, and what is written to. */
static int keep_files(const struct ss_conf *conf)
{
	struct files f = { .n = 0 };
	size_t i;

	need(&f, "/etc/resolv.conf", false);
	need(&f, "/etc/hosts", false);
	need(&f, conf->file, false);
	need(&f, conf->acl, false);
	need(&f, conf->log_file, true);
	need(&f, conf->state_file, true);
	need(&f, conf->salt_file, true);
	need(&f, conf->manager_address, true);
	need(&f, conf->metrics_address, true);
	need(&f, conf->online.cache_file, true);
	need(&f, conf->online.ca_file, false);
	if (conf->online.url[0] != '\0' && conf->online.ca_file[0] == '\0')
		need(&f, http_trust_find(), false);
	for (i = 0; i < conf->locals_n; i++) {
		need(&f, conf->locals[i].acl, false);
		need(&f, conf->locals[i].socks5_auth, false);
		need(&f, conf->locals[i].http_auth, false);
	}
	return port_sandbox_files(f.at, f.n);
}

bool ss_sandbox_enter(const struct ss_conf *conf)
{
	int rc;

	if (conf->sandbox == SS_SANDBOX_OFF)
		return false;
	if (has_plugin(conf)) {
		log_info("sandbox: none, as plugins are started again");
		return false;
	}
	rc = keep_files(conf);
	if (rc != 0)
		log_debug("sandbox: all files of the user stay (%s)",
		    err_text(rc));
	rc = port_sandbox_enter(SANDBOX_SS, conf->sandbox == SS_SANDBOX_KILL);
	if (rc != 0)
		log_info("sandbox: this system has none (%s)", err_text(rc));
	return true;
}
