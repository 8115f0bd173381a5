/* t_opt_item.c - the two forms of a file of sections, octet by octet. */
#include "src/core/opt_item.c"

#include "tests/unit/opt_sample.h"

/* All of a text, "[section]" and "name=value@index" with '|' behind each; a
 * fault as it is said. */
static const char *items(const char *text, size_t len, bool has_sections)
{
	static char out[2000];
	struct text_out o = { .mem = out, .room = sizeof(out) };
	struct opt_items l = { .at = &at, .has_sections = has_sections };
	struct opt_item it;
	int rc;

	fresh(NULL);
	at.file = "f";
	out[0] = '\0';
	/* No more than there is. */
	l.text = malloc(len + 1);
	l.len = len;
	memcpy(l.text, text, len);
	l.text[len] = '\0';
	char *mem = l.text;

	while ((rc = opt_item_next(&l, &it)) > 0) {
		if (it.is_section)
			text_put(&o, "[%s]|", it.name);
		else
			text_put(&o, "%s=%s@%u|", it.name, it.value != NULL ?
			    it.value : "NULL", (unsigned)it.index);
	}
	if (rc < 0)
		text_put(&o, "%s", at.text);
	free(mem);
	assert_false(o.full);
	return out;
}

static const struct {
	const char *text, *items;
} rows[] = {
	{ "", "" },
	{ "a = b\n[x y]\nc\n", "a=b@0|[x y]|c=NULL@0|" },
	{ "config = /x\n", "config=/x@0|" },
	{ "config=/x\n", "config=/x@0|" },
	/* UCI, as its own reader takes it. */
	{ "config ssserver\n\toption server_port '8388'\n",
	    "[ssserver @1]|server_port=8388@0|" },
	{ "package wherry\n\nconfig ss_redir 'home'\n\toption x \"a b\"\n",
	    "[ss-redir home]|x=a b@0|" },
	{ "config globals 'x'\noption verbose 1\nconfig wherry\n",
	    "[]|verbose=1@0|[]|" },
	{ "# c\nconfig a_b c_d\n", "[a-b c_d]|" },
	{ "config a b # c\noption k v#w\n", "[a b]|k=v#w@0|" },
	{ "config a\nlist n 1\nlist n 2\nlist m 3\nlist n 4\noption n 5\n"
	    "list n 6\nconfig a\nlist n 7\n", "[a @1]|n=1@0|n=2@1|m=3@0|n=4@0|"
	    "n=5@0|n=6@0|[a @2]|n=7@0|" },
	{ "config a\noption k 'it'\\''s'\n", "[a @1]|k=it's@0|" },
	{ "config a\noption k \"q\\\"\\\\\"\n", "[a @1]|k=q\"\\@0|" },
	{ "config a\noption k 'q\\'\n", "[a @1]|k=q\\@0|" },
	{ "config a\noption k ''\r\n", "[a @1]|k=@0|" },
	{ "config a\noption k ' # '\n", "[a @1]|k= # @0|" },
	{ "config a\noption k 'x\n", "[a @1]|f:2: a quote without its other" },
	{ "config a\noption k\n", "[a @1]|f:2: option: a name and a value are "
	    "missing" },
	{ "config a b c\n", "f:1: a word too many: \"c\"" },
	{ "config ''\n", "f:1: config has no type" },
	{ "package x\nlist a b\n", "f:2: list before the first config" },
	{ "config a\nserver_port=1\n", "[a @1]|f:2: config, option or list is "
	    "expected, not \"server_port=1\"" },
};

static void forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		const char *got = items(rows[i].text, strlen(rows[i].text),
		    true);

		if (strcmp(got, rows[i].items) != 0)
			fail_msg("%s: %s", rows[i].text, got);
	}
}

static void no_sections(void **state)
{
	(void)state;
	assert_string_equal(items("[a]\nb=c\n", 8, false), "[a]=NULL@0|b=c@0|");
	assert_string_equal(items("config a\n", 9, false), "config a=NULL@0|");
}

static void long_names(void **state)
{
	char text[300] = "config ssserver ", want[300] = "[ssserver ";

	(void)state;
	memset(text + 16, 'x', 200);
	memset(want + 10, 'x', OPT_SECTION_NAME - 1 - 9);
	strcpy(want + 10 + OPT_SECTION_NAME - 1 - 9, "]|");
	assert_string_equal(items(text, 216, true), want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(forms),
		TEST(no_sections),
		TEST(long_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
