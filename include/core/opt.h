/* opt.h - one table of options per service feeds every reader: command line,
 * JSON, name=value; it also prints --help and checks ranges. */
#ifndef CORE_OPT_H
#define CORE_OPT_H

#include "base/base.h"

enum opt_kind {
	OPT_BOOL,	/* bool */
	OPT_INT,	/* int64_t, min..max */
	OPT_TEXT,	/* char[size]; empty only with OPT_EMPTY_OK */
	OPT_COUNT,	/* int32_t: -v -vv; in files a number or boolean */
	OPT_CALL,	/* fn does it: lists, maps, addresses... */
	OPT_OBJECT,	/* an object with its own table, or a list of them */
	OPT_IGNORE	/* known, not ours: taken and forgotten */
};

#define OPT_EMPTY_OK   1u
#define OPT_NO_FILE    2u	/* command line only */
#define OPT_SECRET     4u	/* never shown in a message */
#define OPT_OCTAL      8u	/* a leading 0 makes it octal (vsftpd) */
#define OPT_NO_VALUE  16u	/* a flag that stands alone, BOOL or not */
#define OPT_FRACTION  32u	/* CALL: fn takes 0.5 as well */
#define OPT_NUL       64u	/* \u0000 of JSON comes as C0 80 */

struct opt_at;
struct opt_table;

/* One row. Rows are const; conf is the service's struct, filled by readers. */
struct opt {
	const char *key;	/* "server_port": JSON key and file name */
	enum opt_kind kind;
	unsigned flags;
	uint32_t offset;	/* offsetof(struct conf, member) */
	uint32_t size;		/* sizeof member (OPT_TEXT) */
	int64_t min, max;
	/*
	 * OPT_CALL: one value at a time. A JSON list calls it per element, a
	 * JSON object per member with `member` set ("8381" of port_password);
	 * an empty one of either once, with "". A flag without value gives "1".
	 * 0, or -E_* after opt_fail(at, ...).
	 */
	int (*fn)(void *conf, struct opt_at *at, const char *member,
	    const char *value);
	/*
	 * OPT_OBJECT, in JSON alone: before the members of each object are
	 * read, sets the table for them. An empty list calls it once with NULL.
	 * 0, or -E_* after opt_fail(at, ...).
	 */
	int (*each)(void *conf, struct opt_at *at, struct opt_table *of);
	/* As text, for --help; opt_defaults applies it. NULL = zeros. */
	const char *def;
	const char *help;
};

/* Command-line spelling of one flavour: letter and/or long name to a key. */
struct opt_flag {
	char letter;		/* 0 = none */
	const char *name;	/* long, without dashes; NULL = none */
	const char *key;
};

/* A flavour's own default in place of the row's; "" = none. */
struct opt_default {
	const char *key, *value;
};

struct opt_table {
	const struct opt *opts;
	size_t opts_n;
	const struct opt_flag *flags;
	size_t flags_n;
	void *conf;
	const struct opt_default *defaults;
	size_t defaults_n;
};

/*
 * Where a value came from, and what is wrong with it. Every reader returns 0
 * or -E_*; then text is one whole message without newline:
 * "/etc/x.json:12: server_port: 70000 is not within 1..65535".
 */
struct opt_at {
	const char *file;	/* NULL = command line */
	int line;		/* 1.. ; 0 = unknown */
	const char *key;	/* being read: "--fast-open" or "server_port" */
	/*
	 * OPT_CALL: which element of a list or member of an object, from 0. A
	 * value that stands alone is 0 too: there a list begins anew, so that
	 * the last of equal keys wins, and the command line over the file.
	 */
	uint32_t index;
	char text[512];
	/* An unknown key is skipped and counted here (JSON of the Shadowsocks
	 * programs), or an error when strict (vsftpd.conf). */
	bool strict;
	uint32_t unknown;
	/* Told of each one skipped; may be NULL. */
	void (*on_unknown)(struct opt_at *at, const char *key);
};

/* Fills text with "file:line: key: " and the message; returns -E_INVAL. */
int opt_fail(struct opt_at *at, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Sets every default of the table. */
void opt_defaults(const struct opt_table *t);
/* The default of a row here, NULL = none. */
const char *opt_default_of(const struct opt_table *t, const struct opt *o);
const struct opt *opt_find(const struct opt_table *t, const char *key);
/* One value by its row; what every reader ends in. member may be NULL. */
int opt_set(const struct opt_table *t, struct opt_at *at, const struct opt *o,
    const char *member, const char *value);

/* What a reader does with a key that no row has, or that has OPT_NO_FILE:
 * at->key is counted and skipped, or refused. 0 or -E_INVAL. */
int opt_unknown(struct opt_at *at);

/*
 * Command line: -p 8388 -p8388 -vv -vqp8388 --fast-open --workers=2
 * --workers 2, any order, "--" ends. Words that are no option go to `rest`
 * (order kept). argv[0] is not looked at.
 * Words in rest, or -E_INVAL (unknown option, value missing or bad).
 */
int opt_read_args(const struct opt_table *t, struct opt_at *at, int argc,
    char *const *argv, const char **rest, size_t rest_max);

/*
 * JSON: one object; numbers may be strings and strings numbers; unknown keys
 * are skipped whatever their value. Reads the file (at most LIMIT_CONF_FILE
 * octets; a UTF-8 mark at the start is skipped). strings: all JSON escapes.
 * null leaves the option as it is. Of equal keys the last wins.
 * 0, or -E_* with text: cannot be opened, too long, not JSON (with the line),
 * wrong type.
 */
int opt_read_json(const struct opt_table *t, struct opt_at *at,
    const char *path);
int opt_read_json_text(const struct opt_table *t, struct opt_at *at,
    const char *text, size_t len);

/*
 * name=value lines, as vsftpd reads them: '#' comment lines, blank lines,
 * blanks around name and value trimmed, YES/NO/TRUE/FALSE/1/0.
 */
int opt_read_ini(const struct opt_table *t, struct opt_at *at,
    const char *path);
/*
 * One file may hold the options of several services, in sections that begin
 * with a line [NAME]: opt_read_ini takes FILE#NAME for one of them, and FILE#
 * for what stands before the first, unless a file is called that. Such a file
 * may be in OpenWrt's UCI instead (opt_item.h).
 */
bool opt_is_section(const char *path);

struct opt_section {
	const char *name;	/* as in the file, without blanks around it */
	int line;		/* of its [NAME] */
	uint32_t keys;		/* lines in it */
	const char *config;	/* the value of "config" there, or "" */
	bool off;		/* UCI's enabled '0' or disabled '1' */
};
/* at says where. 0 to go on, or -E_* after opt_fail(at, ...). */
typedef int opt_section_fn(void *to, struct opt_at *at,
    const struct opt_section *s);
/* Each section of a file, in its order. 0, or what fn or the reading said. */
int opt_each_section(struct opt_at *at, const char *path, opt_section_fn *fn,
    void *to);
/* One "name=value" (vsftpd -oname=value). */
int opt_read_pair(const struct opt_table *t, struct opt_at *at,
    const char *pair);

/*
 * --help: a line per flag with key, default and help text, to fd 1. 80
 * columns.
 */
void opt_print_help(const struct opt_table *t, const char *usage);

#endif
