/* ss_sandbox.h - the last thing before a Shadowsocks process serves. */
#ifndef SS_SANDBOX_H
#define SS_SANDBOX_H

#include "ss_conf.h"

/*
 * Gives up the system calls that serving does not need, unless conf->sandbox
 * says otherwise or there are plugins. A system that has no such thing is a
 * line in the log. False: it was not to be.
 */
bool ss_sandbox_enter(const struct ss_conf *conf);

#endif
