/* ss_daemon.h - start, stop and restart in the background by a pid file. */
#ifndef SS_DAEMON_H
#define SS_DAEMON_H

#include "ss_conf.h"

#define SS_DAEMON_GO (-1)

/*
 * Does what conf->daemon or conf->background says. SS_DAEMON_GO: this process
 * is to serve (and to call port_daemon_ready). Else the exit code.
 * The pid file of conf->daemon is locked while the daemon lives: one that a
 * crash left behind names nobody.
 */
int ss_daemon(const struct ss_conf *conf);

#endif
