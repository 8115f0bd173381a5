/* ss_fields.h - what a Shadowsocks program made of its command line and file,
 * by names, for tables of tests. */
#ifndef TEST_SS_FIELDS_H
#define TEST_SS_FIELDS_H

#include "src/ss/ss_program.h"

/* A row: "%s" in args is the path of a file that holds json. */
struct fields_row {
	const struct ss_program *program;
	const char *args;
	const char *json;	/* NULL = no file */
	/* "name=value name=value"; or "!2 text" for exit code 2 and a part of
	 * what it says. */
	const char *expect;
};

/* NULL = as expected, else what is wrong. */
const char *fields_wrong(const struct fields_row *row);

#endif
