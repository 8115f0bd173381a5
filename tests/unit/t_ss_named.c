/* t_ss_named.c - which addresses of an answer go to which set, and for how
 * long. */
#include "port/nft.h"

static int recorded_open(void);
static int recorded_add(int fd, const struct nft_set *to,
    const struct addr *list, size_t n, uint32_t life_s);
#define port_nft_open recorded_open
#define port_nft_add recorded_add
#include "src/ss/ss_named.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char told[400];
static int opened, answer;

static int recorded_open(void)
{
	opened++;
	return 7;
}

/* "2/tab/set:1.2.3.4,5.6.7.8@3660;" */
static int recorded_add(int fd, const struct nft_set *to,
    const struct addr *list, size_t n, uint32_t life_s)
{
	size_t at = strlen(told);
	char text[ADDR_TEXT];

	assert_int_equal(fd, 7);
	at += text_fmt(told + at, sizeof(told) - at, "%d/%s/%s", to->family,
	    to->table, to->name);
	for (size_t i = 0; i < n; i++) {
		addr_text_ip(text, sizeof(text), &list[i]);
		at += text_fmt(told + at, sizeof(told) - at, "%c%s",
		    i == 0 ? ':' : ',', text);
	}
	text_fmt(told + at, sizeof(told) - at, "@%u;", (unsigned)life_s);
	return answer;
}

static void t_places(void **state)
{
	static const char *const wrong[] = { "", "inet", "inet t", "inet t a",
		"inet t a b c", "arp t a b", "inet t a b ", "INET t a b",
		"inet a-name-of-thirty-two-octets-here b c" };
	struct nft_set v4, v6;

	(void)state;
	assert_true(ss_named_parse("inet wherry a4  a6", &v4, &v6));
	assert_int_equal(v4.family, NFT_INET);
	assert_int_equal(v6.family, NFT_INET);
	assert_string_equal(v4.table, "wherry");
	assert_string_equal(v6.table, "wherry");
	assert_string_equal(v4.name, "a4");
	assert_string_equal(v6.name, "a6");
	assert_true(ss_named_parse("ip x a -", &v4, &v6));
	assert_int_equal(v4.family, NFT_IP);
	assert_string_equal(v6.name, "");
	assert_true(ss_named_parse("ip6 x - b", &v4, &v6));
	assert_int_equal(v4.family, NFT_IP6);
	assert_string_equal(v4.name, "");
	for (size_t i = 0; i < LEN(wrong); i++)
		assert_false(ss_named_parse(wrong[i], &v4, &v6));
}

/* x. A? with a CNAME, two addresses, one of them twice, and one of IPv6. */
static const uint8_t said[] = {
	0, 1, 0x81, 0x80, 0, 1, 0, 5, 0, 0, 0, 0,
	1, 'x', 0, 0, 1, 0, 1,
	0xc0, 12, 0, 5, 0, 1, 0, 0, 1, 0, 0, 3, 1, 'y', 0,
	1, 'y', 0, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 1,
	1, 'y', 0, 0, 1, 0, 1, 0, 0, 0, 90, 0, 4, 10, 0, 0, 2,
	1, 'y', 0, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 1,
	1, 'y', 0, 0, 28, 0, 1, 0x80, 0, 0, 60, 0, 16, 0x20, 1, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 9,
};

static void t_told(void **state)
{
	struct ss_local_conf l = { .nft_direct = "inet w d4 d6",
		.nft_proxied = "ip w - p6" };
	struct ss_local_conf none = { .host = NULL };

	(void)state;
	assert_int_equal(ss_named_open(&none), 0);
	assert_int_equal(opened, 0);
	ss_named_tell(&l, true, said, sizeof(said));
	assert_string_equal(told, "");
	assert_int_equal(ss_named_open(&l), 0);
	assert_int_equal(ss_named_open(&l), 0);
	assert_int_equal(opened, 1);
	ss_named_tell(&l, true, said, sizeof(said));
	assert_string_equal(told, "1/w/d4:10.0.0.1,10.0.0.2@3690;"
	    "1/w/d6:2001::9@3690;");
	told[0] = '\0';
	ss_named_tell(&l, false, said, sizeof(said));
	assert_string_equal(told, "2/w/p6:2001::9@3690;");
	told[0] = '\0';
	l.nft_proxied = NULL;
	ss_named_tell(&l, false, said, sizeof(said));
	ss_named_tell(&none, true, said, sizeof(said));
	assert_string_equal(told, "");
	/* Cut anywhere: what is whole of it. */
	for (size_t n = 0; n < sizeof(said); n++)
		ss_named_tell(&l, true, said, n);
	/* A set that is not there is told of, and no more. */
	answer = -E_NOENT;
	log_set_level(LOG_NONE);
	ss_named_tell(&l, true, said, sizeof(said));
	assert_int_equal(ss_named_failed.value, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_places),
		cmocka_unit_test(t_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
