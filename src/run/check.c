/* check.c - `wherry check`: each service of a file says what is wrong with its
 * part. Knows of them what run.c does. */
#include "base/text.h"
#include "core/log.h"
#include "core/opt.h"
#include "port/out.h"
#include "run.h"

static const char usage[] =
    "usage: wherry check [FILE [SERVICE]]\n"
    "Says what is wrong or weak in a configuration, and starts nothing.\n\n"
    "  FILE                    has a section for each service, as `wherry\n"
    "                          run` reads it (default: /etc/wherry.conf)\n"
    "  SERVICE                 FILE is the configuration of this one alone:\n"
    "                          ssserver, sslocal, ftpd...\n"
    "  -h, --help              this text\n";

static int misused(const char *what)
{
	if (what != NULL)
		log_early("ERROR", "%s", what);
	port_out_all(2, usage, strlen(usage));
	return 2;
}

/* A second service of this process; it reads all of its options again. */
static bool could_start(const struct run_kind *kind, const char *file)
{
	char words[4][RUN_FILE + RUN_NAME + 1];
	char *argv[LEN(words) + 1];
	int argc = 0;

	text_copy(words[argc++], sizeof(words[0]), kind->name);
	text_copy(words[argc++], sizeof(words[0]), "--check");
	if (kind->before_file != NULL)
		text_copy(words[argc++], sizeof(words[0]), kind->before_file);
	text_copy(words[argc++], sizeof(words[0]), file);
	for (int i = 0; i < argc; i++)
		argv[i] = words[i];
	argv[argc] = NULL;
	return kind->main(argc, argv) == 0;
}

static int check_all(
    struct run_conf *conf, const char *file, const struct run_kinds *kinds)
{
	const struct opt_table t = {
		.opts = run_opts, .opts_n = run_opts_n, .conf = conf
	};
	struct opt_at at = { 0 };
	char line[RUN_NAME + 8];
	bool good = true;
	size_t i;

	opt_defaults(&t);
	if (!text_copy(conf->file, sizeof(conf->file), file))
		return misused("the name of the file is too long");
	if (run_conf_read(conf, kinds, &at) < 0) {
		log_early("ERROR", "%s", at.text);
		log_early("INFO", "where it is the file of one service: "
		                  "wherry check %s SERVICE", file);
		return 1;
	}
	for (i = 0; i < conf->services_n; i++) {
		const struct run_service *s = &conf->service[i];

		text_fmt(line, sizeof(line), "[%s]\n", s->name);
		port_out_all(1, line, strlen(line));
		good = could_start(s->kind, s->file) && good;
	}
	return good ? 0 : 1;
}

int check_main(int argc, char **argv, const struct run_kinds *kinds)
{
	static struct run_conf conf;
	const char *file = argc > 1 ? argv[1] : "/etc/wherry.conf";
	const struct run_kind *kind;

	if (strcmp(file, "--help") == 0 || strcmp(file, "-h") == 0) {
		port_out_all(1, usage, strlen(usage));
		return 0;
	}
	if (argc > 3 || file[0] == '-')
		return misused(argc > 3 ? "more than two words" :
		    "no such option");
	log_set_form(LOG_BARE);
	if (argc == 3) {
		kind = run_conf_kind(kinds, argv[2]);
		if (kind == NULL)
			return misused("no service that can be run");
		return could_start(kind, file) ? 0 : 1;
	}
	return check_all(&conf, file, kinds);
}
