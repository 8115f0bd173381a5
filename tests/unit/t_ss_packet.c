/* t_ss_packet.c - datagrams of every kind: known ones, there and back, and
 * each way in which one is refused: every length, every octet. */
#include "tests/lib/codec_feed.h"

/* Random octets count up from a number of the test's choice. */
static uint8_t rand_from;
static unsigned rand_calls;

static void rand_next(void *mem, size_t len)
{
	size_t i;

	rand_calls++;
	for (i = 0; i < len; i++)
		((uint8_t *)mem)[i] = (uint8_t)(rand_from + i);
}
#define port_rand rand_next
#include "src/ss/ss_packet.c"
#include "src/ss/ss_packet_2022.c"
#undef port_rand

#include "base/text.h"
#include "tests/vectors/ss_tcp.h"
#include "tests/vectors/ss_udp.h"

static const char *const all_2022[] = { "2022-blake3-aes-128-gcm",
	"2022-blake3-aes-256-gcm", "2022-blake3-chacha20-poly1305" };
static const char *const all_old[] = { "aes-128-gcm", "aes-192-gcm",
	"aes-256-gcm", "chacha20-ietf-poly1305", "xchacha20-ietf-poly1305",
	"aes-256-cfb", "aes-128-ctr", "aes-192-ofb", "camellia-256-cfb",
	"chacha20", "chacha20-ietf", "salsa20", "rc4-md5", "none" };

static uint8_t room[SS_PACKET_BEFORE + 65536 + SS_PACKET_AFTER];
static uint8_t *const at = room + SS_PACKET_BEFORE;
static struct ss_2022 shared;

static size_t hex(uint8_t *out, const char *text)
{
	int n = text_unhex(out, 65536, text, strlen(text));

	assert_true(n >= 0);
	return (size_t)n;
}

static void key_of_password(struct ss_key *k, const char *method)
{
	uint8_t master[KEY_MAX];

	kdf_bytes_to_key(master, KEY_MAX, "barfoo!");
	assert_int_equal(ss_key_make(k, ss_method_find(method), master), 0);
}

static void psk_from(uint8_t psk[KEY_MAX], uint8_t from)
{
	for (size_t i = 0; i < KEY_MAX; i++)
		psk[i] = (uint8_t)(from + i);
}

static void key_from(struct ss_key *k, const char *method, uint8_t from)
{
	uint8_t psk[KEY_MAX];

	memset(&shared, 0, sizeof(shared));
	psk_from(psk, from);
	assert_int_equal(ss_key_make(k, ss_method_find(method), psk), 0);
	k->shared = &shared;
}

static void check_target(const struct ss_packet *p, const char *payload)
{
	assert_int_equal(p->addr.name_len, 11);
	assert_memory_equal(p->addr.name, "example.com", 11);
	assert_int_equal(p->addr.ip.port, 80);
	assert_int_equal(p->len, strlen(payload));
	assert_memory_equal(p->payload, payload, p->len);
}

/* ---- known answers ---- */

static void t_known_old(void **state)
{
	uint8_t want[256], *body;
	struct ss_packet p;
	struct ss_key k;
	size_t i, n, len;

	(void)state;
	rand_from = 0;
	for (i = 0; i < LEN(udp_vectors); i++) {
		key_of_password(&k, udp_vectors[i].method);
		n = hex(want, udp_vectors[i].packet);
		len = hex(at, flight_plaintext);
		body = at;
		assert_int_equal(ss_packet_seal(&k, NULL, &body, len), n);
		assert_memory_equal(body, want, n);
		assert_int_equal(ss_packet_open(&p, &k, body, n), 0);
		check_target(&p, "GET / HTTP/1.1\r\n\r\n");
		ss_key_free(&k);
	}
}

/* A server's answers are known by their salt, to it and to nobody else. */
static void t_marked(void **state)
{
	struct ss_seen seen;
	struct ss_packet p;
	struct ss_key k;
	uint8_t *body;
	size_t i, n;

	(void)state;
	for (i = 0; i < LEN(udp_vectors); i++) {
		key_of_password(&k, udp_vectors[i].method);
		for (int server = 0; server < 2; server++) {
			k.seen = server ? &seen : NULL;
			body = at;
			n = hex(at, flight_plaintext);
			n = ss_packet_seal(&k, NULL, &body, n);
			assert_int_equal(ss_seen_is_marked(body, k.master,
			    k.method->salt_len), server);
			assert_int_equal(ss_packet_open(&p, &k, body, n), 0);
		}
		ss_key_free(&k);
	}
}

/* As many as are to come are drawn at once, each octet is given out once, and
 * nothing is left behind. */
static void t_random(void **state)
{
	struct ss_random s = { 0 };
	uint8_t salt[SS_SALT_MAX];
	size_t i, k;

	(void)state;
	rand_from = 0;
	rand_calls = 0;
	ss_random_expect(&s, 3);
	for (i = 0; i < 3; i++) {
		ss_random_take(&s, salt, 24);
		for (k = 0; k < 24; k++)
			assert_int_equal(salt[k], 24 * i + k);
	}
	assert_int_equal(rand_calls, 1);
	assert_int_equal(s.left, 0);
	ss_random_take(&s, salt, 32);	/* nobody expected it */
	assert_int_equal(rand_calls, 2);
	assert_int_equal(s.left, 0);
	ss_random_expect(&s, 2);
	ss_random_take(&s, salt, 32);
	assert_int_equal(s.left, 32);
	ss_random_expect(&s, 0);
	assert_int_equal(s.left, 0);
	ss_random_take(&s, salt, 32);
	assert_int_equal(rand_calls, 4);
	assert_int_equal(salt[0], 0);
	/* More than there is room for: by as many as there is. */
	ss_random_expect(&s, 3 * LIMIT_UDP_BATCH);
	for (i = 0; i < 3 * LIMIT_UDP_BATCH; i++)
		ss_random_take(&s, salt, 32);
	assert_int_equal(rand_calls, 7);
	assert_int_equal(s.left, 0);
	ss_random_take(NULL, salt, 16);
	assert_int_equal(rand_calls, 8);
}

static void session_from(struct ss_packet_tx *tx, const struct ss_key *k,
    uint8_t from, uint64_t next)
{
	rand_from = from;
	ss_packet_tx_start(tx, k->method, k->master);
	tx->next = next;
	rand_from = 0x80;
}

static void known_up(const struct ss_key *k, const char *packet)
{
	uint8_t want[256], *body = at, key[KEY_MAX];
	struct ss_packet_id id;
	struct ss_packet_tx tx;
	struct ss_packet p;
	size_t n = hex(want, packet), len = hex(at, flight_plaintext);

	session_from(&tx, k, 1, 9);
	assert_int_equal(ss_packet_seal_2022(k, NULL, k->master, &tx, NULL,
	    UDP_2022_TIME, 0, &body, len), n);
	assert_memory_equal(body, want, n);
	assert_int_equal(tx.next, 10);
	if (shared.ipsk_n > 0)
		return;
	assert_int_equal(ss_packet_id(&id, k, body, n), 0);
	assert_int_equal(id.number, 9);
	assert_memory_equal(id.session, tx.session, SS_SESSION_ID);
	ss_packet_key(key, k->method, k->master, id.session);
	assert_int_equal(ss_packet_body(&p, k->method, key, &id, SS_PACKET_UP,
	    NULL, UDP_2022_TIME + SS_CLOCK_S), 0);
	check_target(&p, "GET / HTTP/1.1\r\n\r\n");
	ss_packet_key_wipe(k->method, key);
}

static void known_down(const struct ss_key *k, const char *packet)
{
	uint8_t want[256], *body = at, theirs[SS_SESSION_ID], key[KEY_MAX];
	struct ss_packet_id id;
	struct ss_packet_tx tx;
	struct ss_packet p;
	size_t n = hex(want, packet), len = hex(at, flight_plaintext);

	len -= strlen("GET / HTTP/1.1\r\n\r\n");
	memcpy(at + len, "pong", 4);
	rand_from = 1;
	rand_next(theirs, sizeof(theirs));
	session_from(&tx, k, 0x21, 0);
	assert_int_equal(ss_packet_seal_2022(k, NULL, k->master, &tx, theirs,
	    UDP_2022_TIME, 0, &body, len + 4), n);
	assert_memory_equal(body, want, n);
	assert_int_equal(ss_packet_id(&id, k, body, n), 0);
	assert_int_equal(id.number, 0);
	ss_packet_key(key, k->method, k->master, id.session);
	assert_int_equal(ss_packet_body(&p, k->method, key, &id,
	    SS_PACKET_DOWN, theirs, UDP_2022_TIME - SS_CLOCK_S), 0);
	check_target(&p, "pong");
}

/* A user of a port: told by its hash, then as any other. */
static void known_identity(const char *method, const char *packet)
{
	uint8_t mem[256], hash[16], all[32], psk[KEY_MAX], key[KEY_MAX];
	struct ss_packet_id id;
	struct ss_packet p;
	struct ss_key k;
	size_t n = hex(mem, packet);

	key_from(&k, method, 0);
	shared.ipsk_n = 1;
	psk_from(shared.ipsk[0], 0x10);
	known_up(&k, packet);
	key_from(&k, method, 0x10);
	assert_int_equal(ss_packet_id(&id, &k, mem, n), 0);
	assert_int_equal(ss_packet_identity(&id, &k, hash), 0);
	psk_from(psk, 0);
	blake3(all, psk, k.method->key_len);
	assert_memory_equal(hash, all, 16);
	ss_packet_key(key, k.method, psk, id.session);
	assert_int_equal(ss_packet_body(&p, k.method, key, &id, SS_PACKET_UP,
	    NULL, UDP_2022_TIME), 0);
	check_target(&p, "GET / HTTP/1.1\r\n\r\n");
}

static void t_known_2022(void **state)
{
	struct ss_key k;
	size_t i;

	(void)state;
	for (i = 0; i < LEN(udp_2022_vectors); i++) {
		const char *method = udp_2022_vectors[i].method;

		key_from(&k, method, 0);
		known_up(&k, udp_2022_vectors[i].up);
		if (udp_2022_vectors[i].down != NULL)
			known_down(&k, udp_2022_vectors[i].down);
		if (udp_2022_vectors[i].up_by_identity != NULL)
			known_identity(method,
			    udp_2022_vectors[i].up_by_identity);
	}
}

/* ---- there and back ---- */

/* A body with a payload of len octets at `at`; octets of all. */
static size_t fill(const char *address, size_t len)
{
	size_t n = hex(at, address);

	for (size_t i = 0; i < len; i++)
		at[n + i] = (uint8_t)(i * 7);
	return n + len;
}

static void check_payload(const struct ss_packet *p, size_t len)
{
	assert_int_equal(p->len, len);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(p->payload[i], (uint8_t)(i * 7));
}

#define IPV4 "01010203040035"
#define IPV6 "04" "20010db8000000000000000000000001" "0050"

static int open_2022(struct ss_packet *p, const struct ss_key *k,
    enum ss_packet_type type, const uint8_t *mine, int64_t now_s,
    uint8_t *mem, size_t len)
{
	struct ss_packet_id id;
	uint8_t key[KEY_MAX];
	int rc = ss_packet_id(&id, k, mem, len);

	if (rc != 0)
		return rc;
	ss_packet_key(key, k->method, k->master, id.session);
	return ss_packet_body(p, k->method, key, &id, type, mine, now_s);
}

static void there_and_back(struct ss_key *k, const char *address, size_t len)
{
	static const uint8_t theirs[SS_SESSION_ID] = "client!";
	size_t n = fill(address, len), head = n - len, padding;
	struct ss_packet_tx tx;
	struct ss_packet p;
	uint8_t *body = at;

	if (k->method->kind != SS_2022) {
		n = ss_packet_seal(k, NULL, &body, n);
		assert_int_equal(ss_packet_open(&p, k, body, n), 0);
		check_payload(&p, len);
		return;
	}
	session_from(&tx, k, 7, 0);
	for (padding = 0; padding <= SS_PADDING_MAX; padding += 300) {
		n = fill(address, len);
		body = at;
		n = ss_packet_seal_2022(k, NULL, k->master, &tx, theirs, 1000,
		    padding, &body, n);
		assert_true(body >= room);
		assert_int_equal(open_2022(&p, k, SS_PACKET_DOWN, theirs,
		    1000, body, n), 0);
		assert_int_equal(p.head_len, head);
		check_payload(&p, len);
	}
}

static void t_there_and_back(void **state)
{
	static const size_t lens[] = { 0, 1, 15, 16, 17, 512, 1400, 65000 };
	static char longest[3 + 2 * SS_ADDR_MAX];
	struct ss_key k;
	size_t i, m;

	(void)state;
	memcpy(longest, "03ff", 4);
	for (i = 0; i < 255; i++)
		memcpy(longest + 4 + 2 * i, "61", 2);
	memcpy(longest + 4 + 2 * 255, "0035", 5);
	for (m = 0; m < LEN(all_old) + LEN(all_2022); m++) {
		if (m < LEN(all_old))
			key_of_password(&k, all_old[m]);
		else
			key_from(&k, all_2022[m - LEN(all_old)], 3);
		for (i = 0; i < LEN(lens); i++)
			there_and_back(&k, IPV4, lens[i]);
		there_and_back(&k, IPV6, 100);
		there_and_back(&k, longest, 100);
		ss_key_free(&k);
	}
}

/* An IPv6 literal in a name is IPv6, whatever its family once was taken for. */
static void t_names(void **state)
{
	static const struct {
		const char *hex;
		int rc;
		uint8_t family;
		bool name;
	} rows[] = {
		{ "03033a3a310050", 0, 6, false },		/* ::1 */
		{ "0305" "5b3a3a315d" "0050", 0, 6, false },	/* [::1] */
		{ "0307312e312e312e310050", 0, 4, false },	/* 1.1.1.1 */
		{ "0301610050", 0, 0, true },
		{ "03000050", -E_INVAL, 0, false },
		{ "0301000050", -E_INVAL, 0, false },
		{ "03026161", -E_PROTO, 0, false },
		{ "02", -E_PROTO, 0, false },
		{ "11010203040035", -E_PROTO, 0, false },
		{ "0101020304", -E_PROTO, 0, false },
		{ "", -E_PROTO, 0, false },
	};
	struct ss_packet p;
	size_t i, n;

	(void)state;
	for (i = 0; i < LEN(rows); i++) {
		n = hex(at, rows[i].hex);
		assert_int_equal(ss_packet_parse(&p, at, n), rows[i].rc);
		if (rows[i].rc != 0)
			continue;
		assert_int_equal(p.addr.name != NULL, rows[i].name);
		assert_int_equal(p.addr.ip.family, rows[i].family);
		assert_int_equal(p.addr.ip.port, 0x50);
		assert_int_equal(p.len, 0);
	}
}

/* ---- refused ---- */

/* Every length of it but the whole, and every octet changed. */
static void every_harm(struct ss_key *k)
{
	static const uint8_t theirs[SS_SESSION_ID] = "client!";
	uint8_t whole[256], mem[256], *body = at;
	struct ss_packet_tx tx;
	struct ss_packet p;
	size_t n = fill(IPV4, 9), i;
	bool old = k->method->kind != SS_2022;

	session_from(&tx, k, 7, 0);
	n = old ? ss_packet_seal(k, NULL, &body, n) :
	    ss_packet_seal_2022(k, NULL, k->master, &tx, theirs, 1000, 5,
	    &body, n);
	assert_true(n <= sizeof(whole));
	memcpy(whole, body, n);
	for (i = 0; i < 2 * n; i++) {
		memcpy(mem, whole, n);
		if (i >= n)
			mem[i - n] ^= 0x40;
		assert_true((old ? ss_packet_open(&p, k, mem, MIN(i, n)) :
		    open_2022(&p, k, SS_PACKET_DOWN, theirs, 1000, mem,
		    MIN(i, n))) < 0);
	}
}

static void t_every_harm(void **state)
{
	struct ss_key k;
	size_t m;

	(void)state;
	for (m = 0; m < LEN(all_2022); m++) {
		key_from(&k, all_2022[m], 3);
		every_harm(&k);
	}
	for (m = 0; m < LEN(all_old); m++) {
		key_of_password(&k, all_old[m]);
		if (k.method->kind == SS_AEAD)
			every_harm(&k);
		ss_key_free(&k);
	}
}

/* Noise for a stream method is an address now and then; never more. */
static void t_noise(void **state)
{
	uint64_t seed = 1;
	struct ss_packet p;
	struct ss_key k;
	size_t i, n;

	(void)state;
	key_of_password(&k, "aes-256-cfb");
	for (i = 0; i < 20000; i++) {
		n = test_random(&seed) % 60;
		for (size_t j = 0; j < n; j++)
			at[j] = (uint8_t)test_random(&seed);
		if (ss_packet_open(&p, &k, at, n) == 0)
			assert_true(p.payload + p.len == at + n);
	}
	ss_key_free(&k);
}

static void t_wrong_2022(void **state)
{
	static const uint8_t theirs[SS_SESSION_ID] = "client!";
	static const uint8_t other[SS_SESSION_ID] = "another";
	static const struct {
		bool answer;
		enum ss_packet_type type;
		const uint8_t *mine;
		int64_t now_s;
		int rc;
	} rows[] = {
		{ false, SS_PACKET_UP, NULL, 1000, 0 },
		{ false, SS_PACKET_UP, NULL, 1030, 0 },
		{ false, SS_PACKET_UP, NULL, 970, 0 },
		{ false, SS_PACKET_UP, NULL, 1031, -E_RANGE },
		{ false, SS_PACKET_UP, NULL, 969, -E_RANGE },
		{ false, SS_PACKET_UP, NULL, -5, -E_RANGE },
		{ false, SS_PACKET_DOWN, theirs, 1000, -E_PROTO },
		{ true, SS_PACKET_DOWN, theirs, 1000, 0 },
		{ true, SS_PACKET_DOWN, other, 1000, -E_PROTO },
		{ true, SS_PACKET_DOWN, theirs, 1031, -E_RANGE },
		{ true, SS_PACKET_UP, NULL, 1000, -E_PROTO },
	};
	struct ss_packet_tx tx;
	struct ss_packet p;
	struct ss_key k;
	size_t i, m, n;
	uint8_t *body;

	(void)state;
	for (m = 0; m < LEN(all_2022); m++) {
		key_from(&k, all_2022[m], 3);
		session_from(&tx, &k, 7, 0);
		for (i = 0; i < LEN(rows); i++) {
			n = fill(IPV4, 9);
			body = at;
			n = ss_packet_seal_2022(&k, NULL, k.master, &tx,
			    rows[i].answer ? theirs : NULL, 1000, 0, &body, n);
			assert_int_equal(open_2022(&p, &k, rows[i].type,
			    rows[i].mine, rows[i].now_s, body, n), rows[i].rc);
		}
	}
}

/* Well sealed, but padding that runs past the end. */
static void t_padding_too_long(void **state)
{
	struct ss_packet_tx tx;
	struct ss_packet p;
	struct ss_key k;
	size_t m, n, padding;
	uint8_t *body, *start, head[HEAD];

	(void)state;
	for (m = 0; m < LEN(all_2022); m++) {
		key_from(&k, all_2022[m], 3);
		session_from(&tx, &k, 7, 0);
		for (padding = 0; padding < 70; padding += 7) {
			n = fill(IPV4, 0);
			body = put_fixed(at, NULL, 1000, 0);
			put_u16be(body + 9, (uint16_t)padding);
			memset(head, 1, sizeof(head));
			ss_packet_key(tx.key, k.method, k.master, head);
			start = is_aes(k.method) ? seal_aes(&k, k.master, &tx,
			    head, true, body, FIXED + n) : seal_chacha(
			    NULL, k.master, head, body, FIXED + n);
			n = (size_t)(at + n - start) + AEAD_TAG;
			assert_int_equal(open_2022(&p, &k, SS_PACKET_UP, NULL,
			    1000, start, n), padding == 0 ? 0 : -E_PROTO);
		}
	}
}

static void t_padding(void **state)
{
	size_t i, n;

	(void)state;
	for (i = 0; i < 256; i++) {
		rand_from = (uint8_t)i;
		assert_int_equal(ss_packet_padding(443, 10, 1000), 0);
		assert_int_equal(ss_packet_padding(53, 1000, 1000), 0);
		n = ss_packet_padding(53, 30, 40);
		assert_true(n >= 1 && n <= 10);
		n = ss_packet_padding(53, 30, 5000);
		assert_true(n >= 1 && n <= SS_PADDING_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_known_old),
		cmocka_unit_test(t_marked),
		cmocka_unit_test(t_random),
		cmocka_unit_test(t_known_2022),
		cmocka_unit_test(t_there_and_back),
		cmocka_unit_test(t_names),
		cmocka_unit_test(t_every_harm),
		cmocka_unit_test(t_noise),
		cmocka_unit_test(t_wrong_2022),
		cmocka_unit_test(t_padding_too_long),
		cmocka_unit_test(t_padding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
