/* t_ss_addr.c - address headers: whole, cut anywhere, and absurd. */
#include "src/ss/ss_addr.c"

#include "tests/lib/codec_feed.h"

static const struct {
	const char *octets;
	size_t len;
	int taken;
	const char *text;
} headers[] = {
	{ "\x01\x7f\0\0\x01\x00\x50", 7, 7, "127.0.0.1:80" },
	{ "\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x01\xbb", 19, 19,
	    "[::1]:443" },
	{ "\x04\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\x01\x01\xbb", 19, 19,
	    "10.0.0.1:443" },
	{ "\x03\x0b" "example.com\x00\x50", 15, 15, "example.com:80" },
	{ "\x03\x09" "127.0.0.1\x00\x50", 13, 13, "127.0.0.1:80" },
	{ "\x03\x03" "::1\xff\xff", 7, 7, "[::1]:65535" },
	{ "\x03\x10" "::ffff:127.0.0.1\x00\x50", 20, 20, "127.0.0.1:80" },
	{ "\x03\x01" "a\x00\x00rest", 9, 5, "a:0" },
	{ "\x00\x7f\0\0\x01\x00\x50", 7, -E_PROTO, NULL },
	{ "\x02\x7f\0\0\x01\x00\x50", 7, -E_PROTO, NULL },
	{ "\x11\x7f\0\0\x01\x00\x50", 7, -E_PROTO, NULL },
	{ "\x13\x01" "a\x00\x50", 5, -E_PROTO, NULL },
	{ "\xff", 1, -E_PROTO, NULL },
	{ "\x03\x00\x00\x50", 4, -E_INVAL, NULL },
	{ "\x03\x03" "a\0b\x00\x50", 7, -E_INVAL, NULL },
	{ "\x03\x03" "a b\x00\x50", 7, -E_INVAL, NULL },
	{ "\x03\x03" "a\nb\x00\x50", 7, -E_INVAL, NULL },
	{ "\x03\x03" "a\xc3\xa9\x00\x50", 7, -E_INVAL, NULL },
};

static void t_headers(void **state)
{
	char text[SS_ADDR_TEXT];
	struct ss_addr a;
	size_t i;

	(void)state;
	for (i = 0; i < LEN(headers); i++) {
		assert_int_equal(ss_addr_parse(&a,
		    (const uint8_t *)headers[i].octets, headers[i].len),
		    headers[i].taken);
		if (headers[i].taken < 0)
			continue;
		ss_addr_text(text, sizeof(text), &a);
		assert_string_equal(text, headers[i].text);
	}
}

/* A good header is short until its last octet, from memory of that size. */
static void t_cuts(void **state)
{
	struct ss_addr a;
	uint8_t *part;
	size_t i;
	int n;

	(void)state;
	for (i = 0; i < LEN(headers); i++) {
		for (n = 0; n < headers[i].taken; n++) {
			part = malloc((size_t)n + 1);
			memcpy(part + 1, headers[i].octets, (size_t)n);
			assert_int_equal(ss_addr_parse(&a, part + 1, (size_t)n),
			    0);
			free(part);
		}
	}
}

static void t_longest_name(void **state)
{
	uint8_t mem[SS_ADDR_MAX];
	char text[SS_ADDR_TEXT];
	struct ss_addr a;

	(void)state;
	memset(mem, 'x', sizeof(mem));
	mem[0] = SS_ATYP_NAME;
	mem[1] = 255;
	assert_int_equal(ss_addr_parse(&a, mem, sizeof(mem) - 1), 0);
	mem[257] = 0xff;
	mem[258] = 0xff;
	assert_int_equal(ss_addr_parse(&a, mem, sizeof(mem)), SS_ADDR_MAX);
	assert_int_equal(a.name_len, 255);
	assert_int_equal(ss_addr_text(text, sizeof(text), &a), 255 + 6);
}

static void t_random(void **state)
{
	unsigned i, n = test_seeds(200) * 100;
	uint64_t seed = 1;
	uint8_t mem[300];
	struct ss_addr a;
	size_t at, len;
	int taken;

	(void)state;
	for (i = 0; i < n; i++) {
		len = test_random(&seed) % sizeof(mem);
		for (at = 0; at < len; at++)
			mem[at] = (uint8_t)test_random(&seed);
		if (len > 0 && i % 2 == 0)
			mem[0] = (uint8_t)(1 + i / 2 % 4);
		taken = ss_addr_parse(&a, mem, len);
		assert_true(taken <= (int)len);
		if (taken > 0)
			assert_true(a.name != NULL || a.ip.family != 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_headers),
		cmocka_unit_test(t_cuts),
		cmocka_unit_test(t_longest_name),
		cmocka_unit_test(t_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
