/* t_ftp_facts.c - facts as RFC 3659 writes them; MLST and MLSD on the wire. */
#include "src/ftp/ftp_facts.c"

#include "tests/lib/ftp_talk.h"

static void facts_are(const struct file_info *info, unsigned rights,
    const char *link, const char *want)
{
	char out[FACTS_ROOM];

	assert_int_equal(ftp_facts(out, sizeof(out), FACTS_ALL, rights, info,
	    link), strlen(want));
	assert_string_equal(out, want);
}

static void t_facts(void **state)
{
	struct file_info info = { .type = FILE_REGULAR, .mode = 04644,
		.size = INT64_C(5000000000), .mtime_s = 1000000000,
		.dev = 0x1a, .ino = 0xbeef };

	(void)state;
	facts_are(&info, 0xff, NULL, "type=file;size=5000000000;"
	    "modify=20010909014640;UNIX.mode=0644;unique=1axbeef;"
	    "perm=adfrw;");
	facts_are(&info, RIGHT_READ | RIGHT_UPLOAD, NULL, "type=file;"
	    "size=5000000000;modify=20010909014640;UNIX.mode=0644;"
	    "unique=1axbeef;perm=r;");
	info.type = FILE_DIR;
	info.size = 0;
	facts_are(&info, 0xff, NULL, "type=dir;size=0;"
	    "modify=20010909014640;UNIX.mode=0644;unique=1axbeef;"
	    "perm=cdeflmp;");
	info.type = FILE_LINK;
	facts_are(&info, 0, "/to", "type=OS.unix=slink:/to;size=0;"
	    "modify=20010909014640;UNIX.mode=0644;unique=1axbeef;perm=;");
}

/* The longest there can be. */
static void t_room(void **state)
{
	struct file_info info = { .type = FILE_DIR, .mode = 07777,
		.size = INT64_MAX, .mtime_s = INT64_C(253402300799),
		.dev = UINT64_MAX, .ino = UINT64_MAX };
	char out[FACTS_ROOM];

	(void)state;
	assert_true(ftp_facts(out, sizeof(out), FACTS_ALL, 0xff, &info,
	    NULL) < sizeof(out) - 1);
}

static void t_parse(void **state)
{
	(void)state;
	assert_int_equal(ftp_facts_parse("type;size;"), FACT_TYPE | FACT_SIZE);
	assert_int_equal(ftp_facts_parse("MODIFY;x;unix.mode"),
	    FACT_MODIFY | FACT_MODE);
	assert_int_equal(ftp_facts_parse(""), 0);
	assert_int_equal(ftp_facts_parse(";;typ;types;"), 0);
}

static void t_wire(void **state)
{
	struct client c;
	const char *got;
	size_t len;
	int fd;

	(void)state;
	start();
	login_as(&c, "joe");
	assert_non_null(strstr(ask(&c, "FEAT", "211-"), "\r\n MLST type*;size*;"
	    "modify*;UNIX.mode*;unique*;perm*;\r\n"));
	assert_string_equal(ask(&c, "OPTS MLST perm;Size;nonsense;type;", ""),
	    "200 MLST OPTS type;size;perm;");
	assert_non_null(strstr(ask(&c, "FEAT", "211-"), " MLST type*;size*;"
	    "modify;UNIX.mode;unique;perm*;\r\n"));
	assert_string_equal(ask(&c, "MLST a", ""), "250-Listing\r\n "
	    "type=file;size=10;perm=adfrw; /a\r\n250 End");
	ask(&c, "MLST none", "550 ");
	assert_non_null(strstr(ask(&c, "MLST", "250-"), "type=dir;"));
	ask(&c, "OPTS MLST type;", "200 MLST OPTS type;");
	tree_file(&tree, "files/sub/ x", "1");
	tree_file(&tree, "files/sub/two\nlines", "1");
	tree_file(&tree, "files/sub/.dot", "1");
	got = get(&c, "MLSD sub", &len);
	assert_non_null(strstr(got, "type=file;  x\r\n"));
	assert_non_null(strstr(got, "type=file; .dot\r\n"));
	assert_null(strstr(got, "two"));
	got = get(&c, "MLSD", &len);
	assert_non_null(strstr(got, "type=OS.unix=slink:../outside; out\r\n"));
	assert_non_null(strstr(got, "type=dir; sub\r\n"));
	ask(&c, "OPTS MLST", "200 MLST OPTS ");
	assert_non_null(strstr(get(&c, "MLSD", &len), " a\r\n"));
	fd = data(&c);
	ask(&c, "MLSD a", "501 ");
	port_close(fd);
	ask(&c, "MLSD", "425 ");
	hang_up(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_facts), cmocka_unit_test(t_room),
		cmocka_unit_test(t_parse), TEST(t_wire),
	};

	port_rand_open();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
