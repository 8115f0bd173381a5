/* run.h - the supervisor. */
#ifndef RUN_H
#define RUN_H

#include "run_conf.h"

/* `wherry run`; returns the exit code. */
int run_main(int argc, char **argv, const struct run_kinds *kinds);

#endif
