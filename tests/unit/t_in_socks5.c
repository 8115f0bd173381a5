/* t_in_socks5.c - greetings and requests: whole, cut anywhere, wrong. */
#include "src/ss/in_socks5.c"

#include "tests/lib/codec_feed.h"

static const struct {
	const char *octets;
	size_t len;
	int taken;
} greetings[] = {
	{ "\x05\x01\x00", 3, 3 },
	{ "\x05\x02\x02\x00", 4, 4 },
	{ "\x05\x02\x00\x02" "\x05\x01\x00", 7, 4 },
	{ "\x05\x01\x02", 3, -E_DENY },
	{ "\x05\x00", 2, -E_DENY },
	{ "\x05\x02\x01\x02\x00", 5, -E_DENY },
	{ "\x04\x01\x00\x50", 4, -E_PROTO },
	{ "GET / HTTP/1.1\r\n", 16, -E_PROTO },
	{ "\x00", 1, -E_PROTO },
}, logins[] = {
	{ "\x01\x01" "u\x01" "p", 5, 5 },
	{ "\x01\x01" "u\x00", 4, 4 },
	{ "\x01\x00\x02" "pwrest", 9, 5 },
	{ "\x05\x01" "u\x01" "p", 5, -E_PROTO },
}, requests[] = {
	{ "\x05\x01\x00\x01\x7f\0\0\x01\0\x50", 10, 10 },
	{ "\x05\x01\x00\x01\x7f\0\0\x01\0\x50rest", 14, 10 },
	{ "\x05\x01\x00\x03\x01" "a\0\x50", 8, 8 },
	{ "\x05\x01\xff\x03\x01" "a\0\x50", 8, 8 },
	{ "\x05\x01\x00\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\x50", 22, 22 },
	{ "\x05\x02\x00\x01\x7f\0\0\x01\0\x50", 10, -E_NOSUP },
	{ "\x05\x03\x00\x01\0\0\0\0\0\0", 10, 10 },
	{ "\x05\x00", 2, -E_NOSUP },
	{ "\x05\x01\x00\x02\x7f\0\0\x01\0\x50", 10, -E_RANGE },
	{ "\x05\x01\x00\x11\x7f\0\0\x01\0\x50", 10, -E_RANGE },
	{ "\x05\x01\x00\x03\x00\0\x50", 7, -E_INVAL },
	{ "\x05\x01\x00\x03\x03" "a/b\0\x50", 10, -E_INVAL },
	{ "\x04\x01\x00\x50\x7f\0\0\x01\0", 9, -E_PROTO },
};

static void t_greetings(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LEN(greetings); i++)
		assert_int_equal(greeting_open(
		    (const uint8_t *)greetings[i].octets, greetings[i].len),
		    greetings[i].taken);
}

/* Where logins are wanted, a client that offers none has no method. */
static void t_greetings_with_logins(void **state)
{
	(void)state;
	assert_int_equal(greeting_login((const uint8_t *)"\5\2\0\2", 4), 4);
	assert_int_equal(greeting_login((const uint8_t *)"\5\1\0", 3),
	    -E_DENY);
}

static void t_logins(void **state)
{
	uint8_t longest[1 + 1 + 255 + 1 + 255] = { 1, 255, [257] = 255 };
	size_t i;

	(void)state;
	for (i = 0; i < LEN(logins); i++)
		assert_int_equal(socks5_login((const uint8_t *)
		    logins[i].octets, logins[i].len), logins[i].taken);
	assert_int_equal(socks5_login(longest, sizeof(longest)), 513);
	assert_int_equal(socks5_login(longest, sizeof(longest) - 1), 0);
}

static void t_requests(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LEN(requests); i++)
		assert_int_equal(socks5_request(
		    (const uint8_t *)requests[i].octets, requests[i].len),
		    requests[i].taken);
}

/* What is good is short until its last octet, from memory of just that size. */
static void in_every_cut(ss_parse *parse, const char *octets, int whole)
{
	uint8_t *part;
	int n;

	for (n = 0; n < whole; n++) {
		part = malloc((size_t)n + 1);
		memcpy(part + 1, octets, (size_t)n);
		assert_int_equal(parse(part + 1, (size_t)n), 0);
		free(part);
	}
}

static void t_cuts(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LEN(greetings); i++)
		in_every_cut(greeting_open, greetings[i].octets,
		    greetings[i].taken);
	for (i = 0; i < LEN(logins); i++)
		in_every_cut(socks5_login, logins[i].octets, logins[i].taken);
	for (i = 0; i < LEN(requests); i++)
		in_every_cut(socks5_request, requests[i].octets,
		    requests[i].taken);
}

/* The longest of each fits what a session keeps. */
static void t_longest(void **state)
{
	uint8_t mem[SS_HEAD_MAX];

	(void)state;
	memset(mem, 0, sizeof(mem));
	mem[0] = VERSION;
	mem[1] = 255;
	assert_int_equal(greeting_open(mem, sizeof(mem)), 257);
	memset(mem, 'x', sizeof(mem));
	memcpy(mem, "\x05\x01\x00\x03\xff", 5);
	assert_int_equal(socks5_request(mem, sizeof(mem)), SS_HEAD_MAX);
	assert_int_equal(socks5_request(mem, sizeof(mem) - 1), 0);
}

static void t_random(void **state)
{
	unsigned i, n = test_seeds(200) * 100;
	uint64_t seed = 7;
	uint8_t mem[300];
	size_t at, len;

	(void)state;
	for (i = 0; i < n; i++) {
		len = test_random(&seed) % sizeof(mem);
		for (at = 0; at < len; at++)
			mem[at] = (uint8_t)test_random(&seed);
		memcpy(mem, "\x05\x01\x00\x03", 1 + i % 4);
		assert_true(greeting_login(mem, len) <= (int)len);
		assert_true(socks5_login(mem, len) <= (int)len);
		assert_true(socks5_request(mem, len) <= (int)len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_greetings),
		cmocka_unit_test(t_greetings_with_logins),
		cmocka_unit_test(t_logins),
		cmocka_unit_test(t_requests),
		cmocka_unit_test(t_cuts),
		cmocka_unit_test(t_longest),
		cmocka_unit_test(t_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
