/* run_conf.h - which services one file asks for: a section each. */
#ifndef RUN_CONF_H
#define RUN_CONF_H

#include "base/limits.h"
#include "core/opt.h"

#define RUN_FILE 256
#define RUN_NAME 48

/* How a service is started; a table of them comes from services.c. */
struct run_kind {
	const char *name;
	const char *before_file, *behind_file; /* NULL = no word */
	int (*main)(int argc, char **argv); /* as `wherry NAME` */
};
struct run_kinds {
	const struct run_kind *kind;
	size_t n;
};

/* [NAME] or [NAME LABEL]. */
struct run_service {
	const struct run_kind *kind;
	int line;
	char name[RUN_NAME]; /* the section's */
	char file[RUN_FILE + RUN_NAME + 1]; /* of options: FILE#SECTION */
};

struct run_conf {
	char file[RUN_FILE];
	char log_file[RUN_FILE];
	bool use_syslog;
	bool power;
	bool help;
	int32_t verbose;
	int64_t stop_seconds;
	size_t services_n;
	struct run_service service[LIMIT_SERVICES];
};

extern const struct opt run_opts[];
extern const size_t run_opts_n;

/* By the first word of "ssserver home"; NULL = none. */
const struct run_kind *run_conf_kind(
    const struct run_kinds *kinds, const char *name);

/* The head of the file and its sections, over what is there: of zeros, with
 * file set. 0, or -E_* with at->text. */
int run_conf_read(
    struct run_conf *conf, const struct run_kinds *kinds, struct opt_at *at);

#endif
