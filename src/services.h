/* services.h - the services by name; main.c knows no more of them. */
#ifndef SERVICES_H
#define SERVICES_H

#include "base/base.h"

/*
 * A service is also a name the binary answers to when it is called by it
 * (ln -s wherry sslocal). main returns the exit code; argv[0] is the name.
 */
struct service {
	const char *name;
	int (*main)(int argc, char **argv);
	const char *help;
	/* As `wherry NAME`, where that differs from a link; or NULL. */
	int (*own)(int argc, char **argv);	/* one line */
	/* Of one that `wherry run` can run: the words before and behind the
	 * name of its configuration's file, NULL = no word. */
	bool runs;
	const char *before_file, *behind_file;
};

/* Ends with a row whose name is NULL. */
extern const struct service services[];

#endif
