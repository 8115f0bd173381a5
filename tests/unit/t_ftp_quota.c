/* t_ftp_quota.c - a user's files are counted after login; what he stores and
 * removes is kept, and more than his quota is refused. */
#include "src/ftp/ftp_quota.c"

#include "tests/lib/ftp_talk.h"

/* joe, with a quota over what setup has put there: 10 octets in "a". */
static void start_with(const char *quota)
{
	struct ftp_hash h;
	char text[FTP_HASH_TEXT], line[1024];

	ftp_hash_make(&h, "secret", 1000);
	ftp_hash_text(text, &h);
	snprintf(line, sizeof(line), "joe:%s:%s/files:w:quota=%s\n", text,
	    tree.base, quota);
	tree_file(&tree, "users", line);
	start();
}

static int64_t used(void)
{
	while (session()->quota.counting)
		turn();
	return session()->quota.used;
}

static void t_counted(void **state)
{
	struct client c;

	(void)state;
	tree_file(&tree, "files/sub/b", "01234");
	tree_dir(&tree, "files/sub/deep");
	tree_file(&tree, "files/sub/deep/c", "012");
	start_with("1K");
	login_as(&c, "joe");
	/* The link leads out of the root; it is no file. */
	assert_int_equal(used(), 18);
	hang_up(&c);
}

/* Several slices, and deeper than is looked. */
static void t_many(void **state)
{
	char name[128] = "files/sub";
	struct client c;

	(void)state;
	for (int i = 0; i < 3 * SLICE; i++) {
		snprintf(name, sizeof(name), "files/sub/%d", i);
		tree_file(&tree, name, "x");
	}
	snprintf(name, sizeof(name), "files");
	for (int i = 0; i < DEPTH + 2; i++) {
		strcat(name, "/d");
		tree_dir(&tree, name);
	}
	strcat(name, "/x");
	tree_file(&tree, name, "not seen");
	log_set_level(LOG_NONE);
	start_with("1M");
	login_as(&c, "joe");
	assert_int_equal(used(), 3 * SLICE + 10);
	hang_up(&c);
}

static void t_kept(void **state)
{
	struct client c;

	(void)state;
	start_with("1K");
	login_as(&c, "joe");
	put(&c, "STOR b", "12345");
	assert_int_equal(used(), 15);
	put(&c, "STOR b", "123");
	assert_int_equal(used(), 13);
	put(&c, "APPE b", "4567");
	assert_int_equal(used(), 17);
	ask(&c, "RNFR b", "350 ");
	ask(&c, "RNTO c", "250 ");
	assert_int_equal(used(), 17);
	ask(&c, "RNFR c", "350 ");
	ask(&c, "RNTO a", "250 ");
	assert_int_equal(used(), 7);
	ask(&c, "DELE a", "250 ");
	assert_int_equal(used(), 0);
	ask(&c, "DELE a", "550 ");
	assert_int_equal(used(), 0);
	hang_up(&c);
}

/* The octet that is one too many, at once and on the way; and what makes
 * room. */
static void t_refused(void **state)
{
	struct client c;
	int fd;

	(void)state;
	start_with("20");
	login_as(&c, "joe");
	put(&c, "STOR b", "1234567890");
	assert_int_equal(used(), 20);
	passive(&c);
	ask(&c, "STOR c", "552 ");
	assert_false(exists("files/c"));
	put(&c, "STOR b", "123456789");
	assert_int_equal(used(), 19);
	fd = data(&c);
	ask(&c, "STOR c", "150 ");
	give(fd, "12", 2);
	expect(&c, "552 ");
	port_close(fd);
	assert_false(exists("files/c"));
	no_leftovers(&c);
	fd = data(&c);
	ask(&c, "APPE b", "150 ");
	give(fd, "12", 2);
	expect(&c, "552 ");
	port_close(fd);
	ask(&c, "DELE a", "250 ");
	put(&c, "STOR c", "12");
	hang_up(&c);
}

/* A command that changes anything waits until all is counted. */
static void t_waits(void **state)
{
	char name[64];
	struct client c;

	(void)state;
	for (int i = 0; i < 3 * SLICE; i++) {
		snprintf(name, sizeof(name), "files/sub/%d", i);
		tree_file(&tree, name, "x");
	}
	start_with("1M");
	greet(&c);
	connected(&c);
	ask(&c, "USER joe", "331 ");
	say(&c, "PASS secret");
	say(&c, "DELE sub/1");
	say(&c, "NOOP");
	expect(&c, "230 ");
	expect(&c, "250 ");
	expect(&c, "200 ");
	assert_int_equal(used(), 3 * SLICE - 1 + 10);
	hang_up(&c);
}

/* Gone while it is counted: the walk is given back (teardown looks). */
static void t_gone(void **state)
{
	struct client c;

	(void)state;
	start_with("1M");
	login_as(&c, "joe");
	hang_up(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(t_counted), TEST(t_many), TEST(t_kept),
		TEST(t_refused), TEST(t_waits), TEST(t_gone),
	};

	port_rand_open();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
