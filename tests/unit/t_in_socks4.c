/* t_in_socks4.c - requests of SOCKS4 and 4a: whole, cut anywhere, wrong. */
#include "src/ss/in_socks4.c"

#include "tests/lib/codec_feed.h"

static const struct {
	const char *octets;
	size_t len;
	int taken;
	const char *target;
} rows[] = {
	{ "\x04\x01\0\x50\x7f\0\0\x01\0", 9, 9, "127.0.0.1:80" },
	{ "\x04\x01\0\x50\x7f\0\0\x01me\0rest", 15, 11, "127.0.0.1:80" },
	{ "\x04\x01\x01\xbb\0\0\0\x01\0a.example\0", 19, 19, "a.example:443" },
	{ "\x04\x01\x01\xbb\0\0\0\xffme\0b\0rest", 17, 13, "b:443" },
	{ "\x04\x01\x01\xbb\0\0\0\x01\0" "127.0.0.1\0", 19, 19,
	    "127.0.0.1:443" },
	/* 0.0.0.0 is an address, if a strange one. */
	{ "\x04\x01\0\x50\0\0\0\0\0", 9, 9, "0.0.0.0:80" },
	{ "\x04\x02\0\x50\x7f\0\0\x01\0", 9, -E_NOSUP, NULL },
	{ "\x04\x00", 2, -E_NOSUP, NULL },
	{ "\x05\x01\0", 3, -E_PROTO, NULL },
	{ "\x04\x01\0\x50\0\0\0\x01\0\0", 10, -E_INVAL, NULL },
	{ "\x04\x01\0\x50\0\0\0\x01\0a/b\0", 13, -E_INVAL, NULL },
};

static void t_rows(void **state)
{
	uint8_t address[SS_ADDR_MAX];
	char text[SS_ADDR_TEXT];
	struct ss_addr a;
	const uint8_t *mem;
	size_t i;
	int n;

	(void)state;
	for (i = 0; i < LEN(rows); i++) {
		mem = (const uint8_t *)rows[i].octets;
		assert_int_equal(socks4_request(mem, rows[i].len, SS_HEAD_MAX),
		    rows[i].taken);
		if (rows[i].taken < 0)
			continue;
		n = socks4_address(address, mem);
		assert_int_equal(ss_addr_parse(&a, address, (size_t)n), n);
		ss_addr_text(text, sizeof(text), &a);
		assert_string_equal(text, rows[i].target);
	}
}

static void t_cuts(void **state)
{
	uint8_t *part;
	size_t i;
	int n;

	(void)state;
	for (i = 0; i < LEN(rows); i++) {
		for (n = 0; n < rows[i].taken; n++) {
			part = malloc((size_t)n + 1);
			memcpy(part + 1, rows[i].octets, (size_t)n);
			assert_int_equal(socks4_request(part + 1, (size_t)n,
			    SS_HEAD_MAX), 0);
			free(part);
		}
	}
}

/* A user's id or a name without end, and the longest that fits. */
static void t_long(void **state)
{
	uint8_t mem[SS_HEAD_MAX], address[SS_ADDR_MAX];

	(void)state;
	memset(mem, 'u', sizeof(mem));
	memcpy(mem, "\x04\x01\0\x50\0\0\0\x01", 8);
	assert_int_equal(socks4_request(mem, sizeof(mem) - 1, SS_HEAD_MAX), 0);
	assert_int_equal(socks4_request(mem, sizeof(mem), SS_HEAD_MAX),
	    -E_LONG);
	mem[8] = '\0';
	assert_int_equal(socks4_request(mem, sizeof(mem), SS_HEAD_MAX),
	    -E_LONG);
	mem[sizeof(mem) - 1] = '\0';
	assert_int_equal(socks4_request(mem, sizeof(mem), SS_HEAD_MAX),
	    SS_HEAD_MAX);
	assert_int_equal(socks4_address(address, mem),
	    2 + (SS_HEAD_MAX - 10) + 2);
}

static void t_random(void **state)
{
	unsigned i, n = test_seeds(200) * 100;
	uint64_t seed = 11;
	uint8_t *mem;
	size_t at, len;

	(void)state;
	for (i = 0; i < n; i++) {
		len = test_random(&seed) % SS_HEAD_MAX;
		mem = malloc(len + 1);
		for (at = 0; at < len; at++)
			mem[at] = (uint8_t)(test_random(&seed) %
			    (i % 2 ? 256 : 4));
		if (len > 2)
			memcpy(mem, "\x04\x01", 2);
		assert_true(socks4_request(mem, len, SS_HEAD_MAX) <= (int)len);
		free(mem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_rows),
		cmocka_unit_test(t_cuts),
		cmocka_unit_test(t_long),
		cmocka_unit_test(t_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
