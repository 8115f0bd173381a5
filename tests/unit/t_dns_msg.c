/* t_dns_msg.c - DNS messages: by hand, cut, turned into nonsense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/core/dns_msg.c"
#include "tests/lib/codec_feed.h"

/* ---- a message being made ---- */

struct made {
	size_t len;
	uint8_t mem[4096];
};

static void add16(struct made *m, unsigned v)
{
	put_u16be(m->mem + m->len, (uint16_t)v);
	m->len += 2;
}

static void add32(struct made *m, uint32_t v)
{
	put_u32be(m->mem + m->len, v);
	m->len += 4;
}

/* "www.x.test", or a pointer to `at` when name is NULL. */
static void add_name(struct made *m, const char *name, unsigned at)
{
	if (name == NULL) {
		add16(m, 0xc000u | at);
		return;
	}
	m->len += put_name(m->mem + m->len, name, strlen(name));
}

static void count(struct made *m, size_t at)
{
	put_u16be(m->mem + at, (uint16_t)(get_u16be(m->mem + at) + 1));
}

static void add_addr(struct made *m, const char *name, uint32_t ttl,
    const char *text)
{
	struct addr a;
	size_t n;

	assert_int_equal(addr_parse(&a, text, strlen(text)), 0);
	n = a.family == 4 ? 4 : 16;
	add_name(m, name, HEADER);
	add16(m, n == 4 ? DNS_A : DNS_AAAA);
	add16(m, CLASS_IN);
	add32(m, ttl);
	add16(m, (unsigned)n);
	memcpy(m->mem + m->len, a.ip, n);
	m->len += n;
	count(m, 6);
}

static void add_cname(struct made *m, const char *name, uint32_t ttl,
    const char *target)
{
	size_t at;

	add_name(m, name, HEADER);
	add16(m, DNS_CNAME);
	add16(m, CLASS_IN);
	add32(m, ttl);
	at = m->len;
	add16(m, 0);
	add_name(m, target, HEADER);
	put_u16be(m->mem + at, (uint16_t)(m->len - at - 2));
	count(m, 6);
}

static void add_soa(struct made *m, uint32_t ttl, uint32_t minimum)
{
	size_t at;

	add_name(m, "test", 0);
	add16(m, DNS_SOA);
	add16(m, CLASS_IN);
	add32(m, ttl);
	at = m->len;
	add16(m, 0);
	add_name(m, "ns.test", 0);
	add_name(m, "root.test", 0);
	for (uint32_t i = 0; i < 4; i++)
		add32(m, i);
	add32(m, minimum);
	put_u16be(m->mem + at, (uint16_t)(m->len - at - 2));
	count(m, 8);
}

static uint8_t ask[DNS_ASK_MAX];
static size_t ask_len;

/* The question with the answer bit. */
static struct made begin(const char *name, enum dns_type type)
{
	struct made m = { 0 };

	ask_len = dns_msg_ask(ask, 0x1234, name, strlen(name), type);
	assert_true(ask_len > 0);
	memcpy(m.mem, ask, ask_len);
	m.len = ask_len;
	put_u16be(m.mem + 2, 0x8180);
	return m;
}

/* From a block of just its length, so that a read beyond it is seen. */
static int read_made(const struct made *m, struct dns_answer *out)
{
	uint8_t *copy = malloc(m->len + 1);
	int rc;

	memcpy(copy, m->mem, m->len);
	copy = realloc(copy, m->len > 0 ? m->len : 1);
	rc = dns_msg_read(copy, m->len, ask, ask_len, out);
	free(copy);
	return rc;
}

static void assert_ip(const struct addr *a, const char *text)
{
	char got[ADDR_TEXT];

	addr_text_ip(got, sizeof(got), a);
	assert_string_equal(got, text);
}

/* ---- questions ---- */

static void a_question_on_the_wire(void **state)
{
	static const uint8_t want[] = { 0xbe, 0xef, 1, 0, 0, 1, 0, 0, 0, 0, 0,
		0, 3, 'w', 'w', 'w', 1, 'x', 0, 0, 28, 0, 1 };
	uint8_t got[DNS_ASK_MAX];

	(void)state;
	assert_int_equal(dns_msg_ask(got, 0xbeef, "www.x", 5, DNS_AAAA),
	    sizeof(want));
	assert_memory_equal(got, want, sizeof(want));
}

static void what_is_no_name(void **state)
{
	char longest[255];
	uint8_t out[DNS_ASK_MAX];

	(void)state;
	memset(longest, 'a', sizeof(longest));
	assert_int_equal(dns_msg_ask(out, 1, "", 0, DNS_A), 0);
	assert_int_equal(dns_msg_ask(out, 1, ".", 1, DNS_A), 0);
	assert_int_equal(dns_msg_ask(out, 1, "a..b", 4, DNS_A), 0);
	assert_int_equal(dns_msg_ask(out, 1, ".a", 2, DNS_A), 0);
	assert_int_equal(dns_msg_ask(out, 1, "a.", 2, DNS_A), 0);
	assert_int_equal(dns_msg_ask(out, 1, longest, 64, DNS_A), 0);
	assert_int_equal(dns_msg_ask(out, 1, longest, 63, DNS_A), 12 + 65 + 4);
	for (size_t i = 63; i < sizeof(longest); i += 64)
		longest[i] = '.';
	assert_int_equal(dns_msg_ask(out, 1, longest, 253, DNS_A), DNS_ASK_MAX);
	assert_int_equal(dns_msg_ask(out, 1, longest, 254, DNS_A), 0);
}

/* ---- answers ---- */

static void addresses_and_their_time(void **state)
{
	struct made m = begin("www.x.test", DNS_A);
	struct dns_answer a;

	(void)state;
	add_addr(&m, NULL, 300, "192.0.2.1");
	add_addr(&m, "WWW.x.TEST", 200, "192.0.2.2");
	add_addr(&m, "other.test", 1, "192.0.2.3");
	assert_int_equal(read_made(&m, &a), 0);
	assert_int_equal(a.status, 0);
	assert_int_equal(a.n, 2);
	assert_int_equal(a.ttl_s, 200);
	assert_ip(&a.list[0], "192.0.2.1");
	assert_ip(&a.list[1], "192.0.2.2");
	m = begin("www.x.test", DNS_AAAA);
	add_addr(&m, NULL, 60, "2001:db8::7");
	add_addr(&m, NULL, 60, "192.0.2.2");
	assert_int_equal(read_made(&m, &a), 0);
	assert_int_equal(a.n, 1);
	assert_ip(&a.list[0], "2001:db8::7");
}

static void more_addresses_than_kept(void **state)
{
	struct made m = begin("x.test", DNS_A);
	struct dns_answer a;

	(void)state;
	for (int i = 0; i < 20; i++)
		add_addr(&m, NULL, 60, "192.0.2.1");
	assert_int_equal(read_made(&m, &a), 0);
	assert_int_equal(a.n, DNS_ADDRS);
}

static void chains_in_any_order(void **state)
{
	struct made m = begin("a.test", DNS_A);
	struct dns_answer a;

	(void)state;
	add_addr(&m, "c.test", 500, "192.0.2.9");
	add_cname(&m, "b.test", 70, "c.test");
	add_cname(&m, NULL, 90, "b.test");
	assert_int_equal(read_made(&m, &a), 0);
	assert_int_equal(a.status, 0);
	assert_int_equal(a.ttl_s, 70);
	assert_ip(&a.list[0], "192.0.2.9");
}

static void chains_that_never_end(void **state)
{
	struct made m = begin("a.test", DNS_A);
	struct dns_answer a;
	char from[] = "a.test", to[] = "b.test";

	(void)state;
	add_cname(&m, NULL, 60, "b.test");
	add_cname(&m, "b.test", 60, "a.test");
	assert_int_equal(read_made(&m, &a), 0);
	assert_int_equal(a.status, -E_NOENT);
	m = begin("a.test", DNS_A);
	for (char c = 'a'; c < 'a' + CHAIN_MAX; c++) {
		from[0] = c;
		to[0] = (char)(c + 1);
		add_cname(&m, from, 60, to);
	}
	add_addr(&m, to, 60, "192.0.2.1");
	assert_int_equal(read_made(&m, &a), 0);
	assert_int_equal(a.status, -E_NOENT);
}

static void no_and_for_how_long(void **state)
{
	struct made m = begin("x.test", DNS_A);
	struct dns_answer a;

	(void)state;
	m.mem[3] |= RCODE_NO_NAME;
	add_soa(&m, 3600, 120);
	assert_int_equal(read_made(&m, &a), 0);
	assert_int_equal(a.status, -E_NOENT);
	assert_int_equal(a.ttl_s, 120);
	m = begin("x.test", DNS_A);		/* a name, no such record */
	add_cname(&m, NULL, 33, "y.test");
	add_soa(&m, 50, 120);
	assert_int_equal(read_made(&m, &a), 0);
	assert_int_equal(a.status, -E_NOENT);
	assert_int_equal(a.ttl_s, 33);
	m = begin("x.test", DNS_A);
	assert_int_equal(read_made(&m, &a), 0);
	assert_int_equal(a.ttl_s, NO_SOA_TTL_S);
}

static void a_negative_time_is_none(void **state)
{
	struct made m = begin("x.test", DNS_A);
	struct dns_answer a;

	(void)state;
	add_addr(&m, NULL, 0x80000001u, "192.0.2.1");
	assert_int_equal(read_made(&m, &a), 0);
	assert_int_equal(a.ttl_s, 0);
}

static void failures_and_cuts(void **state)
{
	struct made m = begin("x.test", DNS_A);
	struct dns_answer a;

	(void)state;
	m.mem[3] |= 2;
	assert_int_equal(read_made(&m, &a), 0);
	assert_int_equal(a.status, -E_REFUSED);
	m.mem[2] |= FLAG_CUT >> 8;
	assert_int_equal(read_made(&m, &a), 0);
	assert_int_equal(a.status, -E_SHORT);
}

static void answers_to_something_else(void **state)
{
	struct made m = begin("x.test", DNS_A), other;
	struct dns_answer a = { .status = 77 };

	(void)state;
	add_addr(&m, NULL, 60, "192.0.2.1");
	other = m;
	other.mem[0] ^= 1;			/* id */
	assert_int_equal(read_made(&other, &a), -E_PROTO);
	other = m;
	other.mem[2] &= 0x7f;			/* a question */
	assert_int_equal(read_made(&other, &a), -E_PROTO);
	other = m;
	other.mem[2] |= 0x10;			/* opcode */
	assert_int_equal(read_made(&other, &a), -E_PROTO);
	other = m;
	other.mem[HEADER + 1] = 'z';		/* name */
	assert_int_equal(read_made(&other, &a), -E_PROTO);
	other = m;
	other.mem[ask_len - 3] = DNS_AAAA;	/* type */
	assert_int_equal(read_made(&other, &a), -E_PROTO);
	other = m;
	other.mem[ask_len - 1] = 3;		/* class */
	assert_int_equal(read_made(&other, &a), -E_PROTO);
	other = m;
	other.mem[5] = 2;			/* two questions */
	assert_int_equal(read_made(&other, &a), -E_PROTO);
	assert_int_equal(a.status, 77);
	m.mem[HEADER + 1] = 'X';		/* but case is free */
	assert_int_equal(read_made(&m, &a), 0);
}

static void every_cut_is_refused(void **state)
{
	struct made m = begin("a.test", DNS_A);
	struct dns_answer a;
	size_t len;

	(void)state;
	add_cname(&m, NULL, 60, "b.test");
	add_addr(&m, "b.test", 60, "192.0.2.1");
	for (len = m.len; m.len-- > 0;)
		assert_int_equal(read_made(&m, &a), -E_PROTO);
	m.len = len;
	assert_int_equal(read_made(&m, &a), 0);
}

static void pointers_lead_back_only(void **state)
{
	struct made m = begin("x.test", DNS_A);
	struct dns_answer a;
	size_t at = m.len;

	(void)state;
	add_name(&m, NULL, (unsigned)at);	/* to itself */
	m.len += 20;
	m.mem[7] = 1;
	assert_int_equal(read_made(&m, &a), -E_PROTO);
	put_u16be(m.mem + at, (uint16_t)(0xc000u | (at + 2)));	/* onward */
	assert_int_equal(read_made(&m, &a), -E_PROTO);
	m.mem[at] = 0x80;			/* neither label nor pointer */
	assert_int_equal(read_made(&m, &a), -E_PROTO);
}

static void long_names_do_not_grow(void **state)
{
	struct made m = begin("x.test", DNS_A);
	struct dns_answer a;

	(void)state;
	for (int i = 0; i < 5; i++) {
		m.mem[m.len] = 60;
		memset(m.mem + m.len + 1, 'a', 60);
		m.len += 61;
	}
	m.mem[m.len++] = 0;
	m.len += 10;
	m.mem[7] = 1;
	assert_int_equal(read_made(&m, &a), -E_PROTO);
}

/* ---- nonsense ---- */

static void check_sane(const struct dns_answer *a)
{
	assert_true(a->n <= DNS_ADDRS);
	assert_true(a->status == 0 ? a->n > 0 : a->n == 0);
	for (size_t i = 0; i < a->n; i++)
		assert_true(a->list[i].family == 4 || a->list[i].family == 6);
}

static void spoil(struct made *m, uint64_t *seed)
{
	for (unsigned n = 1 + test_random(seed) % 8; n > 0; n--) {
		size_t at = ask_len + test_random(seed) % (m->len - ask_len);

		if (test_random(seed) % 4 == 0)	/* leave the head, mostly */
			at = 2 + test_random(seed) % (ask_len - 2);
		m->mem[at] = (uint8_t)(test_random(seed) % 3 == 0 ? 0xc0 :
		    test_random(seed));
	}
	if (test_random(seed) % 4 == 0)
		m->len = test_random(seed) % m->len;
}

static void any_octets(void **state)
{
	unsigned understood = 0;

	(void)state;
	for (unsigned s = 0; s < test_seeds(40) * 500; s++) {
		uint64_t seed = s + 1;
		struct made m = begin("a.test", s % 2 ? DNS_A : DNS_AAAA);
		struct dns_answer a;

		add_cname(&m, NULL, 60, "b.test");
		add_addr(&m, "b.test", 60, "192.0.2.1");
		add_addr(&m, "b.test", 60, "2001:db8::1");
		add_soa(&m, 60, 60);
		spoil(&m, &seed);
		if (read_made(&m, &a) == 0) {
			understood++;
			check_sane(&a);
		}
		m.len = HEADER + test_random(&seed) % 600;
		for (size_t i = test_random(&seed) % (ask_len + 20);
		    i < m.len; i++)
			m.mem[i] = (uint8_t)test_random(&seed);
		if (read_made(&m, &a) == 0)
			check_sane(&a);
	}
	assert_true(understood > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_on_the_wire),
		cmocka_unit_test(what_is_no_name),
		cmocka_unit_test(addresses_and_their_time),
		cmocka_unit_test(more_addresses_than_kept),
		cmocka_unit_test(chains_in_any_order),
		cmocka_unit_test(chains_that_never_end),
		cmocka_unit_test(no_and_for_how_long),
		cmocka_unit_test(a_negative_time_is_none),
		cmocka_unit_test(failures_and_cuts),
		cmocka_unit_test(answers_to_something_else),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(pointers_lead_back_only),
		cmocka_unit_test(long_names_do_not_grow),
		cmocka_unit_test(any_octets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
