/* t_ss_2022.c - streams of SIP022: known flights, every cut, and each way in
 * which a request or a response is refused. */
#include "tests/lib/codec_feed.h"

/* Salts count up from a number of the test's choice. */
static uint8_t rand_from;

static void rand_next(void *mem, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		((uint8_t *)mem)[i] = (uint8_t)(rand_from + i);
}
#define port_rand rand_next
#include "src/ss/ss_2022.c"
#undef port_rand

#include "base/text.h"
#include "tests/vectors/ss_2022.h"

#define ROOM (256 * 1024)

/* A program: what it shares, and one connection of it. */
struct end {
	struct ss_2022 shared;
	struct ss_key key;
	union ss_rx rx;
	union ss_tx tx;
	struct codec *in, *out;
};

static struct end client, server;
static struct ss_replay salts;
static int64_t now_ms, client_ms, server_ms;
static uint8_t mem[ROOM], wire[ROOM];
static struct collected got = { mem, 0, ROOM }, sent = { wire, 0, ROOM };

static void connection(struct end *e)
{
	e->in = ss_rx_start(&e->rx, &e->tx, &e->key);
	e->out = ss_tx_start(&e->tx, &e->rx, &e->key);
}

static void end_open(struct end *e, const char *method, int64_t *wall_ms)
{
	const struct ss_method *m = ss_method_find(method);
	uint8_t psk[KEY_MAX];
	size_t i;

	assert_non_null(m);
	for (i = 0; i < sizeof(psk); i++)
		psk[i] = (uint8_t)i;
	memset(e, 0, sizeof(*e));
	assert_int_equal(ss_key_make(&e->key, m, psk), 0);
	e->key.shared = &e->shared;
	e->shared.now_ms = &now_ms;
	e->shared.wall_ms = wall_ms;
	connection(e);
}

static void given(const char *method)
{
	now_ms = 5;
	client_ms = server_ms = SIP022_TIME * INT64_C(1000);
	got.len = sent.len = 0;
	memset(&salts, 0, sizeof(salts));
	end_open(&client, method, &client_ms);
	end_open(&server, method, &server_ms);
	server.shared.replay = &salts;
	rand_from = 0x80;
}

static void closed(struct end *e)
{
	e->in->ops->close(e->in);
	e->out->ops->close(e->out);
}

static void nothing_left(void)
{
	closed(&client);
	closed(&server);
	assert_int_equal(buf_used() + buf_big_used(), 0);
}

static size_t octets_of(uint8_t *out, const char *hex)
{
	int n = text_unhex(out, ROOM, hex, strlen(hex));

	assert_true(n > 0);
	return (size_t)n;
}

static int feed(struct codec *c, const uint8_t *from, size_t len, size_t cut,
    struct collected *to)
{
	return codec_feed(c, from, len, cut, NULL, to);
}

/* Plaintext of the vectors from the client to sent. */
static size_t request(void)
{
	uint8_t plain[64];
	int n = text_unhex(plain, sizeof(plain), sip022_plaintext,
	    strlen(sip022_plaintext));

	assert_true(n > 0);
	assert_int_equal(feed(client.out, plain, (size_t)n, ROOM, &sent), 0);
	return (size_t)n;
}

static void t_request_in(void **state)
{
	static uint8_t plain[ROOM];
	size_t i, len, want;

	(void)state;
	want = octets_of(plain, sip022_plaintext);
	for (i = 0; i < LEN(sip022_vectors); i++) {
		given(sip022_vectors[i].method);
		len = octets_of(wire, sip022_vectors[i].request);
		len += octets_of(wire + len, sip022_vectors[i].chunk);
		assert_int_equal(feed(server.in, wire, len, len, &got), 0);
		assert_int_equal(got.len, want + 5);
		assert_memory_equal(mem, plain, want);
		assert_memory_equal(mem + want, "hello", 5);
		assert_int_equal(server.in->ops->in_end(server.in), 0);
		nothing_left();
	}
}

/* A server that takes pieces takes any; one that does not takes none that is
 * shorter than salt and header. */
static void t_request_in_every_cut(void **state)
{
	size_t i, len, cut, whole;

	(void)state;
	for (i = 0; i < 2 * LEN(sip022_vectors); i++)
		for (cut = 1, len = 2; cut <= len; cut++) {
			given(sip022_vectors[i / 2].method);
			server.shared.in_pieces = i % 2 != 0;
			whole = server.key.method->salt_len + 11 + 16u;
			len = octets_of(wire, sip022_vectors[i / 2].request);
			assert_int_equal(feed(server.in, wire, len, cut, &got),
			    i % 2 != 0 || cut >= whole ? 0 : -E_PROTO);
			nothing_left();
		}
}

static void t_response(void **state)
{
	static uint8_t want[ROOM];
	static const char body[] = "HTTP/1.1 200 OK\r\n\r\n";
	size_t i, len, cut, n = sizeof(body) - 1;

	(void)state;
	for (i = 0; i < LEN(sip022_vectors); i++)
		for (cut = 1, len = 2; cut <= len; cut++) {
			given(sip022_vectors[i].method);
			request();
			assert_int_equal(feed(server.in, wire, sent.len,
			    sent.len, &got), 0);
			got.len = sent.len = 0;
			rand_from = 0x40;
			assert_int_equal(feed(server.out,
			    (const uint8_t *)body, n, n, &sent), 0);
			len = octets_of(want, sip022_vectors[i].response);
			assert_int_equal(sent.len, len);
			assert_memory_equal(wire, want, len);
			assert_int_equal(feed(client.in, wire, len, cut, &got),
			    0);
			assert_int_equal(got.len, n);
			assert_memory_equal(mem, body, n);
			nothing_left();
		}
}

/* Salt, headers and payload are one piece; the next chunk is as known. */
static void t_request_out(void **state)
{
	static uint8_t want[ROOM];
	struct codec *c;
	size_t i, n, len;
	uint8_t *p;

	(void)state;
	for (i = 0; i < LEN(sip022_vectors); i++) {
		given(sip022_vectors[i].method);
		c = client.out;
		assert_true(c->ops->in_room(c, &p) >= 15000);
		n = octets_of(p, sip022_plaintext);
		assert_int_equal(c->ops->in_done(c, n), 0);
		len = client.key.method->salt_len + 11 + 16u + n + 2 + 16;
		assert_int_equal(c->ops->out_data(c, &p), len);
		c->ops->out_done(c, len);
		len = octets_of(want, sip022_vectors[i].chunk);
		assert_int_equal(feed(c, (const uint8_t *)"hello", 5, 5,
		    &sent), 0);
		assert_int_equal(sent.len, len);
		assert_memory_equal(wire, want, len);
		nothing_left();
	}
}

/* Identity headers stand behind the salt, and nothing else changes. */
static void t_identity(void **state)
{
	static uint8_t plain[ROOM], want[32];
	size_t i, j, salt_len, len;

	(void)state;
	for (i = 0; i < LEN(eih_vectors); i++) {
		given(eih_vectors[i].method);
		request();
		len = sent.len;
		memcpy(plain, wire, len);
		given(eih_vectors[i].method);
		client.shared.ipsk_n = 1;
		for (j = 0; j < KEY_MAX; j++)
			client.shared.ipsk[0][j] = (uint8_t)(0x10 + j);
		request();
		salt_len = client.key.method->salt_len;
		octets_of(want, eih_vectors[i].header);
		assert_int_equal(sent.len, len + 16);
		assert_memory_equal(wire, plain, salt_len);
		assert_memory_equal(wire + salt_len, want, 16);
		assert_memory_equal(wire + salt_len + 16, plain + salt_len,
		    len - salt_len);
		nothing_left();
	}
}

/* ---- a port with users: the vectors' key is the identity key of one ---- */

static struct ss_key user_key;
static int asked;

static const struct ss_key *whose(const struct ss_key *k,
    const uint8_t *identity)
{
	uint8_t hash[32];

	assert_ptr_equal(k, &server.key);
	asked++;
	blake3(hash, user_key.master, user_key.method->key_len);
	return memcmp(hash, identity, SS_IDENTITY) == 0 ? &user_key : NULL;
}

/* A client with the chain 0x10..:psk, and a port whose user has psk. */
static void given_user(const char *method)
{
	size_t i;

	given(method);
	user_key = server.key;
	user_key.shared = &server.shared;
	for (i = 0; i < KEY_MAX; i++)
		server.key.master[i] = client.shared.ipsk[0][i] =
		    (uint8_t)(0x10 + i);
	client.shared.ipsk_n = 1;
	server.shared.who = whose;
	asked = 0;
}

static const char *const aes[] = { "2022-blake3-aes-128-gcm",
	"2022-blake3-aes-256-gcm" };

/* Request and response, both with the user's key, in every cut; what a port
 * wants at once has the identity in it. */
static void t_user(void **state)
{
	size_t i, cut, len, want, whole;
	int rc;

	(void)state;
	for (i = 0; i < 4; i++)
		for (cut = 1, len = 2; cut <= len; cut++) {
			given_user(aes[i / 2]);
			server.shared.in_pieces = i % 2 != 0;
			whole = server.key.method->salt_len + 16 + 11 + 16u;
			want = request();
			len = sent.len;
			rc = feed(server.in, wire, len, cut, &got);
			assert_int_equal(rc, i % 2 != 0 || cut >= whole ? 0 :
			    -E_PROTO);
			assert_int_equal(asked, rc == 0);
			if (rc == 0) {
				assert_int_equal(got.len, want);
				assert_ptr_equal(server.rx.aead.ss, &user_key);
				got.len = sent.len = 0;
				assert_int_equal(feed(server.out, mem, want,
				    want, &sent), 0);
				assert_int_equal(feed(client.in, wire,
				    sent.len, ROOM, &got), 0);
				assert_int_equal(got.len, want);
			}
			nothing_left();
		}
}

enum { NOBODYS, NONE, TWO, FLIPPED, OTHER_PORT };

/* Nobody's identity, none, one too many, one whose bit flipped, one that was
 * made with another port's key: nothing comes out, no salt is remembered. */
static void t_not_a_user(void **state)
{
	size_t i;
	int what;

	(void)state;
	for (i = 0; i < LEN(aes); i++)
		for (what = NOBODYS; what <= OTHER_PORT; what++) {
			given_user(aes[i]);
			if (what == NOBODYS)
				user_key.master[0] ^= 1;
			if (what == NONE)
				client.shared.ipsk_n = 0;
			if (what == TWO)
				client.shared.ipsk_n = 2;
			if (what == OTHER_PORT)
				server.key.master[3] ^= 1;
			request();
			if (what == FLIPPED)
				wire[server.key.method->salt_len] ^= 1;
			assert_int_equal(feed(server.in, wire, sent.len, ROOM,
			    &got), -E_AUTH);
			assert_int_equal(asked, 1);
			assert_int_equal(got.len, 0);
			assert_int_equal(salts.n, 0);
			nothing_left();
		}
}

/* A port without users takes none. */
static void t_no_users(void **state)
{
	(void)state;
	given_user(aes[0]);
	server.shared.who = NULL;
	request();
	assert_int_equal(feed(server.in, wire, sent.len, ROOM, &got),
	    -E_AUTH);
	nothing_left();
}

/* The same salt under two users: it was seen. */
static void t_replayed_by_another(void **state)
{
	(void)state;
	given_user(aes[1]);
	request();
	assert_int_equal(feed(server.in, wire, sent.len, ROOM, &got), 0);
	closed(&server);
	closed(&client);
	connection(&server);
	connection(&client);
	user_key.master[0] ^= 1;
	client.key.master[0] ^= 1;
	sent.len = got.len = 0;
	request();
	assert_int_equal(feed(server.in, wire, sent.len, ROOM, &got),
	    -E_DENY);
	nothing_left();
}

/* Without payload there is padding, and the server takes it away. */
static void t_padding(void **state)
{
	static const uint8_t address[] = { 1, 10, 0, 0, 1, 0, 80 };

	(void)state;
	given("2022-blake3-aes-128-gcm");
	assert_int_equal(feed(client.out, address, sizeof(address), ROOM,
	    &sent), 0);
	assert_true(sent.len > 16 + 27 + sizeof(address) + 2 + 16);
	assert_true(sent.len <= 16 + 27 + sizeof(address) + 2 + 900 + 16);
	assert_int_equal(feed(server.in, wire, sent.len, ROOM, &got), 0);
	assert_int_equal(got.len, sizeof(address));
	assert_memory_equal(mem, address, sizeof(address));
	nothing_left();
}

static void t_times(void **state)
{
	static const struct {
		int64_t ahead_s;
		int err;
	} cases[] = { { 0, 0 }, { 30, 0 }, { -30, 0 }, { 31, -E_RANGE },
		{ -31, -E_RANGE }, { 86400, -E_RANGE },
		{ -SIP022_TIME, -E_RANGE } };
	size_t i;

	(void)state;
	for (i = 0; i < LEN(cases); i++) {
		given("2022-blake3-chacha20-poly1305");
		client_ms += cases[i].ahead_s * 1000;
		request();
		assert_int_equal(feed(server.in, wire, sent.len, ROOM, &got),
		    cases[i].err);
		assert_int_equal(salts.n, cases[i].err == 0);
		nothing_left();
		/* The other way: the clock jumps before the response. */
		given("2022-blake3-chacha20-poly1305");
		request();
		assert_int_equal(feed(server.in, wire, sent.len, ROOM, &got),
		    0);
		sent.len = 0;
		server_ms += cases[i].ahead_s * 1000;
		assert_int_equal(feed(server.out, mem, 10, 10, &sent), 0);
		assert_int_equal(feed(client.in, wire, sent.len, ROOM, &got),
		    cases[i].err);
		nothing_left();
	}
}

static void t_replayed(void **state)
{
	(void)state;
	given("2022-blake3-aes-256-gcm");
	request();
	assert_int_equal(feed(server.in, wire, sent.len, ROOM, &got), 0);
	closed(&server);
	connection(&server);
	now_ms += SS_SALT_MS - 1;
	assert_int_equal(feed(server.in, wire, sent.len, ROOM, &got), -E_DENY);
	nothing_left();
}

/* What was not authenticated is not remembered: the true one still passes. */
static void t_forged(void **state)
{
	size_t i, header = 16 + 27;

	(void)state;
	given("2022-blake3-aes-128-gcm");
	request();
	for (i = 0; i < sent.len; i++) {
		wire[i] ^= 0x10;
		got.len = 0;
		assert_int_equal(feed(server.in, wire, sent.len, ROOM, &got),
		    -E_AUTH);
		assert_int_equal(got.len, 0);
		assert_int_equal(salts.n, i >= header);
		wire[i] ^= 0x10;
		memset(&salts, 0, sizeof(salts));
		closed(&server);
		connection(&server);
	}
	assert_int_equal(feed(server.in, wire, sent.len, ROOM, &got), 0);
	nothing_left();
}

/* The response to another request, and a request sent back as a response. */
static void t_wrong_response(void **state)
{
	(void)state;
	given("2022-blake3-aes-128-gcm");
	request();
	assert_int_equal(feed(client.in, wire, sent.len, ROOM, &got), -E_AUTH);
	assert_int_equal(feed(server.in, wire, sent.len, ROOM, &got), 0);
	closed(&client);
	connection(&client);
	rand_from = 0x20;
	sent.len = 0;
	request();
	rand_from = 0x40;
	sent.len = 0;
	assert_int_equal(feed(server.out, mem, 10, 10, &sent), 0);
	got.len = 0;
	assert_int_equal(feed(client.in, wire, sent.len, ROOM, &got), -E_AUTH);
	assert_int_equal(got.len, 0);
	nothing_left();
}

/* A request with this header type and these octets as its first chunk. */
static size_t made(uint8_t type, const uint8_t *first, size_t len)
{
	struct aead_key key;

	memset(wire, 0x33, 16);
	session_key(&key, &server.key, wire);
	wire[16] = type;
	put_u64be(wire + 17, SIP022_TIME);
	put_u16be(wire + 25, (uint16_t)len);
	aead_seal(&key, wire + 16, 11);
	memcpy(wire + 16 + 27, first, len);
	aead_seal(&key, wire + 16 + 27, len);
	aead_key_wipe(&key);
	return 16 + 27 + len + 16;
}

static void t_first_chunks(void **state)
{
	static const struct {
		uint8_t type, len;
		int err;
		uint8_t mem[20];
	} cases[] = {
		{ 0, 10, 0, { 1, 10, 0, 0, 1, 0, 80, 0, 0, 'x' } },
		{ 0, 10, 0, { 1, 10, 0, 0, 1, 0, 80, 0, 1, 0 } },
		{ 1, 10, -E_PROTO, { 1, 10, 0, 0, 1, 0, 80, 0, 0, 'x' } },
		/* neither padding nor payload */
		{ 0, 9, -E_PROTO, { 1, 10, 0, 0, 1, 0, 80, 0, 0 } },
		/* padding that runs past the end */
		{ 0, 10, -E_PROTO, { 1, 10, 0, 0, 1, 0, 80, 0, 2, 0 } },
		{ 0, 10, -E_PROTO, { 1, 10, 0, 0, 1, 0, 80, 255, 255, 0 } },
		/* its length cut, the address cut, nothing at all */
		{ 0, 8, -E_PROTO, { 1, 10, 0, 0, 1, 0, 80, 0 } },
		{ 0, 7, -E_PROTO, { 1, 10, 0, 0, 1, 0, 80 } },
		{ 0, 6, -E_PROTO, { 1, 10, 0, 0, 1, 0 } },
		{ 0, 0, -E_PROTO, { 0 } },
		{ 0, 10, -E_PROTO, { 9, 10, 0, 0, 1, 0, 80, 0, 0, 'x' } },
		{ 0, 8, -E_PROTO, { 3, 1, '%', 0, 80, 0, 0, 'x' } },
	};
	size_t i, len;
	int rc;

	(void)state;
	for (i = 0; i < LEN(cases); i++) {
		given("2022-blake3-aes-128-gcm");
		len = made(cases[i].type, cases[i].mem, cases[i].len);
		rc = feed(server.in, wire, len, ROOM, &got);
		assert_int_equal(rc, cases[i].err);
		assert_int_equal(got.len, rc != 0 ? 0 : cases[i].mem[8] == 0 ?
		    8 : 7);
		nothing_left();
	}
}

/* The stream's end within anything is no clean one. */
static void t_truncated(void **state)
{
	size_t cut;

	(void)state;
	for (cut = 16 + 27; cut <= 16 + 27 + 35; cut++) {
		given("2022-blake3-aes-128-gcm");
		request();
		assert_int_equal(feed(server.in, wire, cut, cut, &got), 0);
		assert_int_equal(server.in->ops->in_end(server.in), -E_PROTO);
		nothing_left();
	}
}

/* A chunk of `len` from a peer that fills them further than we do. */
static size_t chunk(uint8_t *at, struct aead_key *key, size_t len)
{
	put_u16be(at, (uint16_t)len);
	aead_seal(key, at, 2);
	memset(at + 18, 'a' + (int)(len % 7), len);
	aead_seal(key, at + 18, len);
	return 18 + len + 16;
}

/* The longest chunks take a big buffer each, and give it back. */
static void t_long_chunks(void **state)
{
	static const size_t lens[] = { 1, 0x3fff, 0xffff, 40000, 1, 0xffff };
	size_t cuts[] = { 1, 17, 1000, 16384, 60000, ROOM }, i, j, len, all;

	(void)state;
	for (j = 0; j < LEN(cuts); j++) {
		given("2022-blake3-aes-128-gcm");
		request();
		assert_int_equal(feed(server.in, wire, sent.len, ROOM, &got),
		    0);
		got.len = sent.len = 0;
		for (i = all = len = 0; i < LEN(lens); i++) {
			len += chunk(wire + len, &client.tx.aead.key,
			    lens[i]);
			all += lens[i];
		}
		assert_int_equal(feed(server.in, wire, len, cuts[j], &got),
		    0);
		assert_int_equal(got.len, all);
		for (i = all = 0; i < LEN(lens); all += lens[i++])
			assert_true(mem[all] == 'a' + (int)(lens[i] % 7) &&
			    mem[all + lens[i] - 1] == mem[all]);
		assert_int_equal(buf_used() + buf_big_used(), 0);
		nothing_left();
	}
}

/* No big buffer is left: it waits with what it has, and goes on. */
static void t_waits_for_a_big_one(void **state)
{
	struct buf *all[LIMIT_BIG_BUFS];
	size_t i, len;
	uint8_t *p;

	(void)state;
	given("2022-blake3-aes-128-gcm");
	for (i = 0; i < LEN(all); i++) {
		all[i] = buf_get();
		assert_int_equal(buf_grow(&all[i], all[i]->data, 0), 0);
	}
	request();
	assert_int_equal(feed(server.in, wire, sent.len, ROOM, &got), 0);
	len = chunk(wire, &client.tx.aead.key, 50000);
	got.len = 0;
	assert_int_equal(feed(server.in, wire, 1000, ROOM, &got), 0);
	assert_int_equal(server.in->ops->in_room(server.in, &p), -E_FULL);
	assert_int_equal(server.in->ops->in_room(server.in, &p), -E_FULL);
	buf_put(&all[0]);
	assert_int_equal(feed(server.in, wire + 1000, len - 1000, ROOM, &got),
	    0);
	assert_int_equal(got.len, 50000);
	for (i = 1; i < LEN(all); i++)
		buf_put(&all[i]);
	nothing_left();
}

/* Both ways, cut anywhere, through all methods. */
static void t_random_cuts(void **state)
{
	static uint8_t plain[60000];
	static const uint8_t head[] = { 1, 10, 0, 0, 1, 0, 80 };
	unsigned i, seeds = test_seeds(60);
	uint64_t seed;
	size_t j, len;

	(void)state;
	for (i = 1; i <= seeds; i++) {
		seed = i;
		given(sip022_vectors[i % 3].method);
		server.shared.in_pieces = true;
		for (j = 0; j < sizeof(plain); j++)
			plain[j] = (uint8_t)test_random(&seed);
		memcpy(plain, head, sizeof(head));
		len = sizeof(head) + test_random(&seed) % 50000;
		assert_int_equal(codec_feed(client.out, plain,
		    sizeof(head), ROOM, NULL, &sent), 0);
		assert_int_equal(codec_feed(client.out, plain + sizeof(head),
		    len - sizeof(head), 20000, &seed, &sent), 0);
		assert_int_equal(codec_feed(server.in, wire, sent.len,
		    1 + test_random(&seed) % 30000, &seed, &got), 0);
		if (got.len != len || memcmp(mem, plain, len) != 0)
			fail_msg("seed %u", i);
		got.len = sent.len = 0;
		assert_int_equal(codec_feed(server.out, plain, len, 20000,
		    &seed, &sent), 0);
		assert_int_equal(codec_feed(client.in, wire, sent.len,
		    1 + test_random(&seed) % 30000, &seed, &got), 0);
		if (got.len != len || memcmp(mem, plain, len) != 0)
			fail_msg("seed %u, down", i);
		nothing_left();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_request_in),
		cmocka_unit_test(t_request_in_every_cut),
		cmocka_unit_test(t_response),
		cmocka_unit_test(t_request_out),
		cmocka_unit_test(t_identity),
		cmocka_unit_test(t_user),
		cmocka_unit_test(t_not_a_user),
		cmocka_unit_test(t_no_users),
		cmocka_unit_test(t_replayed_by_another),
		cmocka_unit_test(t_padding),
		cmocka_unit_test(t_times),
		cmocka_unit_test(t_replayed),
		cmocka_unit_test(t_forged),
		cmocka_unit_test(t_wrong_response),
		cmocka_unit_test(t_first_chunks),
		cmocka_unit_test(t_truncated),
		cmocka_unit_test(t_long_chunks),
		cmocka_unit_test(t_waits_for_a_big_one),
		cmocka_unit_test(t_random_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
