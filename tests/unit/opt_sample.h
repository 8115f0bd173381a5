/* opt_sample.h - a table with a row of each kind, for the tests of readers. */
#ifndef TESTS_OPT_SAMPLE_H
#define TESTS_OPT_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "core/opt.h"

struct sample {
	char server[16];
	char password[32];
	char empty[8];
	int64_t port, timeout, mode;
	bool fast_open;
	int32_t verbose;
	char calls[256];	/* "index member=value;" for each call */
	char last[2048];	/* the whole last value */
	unsigned helped;
};

static inline int on_call(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	struct sample *s = conf;
	size_t n = at->index == 0 ? 0 : strlen(s->calls);

	if (strcmp(value, "bad") == 0)
		return opt_fail(at, "'%s' is refused", value);
	if (strcmp(value, "silent") == 0)
		return -E_FULL;
	text_copy(s->last, sizeof(s->last), value);
	text_fmt(s->calls + n, sizeof(s->calls) - n, "%u %s=%s;",
	    (unsigned)at->index, member != NULL ? member : "", value);
	return 0;
}

static inline int on_help(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	(void)at;
	(void)member;
	assert_string_equal(value, "1");
	((struct sample *)conf)->helped++;
	return 0;
}

#define AT(member) .offset = offsetof(struct sample, member), \
	.size = sizeof(((struct sample *)0)->member)

static const struct opt sample_opts[] = {
	{ .key = "server", .kind = OPT_TEXT, AT(server), .def = "0.0.0.0",
	    .help = "address to listen on" },
	{ .key = "password", .kind = OPT_TEXT, AT(password),
	    .flags = OPT_SECRET, .help = "the password" },
	{ .key = "empty", .kind = OPT_TEXT, AT(empty), .flags = OPT_EMPTY_OK,
	    .def = "full" },
	{ .key = "server_port", .kind = OPT_INT, AT(port), .min = 1,
	    .max = 65535, .def = "8388", .help = "port to listen on" },
	{ .key = "timeout", .kind = OPT_INT, AT(timeout), .min = -1,
	    .max = INT64_MAX, .help = "seconds without an octet after which a "
	    "connection is closed, or -1 for never, which is not wise" },
	{ .key = "mode", .kind = OPT_INT, AT(mode), .flags = OPT_OCTAL,
	    .max = 0777, .def = "0644" },
	{ .key = "fast_open", .kind = OPT_BOOL, AT(fast_open) },
	{ .key = "verbose", .kind = OPT_COUNT, AT(verbose), .max = 2 },
	{ .key = "list", .kind = OPT_CALL, .fn = on_call },
	{ .key = "help", .kind = OPT_CALL, .fn = on_help,
	    .flags = OPT_NO_FILE | OPT_NO_VALUE },
	{ .key = "old", .kind = OPT_IGNORE },
};

static const struct opt_flag sample_flags[] = {
	{ 's', NULL, "server" },
	{ 'p', "server-port", "server_port" },
	{ 'k', NULL, "password" },
	{ 't', "timeout", "timeout" },
	{ 'v', NULL, "verbose" },
	{ 0, "fast-open", "fast_open" },
	{ 'a', NULL, "fast_open" },
	{ 'e', "empty", "empty" },
	{ 'F', "list-of-things-to-be-taken", "list" },
	{ 'h', "help", "help" },
	{ 0, "old", "old" },
};

static struct sample conf;
static struct opt_at at;
static const struct opt_table sample = { sample_opts, LEN(sample_opts),
	sample_flags, LEN(sample_flags), &conf, NULL, 0 };

/* Before each test. */
static inline int fresh(void **state)
{
	(void)state;
	memset(&conf, 0, sizeof(conf));
	memset(&at, 0, sizeof(at));
	opt_defaults(&sample);
	return 0;
}

static inline unsigned seeds(unsigned usual)
{
	const char *s = getenv("SIM_SEEDS");

	return s != NULL ? (unsigned)atoi(s) : usual;
}

/* A file that is gone after the test program's next call or end. */
static inline const char *file_with(const char *text, size_t len)
{
	static char path[] = "/tmp/wherry-opt-XXXXXX";
	static int fd = -1;

	if (fd < 0)
		fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, text, len, 0), len);
	return path;
}

static inline int no_file(void **state)
{
	(void)state;
	return unlink(file_with("", 0));
}

#define TEST(name) cmocka_unit_test_setup(name, fresh)

#endif
