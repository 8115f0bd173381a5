/* hchacha.c - HChaCha20: a key for ChaCha20 out of a key and the first 16
 * octets of a nonce of 24. Knows no stream and no tag. */
#include "base/endian.h"
#include "crypto/crypto.h"

#define ROUNDS 20

static uint32_t left(uint32_t v, unsigned n)
{
	return v << n | v >> (32 - n);
}

static void quarter(uint32_t s[16], int a, int b, int c, int d)
{
	s[a] += s[b];
	s[d] = left(s[d] ^ s[a], 16);
	s[c] += s[d];
	s[b] = left(s[b] ^ s[c], 12);
	s[a] += s[b];
	s[d] = left(s[d] ^ s[a], 8);
	s[c] += s[d];
	s[b] = left(s[b] ^ s[c], 7);
}

static void double_round(uint32_t s[16])
{
	int i;

	for (i = 0; i < 4; i++)
		quarter(s, i, 4 + i, 8 + i, 12 + i);
	for (i = 0; i < 4; i++)
		quarter(s, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4,
		    12 + (i + 3) % 4);
}

void hchacha20(uint8_t out[32], const uint8_t key[32], const uint8_t nonce[16])
{
	uint32_t s[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };
	int i;

	for (i = 0; i < 8; i++)
		s[4 + i] = get_u32le(key + 4 * i);
	for (i = 0; i < 4; i++)
		s[12 + i] = get_u32le(nonce + 4 * i);
	for (i = 0; i < ROUNDS; i += 2)
		double_round(s);
	for (i = 0; i < 4; i++) {
		put_u32le(out + 4 * i, s[i]);
		put_u32le(out + 16 + 4 * i, s[12 + i]);
	}
	wipe(s, sizeof(s));
}
