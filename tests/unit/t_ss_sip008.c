/* t_ss_sip008.c - lists of servers: what is taken, what is left out, and what
 * is no list and changes nothing. And the addresses that lists come from. */
#include "src/ss/ss_sip008.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/ss/http_get.h"

#define KEY16 "AAECAwQFBgcICQoLDA0ODw=="
#define GOOD "\"server_port\":8388,\"method\":\"aes-256-gcm\"," \
	"\"password\":\"x\""

static struct ss_conf conf;

static int take(const char *text)
{
	struct opt_table t;
	char why[300] = "";

	memset(&conf, 0, sizeof(conf));
	t = ss_conf_table(&conf, SS_LOCAL);
	ss_conf_defaults(&t);
	return ss_sip008_take(&conf, text, strlen(text), why, sizeof(why));
}

static const struct {
	const char *text;
	int n;			/* servers taken; < 0: refused */
} lists[] = {
	{ "{\"version\":1,\"servers\":[{\"server\":\"h\"," GOOD "}]}", 1 },
	{ "{\"servers\":[{\"server\":\"::1\"," GOOD ",\"id\":\"x\",\"remarks\":"
	    "\"r\",\"plugin\":\"\",\"plugin_opts\":\"\"}],\"bytes_used\":1,"
	    "\"version\":1,\"anything\":{\"a\":[1]}}", 1 },
	{ "{\"version\":1,\"servers\":[{\"server\":\"a\"," GOOD "},{\"server\":"
	    "\"b\"," GOOD "}]}", 2 },
	{ "{\"version\":1,\"servers\":[{\"server\":\"a\",\"server_port\":1,"
	    "\"method\":\"2022-blake3-aes-128-gcm\",\"password\":\"" KEY16 ":"
	    KEY16 "\"}]}", 1 },
	/* One of two is left out. */
	{ "{\"version\":1,\"servers\":[{" GOOD "},{\"server\":\"b\"," GOOD
	    "}]}", 1 },
	{ "{\"version\":1,\"servers\":[{\"server\":\"b\"," GOOD "},{\"server\":"
	    "\"a b\"," GOOD "}]}", 1 },
	{ "{\"version\":1,\"servers\":[{\"server\":\"a\",\"server_port\":1,"
	    "\"method\":\"rot13\",\"password\":\"x\"},{\"server\":\"b\"," GOOD
	    "}]}", 1 },
	{ "{\"version\":1,\"servers\":[{\"server\":\"a\",\"server_port\":1,"
	    "\"method\":\"2022-blake3-aes-128-gcm\",\"password\":\"x\"},"
	    "{\"server\":\"b\"," GOOD "}]}", 1 },
	{ "{\"version\":1,\"servers\":[{\"server\":\"a\"," GOOD ",\"plugin\":"
	    "\"p\"},{\"server\":\"b\"," GOOD "}]}", 1 },
	/* No list, or nothing in it. */
	{ "", -1 },
	{ "[]", -1 },
	{ "{}", -1 },
	{ "{\"version\":2,\"servers\":[{\"server\":\"h\"," GOOD "}]}", -1 },
	{ "{\"version\":1,\"servers\":[]}", -1 },
	{ "{\"version\":1,\"servers\":7}", -1 },
	{ "{\"version\":1,\"servers\":[{}]}", -1 },
	{ "{\"version\":1,\"servers\":[{\"server\":\"h\"," GOOD "}", -1 },
	{ "{\"version\":1,\"servers\":[{\"server\":\"h\"," GOOD "},7]}", -1 },
	{ "{\"version\":1,\"servers\":[{\"server\":\"h\"," GOOD "},{"
	    "\"server_port\":70000}]}", -1 },
};

static void t_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(lists); i++) {
		int n = take(lists[i].text);

		if (n < 0 ? lists[i].n >= 0 : n != lists[i].n)
			fail_msg("row %zu: %d", i, n);
		assert_int_equal(conf.servers_n, MAX(lists[i].n, 0));
		assert_false(conf.method_given);
		if (n < 0)
			assert_int_equal(conf.psk_n, 0);
	}
}

static void t_entry(void **state)
{
	const struct ss_server_conf *e = conf.servers;

	(void)state;
	take(lists[3].text);
	assert_string_equal(e->host, "a");
	assert_int_equal(e->port, 1);
	assert_string_equal(e->method->name, "2022-blake3-aes-128-gcm");
	assert_int_equal(e->secret.chain_n, 1);
	assert_int_equal(e->from, SS_FROM_ONLINE);
}

/* There is room for so many servers and no more. */
static void t_many(void **state)
{
	static char text[20000];
	struct text_out o = { .mem = text, .room = sizeof(text) };

	(void)state;
	text_put(&o, "{\"version\":1,\"servers\":[");
	for (int i = 0; i < LIMIT_REMOTES + 7; i++)
		text_put(&o, "%s{\"server\":\"h%d\"," GOOD "}",
		    i > 0 ? "," : "", i);
	text_put(&o, "]}");
	assert_false(o.full);
	assert_int_equal(take(text), MIN(LIMIT_REMOTES, LIMIT_SERVERS));
}

/* ---- where they come from ---- */

static const struct {
	const char *text;
	int rc;
	bool tls;
	const char *host;
	uint16_t port;
	const char *path;
} urls[] = {
	{ "https://h.example/a?b=c", 0, true, "h.example", 443, "/a?b=c" },
	{ "HTTPS://h", 0, true, "h", 443, "/" },
	{ "https://h?q", 0, true, "h", 443, "/?q" },
	{ "https://h:1/#gone", 0, true, "h", 1, "/" },
	{ "http://192.0.2.1:8080/x", 0, false, "192.0.2.1", 8080, "/x" },
	{ "https://[2001:db8::1]:7/x", 0, true, "2001:db8::1", 7, "/x" },
	{ "https://[::1]", 0, true, "::1", 443, "/" },
	{ "", -E_INVAL, 0, "", 0, "" },
	{ "https://", -E_INVAL, 0, "", 0, "" },
	{ "https:///x", -E_INVAL, 0, "", 0, "" },
	{ "ftp://h/", -E_INVAL, 0, "", 0, "" },
	{ "https://u:p@h/", -E_INVAL, 0, "", 0, "" },
	{ "https://h:0/", -E_INVAL, 0, "", 0, "" },
	{ "https://h:65536/", -E_INVAL, 0, "", 0, "" },
	{ "https://h:/", -E_INVAL, 0, "", 0, "" },
	{ "https://[::g]/", -E_INVAL, 0, "", 0, "" },
	{ "https://h/a b", -E_INVAL, 0, "", 0, "" },
	{ "https://h/a\r\nX: y", -E_INVAL, 0, "", 0, "" },
	{ "https://h\r\n/", -E_INVAL, 0, "", 0, "" },
};

static void t_urls(void **state)
{
	struct http_url u;

	(void)state;
	for (size_t i = 0; i < LEN(urls); i++) {
		size_t len = strlen(urls[i].text);

		if (http_url_parse(&u, urls[i].text, len) != urls[i].rc)
			fail_msg("row %zu", i);
		if (urls[i].rc != 0)
			continue;
		assert_int_equal(u.tls, urls[i].tls);
		assert_string_equal(u.host, urls[i].host);
		assert_int_equal(u.port, urls[i].port);
		assert_string_equal(u.path, urls[i].path);
	}
}

static void t_long_url(void **state)
{
	static char text[2000] = "https://h/";
	struct http_url u;

	(void)state;
	memset(text + 10, 'a', sizeof(text) - 10);
	assert_int_equal(http_url_parse(&u, text, 8 + 1 + HTTP_GET_PATH - 1),
	    0);
	assert_int_equal(http_url_parse(&u, text, 8 + 1 + HTTP_GET_PATH),
	    -E_INVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_lists),
		cmocka_unit_test(t_entry),
		cmocka_unit_test(t_many),
		cmocka_unit_test(t_urls),
		cmocka_unit_test(t_long_url),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
