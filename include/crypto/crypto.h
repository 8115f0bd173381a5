/* crypto.h - the primitives as the protocols need them, over mbedTLS. */
#ifndef CRYPTO_CRYPTO_H
#define CRYPTO_CRYPTO_H

#include "base/base.h"

#define KEY_MAX 32
#define AEAD_TAG 16
#define AEAD_NONCE 12

/* ---- hashes and key derivation ---- */

void md5(uint8_t out[16], const void *mem, size_t len);
void sha1(uint8_t out[20], const void *mem, size_t len);
void hmac_sha1(uint8_t out[20], const void *key, size_t key_len,
    const void *mem, size_t len);

/* The same in pieces; key_len at most 64. */
struct hmac_sha1 {
	uint64_t ctx[12];
	uint8_t key[64];
};
void hmac_sha1_start(struct hmac_sha1 *h, const void *key, size_t key_len);
void hmac_sha1_add(struct hmac_sha1 *h, const void *mem, size_t len);
/* And wipes it. */
void hmac_sha1_end(struct hmac_sha1 *h, uint8_t out[20]);

/* EVP_BytesToKey(MD5, no salt, one round) of OpenSSL: password to key of
 * key_len octets (1..32). reference: Shadowsocks stream ciphers. */
void kdf_bytes_to_key(uint8_t *key, size_t key_len, const char *password);

/* HKDF-SHA1 (RFC 5869), out_len 1..255*20 octets. */
void kdf_hkdf_sha1(uint8_t *out, size_t out_len, const void *ikm,
    size_t ikm_len, const void *salt, size_t salt_len, const char *info);

/*
 * kdf_pbkdf2_sha512 - PBKDF2-HMAC-SHA-512 (RFC 8018 5.2), one block: 64
 * octets. Cost: 2 * rounds compressions; it takes the processor for its
 * whole time.
 */
void kdf_pbkdf2_sha512(uint8_t out[64], const char *password, size_t len,
    const void *salt, size_t salt_len, uint32_t rounds);

/*
 * The same in slices, so that a loop with other work can go on between:
 * start, then step until it returns true.
 */
struct pbkdf2 {
	uint64_t inner[8], outer[8];	/* SHA-512 after the key blocks */
	uint8_t u[64], t[64];
	uint32_t left;
};
void pbkdf2_start(struct pbkdf2 *p, const char *password, size_t len,
    const void *salt, size_t salt_len, uint32_t rounds);
/* At most max rounds; true = done, out filled, state wiped. */
bool pbkdf2_step(struct pbkdf2 *p, uint32_t max, uint8_t out[64]);

/*
 * BLAKE3 of at most BLAKE3_BLOCK octets, 32 out (a shorter key is its first
 * octets). kdf_blake3 is its derive_key mode; context too fits a block.
 * Cost: one compression, two for kdf_blake3.
 */
#define BLAKE3_BLOCK 64
void blake3(uint8_t out[32], const void *mem, size_t len);
void kdf_blake3(uint8_t out[32], const char *context, const void *mem,
    size_t len);

/* ---- one block of AES: key_len 16, 24 or 32, in place or not ---- */

void aes_block_encrypt(const uint8_t *key, size_t key_len,
    const uint8_t in[16], uint8_t out[16]);
void aes_block_decrypt(const uint8_t *key, size_t key_len,
    const uint8_t in[16], uint8_t out[16]);

/* The same for keys of ports and users, which come with each datagram: the
 * last LIMIT_AES_BLOCKS schedules stay ready until they are forgotten. */
void aes_again_encrypt(const uint8_t *key, size_t key_len,
    const uint8_t in[16], uint8_t out[16]);
void aes_again_decrypt(const uint8_t *key, size_t key_len,
    const uint8_t in[16], uint8_t out[16]);
void aes_again_forget(void);

/* ---- AEAD: AES-GCM and ChaCha20-Poly1305 (RFC 8439) ---- */

enum aead_kind { AEAD_AES_GCM, AEAD_CHACHA20_POLY1305,
	AEAD_XCHACHA20_POLY1305 };

/* What a direction of a session keeps while idle: 46 octets. Of a nonce of 24
 * (XChaCha20) the upper half stays zero. */
struct aead_key {
	uint8_t key[KEY_MAX];
	uint8_t nonce[AEAD_NONCE];	/* little-endian counter from 0 */
	uint8_t kind, key_len;
};

void aead_key_set(struct aead_key *k, enum aead_kind kind, const void *key,
    size_t key_len);
/*
 * In place; seal writes the tag to mem[len..len+16), open checks it there.
 * The nonce counts up after each success (and a failed open).
 * aead_open: 0, or -E_AUTH (mem is wiped).
 * The ready key schedule comes from a small cache over all keys (count
 * LIMIT_AEAD_CTX, least recently used goes), so an idle session holds none.
 */
void aead_seal(struct aead_key *k, uint8_t *mem, size_t len);
int aead_open(struct aead_key *k, uint8_t *mem, size_t len) MUST_CHECK;
/* Was nothing sealed or opened with it yet? */
bool aead_is_fresh(const struct aead_key *k);
/* Wipes key and any cached schedule of it. */
void aead_key_wipe(struct aead_key *k);

/* HChaCha20 (draft-irtf-cfrg-xchacha 2.2): XChaCha20-Poly1305 is ChaCha20's
 * with this key of the first 16 octets of its nonce, and 4 zeros and the other
 * 8. */
void hchacha20(uint8_t out[32], const uint8_t key[32], const uint8_t nonce[16]);

/* ---- stream ciphers of the old methods ---- */

enum stream_kind { STREAM_AES_CFB, STREAM_AES_CTR, STREAM_AES_OFB,
	STREAM_AES_CFB8, STREAM_AES_CFB1, STREAM_CAMELLIA_CFB,
	STREAM_CHACHA20, STREAM_CHACHA20_IETF, STREAM_SALSA20,
	STREAM_RC4_MD5 };

/* One key schedule per password, shared by all sessions. */
struct stream_key;
/* 0 or -E_FULL: the table of keys (one per server port) is full. */
int stream_key_make(struct stream_key **out, enum stream_kind kind,
    const uint8_t *key, size_t key_len);
void stream_key_free(struct stream_key *k);

/* A direction of a session. */
struct stream_state {
	struct stream_key *key;
	union {
		struct rc4 *rc4;	/* STREAM_RC4_MD5 only */
		uint8_t iv[16];
	};
	uint8_t pad[16];
	uint8_t at;		/* octets used of pad, or of a block */
};
/* 0, or -E_FULL: LIMIT_RC4 of them run. stream_end gives back and wipes; a
 * state of zeros has nothing to give. */
int stream_start(struct stream_state *s, struct stream_key *key,
    const uint8_t *iv, size_t iv_len) MUST_CHECK;
void stream_end(struct stream_state *s);
/* A stream of one piece, as a datagram is: never full. */
void stream_once(struct stream_key *key, const uint8_t *iv, size_t iv_len,
    uint8_t *mem, size_t len, bool encrypt);
/* In place, any length, state runs on. */
void stream_encrypt(struct stream_state *s, uint8_t *mem, size_t len);
void stream_decrypt(struct stream_state *s, uint8_t *mem, size_t len);

#endif
