/* t_ftp_xfer.c - transcripts of transfers: patterns in listings, ends of lines,
 * rates. */
#include "src/ftp/ftp_xfer.c"

#include "tests/lib/ftp_talk.h"

/* ---- patterns */

/* Are these names, in any order, all that the listing tells? */
static void lists(struct client *c, const char *line, const char *names)
{
	char want[256], *save = NULL, one[64];
	size_t len, n = 0;
	const char *got = get(c, line, &len);

	snprintf(want, sizeof(want), "%s", names);
	for (char *w = strtok_r(want, " ", &save); w != NULL;
	    w = strtok_r(NULL, " ", &save)) {
		snprintf(one, sizeof(one), "%s\r\n", w);
		if (strstr(got, one) == NULL)
			fail_msg("%s: no %s in \"%s\"", line, w, got);
		n++;
	}
	for (const char *p = got; (p = strchr(p, '\n')) != NULL; p++)
		n--;
	if (n != 0)
		fail_msg("%s: other lines in \"%s\"", line, got);
}

static void t_patterns(void **state)
{
	struct client c;
	size_t len;
	int fd;

	(void)state;
	tree_file(&tree, "files/b.txt", "");
	tree_file(&tree, "files/c.txt", "");
	tree_file(&tree, "files/.d.txt", "");
	tree_file(&tree, "files/sub/e.txt", "");
	tree_file(&tree, "files/sub/f*g", "");
	set("hide_file={c.txt}");
	start();
	login_as(&c, "joe");
	lists(&c, "NLST *.txt", "b.txt");
	lists(&c, "NLST -a *.txt", "b.txt .d.txt");
	lists(&c, "NLST .*", ".d.txt");
	lists(&c, "NLST sub/*", "sub/e.txt sub/f*g");
	lists(&c, "NLST /sub/?.txt", "/sub/e.txt");
	lists(&c, "NLST /{a,b.txt}", "/a /b.txt");
	lists(&c, "NLST sub/f*g", "sub/f*g");
	lists(&c, "NLST *nothing*", "");
	lists(&c, "NLST *", "a b.txt sub out");
	assert_non_null(strstr(get(&c, "LIST s?b", &len), " sub\r\n"));
	assert_non_null(strstr(get(&c, "LIST -la *.txt", &len), " b.txt\r\n"));
	ask(&c, "CWD sub", "250 ");
	lists(&c, "NLST e*", "e.txt");
	lists(&c, "NLST ../*.txt", "/b.txt");
	/* Only the last part is one. */
	fd = data(&c);
	ask(&c, "NLST /s*/e.txt", "550 ");
	port_close(fd);
	fd = data(&c);
	ask(&c, "NLST /a/*", "550 ");
	port_close(fd);
	fd = data(&c);
	ask(&c, "MLSD /s*", "550 ");
	port_close(fd);
	hang_up(&c);
}

/* ---- TYPE A */

static void t_ascii(void **state)
{
	struct client c;
	size_t len;
	int fd;

	(void)state;
	tree_file(&tree, "files/lines", "one\ntwo\r\nthree");
	set("ascii_download_enable=YES");
	set("ascii_upload_enable=YES");
	start();
	login_as(&c, "joe");
	ask(&c, "TYPE A", "200 ");
	fd = data(&c);
	ask(&c, "RETR lines", "150 Opening ASCII mode");
	assert_string_equal(take_all(fd, &len), "one\r\ntwo\r\nthree");
	expect(&c, "226 ");
	put(&c, "STOR up", "a\r\nb\rc\r");
	holds("files/up", "a\nb\rc\r");
	put(&c, "APPE up", "\nd\r\n");
	holds("files/up", "a\nb\rc\r\nd\n");
	ask(&c, "SIZE lines", "550 SIZE not allowed in ASCII mode.");
	ask(&c, "REST 2", "350 ");
	fd = data(&c);
	ask(&c, "RETR lines", "550 No support for resume");
	port_close(fd);
	ask(&c, "TYPE I", "200 ");
	assert_string_equal(get(&c, "RETR lines", &len),
	    "one\ntwo\r\nthree");
	ask(&c, "SIZE lines", "213 14");
	hang_up(&c);
}

/* As long as nobody asked for it, TYPE A changes no octet. */
static void t_ascii_off(void **state)
{
	struct client c;
	size_t len;

	(void)state;
	tree_file(&tree, "files/lines", "one\ntwo");
	start();
	login_as(&c, "joe");
	ask(&c, "TYPE A", "200 ");
	assert_string_equal(get(&c, "RETR lines", &len), "one\ntwo");
	put(&c, "STOR up", "a\r\n");
	holds("files/up", "a\r\n");
	ask(&c, "SIZE lines", "213 7");
	hang_up(&c);
}

/* Every octet is converted, across all buffers there are. */
static void t_ascii_long(void **state)
{
	static char text[100001], wire[200001];
	struct client c;
	size_t len, n = 0;
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		text[i] = i % 3 == 0 || i % 7 == 0 ? '\n' : 'x';
		if (text[i] == '\n')
			wire[n++] = '\r';
		wire[n++] = text[i];
	}
	tree_file(&tree, "files/long", text);
	set("ascii_download_enable=YES");
	set("ascii_upload_enable=YES");
	start();
	login_as(&c, "joe");
	ask(&c, "TYPE A", "200 ");
	get(&c, "RETR long", &len);
	assert_int_equal(len, n);
	fd = data(&c);
	ask(&c, "RETR long", "150 ");
	assert_memory_equal(take_all(fd, &len), wire, n);
	expect(&c, "226 ");
	put(&c, "STOR back", wire);
	ask(&c, "TYPE I", "200 ");
	assert_string_equal(get(&c, "RETR back", &len), text);
	hang_up(&c);
}

/* ---- rates */

/* Half a second of octets each way: the first and last 50 ms are there at once,
 * the others when the timer says that they are paid for. */
static void t_rate(void **state)
{
	static char text[20001];
	struct client c;
	int64_t began;
	size_t len;

	(void)state;
	memset(text, 'r', sizeof(text) - 1);
	tree_file(&tree, "files/slow", text);
	set("local_max_rate=40000");
	start();
	login_as(&c, "joe");
	began = port_now_ms();
	get(&c, "RETR slow", &len);
	assert_int_equal(len, sizeof(text) - 1);
	assert_true(port_now_ms() - began >= 300);
	began = port_now_ms();
	put(&c, "STOR up", text);
	assert_true(port_now_ms() - began >= 300);
	assert_int_equal(session()->data.state, DATA_NONE);
	get(&c, "LIST", &len);
	hang_up(&c);
}

/* What waits for its time ends at once when it is told to. */
static void t_rate_abort(void **state)
{
	static char text[20001];
	struct client c;
	int fd;

	(void)state;
	memset(text, 'r', sizeof(text) - 1);
	tree_file(&tree, "files/slow", text);
	set("local_max_rate=100");
	start();
	login_as(&c, "joe");
	fd = data(&c);
	ask(&c, "RETR slow", "150 ");
	turn();
	assert_true(timer_is_set(&session()->data.timer));
	ask(&c, "ABOR", "426 ");
	expect(&c, "226 ");
	assert_false(timer_is_set(&session()->data.timer));
	port_close(fd);
	hang_up(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(t_patterns), TEST(t_ascii), TEST(t_ascii_off),
		TEST(t_ascii_long), TEST(t_rate), TEST(t_rate_abort),
	};

	port_rand_open();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
