/* t_ftp_edit.c - transcripts of the verbs that change files and names. */
#include "src/ftp/ftp_edit.c"

#include "tests/lib/ftp_talk.h"

/* ---- names */

static void t_names(void **state)
{
	struct client c;

	(void)state;
	start();
	login_as(&c, "joe");
	ask(&c, "MKD new dir", "257 \"/new dir\" created");
	assert_true(exists("files/new dir"));
	ask(&c, "MKD new dir", "550 Create directory operation failed: it "
	    "exists.");
	ask(&c, "XMKD new dir/in\"ner", "257 \"/new dir/in\"\"ner\"");
	ask(&c, "RMD new dir", "550 ");
	ask(&c, "DELE new dir", "550 ");
	ask(&c, "XRMD new dir/in\"ner", "250 ");
	ask(&c, "RMD new dir", "250 Remove directory operation successful.");
	assert_false(exists("files/new dir"));
	ask(&c, "RMD a", "550 ");
	ask(&c, "DELE a", "250 Delete operation successful.");
	assert_false(exists("files/a"));
	ask(&c, "DELE a", "550 Delete operation failed.");
	ask(&c, "DELE", "501 ");
	ask(&c, "MKD none/x", "550 ");
	hang_up(&c);
}

static void t_mode(void **state)
{
	struct client c;
	struct stat st;

	(void)state;
	umask(0);
	set("local_umask=027");
	start();
	login_as(&c, "joe");
	ask(&c, "MKD d", "257 ");
	assert_int_equal(stat(tree_path(&tree, "files/d"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	hang_up(&c);
}

/* The root is the end of every path; a link is removed, not what it names. */
static void t_inside(void **state)
{
	struct client c;

	(void)state;
	start();
	login_as(&c, "joe");
	ask(&c, "DELE ../outside", "550 ");
	ask(&c, "DELE /../../outside", "550 ");
	ask(&c, "MKD ../made", "257 \"/made\"");
	assert_true(exists("files/made"));
	ask(&c, "RMD /", "550 ");
	ask(&c, "RMD ..", "550 ");
	ask(&c, "RNFR a", "350 ");
	ask(&c, "RNTO ../b", "250 ");
	assert_true(exists("files/b"));
	ask(&c, "RNFR ../outside", "550 ");
	ask(&c, "DELE out", "250 ");
	holds("outside", "secret");
	hang_up(&c);
}

static void t_rename(void **state)
{
	struct client c;

	(void)state;
	start();
	login_as(&c, "joe");
	ask(&c, "RNTO b", "503 RNFR required first.");
	ask(&c, "RNFR none", "550 ");
	ask(&c, "RNTO b", "503 ");
	ask(&c, "CWD sub", "250 ");
	ask(&c, "RNFR ../a", "350 ");
	ask(&c, "NOOP", "200 ");
	ask(&c, "RNTO b c", "250 ");
	holds("files/sub/b c", "0123456789");
	ask(&c, "RNTO d", "503 ");
	ask(&c, "RNFR b c", "350 ");
	ask(&c, "SIZE b c", "213 10");
	ask(&c, "RNTO d", "503 ");
	ask(&c, "RNFR /sub", "350 ");
	ask(&c, "RNTO /sub/inner", "550 Rename failed.");
	ask(&c, "RNFR /sub", "350 ");
	ask(&c, "RNTO", "501 ");
	ask(&c, "RNTO /moved", "250 ");
	holds("files/moved/b c", "0123456789");
	hang_up(&c);
}

/* ---- times and modes */

static int64_t mtime_of(const char *name)
{
	struct stat st;

	assert_int_equal(stat(tree_path(&tree, name), &st), 0);
	return st.st_mtime;
}

static void t_times(void **state)
{
	struct client c;

	(void)state;
	start();
	login_as(&c, "joe");
	assert_string_equal(ask(&c, "MFMT 20380119031408 a", ""),
	    "213 Modify=20380119031408; a");
	assert_true(mtime_of("files/a") == INT64_C(2147483648));
	ask(&c, "MDTM a", "213 20380119031408");
	ask(&c, "MDTM 20010909014640 a", "213 ");
	ask(&c, "MDTM a", "213 20010909014640");
	ask(&c, "MFMT 20010909014641 sub", "213 ");
	assert_true(mtime_of("files/sub") == 1000000001);
	ask(&c, "MFMT 20010909014640 none", "550 ");
	ask(&c, "MDTM 20010909014640 none", "550 Could not set");
	ask(&c, "MFMT 20010909014640 out", "550 ");
	ask(&c, "MFMT 20011309014640 a", "501 ");
	ask(&c, "MFMT 20010909014640", "501 ");
	ask(&c, "MFMT", "501 ");
	hang_up(&c);
	login_as(&c, "ro");
	tree_file(&tree, "files/20010909014640 a", "");
	ask(&c, "MFMT 20010909014640 a", "550 Permission denied.");
	assert_non_null(ask(&c, "MDTM 20010909014640 a", "213 2"));
	assert_null(strstr(ask(&c, "MDTM 20010909014640 a", "213 "), "set"));
	hang_up(&c);
	set("mdtm_write=NO");
	login_as(&c, "joe");
	ask(&c, "MFMT 20010909014640 a", "550 Permission denied.");
	hang_up(&c);
}

static unsigned mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(stat(tree_path(&tree, name), &st), 0);
	return st.st_mode & 07777u;
}

static void t_chmod(void **state)
{
	struct client c;

	(void)state;
	start();
	login_as(&c, "joe");
	ask(&c, "SITE CHMOD 0600 a", "200 ");
	assert_int_equal(mode_of("files/a"), 0600);
	ask(&c, "site chmod 755 sub", "200 ");
	assert_int_equal(mode_of("files/sub"), 0755);
	ask(&c, "SITE CHMOD 0 a", "200 ");
	ask(&c, "SITE CHMOD 640 a", "200 ");
	assert_int_equal(mode_of("files/a"), 0640);
	ask(&c, "SITE CHMOD 640 out", "550 ");
	ask(&c, "SITE CHMOD 640 none", "550 ");
	ask(&c, "SITE CHMOD 4755 a", "501 ");
	ask(&c, "SITE CHMOD 99999999999999999999 a", "501 ");
	ask(&c, "SITE CHMOD u+w a", "501 ");
	ask(&c, "SITE CHMOD 640", "501 ");
	ask(&c, "SITE CHMOD", "501 ");
	hang_up(&c);
	set("chmod_enable=NO");
	login_as(&c, "joe");
	ask(&c, "SITE CHMOD 0600 a", "550 Permission denied.");
	hang_up(&c);
}

static void t_site(void **state)
{
	struct client c;

	(void)state;
	umask(0);
	start();
	login_as(&c, "joe");
	ask(&c, "SITE UMASK", "200 Your current UMASK is 0022");
	ask(&c, "SITE UMASK 077", "200 UMASK set to 0077");
	put(&c, "STOR made", "x");
	assert_int_equal(mode_of("files/made"), 0600);
	ask(&c, "MKD private", "257 ");
	assert_int_equal(mode_of("files/private"), 0700);
	ask(&c, "SITE UMASK 8", "501 ");
	ask(&c, "SITE IDLE", "200 The idle limit is 300 seconds, at most 300.");
	ask(&c, "SITE IDLE 301", "501 ");
	ask(&c, "SITE IDLE 0", "501 ");
	ask(&c, "SITE IDLE 20", "200 ");
	ask(&c, "SITE HELP", "214 SITE commands: CHMOD UMASK UTIME IDLE HELP");
	ask(&c, "SITE EXEC rm", "500 Unknown SITE command.");
	ask(&c, "SITE", "501 ");
	let_pass(&session()->timer, 20000);
	expect(&c, "421 ");
	expect_end(&c);
	hang_up(&c);
	login_as(&c, "ro");
	ask(&c, "SITE CHMOD 600 a", "550 Permission denied.");
	ask(&c, "SITE UMASK 0", "550 Permission denied.");
	hang_up(&c);
	login_as(&c, "anonymous");
	ask(&c, "SITE HELP", "550 Permission denied.");
	hang_up(&c);
}

static void t_allo(void **state)
{
	struct client c;

	(void)state;
	start();
	login_as(&c, "joe");
	ask(&c, "ALLO 100", "200 ");
	ask(&c, "ALLO 100 R 10", "200 ");
	ask(&c, "ALLO 18446744073709551615", "552 ");
	ask(&c, "ALLO 18446744073709551616", "202 ");
	ask(&c, "ALLO", "202 ");
	ask(&c, "ALLO x", "202 ");
	hang_up(&c);
	login_as(&c, "ro");
	ask(&c, "ALLO 18446744073709551615", "202 ");
	hang_up(&c);
}

/* ---- deny_file and hide_file */

static void t_denied(void **state)
{
	static const char *const lines[] = { "SIZE %s", "MDTM %s", "CWD %s",
		"DELE %s", "MKD %s", "RMD %s", "RNFR %s", "LIST %s",
		"NLST -a %s", "MLSD %s", "MLST %s", "RETR %s", "STOR %s",
		"APPE %s", "STOU %s",
		"MDTM 20010909014640 %s", "MFMT 20010909014640 %s",
		"SITE CHMOD 600 %s" };
	static const char *const paths[] = { "/sub/x.key", "sub/./x.key",
		"no/../sub//x.key", "x.key/inside", "/../my.key" };
	struct client c;
	char line[64];
	int fd;

	(void)state;
	set("deny_file={*.key,.priv*,/sub/in*}");
	tree_file(&tree, "files/sub/x.key", "key");
	start();
	login_as(&c, "joe");
	fd = data(&c);
	for (size_t i = 0; i < LEN(lines); i++)
		for (size_t k = 0; k < LEN(paths); k++) {
			snprintf(line, sizeof(line), lines[i], paths[k]);
			ask(&c, line, "550 Permission denied.");
		}
	port_close(fd);
	ask(&c, "RNFR a", "350 ");
	ask(&c, "RNTO sub/a.key", "550 Permission denied.");
	/* What counts is where it leads, not how it was said. */
	ask(&c, "MKD inner", "257 ");
	ask(&c, "CWD sub", "250 ");
	ask(&c, "MKD inner", "550 Permission denied.");
	holds("files/a", "0123456789");
	holds("files/sub/x.key", "key");
	hang_up(&c);
}

static void t_hidden(void **state)
{
	struct client c;
	size_t len;

	(void)state;
	set("hide_file={a,secret*}");
	tree_file(&tree, "files/sub/secret1", "x");
	tree_file(&tree, "files/sub/seen", "x");
	start();
	login_as(&c, "joe");
	assert_string_equal(get(&c, "NLST sub", &len), "sub/seen\r\n");
	assert_null(strstr(get(&c, "LIST -a", &len), " a\r\n"));
	ask(&c, "SIZE sub/secret1", "213 1");
	hang_up(&c);
}

/* ---- rights */

static void refused(struct client *c, const char *const *lines, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ask(c, lines[i], "550 Permission denied.");
}

static void t_read_only(void **state)
{
	static const char *const lines[] = { "DELE a", "MKD x", "XMKD x",
		"RMD sub", "XRMD sub", "RNFR a", "RNTO b", "APPE a", "STOU",
		"STOR b" };
	struct client c;

	(void)state;
	start();
	login_as(&c, "ro");
	refused(&c, lines, LEN(lines));
	hang_up(&c);
	conf.write_enable = false;
	login_as(&c, "joe");
	refused(&c, lines, LEN(lines));
	hang_up(&c);
}

static void t_anonymous(void **state)
{
	static const char *const change[] = { "DELE a", "RMD sub", "RNFR a",
		"APPE a" };
	static const char *const mkdir[] = { "MKD x" };
	static const char *const upload[] = { "STOU", "STOR b" };
	struct client c;

	(void)state;
	start();
	login_as(&c, "anonymous");
	refused(&c, change, LEN(change));
	refused(&c, mkdir, LEN(mkdir));
	refused(&c, upload, LEN(upload));
	hang_up(&c);
	set("anon_upload_enable=YES");
	login_as(&c, "anonymous");
	refused(&c, change, LEN(change));
	refused(&c, mkdir, LEN(mkdir));
	put(&c, "STOU", "new");
	holds("files/STOU", "new");
	hang_up(&c);
	set("anon_upload_enable=NO");
	set("anon_mkdir_write_enable=YES");
	login_as(&c, "anonymous");
	refused(&c, change, LEN(change));
	refused(&c, upload, LEN(upload));
	ask(&c, "MKD x", "257 ");
	hang_up(&c);
	set("anon_mkdir_write_enable=NO");
	set("anon_other_write_enable=YES");
	login_as(&c, "anonymous");
	refused(&c, mkdir, LEN(mkdir));
	refused(&c, upload, LEN(upload));
	put(&c, "APPE a", "ab");
	holds("files/a", "0123456789ab");
	ask(&c, "DELE a", "250 ");
	hang_up(&c);
}

/* ---- uploads */

static void t_append(void **state)
{
	struct client c;
	int fd;

	(void)state;
	start();
	login_as(&c, "joe");
	put(&c, "APPE a", "ab");
	holds("files/a", "0123456789ab");
	/* The end is the end, whatever REST says. */
	ask(&c, "REST 4", "350 ");
	put(&c, "APPE a", "cd");
	holds("files/a", "0123456789abcd");
	put(&c, "APPE fresh", "xy");
	holds("files/fresh", "xy");
	put(&c, "APPE a", "");
	holds("files/a", "0123456789abcd");
	fd = data(&c);
	ask(&c, "APPE sub", "553 ");
	port_close(fd);
	ask(&c, "APPE a", "425 ");
	no_leftovers(&c);
	hang_up(&c);
}

/* What was there stays, whatever becomes of the connection. */
static void t_append_broken(void **state)
{
	struct client c;
	int fd;

	(void)state;
	set("delete_failed_uploads=YES");
	start();
	login_as(&c, "joe");
	fd = data(&c);
	ask(&c, "APPE a", "150 ");
	give(fd, "xy", 2);
	port_abort(fd);
	expect(&c, "426 ");
	assert_true(exists("files/a"));
	fd = data(&c);
	ask(&c, "APPE fresh", "150 ");
	give(fd, "xy", 2);
	port_abort(fd);
	expect(&c, "426 ");
	assert_false(exists("files/fresh"));
	hang_up(&c);
}

static void put_named(struct client *c, const char *line, const char *want)
{
	int fd = data(c);

	assert_string_equal(ask(c, line, "150 "), want);
	give(fd, line, strlen(line));
	port_close(fd);
	expect(c, "226 ");
}

static void t_unique(void **state)
{
	struct client c;

	(void)state;
	start();
	login_as(&c, "joe");
	put_named(&c, "STOU", "150 FILE: STOU");
	put_named(&c, "STOU ", "150 FILE: STOU.1");
	put_named(&c, "STOU a", "150 FILE: a.1");
	put_named(&c, "STOU /sub/x", "150 FILE: /sub/x");
	holds("files/STOU", "STOU");
	holds("files/a", "0123456789");
	holds("files/a.1", "STOU a");
	ask(&c, "CWD sub", "250 ");
	put_named(&c, "STOU x", "150 FILE: x.1");
	put_named(&c, "STOU ../b", "150 FILE: /b");
	hang_up(&c);
}

/* Whoever took the name after it was told keeps his file. */
static void t_unique_race(void **state)
{
	struct client c;
	uint16_t port;
	int fd;

	(void)state;
	start();
	login_as(&c, "joe");
	port = passive(&c);
	ask(&c, "STOU new", "150 FILE: new");
	tree_file(&tree, "files/new", "somebody's");
	fd = dial(port, NULL);
	expect(&c, "553 ");
	port_close(fd);
	holds("files/new", "somebody's");
	port = passive(&c);
	ask(&c, "APPE other", "150 ");
	tree_file(&tree, "files/other", "somebody's");
	fd = dial(port, NULL);
	expect(&c, "553 ");
	port_close(fd);
	holds("files/other", "somebody's");
	hang_up(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(t_names), TEST(t_mode), TEST(t_inside), TEST(t_rename),
		TEST(t_times), TEST(t_chmod), TEST(t_site), TEST(t_allo),
		TEST(t_denied), TEST(t_hidden), TEST(t_read_only),
		TEST(t_anonymous), TEST(t_append), TEST(t_append_broken),
		TEST(t_unique), TEST(t_unique_race),
	};

	port_rand_open();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
