/* run_conf.c - reads the head of wherry.conf and lists its sections. What is in
 * a section is its service's business: it reads it by itself. */
#include "run_conf.h"

#include "base/text.h"

#define ROW(kind, key, member, min, max, def, help, ...) \
	{ \
#key, kind, 0 __VA_ARGS__, offsetof(struct run_conf, member), \
		    sizeof(((struct run_conf *)NULL)->member), min, max, NULL, \
		    NULL, def, help \
	}

const struct opt run_opts[] = {
	ROW(OPT_TEXT, config, file, 0, 0, "/etc/wherry.conf",
	    "the file with a section for each service", | OPT_NO_FILE),
	ROW(OPT_TEXT, log_file, log_file, 0, 0, "",
	    "where the lines of all go; empty: standard error", | OPT_EMPTY_OK),
	ROW(OPT_BOOL, use_syslog, use_syslog, 0, 0, "0", "to syslog"),
	ROW(OPT_COUNT, verbose, verbose, 0, 2, "0", "says more"),
	ROW(OPT_INT, stop_seconds, stop_seconds, 0, 600, "10",
	    "so long services have to end before they are killed"),
	ROW(OPT_BOOL, power, power, 0, 0, "0",
	    "at the end switches the machine off (SIGTERM) or restarts it "
	    "(SIGINT): for the first process of a small system"),
	ROW(OPT_BOOL, help, help, 0, 0, "0", "this text",
	    | OPT_NO_FILE | OPT_NO_VALUE),
};
const size_t run_opts_n = LEN(run_opts);

struct reading {
	struct run_conf *conf;
	const struct run_kinds *kinds;
};

const struct run_kind *run_conf_kind(
    const struct run_kinds *kinds, const char *name)
{
	size_t len = strcspn(name, " \t"), i;

	for (i = 0; i < kinds->n; i++)
		if (strncmp(kinds->kind[i].name, name, len) == 0 &&
		    kinds->kind[i].name[len] == '\0')
			return &kinds->kind[i];
	return NULL;
}

static const struct run_service *find(
    const struct run_conf *conf, const char *name)
{
	size_t i;

	for (i = 0; i < conf->services_n; i++)
		if (strcmp(conf->service[i].name, name) == 0)
			return &conf->service[i];
	return NULL;
}

static int add(void *to, struct opt_at *at, const struct opt_section *s)
{
	struct reading *r = to;
	struct run_conf *conf = r->conf;
	const struct run_kind *kind = run_conf_kind(r->kinds, s->name);
	const struct run_service *other = find(conf, s->name);
	struct run_service *to_fill = &conf->service[conf->services_n];

	/* For `wherry rules`: nothing to run. */
	if (s->off || strcmp(s->name, "rules") == 0 ||
	    strncmp(s->name, "rules ", 6) == 0)
		return 0;
	if (kind == NULL)
		return opt_fail(
		    at, "[%s]: no service that can be run", s->name);
	if (other != NULL)
		return opt_fail(at,
		    "[%s] is in line %d already; call one "
		    "[%s SOMETHING]",
		    s->name, other->line, kind->name);
	if (conf->services_n == LIMIT_SERVICES)
		return opt_fail(at, "more than %d services (LIMIT_SERVICES)",
		    LIMIT_SERVICES);
	if (s->config[0] != '\0' && s->keys > 1)
		return opt_fail(at,
		    "[%s]: config = FILE stands alone: the "
		    "options are in that file",
		    s->name);
	to_fill->kind = kind;
	to_fill->line = s->line;
	if (!text_copy(to_fill->name, sizeof(to_fill->name), s->name))
		return opt_fail(at, "[%.60s]: a name of %d octets at most",
		    s->name, RUN_NAME - 1);
	if (s->config[0] == '\0')
		text_fmt(to_fill->file, sizeof(to_fill->file), "%s#%s",
		    conf->file, s->name);
	else if (!text_copy(to_fill->file, RUN_FILE, s->config))
		return opt_fail(
		    at, "config: longer than %d octets", RUN_FILE - 1);
	conf->services_n++;
	return 0;
}

int run_conf_read(
    struct run_conf *conf, const struct run_kinds *kinds, struct opt_at *at)
{
	const struct opt_table t = {
		.opts = run_opts, .opts_n = run_opts_n, .conf = conf
	};
	struct reading r = { conf, kinds };
	char head[RUN_FILE + 1];
	int rc;

	at->strict = true;
	text_fmt(head, sizeof(head), "%s#", conf->file);
	rc = opt_read_ini(&t, at, head);
	if (rc == 0)
		rc = opt_each_section(at, conf->file, add, &r);
	if (rc == 0 && conf->services_n == 0) {
		at->line = 0;
		rc = opt_fail(at, "no section, as [ssserver], that is to "
		    "run");
	}
	return rc;
}
