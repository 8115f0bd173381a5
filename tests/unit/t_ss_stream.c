/* t_ss_stream.c - the stream codecs: IV in front, any cut, no buffer kept. */
#include "src/ss/ss_stream.c"

#include "tests/lib/codec_feed.h"

#define ROOM (128 * 1024)

static struct ss_key key_of(const char *method)
{
	uint8_t master[KEY_MAX];
	struct ss_key k;

	kdf_bytes_to_key(master, sizeof(master), "x");
	assert_int_equal(ss_key_make(&k, ss_method_find(method), master), 0);
	return k;
}

static void t_random_cuts(void **state)
{
	static const char *const method[] = { "aes-128-cfb", "aes-256-ctr" };
	static uint8_t plain[ROOM], wire_mem[ROOM + 16], mem[ROOM];
	struct collected wire = { wire_mem, 0, sizeof(wire_mem) };
	struct collected to = { mem, 0, ROOM };
	unsigned i, seeds = test_seeds(40);
	struct ss_stream_tx tx;
	struct ss_stream_rx rx;
	struct codec *out, *in;
	struct ss_key k;
	uint64_t seed;
	size_t len, at;

	(void)state;
	for (i = 1; i <= seeds; i++) {
		seed = i;
		len = 1 + test_random(&seed) % (i % 8 == 0 ? ROOM : 4096);
		for (at = 0; at < len; at++)
			plain[at] = (uint8_t)test_random(&seed);
		k = key_of(method[i % 2]);
		out = ss_stream_tx_start(&tx, &k);
		in = ss_stream_rx_start(&rx, &k);
		wire.len = to.len = 0;
		assert_int_equal(codec_feed(out, plain, len, 1 + i * 100, &seed,
		    &wire), 0);
		assert_int_equal(wire.len, len + 16);
		assert_int_equal(codec_feed(in, wire.mem, wire.len, 1 + i * 100,
		    &seed, &to), 0);
		if (to.len != len || memcmp(mem, plain, len) != 0)
			fail_msg("seed %u", i);
		assert_int_equal(in->ops->in_end(in), 0);
		assert_int_equal(buf_used(), 0);
		out->ops->close(out);
		in->ops->close(in);
		ss_key_free(&k);
	}
}

/* IV and first octets leave together; two streams never share an IV. */
static void t_first_flight(void **state)
{
	struct ss_key k = key_of("aes-256-cfb");
	struct ss_stream_tx a, b;
	uint8_t *p, *q;

	(void)state;
	ss_stream_tx_start(&a, &k);
	ss_stream_tx_start(&b, &k);
	assert_true(a.codec.ops->in_room(&a.codec, &p) > 0);
	assert_int_equal(a.codec.ops->in_done(&a.codec, 5), 0);
	assert_true(b.codec.ops->in_room(&b.codec, &p) > 0);
	assert_int_equal(b.codec.ops->in_done(&b.codec, 5), 0);
	assert_int_equal(a.codec.ops->out_data(&a.codec, &p), 21);
	assert_int_equal(b.codec.ops->out_data(&b.codec, &q), 21);
	assert_memory_not_equal(p, q, 16);
	a.codec.ops->close(&a.codec);
	b.codec.ops->close(&b.codec);
	ss_key_free(&k);
	assert_int_equal(buf_used(), 0);
}

static void t_truncated_iv(void **state)
{
	struct ss_key k = key_of("aes-128-ctr");
	struct ss_stream_rx rx;
	struct codec *c = ss_stream_rx_start(&rx, &k);
	uint8_t *p;
	int i;

	(void)state;
	assert_int_equal(c->ops->in_end(c), 0);
	for (i = 1; i <= 16; i++) {
		assert_true(c->ops->in_room(c, &p) > 0);
		*p = 0;
		assert_int_equal(c->ops->in_done(c, 1), 0);
		assert_int_equal(buf_used(), 0);
		assert_int_equal(c->ops->in_end(c), i < 16 ? -E_PROTO : 0);
	}
	c->ops->close(c);
	ss_key_free(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_random_cuts),
		cmocka_unit_test(t_first_flight),
		cmocka_unit_test(t_truncated_iv),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
