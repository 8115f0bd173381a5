/* t_ss_names.c - questions of a house: read, answered from before, and answers
 * that nobody asked for. */
#include "src/ss/ss_names.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct addr ann = { 4, 5000, 0, { 10, 0, 0, 1 } };
static const struct addr bob = { 4, 5001, 0, { 10, 0, 0, 1 } };

/* A message: head, question for name (labels with their lengths), records. */
struct msg {
	uint8_t mem[1024];
	size_t len;
};

static void put(struct msg *m, const void *mem, size_t len)
{
	memcpy(m->mem + m->len, mem, len);
	m->len += len;
}

static void put16(struct msg *m, unsigned v)
{
	put_u16be(m->mem + m->len, (uint16_t)v);
	m->len += 2;
}

static struct msg ask(unsigned id, const char *wire)
{
	struct msg m = { .len = 0 };

	put16(&m, id);
	put16(&m, 0x0100);
	put16(&m, 1);
	put(&m, "\0\0\0\0\0", 6);
	put(&m, wire, strlen(wire) + 1);
	put16(&m, 1);
	put16(&m, 1);
	return m;
}

static void add_edns(struct msg *m, bool dnssec)
{
	put_u16be(m->mem + 10, (uint16_t)(get_u16be(m->mem + 10) + 1));
	put(m, "\0", 1);
	put16(m, 41);
	put16(m, 1232);
	put16(m, 0);
	put16(m, dnssec ? 0x8000 : 0);
	put16(m, 0);
}

/* section: 6 answers, 8 authority. */
static void add_record(struct msg *m, size_t section, unsigned type,
    uint32_t ttl, const void *data, size_t len)
{
	put_u16be(m->mem + section, (uint16_t)(get_u16be(m->mem + section) +
	    1));
	put16(m, 0xc00c);
	put16(m, type);
	put16(m, 1);
	put16(m, ttl >> 16);
	put16(m, ttl & 0xffff);
	put16(m, (unsigned)len);
	put(m, data, len);
}

static struct msg answer(const struct msg *q, unsigned flags)
{
	struct msg m = *q;

	put_u16be(m.mem + 2, (uint16_t)(0x8180 | flags));
	put_u16be(m.mem + 10, 0);
	/* Without what the question had behind it. */
	m.len = HEAD + strlen((char *)m.mem + HEAD) + 1 + 4;
	return m;
}

#define WWW "\3wWw\7Example\3org"

static struct ss_question read_one(const struct msg *m)
{
	struct ss_question q;

	assert_int_equal(ss_question_read(&q, m->mem, m->len), 0);
	return q;
}

static void t_questions(void **state)
{
	struct msg m = ask(7, WWW), bad;
	struct ss_question q = read_one(&m);

	(void)state;
	assert_int_equal(q.id, 7);
	assert_string_equal(q.name, "www.example.org");
	assert_true(q.plain);
	m = ask(7, "");
	assert_string_equal(read_one(&m).name, "");
	m = ask(7, "\5a.b c\1x");
	assert_string_equal(read_one(&m).name, "a?b?c.x");
	m = ask(7, WWW);
	for (size_t n = 0; n < m.len; n++)
		assert_int_equal(ss_question_read(&q, m.mem, n), -E_PROTO);
	/* A pointer, an answer, two questions, another kind. */
	bad = m;
	bad.mem[HEAD] = 0xc0;
	assert_int_equal(ss_question_read(&q, bad.mem, bad.len), -E_PROTO);
	bad = m;
	bad.mem[2] |= 0x80;
	assert_int_equal(ss_question_read(&q, bad.mem, bad.len), -E_PROTO);
	bad = m;
	bad.mem[5] = 2;
	assert_int_equal(ss_question_read(&q, bad.mem, bad.len), -E_PROTO);
	bad = m;
	bad.mem[2] |= 0x28;
	assert_int_equal(ss_question_read(&q, bad.mem, bad.len), -E_PROTO);
	/* One more record is announced, and none is there. */
	bad = m;
	bad.mem[11] = 1;
	assert_false(read_one(&bad).plain);
	add_edns(&m, false);
	assert_true(read_one(&m).plain);
	add_edns(&m, false);
	assert_false(read_one(&m).plain);
}

/* Asks and answers at now_ms; remembered or not, it goes to who asked. */
static void exchange(const struct msg *q, const struct msg *a, int64_t now_ms)
{
	struct ss_question read = read_one(q);

	ss_names_asked(&read, &ann, false, now_ms);
	assert_true(ss_names_answer(a->mem, a->len, &ann, false, now_ms));
	assert_false(ss_names_answer(a->mem, a->len, &ann, false, now_ms));
}

/* The time to live of the first record of what is known; -1 = nothing. */
static int64_t known(const struct msg *q, int64_t now_ms)
{
	struct ss_question read = read_one(q);
	uint8_t mem[600];
	size_t n = ss_names_known(&read, mem, sizeof(mem), now_ms);
	size_t off = skip_name(mem, n, HEAD) + 4;
	struct record r = { .ttl = 0 };

	if (n == 0)
		return -1;
	assert_int_equal(get_u16be(mem), read.id);
	assert_int_equal(ss_names_known(&read, mem, n - 1, now_ms), 0);
	if (get_u16be(mem + 6) + get_u16be(mem + 8) > 0)
		assert_true(take_record(&r, mem, n, &off));
	return r.ttl;
}

static void t_cache(void **state)
{
	struct msg q = ask(1, WWW), other = ask(2, "\3www\7example\3org");
	struct msg a = answer(&q, 0), e = q, d = q;

	(void)state;
	ss_names_forget();
	assert_int_equal(known(&q, 0), -1);
	add_record(&a, 6, 1, 300, "\1\2\3\4", 4);
	exchange(&q, &a, 1000);
	/* Another's case and id, and what is left of its time. */
	assert_int_equal(known(&other, 1000), 300);
	assert_int_equal(known(&other, 100999), 201);
	assert_int_equal(known(&other, 300999), 1);
	assert_int_equal(known(&other, 301000), -1);
	assert_int_equal(known(&other, 1000), -1);
	/* Who asked without EDNS gets none, and the other way round. */
	exchange(&q, &a, 1000);
	add_edns(&e, false);
	add_edns(&d, true);
	assert_int_equal(known(&e, 1000), -1);
	add_edns(&a, false);
	exchange(&e, &a, 1000);
	assert_int_equal(known(&e, 1000), 300);
	assert_int_equal(known(&d, 1000), -1);
}

static void t_how_long(void **state)
{
	static const uint8_t soa[] = { 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1,
		0, 0, 0, 1, 0, 0, 0, 60 };
	struct msg q = ask(1, WWW), a;

	(void)state;
	/* The least of all; no longer than a day. */
	ss_names_forget();
	a = answer(&q, 0);
	add_record(&a, 6, 1, 500, "\1\2\3\4", 4);
	add_record(&a, 6, 1, 5, "\1\2\3\5", 4);
	exchange(&q, &a, 0);
	assert_int_equal(known(&q, 4999), 496);
	assert_int_equal(known(&q, 5000), -1);
	a = answer(&q, 0);
	add_record(&a, 6, 1, 1000000, "\1\2\3\4", 4);
	exchange(&q, &a, 0);
	assert_int_equal(known(&q, 86399999), 1000000 - 86399);
	assert_int_equal(known(&q, 86400000), -1);
	/* 0, and what counts as that. */
	for (int i = 0; i < 2; i++) {
		a = answer(&q, 0);
		add_record(&a, 6, 1, i == 0 ? 0 : 0x80000005, "\1\2\3\4", 4);
		exchange(&q, &a, 0);
		assert_int_equal(known(&q, 0), -1);
	}
	/* None: as long as the SOA says, or not at all. */
	for (unsigned rcode = 0; rcode <= 3; rcode += 3) {
		a = answer(&q, rcode);
		exchange(&q, &a, 0);
		assert_int_equal(known(&q, 0), -1);
		add_record(&a, 8, 6, 900, soa, sizeof(soa));
		exchange(&q, &a, 0);
		assert_int_equal(known(&q, 59999), 900 - 59);
		assert_int_equal(known(&q, 60000), -1);
	}
	/* Cut, or a failure. */
	a = answer(&q, 0x200);
	add_record(&a, 6, 1, 300, "\1\2\3\4", 4);
	exchange(&q, &a, 0);
	assert_int_equal(known(&q, 0), -1);
	a = answer(&q, 2);
	exchange(&q, &a, 0);
	assert_int_equal(known(&q, 0), -1);
	/* A record that ends behind the message. */
	a = answer(&q, 0);
	add_record(&a, 6, 1, 300, "\1\2\3\4", 4);
	a.len--;
	exchange(&q, &a, 0);
	assert_int_equal(known(&q, 0), -1);
}

/* Of another question, id, client or way, or too late. */
static void t_unasked(void **state)
{
	struct msg q = ask(1, WWW), a = answer(&q, 0), b;
	struct ss_question read = read_one(&q);

	(void)state;
	ss_names_forget();
	add_record(&a, 6, 1, 300, "\1\2\3\4", 4);
	assert_false(ss_names_answer(a.mem, a.len, &ann, false, 0));
	ss_names_asked(&read, &ann, false, 1);
	b = a;
	b.mem[1] ^= 1;
	assert_false(ss_names_answer(b.mem, b.len, &ann, false, 1));
	b = a;
	b.mem[HEAD + 1] ^= 1;
	assert_false(ss_names_answer(b.mem, b.len, &ann, false, 1));
	assert_false(ss_names_answer(a.mem, a.len, &bob, false, 1));
	assert_false(ss_names_answer(a.mem, a.len, &ann, true, 1));
	assert_false(ss_names_answer(q.mem, q.len, &ann, false, 1));
	for (size_t n = 0; n < HEAD + 21; n++)
		assert_false(ss_names_answer(a.mem, n, &ann, false, 1));
	assert_false(ss_names_answer(a.mem, a.len, &ann, false,
	    ASKED_MS + 2));
	assert_true(ss_names_answer(a.mem, a.len, &ann, false, ASKED_MS));
	assert_int_equal(known(&q, ASKED_MS), 300);
}

/* The one longest unused makes room. */
static void t_full(void **state)
{
	char wire[] = "\3abc\3org";
	struct msg q, a;

	(void)state;
	ss_names_forget();
	for (unsigned i = 0; i <= LIMIT_NAMES; i++) {
		wire[1] = (char)('a' + i % 26);
		wire[2] = (char)('a' + i / 26 % 26);
		wire[3] = (char)('a' + i / 676);
		q = ask(i, wire);
		a = answer(&q, 0);
		add_record(&a, 6, 1, 300, "\1\2\3\4", 4);
		exchange(&q, &a, 0);
		/* The first is used all the time. */
		q = ask(i, "\3aaa\3org");
		assert_int_equal(known(&q, 0), 300);
	}
	q = ask(1, "\3baa\3org");
	assert_int_equal(known(&q, 0), -1);
	ss_names_forget();
	assert_int_equal(ss_answers.used, 0);
}

static int set_up(void **state)
{
	(void)state;
	return port_rand_open();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_questions),
		cmocka_unit_test(t_cache),
		cmocka_unit_test(t_how_long),
		cmocka_unit_test(t_unasked),
		cmocka_unit_test(t_full),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
