/* stream_block.c - CFB, OFB and CTR over the raw block of AES and Camellia: no
 * configuration of mbedTLS can take them away. Source: NIST SP 800-38A. */
#include "stream_key.h"

#define BLOCK 16

static bool is_cfb(const struct stream_state *s)
{
	return s->key->kind == STREAM_AES_CFB ||
	    s->key->kind == STREAM_CAMELLIA_CFB;
}

static void block_encrypt(struct stream_state *s, const uint8_t in[BLOCK],
    uint8_t out[BLOCK])
{
	struct stream_key *k = s->key;
	int err = k->kind == STREAM_CAMELLIA_CFB ?
	    mbedtls_camellia_crypt_ecb(&k->camellia, MBEDTLS_CAMELLIA_ENCRYPT,
	    in, out) :
	    mbedtls_aes_crypt_ecb(&k->aes, MBEDTLS_AES_ENCRYPT, in, out);

	ASSERT(err == 0);
}

static void counter_count(uint8_t iv[BLOCK])
{
	size_t i = BLOCK;

	while (i > 0 && ++iv[--i] == 0)
		;
}

/* Fresh pad. CFB: iv has been filled with the last block of ciphertext. */
static void pad_make(struct stream_state *s)
{
	block_encrypt(s, s->iv, s->pad);
	if (s->key->kind == STREAM_AES_CTR)
		counter_count(s->iv);
	else if (s->key->kind == STREAM_AES_OFB)
		memcpy(s->iv, s->pad, BLOCK);
}

static void block_xor(uint8_t *mem, const uint8_t pad[BLOCK])
{
	size_t i;

	for (i = 0; i < BLOCK; i++)
		mem[i] ^= pad[i];
}

/* One octet, which is part of a block whose other part came or comes apart. */
static void octet(struct stream_state *s, uint8_t *mem, bool encrypt)
{
	uint8_t in = *mem;

	if (s->at == 0)
		pad_make(s);
	*mem = in ^ s->pad[s->at];
	if (is_cfb(s))
		s->iv[s->at] = encrypt ? *mem : in;
	s->at = (uint8_t)(s->at + 1) % BLOCK;
}

static void whole_block(struct stream_state *s, uint8_t *mem, bool encrypt)
{
	bool cfb = is_cfb(s);

	pad_make(s);
	if (cfb && !encrypt)
		memcpy(s->iv, mem, BLOCK);
	block_xor(mem, s->pad);
	if (cfb && encrypt)
		memcpy(s->iv, mem, BLOCK);
}

/* CFB8: a block for every octet, whose ciphertext moves into the IV. */
static void octet_of_cfb8(struct stream_state *s, uint8_t *mem, bool encrypt)
{
	uint8_t in = *mem;

	block_encrypt(s, s->iv, s->pad);
	*mem = in ^ s->pad[0];
	memmove(s->iv, s->iv + 1, BLOCK - 1);
	s->iv[BLOCK - 1] = encrypt ? *mem : in;
}

/* One bit moves into the IV from its end. */
static void shift_in(uint8_t iv[BLOCK], unsigned bit)
{
	for (size_t i = 0; i + 1 < BLOCK; i++)
		iv[i] = (uint8_t)(iv[i] << 1 | iv[i + 1] >> 7);
	iv[BLOCK - 1] = (uint8_t)(iv[BLOCK - 1] << 1 | bit);
}

/* CFB1: a block for every bit, the high ones first. Eight times the cost. */
static void octet_of_cfb1(struct stream_state *s, uint8_t *mem, bool encrypt)
{
	uint8_t in = *mem, out = 0;

	for (unsigned i = 8; i-- > 0;) {
		unsigned bit = in >> i & 1u, done;

		block_encrypt(s, s->iv, s->pad);
		done = bit ^ (unsigned)s->pad[0] >> 7;
		out = (uint8_t)(out << 1 | done);
		shift_in(s->iv, encrypt ? done : bit);
	}
	*mem = out;
}

void stream_blocks(struct stream_state *s, uint8_t *mem, size_t len,
    bool encrypt)
{
	enum stream_kind kind = s->key->kind;

	if (kind == STREAM_AES_CFB8 || kind == STREAM_AES_CFB1) {
		for (; len > 0; len--)
			(kind == STREAM_AES_CFB8 ? octet_of_cfb8 :
			    octet_of_cfb1)(s, mem++, encrypt);
		return;
	}
	for (; len > 0 && s->at > 0; len--)
		octet(s, mem++, encrypt);
	for (; len >= BLOCK; len -= BLOCK, mem += BLOCK)
		whole_block(s, mem, encrypt);
	for (; len > 0; len--)
		octet(s, mem++, encrypt);
}
