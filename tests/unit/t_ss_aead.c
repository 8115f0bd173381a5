/* t_ss_aead.c - the AEAD codecs: known flights, every cut, what is forged. */
#include "tests/lib/codec_feed.h"

/* Salts count up from a number of the test's choice. */
static void salt_next(void *mem, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		((uint8_t *)mem)[i] = (uint8_t)i;
}
#define port_rand salt_next
#include "src/ss/ss_aead.c"
#undef port_rand

#include "base/text.h"
#include "tests/vectors/ss_tcp.h"

#define ROOM (256 * 1024)

static struct ss_key key_of(const char *method, const char *password)
{
	const struct ss_method *m = ss_method_find(method);
	uint8_t master[KEY_MAX];
	struct ss_key k;

	assert_non_null(m);
	kdf_bytes_to_key(master, sizeof(master), password);
	assert_int_equal(ss_key_make(&k, m, master), 0);
	return k;
}

static size_t octets_of(uint8_t *out, size_t room, const char *hex)
{
	int n = text_unhex(out, room, hex, strlen(hex));

	assert_true(n > 0);
	return (size_t)n;
}

static void seal(struct codec *c, const uint8_t *mem, size_t len,
    struct collected *to)
{
	assert_int_equal(codec_feed(c, mem, len, SS_CHUNK_MAX, NULL, to), 0);
}

static void nothing_left(void)
{
	assert_int_equal(buf_used(), 0);
}

static void t_flights_out(void **state)
{
	uint8_t plain[64], mem[256], want[256];
	struct collected to = { mem, 0, sizeof(mem) };
	struct ss_aead_tx tx;
	struct ss_key k;
	size_t i, len, want_len;

	(void)state;
	len = octets_of(plain, sizeof(plain), flight_plaintext);
	for (i = 0; i < LEN(flight_vectors); i++) {
		k = key_of(flight_vectors[i].method, "barfoo!");
		want_len = octets_of(want, sizeof(want),
		    flight_vectors[i].flight);
		to.len = 0;
		seal(ss_aead_tx_start(&tx, &k), plain, len, &to);
		assert_int_equal(to.len, want_len);
		assert_memory_equal(mem, want, want_len);
		tx.codec.ops->close(&tx.codec);
	}
	nothing_left();
}

/* Salt and first chunk are one piece of output. */
static void t_first_flight_is_one_write(void **state)
{
	struct ss_key k = key_of("aes-128-gcm", "x");
	struct ss_aead_tx tx;
	struct codec *c = ss_aead_tx_start(&tx, &k);
	uint8_t *p;

	(void)state;
	assert_int_equal(c->ops->in_room(c, &p), SS_CHUNK_MAX);
	memset(p, 'a', 10);
	assert_int_equal(c->ops->in_done(c, 10), 0);
	assert_int_equal(c->ops->out_data(c, &p), 16 + 18 + 10 + 16);
	assert_int_equal(c->ops->in_room(c, &p), 0);
	c->ops->out_done(c, 7);
	assert_int_equal(c->ops->out_data(c, &p), 16 + 18 + 10 + 16 - 7);
	c->ops->out_done(c, 16 + 18 + 10 + 16 - 7);
	assert_int_equal(c->ops->out_data(c, &p), 0);
	nothing_left();
	/* Asked for and not used. */
	assert_int_equal(c->ops->in_room(c, &p), SS_CHUNK_MAX);
	assert_int_equal(c->ops->in_done(c, 0), 0);
	nothing_left();
	c->ops->close(c);
}

static void t_flights_in_every_cut(void **state)
{
	uint8_t plain[64], mem[256], flight[256];
	struct collected to = { mem, 0, sizeof(mem) };
	struct ss_aead_rx rx;
	struct codec *c;
	struct ss_key k;
	size_t i, len, flight_len, cut;

	(void)state;
	len = octets_of(plain, sizeof(plain), flight_plaintext);
	for (i = 0; i < LEN(flight_vectors); i++) {
		k = key_of(flight_vectors[i].method, "barfoo!");
		flight_len = octets_of(flight, sizeof(flight),
		    flight_vectors[i].flight);
		for (cut = 1; cut <= flight_len; cut++) {
			to.len = 0;
			c = ss_aead_rx_start(&rx, &k);
			assert_int_equal(codec_feed(c, flight, flight_len, cut,
			    NULL, &to), 0);
			assert_int_equal(to.len, len);
			assert_memory_equal(mem, plain, len);
			assert_int_equal(c->ops->in_end(c), 0);
			nothing_left();
			c->ops->close(c);
		}
	}
}

/* Until the first tag is checked no buffer stays borrowed. */
static void t_slow_salt_holds_no_buffer(void **state)
{
	struct ss_key k = key_of("aes-256-gcm", "x");
	struct ss_aead_rx rx;
	struct codec *c = ss_aead_rx_start(&rx, &k);
	uint8_t *p;
	int i;

	(void)state;
	for (i = 0; i < 32 + 17; i++) {
		assert_true(c->ops->in_room(c, &p) > 0);
		*p = (uint8_t)i;
		assert_int_equal(c->ops->in_done(c, 1), 0);
		nothing_left();
		assert_int_equal(c->ops->in_end(c), i == 31 ? 0 : -E_PROTO);
	}
	assert_true(c->ops->in_room(c, &p) > 0);
	*p = 0;
	assert_int_equal(c->ops->in_done(c, 1), -E_AUTH);
	c->ops->close(c);
	nothing_left();
}

static struct collected long_stream(const char *method, uint8_t *plain,
    size_t len, uint64_t *seed)
{
	struct collected wire = { malloc(2 * ROOM), 0, 2 * ROOM };
	struct ss_key k = key_of(method, "x");
	struct ss_aead_tx tx;
	struct codec *c = ss_aead_tx_start(&tx, &k);
	size_t i;

	for (i = 0; i < len; i++)
		plain[i] = (uint8_t)test_random(seed);
	assert_int_equal(codec_feed(c, plain, len,
	    1 + test_random(seed) % 20000, seed, &wire), 0);
	c->ops->close(c);
	return wire;
}

/* Chunks of all sizes, cut anywhere, output taken in pieces. */
static void t_random_cuts(void **state)
{
	static uint8_t plain[ROOM], mem[ROOM];
	static const char *const method[] = { "aes-128-gcm",
		"chacha20-ietf-poly1305" };
	struct collected to = { mem, 0, ROOM }, wire;
	unsigned i, seeds = test_seeds(60);
	struct ss_aead_rx rx;
	struct ss_key k;
	struct codec *c;
	uint64_t seed;
	size_t len;

	(void)state;
	for (i = 1; i <= seeds; i++) {
		seed = i;
		len = 1 + test_random(&seed) % (i % 8 == 0 ? ROOM : 4096);
		wire = long_stream(method[i % 2], plain, len, &seed);
		k = key_of(method[i % 2], "x");
		c = ss_aead_rx_start(&rx, &k);
		to.len = 0;
		if (codec_feed(c, wire.mem, wire.len,
		    1 + test_random(&seed) % 40000, &seed, &to) != 0 ||
		    to.len != len || memcmp(mem, plain, len) != 0)
			fail_msg("seed %u", i);
		nothing_left();
		c->ops->close(c);
		free(wire.mem);
	}
}

/* One bit of the stream turned: what came before is right, then -E_AUTH. */
static void t_forged(void **state)
{
	static uint8_t plain[ROOM], mem[ROOM];
	struct collected to = { mem, 0, ROOM }, wire;
	unsigned i, seeds = test_seeds(60) * 4;
	struct ss_key k = key_of("aes-192-gcm", "x");
	struct ss_aead_rx rx;
	struct codec *c;
	uint64_t seed;

	(void)state;
	for (i = 1; i <= seeds; i++) {
		seed = i;
		wire = long_stream("aes-192-gcm", plain, 1000, &seed);
		wire.mem[test_random(&seed) % wire.len] ^=
		    (uint8_t)(1 << test_random(&seed) % 8);
		c = ss_aead_rx_start(&rx, &k);
		to.len = 0;
		if (codec_feed(c, wire.mem, wire.len, 1 + i % 200, &seed,
		    &to) != -E_AUTH || memcmp(mem, plain, to.len) != 0)
			fail_msg("seed %u", i);
		c->ops->close(c);
		nothing_left();
		free(wire.mem);
	}
}

/* A stream whose one chunk says `say` and carries `len`. */
static size_t chunk(uint8_t *out, const struct ss_key *k, uint16_t say,
    size_t len)
{
	struct aead_key key;

	salt_next(out, 16);
	session_key(&key, k, out);
	put_u16be(out + 16, say);
	aead_seal(&key, out + 16, 2);
	memset(out + 16 + 18, 'a', len);
	aead_seal(&key, out + 16 + 18, len);
	aead_key_wipe(&key);
	return 16 + 18 + len + 16;
}

static void t_lengths(void **state)
{
	static uint8_t wire[70000], mem[70000];
	struct collected to = { mem, 0, sizeof(mem) };
	struct ss_key k = key_of("aes-128-gcm", "x");
	static const struct {
		uint16_t len;
		int err;
	} cases[] = { { 0, 0 }, { 1, 0 }, { 0x3fff, 0 }, { 0x4000, -E_PROTO },
		{ 0xffff, -E_PROTO }, { 0x8001, -E_PROTO } };
	struct ss_aead_rx rx;
	struct codec *c;
	size_t i, n;

	(void)state;
	for (i = 0; i < LEN(cases); i++) {
		n = chunk(wire, &k, cases[i].len, cases[i].len);
		c = ss_aead_rx_start(&rx, &k);
		to.len = 0;
		assert_int_equal(codec_feed(c, wire, n, 1000, NULL, &to),
		    cases[i].err);
		if (cases[i].err == 0) {
			assert_int_equal(to.len, cases[i].len);
			assert_int_equal(c->ops->in_end(c), 0);
		}
		c->ops->close(c);
		nothing_left();
	}
}

/* Its end in the middle of a chunk is no clean end, wherever. */
static void t_truncated(void **state)
{
	static uint8_t wire[200], mem[200];
	struct collected to = { mem, 0, sizeof(mem) };
	struct ss_key k = key_of("aes-128-gcm", "x");
	struct ss_aead_rx rx;
	struct codec *c;
	size_t n, cut;

	(void)state;
	n = chunk(wire, &k, 100, 100);
	for (cut = 0; cut <= n; cut++) {
		c = ss_aead_rx_start(&rx, &k);
		to.len = 0;
		codec_feed(c, wire, cut, 50, NULL, &to);
		assert_int_equal(c->ops->in_end(c),
		    cut == 0 || cut == 16 || cut == n ? 0 : -E_PROTO);
		c->ops->close(c);
		nothing_left();
	}
}

/* No buffer is left: it says so, and goes on when one is. */
static void t_no_buffer(void **state)
{
	struct ss_key k = key_of("aes-128-gcm", "x");
	struct buf *all[LIMIT_BUFS];
	struct ss_aead_rx rx;
	struct ss_aead_tx tx;
	struct codec *in = ss_aead_rx_start(&rx, &k);
	struct codec *out = ss_aead_tx_start(&tx, &k);
	uint8_t *p;
	size_t i;

	(void)state;
	for (i = 0; i < LIMIT_BUFS; i++)
		assert_non_null(all[i] = buf_get());
	assert_int_equal(in->ops->in_room(in, &p), -E_FULL);
	assert_int_equal(out->ops->in_room(out, &p), -E_FULL);
	buf_put(&all[0]);
	assert_true(in->ops->in_room(in, &p) > 0);
	assert_int_equal(in->ops->in_done(in, 0), 0);
	assert_true(out->ops->in_room(out, &p) > 0);
	out->ops->close(out);
	out->ops->close(out);
	in->ops->close(in);
	for (i = 1; i < LIMIT_BUFS; i++)
		buf_put(&all[i]);
	nothing_left();
}

static void t_random_octets(void **state)
{
	static uint8_t noise[4096], mem[4096];
	struct collected to = { mem, 0, sizeof(mem) };
	unsigned i, seeds = test_seeds(60) * 4;
	struct ss_key k = key_of("chacha20-ietf-poly1305", "x");
	struct ss_aead_rx rx;
	struct codec *c;
	uint64_t seed;
	size_t at;

	(void)state;
	for (i = 1; i <= seeds; i++) {
		seed = i;
		for (at = 0; at < sizeof(noise); at++)
			noise[at] = (uint8_t)test_random(&seed);
		c = ss_aead_rx_start(&rx, &k);
		assert_int_equal(codec_feed(c, noise, sizeof(noise), 1 + i,
		    &seed, &to), -E_AUTH);
		assert_int_equal(to.len, 0);
		c->ops->close(c);
		nothing_left();
	}
}

/* ---- a server knows what it was sent, and what it sent itself ---- */

static struct ss_seen seen;

static size_t flight_of(const struct ss_key *k, uint8_t *mem, size_t room)
{
	struct collected to = { mem, 0, room };
	struct ss_aead_tx tx;

	seal(ss_aead_tx_start(&tx, k), (const uint8_t *)"hello", 5, &to);
	tx.codec.ops->close(&tx.codec);
	return to.len;
}

/* In cuts of so many octets, to a connection of its own. */
static int server_takes(const struct ss_key *k, const uint8_t *mem, size_t len,
    size_t cut)
{
	uint8_t room[64];
	struct collected to = { room, 0, sizeof(room) };
	struct ss_aead_rx rx;
	struct ss_aead_tx tx;
	struct codec *c = ss_aead_rx_start(&rx, k);
	int rc;

	(void)ss_aead_tx_start(&tx, k);
	rx.reply = &tx;
	rc = codec_feed(c, mem, len, cut, NULL, &to);
	c->ops->close(c);
	tx.codec.ops->close(&tx.codec);
	return rc;
}

static void t_replay(void **state)
{
	struct ss_key client = key_of("aes-128-gcm", "x"), server = client;
	uint8_t flight[128], bad[128];
	size_t len, cut;

	(void)state;
	ss_seen_start(&seen);
	server.seen = &seen;
	len = flight_of(&client, flight, sizeof(flight));
	/* What does not open is not remembered. */
	memcpy(bad, flight, len);
	bad[17] ^= 1;
	assert_int_equal(server_takes(&server, bad, len, len), -E_AUTH);
	assert_int_equal(server_takes(&server, flight, len, 1), 0);
	for (cut = 1; cut <= len; cut++)
		assert_int_equal(server_takes(&server, flight, len, cut),
		    -E_DENY);
	nothing_left();
}

static void t_reflected(void **state)
{
	struct ss_key server = key_of("chacha20-ietf-poly1305", "x");
	uint8_t flight[128];
	size_t len;

	(void)state;
	server.seen = &seen;
	len = flight_of(&server, flight, sizeof(flight));
	assert_int_equal(server_takes(&server, flight, len, len), -E_DENY);
	/* A client reads it as any. */
	server.seen = NULL;
	assert_int_equal(server_takes(&server, flight, len, len), 0);
	nothing_left();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_flights_out),
		cmocka_unit_test(t_first_flight_is_one_write),
		cmocka_unit_test(t_flights_in_every_cut),
		cmocka_unit_test(t_slow_salt_holds_no_buffer),
		cmocka_unit_test(t_random_cuts),
		cmocka_unit_test(t_forged),
		cmocka_unit_test(t_lengths),
		cmocka_unit_test(t_truncated),
		cmocka_unit_test(t_no_buffer),
		cmocka_unit_test(t_random_octets),
		cmocka_unit_test(t_replay),
		cmocka_unit_test(t_reflected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
