/* ss_run.h - a process that serves one configuration until a signal. */
#ifndef SS_RUN_H
#define SS_RUN_H

#include "ss_conf.h"

/* How a program ends, but for 0: stopped by SIGTERM, or done. */
struct ss_exits {
	uint8_t usage;		/* no such option, or a bad value for one */
	uint8_t missing;	/* nothing says what to serve */
	uint8_t config;		/* the file is wrong */
	uint8_t failed;		/* could not start or go on */
	uint8_t interrupted;	/* SIGINT */
};

/* Where the configuration comes from, again when SIGHUP asks for it. */
struct ss_source {
	struct ss_conf *conf;	/* in force, complete */
	struct ss_conf *spare;	/* to read the next one into */
	/* 0, or -E_INVAL with the reason: file, line and what. */
	int (*read)(struct ss_source *s, struct ss_conf *into, char *why,
	    size_t why_room);
	const char *name;	/* of the program, for syslog */
	const struct ss_exits *exits;
};

/*
 * Serves in the foreground, or as a daemon where the configuration says so.
 * Returns the exit code: 0 SIGTERM, or the last session after SIGQUIT; one of
 * exits when it could not start (said in the log) or on SIGINT.
 */
int ss_run(struct ss_source *source);

#endif
