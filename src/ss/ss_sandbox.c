/* ss_sandbox.c - which system calls a Shadowsocks process keeps. Knows none of
 * them: port/sandbox.h does. */
#include "ss_sandbox.h"

#include "core/log.h"
#include "port/sandbox.h"

/* A plugin that died is started again: a new program. */
static bool has_plugin(const struct ss_conf *conf)
{
	for (size_t i = 0; i < conf->servers_n; i++)
		if (conf->servers[i].plugin != NULL)
			return true;
	return false;
}

void ss_sandbox_enter(const struct ss_conf *conf)
{
	int rc;

	if (conf->sandbox == SS_SANDBOX_OFF)
		return;
	if (has_plugin(conf)) {
		log_info("sandbox: none, as plugins are started again");
		return;
	}
	rc = port_sandbox_enter(SANDBOX_SS, conf->sandbox == SS_SANDBOX_KILL);
	if (rc != 0)
		log_info("sandbox: this system has none (%s)", err_text(rc));
}
