/* t_names_tx.c - answers of name servers in every cut: held until they were
 * looked at, passed on whole. */
#include "src/ss/names_tx.c"

#include "tests/lib/codec_feed.h"

static uint8_t in[SIZE + 65535], out[sizeof(in)];

/* An answer of so many octets, in cuts; all of it must come out again. */
static void whole(size_t len, size_t cut)
{
	struct names_tx t;
	struct codec *c = names_tx_start(&t);
	struct collected to = { out, 0, sizeof(out) };
	size_t at = 0, held;
	const uint8_t *m;
	uint8_t *p;

	for (size_t i = 0; i < SIZE + len; i++)
		in[i] = (uint8_t)(i * 7);
	put_u16be(in, (uint16_t)len);
	while (at < SIZE + len) {
		ptrdiff_t room = c->ops->in_room(c, &p);
		size_t n = MIN(MIN(cut, SIZE + len - at), (size_t)room);

		assert_true(room > 0);
		assert_false(names_tx_over(&t));
		assert_int_equal(c->ops->in_end(c), -E_PROTO);
		memcpy(p, in + at, n);
		assert_int_equal(c->ops->in_done(c, n), 0);
		at += n;
		if (names_tx_held(&t, &m, &held)) {
			assert_true(held == len || held >= NAMES_LOOK);
			assert_memory_equal(m, in + SIZE, held);
			assert_int_equal(to.len, 0);
			names_tx_pass(&t);
		}
		codec_take(c, &to, cut);
	}
	assert_true(names_tx_over(&t));
	assert_int_equal(c->ops->in_end(c), 0);
	assert_int_equal(to.len, SIZE + len);
	assert_memory_equal(out, in, SIZE + len);
	c->ops->close(c);
	assert_int_equal(buf_used(), 0);
}

static void t_whole(void **state)
{
	static const size_t lengths[] = { 0, 1, 12, 512, NAMES_LOOK - 1,
		NAMES_LOOK, NAMES_LOOK + 1, 16384, 65535 };
	static const size_t cuts[] = { 1, 2, 3, 1000, 70000 };

	(void)state;
	for (size_t i = 0; i < LEN(lengths); i++)
		for (size_t k = 0; k < LEN(cuts); k++)
			whole(lengths[i], cuts[k]);
}

/* Nothing leaves unseen, and none of what is behind its end is taken. */
static void t_held(void **state)
{
	struct names_tx t;
	struct codec *c = names_tx_start(&t);
	const uint8_t *m;
	size_t len;
	uint8_t *p;

	(void)state;
	assert_int_equal(c->ops->in_room(c, &p), SIZE);
	memcpy(p, "\0\3", 2);
	(void)c->ops->in_done(c, 2);
	assert_false(names_tx_held(&t, &m, &len));
	assert_int_equal(c->ops->in_room(c, &p), 3);
	memcpy(p, "abc", 3);
	(void)c->ops->in_done(c, 3);
	assert_int_equal(c->ops->in_room(c, &p), 0);
	assert_true(names_tx_held(&t, &m, &len));
	assert_int_equal(len, 3);
	assert_int_equal(c->ops->out_data(c, &p), 0);
	names_tx_pass(&t);
	assert_false(names_tx_held(&t, &m, &len));
	assert_int_equal(c->ops->out_data(c, &p), 5);
	/* Closed in the middle: the buffer is back. */
	c->ops->out_done(c, 1);
	assert_false(names_tx_over(&t));
	c->ops->close(c);
	assert_int_equal(buf_used(), 0);
}

/* Without a buffer it waits; unused ones go back. */
static void t_buffers(void **state)
{
	struct buf *all[LIMIT_BUFS + 1];
	size_t n = 0;
	struct names_tx t;
	struct codec *c = names_tx_start(&t);
	uint8_t *p;

	(void)state;
	while (n < LEN(all) && (all[n] = buf_get()) != NULL)
		n++;
	assert_int_equal(c->ops->in_room(c, &p), -E_FULL);
	assert_int_equal(c->ops->in_done(c, 0), 0);
	while (n > 0)
		buf_put(&all[--n]);
	assert_int_equal(c->ops->in_room(c, &p), SIZE);
	assert_int_equal(buf_used(), 1);
	assert_int_equal(c->ops->in_done(c, 0), 0);
	assert_int_equal(buf_used(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_whole),
		cmocka_unit_test(t_held),
		cmocka_unit_test(t_buffers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
