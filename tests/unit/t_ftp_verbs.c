/* t_ftp_verbs.c - transcripts of the verbs that look and remember: STAT, REIN,
 * ACCT. */
#include "src/ftp/ftp_verbs.c"

#include "tests/lib/ftp_talk.h"

static void t_stat(void **state)
{
	static char text[20001];
	struct client c;
	const char *got;
	int fd;

	(void)state;
	memset(text, 's', sizeof(text) - 1);
	tree_file(&tree, "files/slow", text);
	set("local_max_rate=10000");
	start();
	login_as(&c, "joe");
	assert_non_null(strstr(ask(&c, "STAT", "211-"), "Transfer: none"));
	fd = data(&c);
	ask(&c, "RETR slow", "150 ");
	turn();
	got = ask(&c, "STAT", "211-");
	assert_non_null(strstr(got, " Transfer: download, "));
	assert_null(strstr(got, ", 0 bytes"));
	ask(&c, "STAT /", "450 ");
	ask(&c, "NOOP", "200 ");
	ask(&c, "ABOR", "426 ");
	expect(&c, "226 ");
	port_close(fd);
	hang_up(&c);
}

static void t_stat_path(void **state)
{
	struct client c;
	const char *got;
	uint16_t port;
	size_t len;
	int fd;

	(void)state;
	tree_file(&tree, "files/226 done", "");
	start();
	login_as(&c, "joe");
	port = passive(&c);
	/* Two in one: the second waits for the end of the first. */
	say(&c, "STAT /\r\nNOOP");
	got = expect(&c, "213-Status follows:\r\n ");
	assert_non_null(strstr(got, " a\r\n"));
	assert_non_null(strstr(got, " 226 done\r\n"));
	assert_string_equal(got + strlen(got) - 17, "213 End of status");
	/* No line of it looks like a reply. */
	for (const char *p = got; (p = strstr(p, "\r\n")) != NULL; p += 2)
		assert_true(p[2] == ' ' || strncmp(p + 2, "213 ", 4) == 0);
	expect(&c, "200 ");
	got = ask(&c, "STAT a", "213-Status follows:\r\n -rw");
	assert_non_null(strstr(got, " 10 "));
	assert_null(strstr(ask(&c, "STAT s*", "213-"), " a\r\n"));
	ask(&c, "STAT -la sub", "213-");
	ask(&c, "STAT absent", "550 ");
	/* What PASV opened is still there. */
	fd = dial(port, NULL);
	ask(&c, "RETR a", "150 ");
	take_all(fd, &len);
	assert_int_equal(len, 10);
	expect(&c, "226 ");
	hang_up(&c);
}

static void t_stat_many(void **state)
{
	struct client c;
	const char *p;
	char name[40];
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "files/sub/number-%d", i);
		tree_file(&tree, name, "");
	}
	start();
	login_as(&c, "joe");
	p = ask(&c, "STAT sub", "213-");
	for (; (p = strstr(p, " number-")) != NULL; p++)
		n++;
	assert_int_equal(n, 60);
	hang_up(&c);
}

/* Gone, or deaf, in the middle of it: nothing is left behind. */
static void t_stat_left(void **state)
{
	int64_t until = port_now_ms() + PATIENCE_MS;
	struct client c;

	(void)state;
	start();
	login_as(&c, "joe");
	say(&c, "STAT /");
	hang_up(&c);
	while (server.sessions_n > 0 && port_now_ms() < until)
		turn();
	assert_int_equal(server.sessions_n, 0);
	set("dirlist_enable=NO");
	login_as(&c, "joe");
	ask(&c, "STAT /", "550 Permission denied.");
	hang_up(&c);
}

static void t_rein(void **state)
{
	struct client c;
	size_t len;

	(void)state;
	start();
	login_as(&c, "joe");
	ask(&c, "CWD sub", "250 ");
	ask(&c, "TYPE A", "200 ");
	ask(&c, "EPSV ALL", "200 ");
	ask(&c, "REIN", "220 ");
	ask(&c, "PWD", "530 ");
	ask(&c, "PASS secret", "503 ");
	ask(&c, "USER ro", "331 ");
	ask(&c, "REIN", "220 ");
	ask(&c, "USER ro", "331 ");
	ask(&c, "PASS secret", "230 ");
	ask(&c, "PWD", "257 \"/\"");
	ask(&c, "PASV", "227 ");
	ask(&c, "DELE a", "550 ");
	get(&c, "RETR a", &len);
	assert_int_equal(len, 10);
	ask(&c, "REIN", "220 ");
	ask(&c, "REIN", "220 ");
	let_pass(&session()->timer, 60000);
	expect(&c, "421 ");
	hang_up(&c);
}

static void t_acct(void **state)
{
	struct client c;

	(void)state;
	start();
	greet(&c);
	connected(&c);
	ask(&c, "ACCT x", "202 ");
	hang_up(&c);
}

static void t_utime(void **state)
{
	struct client c;

	(void)state;
	start();
	login_as(&c, "joe");
	ask(&c, "SITE UTIME 20010909014640 a", "200 ");
	ask(&c, "MDTM a", "213 20010909014640");
	ask(&c, "SITE UTIME 200109090147 a", "200 ");
	ask(&c, "MDTM a", "213 20010909014700");
	ask(&c, "SITE UTIME a 20020101000000 20030201000000 20040101000000 "
	    "UTC", "200 ");
	ask(&c, "MDTM a", "213 20030201000000");
	ask(&c, "SITE UTIME 20010231000000 a", "501 ");
	ask(&c, "SITE UTIME 200109090147", "501 ");
	ask(&c, "SITE UTIME a 1 2 3 UTC", "501 ");
	ask(&c, "SITE UTIME", "501 ");
	ask(&c, "SITE UTIME 20010909014640 ../outside", "550 ");
	hang_up(&c);
	login_as(&c, "ro");
	ask(&c, "SITE UTIME 20010909014640 a", "550 Permission denied.");
	hang_up(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(t_stat), TEST(t_stat_path), TEST(t_stat_many),
		TEST(t_stat_left), TEST(t_rein), TEST(t_acct), TEST(t_utime),
	};

	port_rand_open();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
