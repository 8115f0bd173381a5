/* t_ftp_xfer.c - transcripts of transfers: patterns in listings. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(t_patterns),
	};

	port_rand_open();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
