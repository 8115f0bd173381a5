/* t_opt_ini.c - name=value files, well-formed and absurd. */
#include "src/core/opt_ini.c"

#include "tests/unit/opt_sample.h"

static int read_mem(const char *text, size_t len)
{
	return opt_read_ini(&sample, &at, file_with(text, len));
}

static int read_ini(const char *text)
{
	fresh(NULL);
	at.strict = true;
	return read_mem(text, strlen(text));
}

static void accepted(const char *text)
{
	if (read_ini(text) != 0)
		fail_msg("\"%s\": %s", text, at.text);
	assert_string_equal(at.text, "");
	assert_null(at.key);
}

/* text: behind the file's name. */
static void refused(const char *ini, const char *text)
{
	const char *path = file_with("", 0);
	size_t n = strlen(path);

	assert_int_equal(read_ini(ini), -E_INVAL);
	assert_memory_equal(at.text, path, n);
	assert_string_equal(at.text + n, text);
	assert_null(at.key);
}

static void lines(void **state)
{
	static const char *const good[] = { "server_port=21\n",
		"server_port=21", "server_port=21\r\n", "server_port=21\r",
		"  server_port =\t21  \n", "\n\n# x\n server_port=21\n\n",
		"#server_port=22\n  # no\nserver_port=21\n",
		"\xef\xbb\xbfserver_port=21\n",
		"server_port=1\nserver_port=21" };

	(void)state;
	for (size_t i = 0; i < LEN(good); i++) {
		accepted(good[i]);
		assert_true(conf.port == 21);
	}
	accepted("");
	accepted("\n");
	accepted("#");
	accepted("# no newline");
	accepted("server=a=b # c\n");
	assert_string_equal(conf.server, "a=b # c");
	accepted("empty=\n");
	assert_string_equal(conf.empty, "");
	accepted("mode=022\nfast_open=YES\nold=anything\n");
	assert_true(conf.mode == 022);
	assert_true(conf.fast_open);
}

static void what_is_wrong_is_named(void **state)
{
	(void)state;
	refused("\n\nnonsense=1\n", ":3: nonsense: no such option");
	refused("help=1\n", ":1: help: no such option");
	refused("=1\n", ":1: : no such option");
	refused("server_port\n", ":1: server_port: no '=' behind the name");
	refused("a\nb", ":1: a: no '=' behind the name");
	refused("#\r\nserver_port=-1\r\n",
	    ":2: server_port: -1 is not within 1..65535");
	refused("server_port=\n", ":1: server_port: '' is not a whole number "
	    "within 1..65535");
	refused("fast_open=\n", ":1: fast_open: '' is neither true (yes, 1) "
	    "nor false (no, 0)");
	refused("server=\n", ":1: server: must not be empty");
	refused("SERVER=x\n", ":1: SERVER: no such option");
	refused("ser\tver=x\n", ":1: ser\\x09ver: no such option");
}

static void a_nul_is_no_text(void **state)
{
	(void)state;
	assert_int_equal(read_mem("server=a\nserver=b\0c\n", 20), -E_INVAL);
	assert_non_null(strstr(at.text, ":2: a NUL octet in the line"));
	assert_string_equal(conf.server, "a");
}

static void unknown_names_are_counted_when_lenient(void **state)
{
	(void)state;
	assert_int_equal(read_mem("x=1\ny=2\nserver_port=9\n", 22), 0);
	assert_int_equal(at.unknown, 2);
	assert_true(conf.port == 9);
}

static void long_lines(void **state)
{
	static char text[LIMIT_CONF_FILE + 2];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "server=", 7);
	assert_int_equal(read_mem(text, LIMIT_CONF_FILE), -E_INVAL);
	assert_non_null(strstr(at.text, ":1: server: longer than 15 octets"));
	memset(text, 'x', 7);
	assert_int_equal(read_mem(text, LIMIT_CONF_FILE), -E_INVAL);
	assert_non_null(strstr(at.text, "xxx: no '=' behind the name"));
	assert_int_equal(read_mem(text, LIMIT_CONF_FILE + 1), -E_LONG);
	assert_non_null(strstr(at.text, ": longer than 131072 octets"));
	memset(text, '\n', sizeof(text));
	assert_int_equal(read_mem(text, LIMIT_CONF_FILE), 0);
}

static void not_files(void **state)
{
	(void)state;
	assert_int_equal(opt_read_ini(&sample, &at, "/nowhere/x"), -E_NOENT);
	assert_string_equal(at.text, "/nowhere/x: no such file or name");
	assert_int_equal(opt_read_ini(&sample, &at, "/tmp"), -E_ISDIR);
	assert_string_equal(at.text, "/tmp: is a directory");
	assert_int_equal(opt_read_ini(&sample, &at, "/dev/null"), -E_INVAL);
	assert_string_equal(at.text, "/dev/null: not a regular file");
}

static void pairs(void **state)
{
	(void)state;
	at.strict = true;
	assert_int_equal(opt_read_pair(&sample, &at, "server_port=77"), 0);
	assert_true(conf.port == 77);
	assert_int_equal(opt_read_pair(&sample, &at, "server="), -E_INVAL);
	assert_string_equal(at.text, "server: must not be empty");
	assert_int_equal(opt_read_pair(&sample, &at, ""), -E_INVAL);
	assert_string_equal(at.text, ": no '=' behind the name");
	assert_int_equal(opt_read_pair(&sample, &at, "nope=1"), -E_INVAL);
	assert_string_equal(at.text, "nope: no such option");
	assert_int_equal(opt_read_pair(&sample, &at, "server=x\ny"), 0);
	assert_string_equal(conf.server, "x\ny");
}

static void random_files(void **state)
{
	static const char *const pieces[] = { "server_port", "=", "\n", "#",
		" ", "\r", "server", "empty", "list", "fast_open", "1", "yes",
		"\t", "x", "-7", "0", "\xff", "password" };
	unsigned seed, n = seeds(3000);

	(void)state;
	for (seed = 1; seed <= n; seed++) {
		char text[512] = "";
		int rc;

		srand(seed);
		for (int i = rand() % 40; i > 0; i--)
			strcat(text, pieces[(size_t)rand() % LEN(pieces)]);
		if (rand() % 4 == 0)
			text[(size_t)rand() % sizeof(text)] = '\0';
		fresh(NULL);
		at.strict = rand() % 2;
		rc = read_mem(text, (size_t)rand() % sizeof(text));
		if ((rc < 0) != (at.text[0] != '\0'))
			fail_msg("seed %u: %d \"%s\"", seed, rc, at.text);
	}
}

static const char sectioned[] =
    "# all of them\nfast_open = yes\n\n"
    "[ one ]\nserver_port = 1\n"
    "[two b]\n# nothing = 1\n  server_port = 2\nconfig = /x\n"
    "[three]\nconfig=  /etc/three#3\t\n"
    "[four]\n"
    "[one]\nserver = again\n"
    "[bad]\nserver_port = 0\n"
    "[odd\n";

static int read_section_of(const char *name)
{
	char path[300];

	text_fmt(path, sizeof(path), "%s#%s", file_with(sectioned,
	    sizeof(sectioned) - 1), name);
	fresh(NULL);
	at.strict = true;
	assert_true(opt_is_section(path));
	assert_false(opt_is_section(file_with(sectioned,
	    sizeof(sectioned) - 1)));
	return opt_read_ini(&sample, &at, path);
}

static void refused_section(const char *name, const char *text)
{
	assert_int_equal(read_section_of(name), -E_INVAL);
	if (strstr(at.text, text) == NULL)
		fail_msg("[%s]: %s", name, at.text);
	assert_null(strchr(at.text, '#'));
}

static void one_section_of_several(void **state)
{
	(void)state;
	assert_int_equal(read_section_of(""), 0);
	assert_true(conf.fast_open);
	assert_int_equal(read_section_of("one"), 0);
	assert_int_equal(conf.port, 1);
	assert_string_equal(conf.server, "again");
	assert_false(conf.fast_open);
	assert_int_equal(read_section_of("four"), 0);
	refused_section("two b", ":9: config: ");
	refused_section("bad", ":16: server_port: 0");
	refused_section("on", ": no section [on]");
	refused_section("one ", ": no section [one ]");
}

static int note_section(void *to, struct opt_at *where,
    const struct opt_section *s)
{
	char *text = to;
	size_t n = strlen(text);

	assert_int_equal(where->line, s->line);
	text_fmt(text + n, 300 - n, "%d %s %u %s|", s->line, s->name,
	    (unsigned)s->keys, s->config);
	return strcmp(s->name, "stop") == 0 ?
	    opt_fail(where, "enough") : 0;
}

static void each_section(void **state)
{
	static const char stopped[] = "[stop]\n[other]";
	char text[300] = "";

	(void)state;
	fresh(NULL);
	assert_int_equal(opt_each_section(&at, file_with(sectioned,
	    sizeof(sectioned) - 1), note_section, text), 0);
	assert_string_equal(text, "4 one 1 |6 two b 2 /x|10 three 1 "
	    "/etc/three#3|12 four 0 |13 one 1 |15 bad 2 |");
	text[0] = '\0';
	assert_int_equal(opt_each_section(&at, file_with(stopped,
	    sizeof(stopped) - 1), note_section, text), -E_INVAL);
	assert_string_equal(text, "1 stop 0 |");
	assert_non_null(strstr(at.text, ":1: enough"));
	assert_int_equal(opt_each_section(&at, "/no/such", note_section, text),
	    -E_NOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines),
		TEST(what_is_wrong_is_named),
		TEST(a_nul_is_no_text),
		TEST(unknown_names_are_counted_when_lenient),
		TEST(long_lines),
		TEST(not_files),
		TEST(pairs),
		TEST(random_files),
		TEST(one_section_of_several),
		TEST(each_section),
	};

	return cmocka_run_group_tests(tests, NULL, no_file);
}
