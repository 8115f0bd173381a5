/* ss_names.c - a cache of whole answers, and a table of questions under way.
 * Believes an answer only that was asked for, under its id, by its client and
 * on its way; who only guesses must guess the port as well. */
#include "ss_names.h"

#include "base/endian.h"
#include "base/limits.h"
#include "base/list.h"
#include "base/text.h"
#include "core/metrics.h"
#include "core/pool.h"
#include "crypto/crypto.h"
#include "port/rand.h"

#define HEAD 12
#define ANSWER_MAX 512		/* longer ones are not remembered */
#define TTL_MAX_S 86400
#define NEGATIVE_MAX_S 3600
#define ASKED_MS 20000
#define ROWS 64

enum { TYPE_A = 1, TYPE_SOA = 6, TYPE_AAAA = 28, TYPE_OPT = 41 };
enum { RCODE_OK, RCODE_NO_NAME = 3 };

METRIC(ss_names_hits, "questions answered from before");
METRIC(ss_names_unasked, "answers that nobody had asked for");

struct answer {
	struct list lru, link;
	int64_t since_ms;
	uint32_t ttl_s;
	uint16_t key_len, len;
	uint8_t key[SS_QUESTION];
	uint8_t mem[ANSWER_MAX];
};
POOL_DEFINE_RAW(ss_answers, struct answer, LIMIT_NAMES);

/* Under way: a hash of all that an answer must have. A ring: the oldest is
 * forgotten first. */
struct asked {
	uint64_t sum;
	int64_t at_ms;
};
static struct names {
	bool begun;
	uint8_t secret[32];
	uint32_t next;
	struct asked asked[LIMIT_NAMES];
	struct list lru, row[ROWS];
} N;

static void begin(void)
{
	if (N.begun)
		return;
	N.begun = true;
	port_rand(N.secret, sizeof(N.secret));
	list_init(&N.lru);
	for (size_t i = 0; i < ROWS; i++)
		list_init(&N.row[i]);
}

/* ---- what is in a message ---- */

/* Behind a name; 0: it does not end well. */
static size_t skip_name(const uint8_t *m, size_t len, size_t off)
{
	while (off < len) {
		if (m[off] == 0)
			return off + 1;
		if ((m[off] & 0xc0) == 0xc0)
			return off + 2 <= len ? off + 2 : 0;
		if ((m[off] & 0xc0) != 0)
			return 0;
		off += 1u + m[off];
	}
	return 0;
}

/* A name without pointers: on the wire in lower case, and as text. */
static size_t take_name(struct ss_question *q, const uint8_t *m, size_t len)
{
	size_t off = HEAD, n = 0, i, label;

	for (;;) {
		if (off >= len || m[off] > 63)
			return 0;
		label = m[off];
		if (off + 1 + label > len || q->len + 1 + label > 255)
			return 0;
		q->wire[q->len++] = (uint8_t)label;
		off++;
		if (label == 0)
			break;
		if (n > 0)
			q->name[n++] = '.';
		for (i = 0; i < label; i++, off++) {
			char c = text_lower((char)m[off]);

			q->wire[q->len++] = (uint8_t)c;
			/* No list has others; they match nothing. */
			q->name[n++] = c > ' ' && c < 0x7f && c != '.' ? c :
			    '?';
		}
	}
	q->name[n] = '\0';
	return off;
}

struct record {
	uint16_t type;
	uint32_t ttl;
	size_t ttl_at, data, data_len;
};

/* The one at *off, which moves behind it. */
static bool take_record(struct record *r, const uint8_t *m, size_t len,
    size_t *off)
{
	size_t at = skip_name(m, len, *off);

	if (at == 0 || at + 10 > len)
		return false;
	r->type = get_u16be(m + at);
	r->ttl_at = at + 4;
	r->ttl = get_u32be(m + at + 4);
	r->data_len = get_u16be(m + at + 8);
	r->data = at + 10;
	*off = r->data + r->data_len;
	return *off <= len;
}

/* A question's own additional record: EDNS, and nothing else that we know. */
static bool take_extra(const uint8_t *m, size_t len, size_t off,
    uint8_t *flags)
{
	struct record r;

	if (get_u16be(m + 6) != 0 || get_u16be(m + 8) != 0 ||
	    get_u16be(m + 10) > 1)
		return false;
	if (get_u16be(m + 10) == 0)
		return true;
	if (off == len || m[off] != 0 || !take_record(&r, m, len, &off) ||
	    r.type != TYPE_OPT || r.data_len != 0)
		return false;
	*flags |= (uint8_t)(4u | (r.ttl & 0x8000u) >> 12);
	return true;
}

/* The question and, as flags, what else an answer depends on: RD, CD, EDNS and
 * its DO. */
static size_t read_question(struct ss_question *q, const uint8_t *m,
    size_t len)
{
	size_t off;

	memset(q, 0, sizeof(*q));
	if (len < HEAD || get_u16be(m + 4) != 1 || (m[2] & 0x78) != 0)
		return 0;
	q->id = get_u16be(m);
	off = take_name(q, m, len);
	if (off == 0 || off + 4 > len)
		return 0;
	memcpy(q->wire + q->len, m + off, 4);
	q->len += 4;
	return off + 4;
}

int ss_question_read(struct ss_question *q, const uint8_t *m, size_t len)
{
	size_t off = read_question(q, m, len);
	uint8_t flags;

	if (off == 0 || (m[2] & 0x80) != 0)
		return -E_PROTO;
	flags = (uint8_t)((m[2] & 1) | (m[3] & 0x10) >> 3);
	q->plain = take_extra(m, len, off, &flags);
	q->wire[q->len++] = flags;
	return 0;
}

/* ---- what an answer leads to ---- */

static bool take_address(struct addr *a, const uint8_t *m,
    const struct record *r)
{
	bool is_v4 = r->type == TYPE_A && r->data_len == 4;

	if (!is_v4 && (r->type != TYPE_AAAA || r->data_len != 16))
		return false;
	*a = (struct addr){ .family = is_v4 ? 4 : 6 };
	memcpy(a->ip, m + r->data, r->data_len);
	return true;
}

size_t ss_names_addresses(const uint8_t *m, size_t len, struct addr *out,
    size_t room, uint32_t *ttl_s)
{
	struct ss_question q;
	size_t off = read_question(&q, m, len), n = 0, i;
	unsigned left = off > 0 ? get_u16be(m + 6) : 0;
	struct record r;
	struct addr a;

	*ttl_s = 0;
	for (; left > 0 && n < room && take_record(&r, m, len, &off); left--) {
		if (!take_address(&a, m, &r))
			continue;
		for (i = 0; i < n && !addr_eq_ip(&out[i], &a); i++)
			;
		if (i == n)
			out[n++] = a;
		if (r.ttl >> 31 == 0)
			*ttl_s = MAX(*ttl_s, MIN(r.ttl, (uint32_t)TTL_MAX_S));
	}
	return n;
}

/* ---- how long it may be remembered ---- */

/* 0: not at all. */
static uint32_t life_of(const uint8_t *m, size_t len, size_t off)
{
	unsigned answers = get_u16be(m + 6), rcode = m[3] & 15, i;
	unsigned more = get_u16be(m + 8), rest = get_u16be(m + 10);
	uint32_t least = TTL_MAX_S, soa = 0;
	struct record r;

	if ((m[2] & 2) != 0 || (rcode != RCODE_OK && rcode != RCODE_NO_NAME))
		return 0;
	for (i = 0; i < answers + more + rest; i++) {
		if (!take_record(&r, m, len, &off))
			return 0;
		if (r.type == TYPE_OPT)
			continue;
		/* RFC 2181 8: a set highest bit counts as 0. */
		least = MIN(least, r.ttl >> 31 != 0 ? 0 : r.ttl);
		if (r.type == TYPE_SOA && i >= answers && r.data_len >= 20)
			soa = MIN(r.ttl, get_u32be(m + r.data + r.data_len -
			    4));
	}
	if (answers == 0 || rcode == RCODE_NO_NAME)
		return MIN(MIN(soa, least), (uint32_t)NEGATIVE_MAX_S);
	return least;
}

/* All are so much older. */
static void age(uint8_t *m, size_t len, uint32_t by_s)
{
	unsigned n = get_u16be(m + 6) + get_u16be(m + 8) + get_u16be(m + 10);
	size_t off = skip_name(m, len, HEAD) + 4;
	struct record r;

	while (n-- > 0 && take_record(&r, m, len, &off))
		if (r.type != TYPE_OPT)
			put_u32be(m + r.ttl_at, r.ttl > by_s ? r.ttl - by_s :
			    0);
}

/* ---- answers of before ---- */

static uint64_t sum_of(const uint8_t *a, size_t a_len, const uint8_t *b,
    size_t b_len)
{
	struct hmac_sha1 h;
	uint8_t sum[20];

	hmac_sha1_start(&h, N.secret, sizeof(N.secret));
	hmac_sha1_add(&h, a, a_len);
	hmac_sha1_add(&h, b, b_len);
	hmac_sha1_end(&h, sum);
	return get_u64be(sum) | 1;	/* 0 = none */
}

static struct answer *find(const struct ss_question *q, struct list **row)
{
	struct list *l;

	*row = &N.row[sum_of(q->wire, q->len, q->wire, 0) / 2 % ROWS];
	for (l = (*row)->next; l != *row; l = l->next) {
		struct answer *a = OWNER(l, struct answer, link);

		if (a->key_len == q->len &&
		    memcmp(a->key, q->wire, q->len) == 0)
			return a;
	}
	return NULL;
}

static void drop(struct answer *a)
{
	list_remove(&a->lru);
	list_remove(&a->link);
	pool_put(&ss_answers, a);
}

size_t ss_names_known(const struct ss_question *q, uint8_t *m, size_t room,
    int64_t now_ms)
{
	struct list *row;
	struct answer *a;
	int64_t old_s;

	begin();
	a = q->plain ? find(q, &row) : NULL;
	if (a == NULL || a->len > room)
		return 0;
	old_s = (now_ms - a->since_ms) / 1000;
	if (old_s >= a->ttl_s) {
		drop(a);
		return 0;
	}
	list_remove(&a->lru);
	list_push(&N.lru, &a->lru);
	memcpy(m, a->mem, a->len);
	put_u16be(m, q->id);
	age(m, a->len, (uint32_t)old_s);
	metric_add(&ss_names_hits, 1);
	return a->len;
}

static void remember(const struct ss_question *q, const uint8_t *m, size_t len,
    uint32_t ttl_s, int64_t now_ms)
{
	struct list *row;
	struct answer *a = find(q, &row);

	if (a != NULL)
		drop(a);
	if (pool_full(&ss_answers))
		drop(OWNER(N.lru.next, struct answer, lru));
	a = pool_get(&ss_answers);
	memset(&a->lru, 0, sizeof(a->lru));
	memset(&a->link, 0, sizeof(a->link));
	a->since_ms = now_ms;
	a->ttl_s = ttl_s;
	a->key_len = q->len;
	memcpy(a->key, q->wire, q->len);
	a->len = (uint16_t)len;
	memcpy(a->mem, m, len);
	list_push(&N.lru, &a->lru);
	list_push(row, &a->link);
}

void ss_names_forget(void)
{
	while (N.begun && !list_empty(&N.lru))
		drop(OWNER(N.lru.next, struct answer, lru));
	wipe(&N, sizeof(N));
}

/* ---- questions under way ---- */

/* Not of the flags: an answer does not tell them. */
static uint64_t asked_sum(const struct ss_question *q,
    const struct addr *client, bool direct)
{
	uint8_t rest[24] = { client->family, direct };

	put_u16be(rest + 2, client->port);
	put_u16be(rest + 4, q->id);
	memcpy(rest + 8, client->ip, sizeof(client->ip));
	return sum_of(q->wire, (size_t)q->len, rest, sizeof(rest));
}

void ss_names_asked(const struct ss_question *q, const struct addr *client,
    bool direct, int64_t now_ms)
{
	struct ss_question bare = *q;

	begin();
	bare.len--;
	N.asked[N.next] = (struct asked){ asked_sum(&bare, client, direct),
		now_ms };
	N.next = (N.next + 1) % LIMIT_NAMES;
}

static bool was_asked(const struct ss_question *q, const struct addr *client,
    bool direct, int64_t now_ms)
{
	uint64_t sum = asked_sum(q, client, direct);

	for (size_t i = 0; i < LIMIT_NAMES; i++) {
		struct asked *a = &N.asked[i];

		if (a->sum != sum || now_ms - a->at_ms > ASKED_MS)
			continue;
		a->sum = 0;
		return true;
	}
	return false;
}

bool ss_names_answer(const uint8_t *m, size_t len, const struct addr *client,
    bool direct, int64_t now_ms)
{
	struct ss_question q;
	size_t off = read_question(&q, m, len), at = off;
	unsigned n, i;
	struct record r;
	uint8_t flags;
	uint32_t ttl_s;

	begin();
	if (off == 0 || (m[2] & 0x80) == 0 ||
	    !was_asked(&q, client, direct, now_ms)) {
		metric_add(&ss_names_unasked, 1);
		return false;
	}
	/* RD and CD come back as they were asked; DO and EDNS in the OPT. */
	flags = (uint8_t)((m[2] & 1) | (m[3] & 0x10) >> 3);
	n = get_u16be(m + 6) + get_u16be(m + 8) + get_u16be(m + 10);
	for (i = 0; i < n && take_record(&r, m, len, &at); i++)
		if (r.type == TYPE_OPT)
			flags |= (uint8_t)(4u | (r.ttl & 0x8000u) >> 12);
	q.wire[q.len++] = flags;
	ttl_s = len <= ANSWER_MAX ? life_of(m, len, off) : 0;
	if (i == n && ttl_s > 0)
		remember(&q, m, len, ttl_s, now_ms);
	return true;
}
