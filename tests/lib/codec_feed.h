/* codec_feed.h - pushes octets through a codec in cuts of the test's choice. */
#ifndef TESTS_CODEC_FEED_H
#define TESTS_CODEC_FEED_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/codec.h"

static inline uint32_t test_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)(*state >> 16);
}

/* SIM_SEEDS of the environment, or what a run of seconds can do. */
static inline unsigned test_seeds(unsigned def)
{
	const char *text = getenv("SIM_SEEDS");
	unsigned n = text != NULL ? (unsigned)atoi(text) : def;

	return n > 0 ? n : 1;
}

struct collected {
	uint8_t *mem;
	size_t len, room;
};

/* Takes the output in pieces of at most `piece` octets (0 = all). */
static inline void codec_take(struct codec *c, struct collected *to,
    size_t piece)
{
	uint8_t *q;
	size_t n;

	while ((n = c->ops->out_data(c, &q)) > 0) {
		if (piece > 0 && n > piece)
			n = piece;
		assert_true(to->len + n <= to->room);
		memcpy(to->mem + to->len, q, n);
		to->len += n;
		c->ops->out_done(c, n);
	}
}

/*
 * All of mem in cuts of 1..cut octets (random when seed is not NULL, else of
 * exactly cut). Returns 0 or the codec's error.
 */
static inline int codec_feed(struct codec *c, const uint8_t *mem, size_t len,
    size_t cut, uint64_t *seed, struct collected *to)
{
	ptrdiff_t room;
	uint8_t *p;
	size_t n;
	int err;

	while (len > 0) {
		room = c->ops->in_room(c, &p);
		assert_true(room > 0);
		n = seed != NULL ? 1 + test_random(seed) % cut : cut;
		n = n < len ? n : len;
		n = n < (size_t)room ? n : (size_t)room;
		memcpy(p, mem, n);
		err = c->ops->in_done(c, n);
		if (err != 0)
			return err;
		codec_take(c, to,
		    seed != NULL ? 1 + test_random(seed) % cut : 0);
		mem += n;
		len -= n;
	}
	return 0;
}

#endif
