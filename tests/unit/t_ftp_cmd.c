/* t_ftp_cmd.c - the verb table keeps its promises. */
#include "src/ftp/ftp_cmd.c"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void t_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(verbs); i++) {
		const char *name = verbs[i].name;

		assert_in_range(strlen(name), 3, 7);
		assert_int_equal(strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ@"),
		    strlen(name));
		assert_ptr_equal(cmd_find(name), &verbs[i]);
	}
	assert_null(cmd_find("NOPE"));
	assert_null(cmd_find(""));
}

static void t_served(void **state)
{
	static const char *const issue[] = { "USER", "PASS", "QUIT", "SYST",
		"FEAT", "OPTS", "TYPE", "PASV", "EPSV", "LIST", "NLST", "CWD",
		"CDUP", "PWD", "SIZE", "MDTM", "RETR", "STOR", "REST", "NOOP",
		"APPE", "STOU", "DELE", "MKD", "RMD", "RNFR", "RNTO" };

	(void)state;
	for (size_t i = 0; i < LEN(issue); i++)
		assert_non_null(cmd_find(issue[i])->fn);
}

/* Before login nothing reaches a file or a port; whoever needs a data
 * connection needs a right; paths are resolved only where files are. */
static void t_rows(void **state)
{
	static const char *const writing[] = { "STOR", "STOU", "APPE", "DELE",
		"MKD", "XMKD", "RMD", "XRMD", "RNFR", "RNTO", "MFMT" };

	(void)state;
	for (size_t i = 0; i < LEN(verbs); i++) {
		const struct ftp_verb *v = &verbs[i];

		if (v->flags & (VERB_PATH | VERB_DATA) || v->rights != 0)
			assert_int_equal(v->states, FTP_IN(FTP_READY));
		if (v->flags & VERB_DATA)
			assert_true(v->rights != 0);
		if (v->flags & VERB_ANYTIME)
			assert_false(v->flags & (VERB_PATH | VERB_DATA));
		if (v->fn == NULL)
			assert_true(v->flags & VERB_HIDDEN);
	}
	assert_true(cmd_find("STOR")->rights & RIGHT_UPLOAD);
	for (size_t i = 0; i < LEN(writing); i++)
		assert_true(cmd_find(writing[i])->rights &
		    (RIGHT_UPLOAD | RIGHT_CHANGE | RIGHT_MKDIR | RIGHT_TIME));
	assert_true(cmd_find("PASS")->flags & VERB_SECRET);
}

static void t_verb(void **state)
{
	(void)state;
	assert_ptr_equal(cmd_verb("retr x"), cmd_find("RETR"));
	assert_ptr_equal(cmd_verb("NoOp"), cmd_find("NOOP"));
	assert_null(cmd_verb(" NOOP"));
	assert_null(cmd_verb("NOOPNOOP"));
	assert_null(cmd_verb("RETR\tx"));
}

static void t_listed(void **state)
{
	(void)state;
	assert_true(cmd_listed("USER,PASS", "USER"));
	assert_true(cmd_listed("USER, PASS", "PASS"));
	assert_false(cmd_listed("USER,PASSX", "PASS"));
	assert_false(cmd_listed("", "PASS"));
	assert_false(cmd_listed(",,", "PASS"));
}

static void t_help(void **state)
{
	char out[512];
	size_t n = ftp_cmd_names(out, sizeof(out));

	(void)state;
	assert_true(n < sizeof(out) - 1);
	assert_memory_equal(out + n - 2, "\r\n", 2);
	assert_non_null(strstr(out, " STOR"));
	assert_null(strstr(out, "POST"));
	assert_non_null(strstr(out, " RNTO"));
	assert_null(strstr(out, "SMNT"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_names),
		cmocka_unit_test(t_served),
		cmocka_unit_test(t_rows),
		cmocka_unit_test(t_verb),
		cmocka_unit_test(t_listed),
		cmocka_unit_test(t_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
