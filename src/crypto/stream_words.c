/* stream_words.c - ChaCha20 and Salsa20 as streams: the original of 64 bits of
 * nonce and of counter, and the IETF's of 96 and 32. The rest of a block is not
 * kept: where a piece ends inside of one it is computed once more.
 * Sources: Bernstein, "ChaCha, a variant of Salsa20", "Salsa20 specification";
 * RFC 8439. */
#include "src/crypto/alt/ways.h"
#include "base/endian.h"
#include "stream_key.h"

#define BLOCK 64

/* Of a state, s->pad counts the blocks that are done, 64 bits little-endian,
 * and s->at the octets used of the next. */
static uint64_t count_of(const struct stream_state *s)
{
	return get_u64le(s->pad);
}

static void count_set(struct stream_state *s, uint64_t n)
{
	put_u32le(s->pad, (uint32_t)n);
	put_u32le(s->pad + 4, (uint32_t)(n >> 32));
}

static uint32_t left(uint32_t v, unsigned n)
{
	return v << n | v >> (32 - n);
}

/* ---- Salsa20 */

static void quarter(uint32_t x[16], int a, int b, int c, int d)
{
	x[b] ^= left(x[a] + x[d], 7);
	x[c] ^= left(x[b] + x[a], 9);
	x[d] ^= left(x[c] + x[b], 13);
	x[a] ^= left(x[d] + x[c], 18);
}

static void salsa_block(const uint32_t s[16], uint8_t *mem)
{
	uint32_t x[16];
	int i;

	memcpy(x, s, sizeof(x));
	for (i = 0; i < 10; i++) {
		quarter(x, 0, 4, 8, 12);
		quarter(x, 5, 9, 13, 1);
		quarter(x, 10, 14, 2, 6);
		quarter(x, 15, 3, 7, 11);
		quarter(x, 0, 1, 2, 3);
		quarter(x, 5, 6, 7, 4);
		quarter(x, 10, 11, 8, 9);
		quarter(x, 15, 12, 13, 14);
	}
	for (i = 0; i < 16; i++)
		put_u32le(mem + 4 * i, get_u32le(mem + 4 * i) ^
		    (x[i] + s[i]));
	wipe(x, sizeof(x));
}

/* "expa" "nd 3" "2-by" "te k" stand between key, nonce and counter. */
static void salsa(const struct stream_state *s, uint8_t *mem, size_t blocks)
{
	const uint8_t *key = s->key->raw;
	uint32_t x[16] = { [0] = 0x61707865, [5] = 0x3320646e,
		[10] = 0x79622d32, [15] = 0x6b206574 };
	uint64_t n = count_of(s);
	int i;

	for (i = 0; i < 4; i++) {
		x[1 + i] = get_u32le(key + 4 * i);
		x[11 + i] = get_u32le(key + 16 + 4 * i);
	}
	x[6] = get_u32le(s->iv);
	x[7] = get_u32le(s->iv + 4);
	for (; blocks > 0; blocks--, n++, mem += BLOCK) {
		x[8] = (uint32_t)n;
		x[9] = (uint32_t)(n >> 32);
		salsa_block(x, mem);
	}
	wipe(x, sizeof(x));
}

/* ---- ChaCha20 */

static chacha_blocks *best(void)
{
	const struct chacha_way *w = chacha_ways;

	while (w->there != NULL && !w->there())
		w++;
	return w->run;
}

static void chacha(const struct stream_state *s, uint8_t *mem, size_t blocks)
{
	uint32_t x[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };
	bool ietf = s->key->kind == STREAM_CHACHA20_IETF;
	uint64_t n = count_of(s);
	size_t some;
	int i;

	for (i = 0; i < 8; i++)
		x[4 + i] = get_u32le(s->key->raw + 4 * i);
	for (i = 0; i < (ietf ? 3 : 2); i++)
		x[(ietf ? 13 : 14) + i] = get_u32le(s->iv + 4 * i);
	while (blocks > 0) {
		/* The blocks count in 32 bits. */
		some = MIN(blocks, (UINT64_C(1) << 32) - (uint32_t)n);
		x[12] = (uint32_t)n;
		if (!ietf)
			x[13] = (uint32_t)(n >> 32);
		best()(x, mem, mem, some);
		mem += some * BLOCK;
		blocks -= some;
		n += some;
	}
	wipe(x, sizeof(x));
}

/* ---- both */

static void whole(struct stream_state *s, uint8_t *mem, size_t blocks)
{
	if (s->key->kind == STREAM_SALSA20)
		salsa(s, mem, blocks);
	else
		chacha(s, mem, blocks);
}

/* Octets of the block that is begun, or of one that is not wanted whole. */
static size_t part(struct stream_state *s, uint8_t *mem, size_t len)
{
	uint8_t block[BLOCK] = { 0 };
	size_t i, n = MIN(len, (size_t)(BLOCK - s->at));

	whole(s, block, 1);
	for (i = 0; i < n; i++)
		mem[i] ^= block[s->at + i];
	wipe(block, sizeof(block));
	s->at = (uint8_t)(s->at + n);
	if (s->at == BLOCK) {
		s->at = 0;
		count_set(s, count_of(s) + 1);
	}
	return n;
}

void stream_words(struct stream_state *s, uint8_t *mem, size_t len)
{
	size_t n = s->at > 0 ? part(s, mem, len) : 0;
	size_t blocks = (len - n) / BLOCK;

	if (blocks > 0) {
		whole(s, mem + n, blocks);
		count_set(s, count_of(s) + blocks);
		n += blocks * BLOCK;
	}
	if (n < len)
		(void)part(s, mem + n, len - n);
}
