/* run.h - the supervisor. */
#ifndef RUN_H
#define RUN_H

#include "run_conf.h"

/* `wherry check`: says what is wrong or weak in a file of services or of one,
 * by file and line. 0 = all could start, 1 = one could not, 2 = bad usage. */
int check_main(int argc, char **argv, const struct run_kinds *kinds);

/* `wherry import`; returns the exit code. */
int import_main(int argc, char **argv);

/* `wherry run`; returns the exit code. */
int run_main(int argc, char **argv, const struct run_kinds *kinds);

#endif
