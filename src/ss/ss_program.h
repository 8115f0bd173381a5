/* ss_program.h - what a Shadowsocks program is: a name, flags over the one
 * table of options, defaults, texts and exit codes. No code of its own. */
#ifndef SS_PROGRAM_H
#define SS_PROGRAM_H

#include "core/log.h"
#include "ss_conf.h"
#include "ss_run.h"

struct ss_program;

/* Why there is nothing to run. */
struct ss_fault {
	int exit;
	bool show_usage;
	char text[512];		/* empty: nothing to say */
};

/* What the programs of one origin have in common. */
struct ss_family {
	enum ss_flavour flavour;
	enum log_form form;
	struct ss_exits exits;
	const char *version;		/* the line of --version */
	const struct opt_default *defaults;
	size_t defaults_n;
	/* A text before there is a log, in its form. */
	void (*complain)(const char *text);
	/* conf->file, where none was named; it may stay empty. alone: the
	 * command line has not a word. */
	void (*find_file)(struct ss_conf *conf, bool alone);
	/* All was read: is it enough? 0, or an exit code with the fault. */
	int (*check)(const struct ss_program *p, struct ss_conf *conf,
	    struct ss_fault *f);
	/* What its user should know; NULL = nothing. */
	void (*warn)(const struct ss_conf *conf);
};

struct ss_program {
	const char *name;
	const struct ss_family *family;
	enum ss_role role;
	bool is_manager;		/* needs no port to begin with */
	const char *usage;
	const struct opt_flag *flags;
	size_t flags_n;
	const struct opt_default *defaults;	/* after the family's */
	size_t defaults_n;
};

/* What a program was called with. */
struct ss_call {
	const struct ss_program *program;
	int argc;
	char **argv;
	char folder[512];	/* a file's name is relative to; "" = unknown */
};

/*
 * Command line and file, checked and finished. 0, or an exit code with *f;
 * conf->help and conf->version end it early with 0. Also for reading again.
 */
int ss_program_read(const struct ss_call *c, struct ss_conf *conf,
    struct ss_fault *f);

/* Reads and serves; returns the exit code. */
int ss_program_main(const struct ss_program *p, int argc, char **argv);

/* For check functions: returns exit. */
int ss_fault(struct ss_fault *f, int exit, bool show_usage, const char *fmt,
    ...) PRINTF_LIKE(4, 5);

#endif
