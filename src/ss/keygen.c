/* keygen.c - `wherry keygen`: a random key for a method, as its password. */
#include "keygen.h"

#include "base/text.h"
#include "core/log.h"
#include "core/opt.h"
#include "port/out.h"
#include "port/rand.h"
#include "ss_method.h"

struct keygen_conf {
	bool help;
	char method[64];
};

static const struct opt opts[] = {
	{ .key = "help", .kind = OPT_BOOL, .flags = OPT_NO_FILE,
	  .offset = offsetof(struct keygen_conf, help), .size = sizeof(bool),
	  .help = "this text" },
	{ .key = "method", .kind = OPT_TEXT, .flags = OPT_NO_FILE,
	  .offset = offsetof(struct keygen_conf, method),
	  .size = sizeof(((struct keygen_conf *)0)->method),
	  .help = "the same as METHOD" },
};
static const struct opt_flag flags[] = {
	{ 'm', "encrypt-method", "method" },
	{ 'h', "help", "help" },
};
static const char usage[] =
    "usage: wherry keygen METHOD\n"
    "Prints a random key of the method's length in base64: the password that\n"
    "the 2022 methods ask for, and a good one for all others.\n";

static int fail(const char *what)
{
	log_early("ERROR", "%s", what);
	return 1;
}

static int print_key(const struct ss_method *m)
{
	char text[4 * (KEY_MAX + 2) / 3 + 2];
	uint8_t key[KEY_MAX];
	int n;

	if (port_rand_open() != 0)
		return fail("no source of random numbers");
	port_rand(key, m->key_len);
	n = text_base64(text, sizeof(text) - 1, key, m->key_len);
	ASSERT(n > 0);
	text[n] = '\n';
	port_out_all(1, text, (size_t)n + 1);
	wipe(key, sizeof(key));
	wipe(text, sizeof(text));
	return 0;
}

static int keygen(const char *method)
{
	const struct ss_method *m = ss_method_find(method);
	char known[448], text[512];

	if (m != NULL)
		return print_key(m);
	ss_method_list(known, sizeof(known));
	text_fmt(text, sizeof(text), "method %.32s not supported; there are: "
	    "%s", method, known);
	return fail(text);
}

int keygen_main(int argc, char **argv)
{
	struct keygen_conf conf = { 0 };
	const struct opt_table t = { opts, LEN(opts), flags, LEN(flags),
		&conf, NULL, 0 };
	struct opt_at at = { 0 };
	const char *rest[1];
	int n = opt_read_args(&t, &at, argc, argv, rest, LEN(rest));

	if (n < 0)
		return fail(at.text);
	if (conf.help) {
		opt_print_help(&t, usage);
		return 0;
	}
	if (n == 1)
		return keygen(rest[0]);
	return conf.method[0] != '\0' ? keygen(conf.method) :
	    fail("which METHOD? try --help");
}
