/* t_ss_uri.c - ss:// addresses: both forms, both ways, and bad ones. */
#include "src/ss/ss_uri.c"

#include "tests/lib/codec_feed.h"

static const struct {
	const char *text, *method, *password, *host;
	uint16_t port;
	const char *plugin, *tag, *prefix;
} good[] = {
	{ "ss://YWVzLTI1Ni1nY206YmFyZm9vIQ@192.0.2.7:8388",
	    "aes-256-gcm",
	    "barfoo!",
	    "192.0.2.7", 8388, "", "", "" },
	{ "SS://YWVzLTEyOC1nY206YTpiQGMvZD9lI2Y@ss.example.net:1/#M"
	    "y%20%C3%A9cole",
	    "aes-128-gcm",
	    "a:b@c/d?e#f",
	    "ss.example.net", 1, "", "My \xc3\xa9" "cole", "" },
	{ "ss://YWVzLTE5Mi1nY206cGFkPz4%3D@h:65535/",
	    "aes-192-gcm",
	    "pad?>",
	    "h", 65535, "", "", "" },
	{ "ss://2022-blake3-aes-128-gcm:AAECAwQFBgcICQoLDA0ODw%3D%3"
	    "D@[2001:db8::1]:443/?x=1&plugin=obfs-local%3Bobfs%3Dhttp"
	    "&y#z",
	    "2022-blake3-aes-128-gcm",
	    "AAECAwQFBgcICQoLDA0ODw==",
	    "2001:db8::1", 443, "obfs-local;obfs=http", "z", "" },
	{ "ss://2022-blake3-aes-128-gcm:AAECAwQFBgcICQoLDA0ODw==:EB"
	    "ESExQVFhcYGRobHB0eHw==@h:2",
	    "2022-blake3-aes-128-gcm",
	    "AAECAwQFBgcICQoLDA0ODw==:EBESExQVFhcYGRobHB0eHw==",
	    "h", 2, "", "", "" },
	{ "ss://YWVzLTI1Ni1jZmI6cEBzczp3QDE5Mi4wLjIuMTo4ODg4#old",
	    "aes-256-cfb",
	    "p@ss:w",
	    "192.0.2.1", 8888, "", "old", "" },
	{ "ss://YWVzLTI1Ni1jZmI6cHdAWzo6MV06ODg4OA==",
	    "aes-256-cfb",
	    "pw",
	    "::1", 8888, "", "", "" },
	{ "ss://YWVzLTI1Ni1jZmI6cHc@h:1/?outline=1&prefix=%16%03%01%0"
	    "0%C2%A8&plugin=p#n",
	    "aes-256-cfb", "pw", "h", 1, "p", "n",
	    "\x16\x03\x01\xc0\x80\xc2\xa8" },
	{ "ss://YWVzLTI1Ni1jZmI6cHc@h:1?prefix=POST%20",
	    "aes-256-cfb", "pw", "h", 1, "", "", "POST " },
};

static const struct {
	const char *text, *why;
} bad[] = {
	{ "http://x", "begin" },
	{ "ss://", "neither" },
	{ "ss://!!!", "neither" },
	{ "ss://bm8tYXQtc2lnbg==", "neither" },
	{ "ss://@h:1", "method:password" },
	{ "ss://a%3A:b@h:1", "method:password" },
	{ "ss://bm9jb2xvbg@h:1", "method:password" },
	{ "ss://bTo@h:1", "method:password" },
	{ "ss://OnA@h:1", "method:password" },
	{ "ss://m:%00@h:1", "method:password" },
	{ "ss://m:%4@h:1", "method:password" },
	{ "ss://bTphAGI@h:1", "method:password" },
	{ "ss://m:p@h", "port" },
	{ "ss://m:p@h:0", "port" },
	{ "ss://m:p@h:65536", "port" },
	{ "ss://m:p@h:", "port" },
	{ "ss://m:p@h:8x", "port" },
	{ "ss://m:p@:1", "host" },
	{ "ss://m:p@[1.2.3.4]:1", "host" },
	{ "ss://m:p@::1:1", "host" },
	{ "ss://m:p@a b:1", "host" },
	{ "ss://m:p@h%20:1", "host" },
	{ "ss://m:p@h:1#%", "name" },
	{ "ss://m:p@h:1?plugin=%0", "plugin" },
	{ "ss://m:p@h:1?plugin=%00", "plugin" },
	{ "ss://m:p@h:1?prefix=%0", "prefix" },
	{ "ss://m:p@h:1?prefix=%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00"
	    "%00%00%00%00", "prefix" },
	{ "ss://m:p@hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh"
	    "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh"
	    "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh"
	    "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh"
	    "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh:1", "host" },
	{ "ss://m:ppppppppppppppppppppppppppppppppppppppppppppppppp"
	    "pppppppppppppppppppppppppppppppppppppppppppppppppppppppp"
	    "pppppppppppppppppppppppppppppppppppppppppppppppppppppppp"
	    "pppppppppppppppppppppppppppppppppppppppppppppppppppppppp"
	    "ppppppppppppppppppppppppppppppppppppppp@h:1", "method:password" },
};

static void same(const struct ss_uri *a, const struct ss_uri *b)
{
	assert_memory_equal(a, b, sizeof(*a));
}

static void t_good(void **state)
{
	struct ss_uri u, again;
	char text[1024], twice[1024];
	const char *why;
	size_t i;
	int plain;

	(void)state;
	for (i = 0; i < LEN(good); i++) {
		assert_int_equal(ss_uri_parse(&u, good[i].text, &why), 0);
		assert_string_equal(u.method, good[i].method);
		assert_string_equal(u.password, good[i].password);
		assert_string_equal(u.host, good[i].host);
		assert_int_equal(u.port, good[i].port);
		assert_string_equal(u.plugin, good[i].plugin);
		assert_string_equal(u.tag, good[i].tag);
		assert_string_equal(u.prefix, good[i].prefix);
		for (plain = 0; plain < 2; plain++) {
			assert_true(ss_uri_text(text, sizeof(text), &u,
			    plain) > 0);
			assert_int_equal(ss_uri_parse(&again, text, &why), 0);
			same(&u, &again);
			ss_uri_text(twice, sizeof(twice), &again, plain);
			assert_string_equal(text, twice);
		}
	}
}

static void t_bad(void **state)
{
	struct ss_uri u;
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < LEN(bad); i++) {
		assert_int_equal(ss_uri_parse(&u, bad[i].text, &why),
		    -E_INVAL);
		if (strstr(why, bad[i].why) == NULL)
			fail_msg("%s: %s", bad[i].text, why);
	}
}

/* As SIP002 has it: base64url, no padding; plain words for 2022 methods. */
static void t_form(void **state)
{
	struct ss_uri u = { .method = "aes-128-gcm", .password = "~?>~?>",
		.host = "::1", .port = 8388, .plugin = "p;a=b", .tag = "a b" };
	static const char coded[] = "ss://YWVzLTEyOC1nY206fj8-fj8-"
	    "@[::1]:8388/?plugin=p%3ba%3db#a%20b";
	char text[256];

	(void)state;
	assert_int_equal(ss_uri_text(text, sizeof(text), &u, false),
	    strlen(coded));
	assert_string_equal(text, coded);
	ss_uri_text(text, sizeof(text), &u, true);
	assert_string_equal(text, "ss://aes-128-gcm:~%3f%3e~%3f%3e"
	    "@[::1]:8388/?plugin=p%3ba%3db#a%20b");
	assert_int_equal(ss_uri_text(text, strlen(coded), &u, false), -E_LONG);
	assert_int_equal(ss_uri_text(text, strlen(coded) + 1, &u, false),
	    strlen(coded));
}

/* The longest there can be is written and read again, in both forms. */
static void t_longest(void **state)
{
	struct ss_uri u = { .host = "h", .port = 1 }, again;
	char text[2048];
	const char *why;
	int plain;

	(void)state;
	memset(u.method, 'm', sizeof(u.method) - 1);
	memset(u.password, '/', sizeof(u.password) - 1);
	for (plain = 0; plain < 2; plain++) {
		assert_true(ss_uri_text(text, sizeof(text), &u, plain) > 0);
		assert_int_equal(ss_uri_parse(&again, text, &why), 0);
		same(&u, &again);
	}
}

/* Nothing is read behind the end, whatever stands there. */
static void t_random(void **state)
{
	static const char alphabet[] = "ss://:@[].%25#?&=plugin0AaZz9+/-_ ";
	unsigned i, n = test_seeds(200) * 100;
	uint64_t seed = 1;
	struct ss_uri u;
	const char *why;
	size_t len, at;
	char *text;

	(void)state;
	for (i = 0; i < n; i++) {
		len = test_random(&seed) % 80;
		text = malloc(len + 6);
		memcpy(text, "ss://", 5);
		for (at = 0; at < len; at++)
			text[5 + at] = alphabet[test_random(&seed) %
			    (sizeof(alphabet) - 1)];
		text[5 + len] = '\0';
		if (ss_uri_parse(&u, text, &why) == 0)
			assert_true(u.port > 0 && u.host[0] != '\0');
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_good),
		cmocka_unit_test(t_bad),
		cmocka_unit_test(t_form),
		cmocka_unit_test(t_longest),
		cmocka_unit_test(t_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
