/* t_ftp_message.c - transcripts of the owner's texts, the list of users and the
 * log of transfers. */
#include "src/ftp/ftp_message.c"

#include "tests/lib/ftp_talk.h"

static void set_path(const char *key, const char *name)
{
	char pair[300];

	snprintf(pair, sizeof(pair), "%s=%s", key, tree_path(&tree, name));
	assert_int_equal(set(pair), 0);
}

static void t_banner(void **state)
{
	struct client c;

	(void)state;
	tree_file(&tree, "banner", "Welcome\n\n 220 to all\r\nlast");
	set_path("banner_file", "banner");
	set("ftpd_banner=Ready.");
	start();
	greet(&c);
	while (port_tcp_connected(c.fd) != 0)
		turn();
	assert_string_equal(reply(&c), "220-Welcome\r\n220-\r\n"
	    "220- 220 to all\r\n220-last\r\n220 Ready.");
	hang_up(&c);
}

static void t_no_banner(void **state)
{
	char why[320] = "";

	(void)state;
	set_path("banner_file", "absent");
	assert_false(try_start(why, sizeof(why)));
	assert_non_null(strstr(why, "banner_file: "));
	assert_non_null(strstr(why, "absent: no such"));
}

static void t_directory(void **state)
{
	static char big[5000];
	struct client c;
	const char *got;

	(void)state;
	for (size_t i = 0; i < sizeof(big) - 1; i++)
		big[i] = i % 50 == 49 ? '\n' : 'x';
	tree_file(&tree, "files/.message", "Mind the gap\n");
	tree_file(&tree, "files/sub/.message", big);
	tree_dir(&tree, "files/plain");
	tree_dir(&tree, "files/trap");
	assert_int_equal(symlink("../../outside",
	    tree_path(&tree, "files/trap/.message")), 0);
	set("dirmessage_enable=YES");
	start();
	greet(&c);
	connected(&c);
	ask(&c, "USER joe", "331 ");
	say(&c, "PASS secret");
	assert_string_equal(reply(&c), "230-Mind the gap\r\n"
	    "230 Login successful.");
	ask(&c, "CWD plain", "250 Directory successfully changed.");
	ask(&c, "CDUP", "250-Mind the gap\r\n250 Directory");
	/* Whole lines only, and the last one is always there. */
	got = ask(&c, "CWD sub", "250-xxx");
	assert_string_equal(got + strlen(got) - 35,
	    "250 Directory successfully changed.");
	assert_true(strlen(got) > 1000);
	for (const char *p = got; (p = strstr(p, "x\r\n")) != NULL; p++)
		assert_memory_equal(p + 3, "250", 3);
	ask(&c, "CWD /trap", "250 Directory successfully changed.");
	hang_up(&c);
}

/* As vsftpd has it: off unless asked for. */
static void t_off(void **state)
{
	struct client c;

	(void)state;
	tree_file(&tree, "files/.message", "Mind the gap\n");
	start();
	login_as(&c, "joe");
	ask(&c, "CWD /", "250 Directory successfully changed.");
	hang_up(&c);
}

static void t_user_list(void **state)
{
	struct client c;

	(void)state;
	tree_file(&tree, "list", "# nobody\nro\nanonymous\n");
	set_path("userlist_file", "list");
	set("userlist_enable=YES");
	start();
	greet(&c);
	connected(&c);
	ask(&c, "USER ro", "530 Permission denied.");
	ask(&c, "PASS secret", "503 ");
	ask(&c, "USER anonymous", "530 Permission denied.");
	ask(&c, "USER joe", "331 ");
	/* Changes count at once; the third failure is the last. */
	tree_file(&tree, "list", "joe\n");
	ask(&c, "USER joe", "530 Permission denied.");
	expect_end(&c);
	hang_up(&c);
	login_as(&c, "ro");
	hang_up(&c);
}

static void t_user_list_allows(void **state)
{
	char why[320] = "";
	struct client c;

	(void)state;
	set("userlist_enable=YES");
	set("userlist_deny=NO");
	set_path("userlist_file", "list");
	assert_false(try_start(why, sizeof(why)));
	assert_non_null(strstr(why, "userlist_file: "));
	tree_file(&tree, "list", "ro\n");
	start();
	greet(&c);
	connected(&c);
	ask(&c, "USER joe", "530 Permission denied.");
	ask(&c, "USER ro", "331 ");
	hang_up(&c);
}

static void t_transfer_log(void **state)
{
	struct client c;
	char text[4096] = "", old[300];
	size_t len;
	FILE *f;

	(void)state;
	set_path("xferlog_file", "xferlog");
	set("xferlog_enable=YES");
	set("xferlog_std_format=YES");
	start();
	login_as(&c, "joe");
	get(&c, "RETR a", &len);
	get(&c, "LIST", &len);
	snprintf(old, sizeof(old), "%s", tree_path(&tree, "xferlog"));
	assert_int_equal(rename(old, tree_path(&tree, "moved")), 0);
	ftp_reopen(&server);
	put(&c, "STOR b c", "12345");
	hang_up(&c);
	f = fopen(tree_path(&tree, "moved"), "r");
	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	assert_non_null(strstr(text,
	    " 127.0.0.1 10 /a b _ o r joe ftp 0 * c\n"));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	f = fopen(tree_path(&tree, "xferlog"), "r");
	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	assert_non_null(strstr(text,
	    " 127.0.0.1 5 /b_c b _ i r joe ftp 0 * c\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(t_banner), TEST(t_no_banner), TEST(t_directory),
		TEST(t_off), TEST(t_user_list), TEST(t_user_list_allows),
		TEST(t_transfer_log),
	};

	port_rand_open();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
