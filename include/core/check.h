/* check.h - what `--check` looks at on this machine, for any service. Nothing
 * is changed, and each finding is a line of the log. */
#ifndef CORE_CHECK_H
#define CORE_CHECK_H

#include "base/addr.h"

/* The parts below this one return the number of errors: what would keep the
 * service from its work. What its owner should only know is a warning. */

/* The file of FILE#SECTION, and of FILE. */
void check_file_of(char *out, size_t room, const char *path);
/* A configuration that holds a password or key: is it its owner's alone? path
 * as check_file_of takes it. */
void check_is_secret(const char *path);
/* Is the clock later than this program? why: what needs it. */
void check_clock(const char *why);
/* One that is to be there and be read; key names the option. Empty: fine. */
int check_can_read(const char *key, const char *path);
/* The folder of one that will be written. Empty: fine. */
int check_can_make(const char *key, const char *path);
/* An account; empty: fine. */
int check_user(const char *key, const char *name);
/*
 * Can it be bound? It stays bound until the process ends, so that two services
 * of one file cannot have the same. Taken is a warning: it may be this very
 * service that runs.
 */
int check_port(const struct addr *at, bool tcp, bool udp);

#endif
