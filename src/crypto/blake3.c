/* blake3.c - BLAKE3 of one block: the keys of the 2022 methods need no more.
 * Source: BLAKE3 paper, 2.2 to 2.6. Knows no protocol. */
#include "base/endian.h"
#include "crypto/crypto.h"

/* Where in the tree, and what for. One block is all of these at once: */
#define ONE_BLOCK (1u | 2u | 8u)	/* chunk's start, its end, the root */
#define OF_CONTEXT (1u << 5)
#define OF_MATERIAL (1u << 6)

static const uint32_t iv[8] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static uint32_t rotate(uint32_t v, unsigned n)
{
	return v >> n | v << (32 - n);
}

static void mix(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d, uint32_t x,
    uint32_t y)
{
	*a += *b + x;
	*d = rotate(*d ^ *a, 16);
	*c += *d;
	*b = rotate(*b ^ *c, 12);
	*a += *b + y;
	*d = rotate(*d ^ *a, 8);
	*c += *d;
	*b = rotate(*b ^ *c, 7);
}

static void one_round(uint32_t v[16], const uint32_t m[16])
{
	size_t i;

	for (i = 0; i < 4; i++)
		mix(&v[i], &v[4 + i], &v[8 + i], &v[12 + i], m[2 * i],
		    m[2 * i + 1]);
	for (i = 0; i < 4; i++)
		mix(&v[i], &v[4 + (i + 1) % 4], &v[8 + (i + 2) % 4],
		    &v[12 + (i + 3) % 4], m[8 + 2 * i], m[9 + 2 * i]);
}

static void permute(uint32_t m[16])
{
	static const uint8_t from[16] = { 2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12,
		5, 9, 14, 15, 8 };
	uint32_t old[16];
	size_t i;

	memcpy(old, m, sizeof(old));
	for (i = 0; i < 16; i++)
		m[i] = old[from[i]];
	wipe(old, sizeof(old));
}

static void compress(uint8_t out[32], const uint32_t key[8], const void *mem,
    size_t len, unsigned what_for)
{
	uint32_t v[16] = { [12] = 0, 0, (uint32_t)len, ONE_BLOCK | what_for };
	uint8_t block[BLAKE3_BLOCK] = { 0 };
	uint32_t m[16];
	size_t i;

	ASSERT(len <= BLAKE3_BLOCK);
	memcpy(block, mem, len);
	for (i = 0; i < 16; i++)
		m[i] = get_u32le(block + 4 * i);
	memcpy(v, key, 32);
	memcpy(v + 8, iv, 16);
	for (i = 0; i < 7; i++) {
		one_round(v, m);
		permute(m);
	}
	for (i = 0; i < 8; i++)
		put_u32le(out + 4 * i, v[i] ^ v[8 + i]);
	wipe(block, sizeof(block));
	wipe(m, sizeof(m));
	wipe(v, sizeof(v));
}

void blake3(uint8_t out[32], const void *mem, size_t len)
{
	compress(out, iv, mem, len, 0);
}

void kdf_blake3(uint8_t out[32], const char *context, const void *mem,
    size_t len)
{
	uint8_t hash[32];
	uint32_t key[8];
	size_t i;

	compress(hash, iv, context, strlen(context), OF_CONTEXT);
	for (i = 0; i < 8; i++)
		key[i] = get_u32le(hash + 4 * i);
	compress(out, key, mem, len, OF_MATERIAL);
	wipe(key, sizeof(key));
}
