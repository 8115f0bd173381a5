/* ss_explain.h - what an owner should know of a configuration. */
#ifndef SS_EXPLAIN_H
#define SS_EXPLAIN_H

#include "ss_conf.h"

/* At each start, to the log. */
void ss_warn(const struct ss_conf *conf);

/*
 * --check: the same and what else can be seen without starting: weak passwords
 * each by its line, files, user, ports, clock. The number of errors.
 */
int ss_explain(const struct ss_conf *conf);

#endif
