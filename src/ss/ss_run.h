/* ss_run.h - a process that serves one configuration until a signal. */
#ifndef SS_RUN_H
#define SS_RUN_H

#include "ss_conf.h"

/*
 * Serves in the foreground, or does what conf->daemon says. Returns the exit
 * code: 0 SIGTERM, or the last session after SIGQUIT; 1 SIGINT, or it could
 * not start (said in the log).
 */
int ss_run(const struct ss_conf *conf);

#endif
