/* mbedtls_config.h - what of mbedTLS is compiled: primitives that work on
 * memory of the caller. Nothing here allocates, opens files, or asks for the
 * time. */
#ifndef CRYPTO_MBEDTLS_CONFIG_H
#define CRYPTO_MBEDTLS_CONFIG_H

/* Inline assembly where the compiler's target has some. */
#define MBEDTLS_HAVE_ASM

/* AES. Tables lie in flash, not in 10 KiB of RAM made at start. The modes only
 * encrypt (GCM, CFB, CTR); the headers of the 2022 methods need the inverse. */
#define MBEDTLS_AES_C
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_CAMELLIA_C
#define MBEDTLS_CIPHER_MODE_CFB
#define MBEDTLS_CIPHER_MODE_CTR

/* The CPU's own AES and SHA, asked for at run time. On ARM mbedTLS knows how to
 * ask Linux only; elsewhere it would use them unasked. */
#define MBEDTLS_AESNI_C
#if defined(__linux__)
#define MBEDTLS_AESCE_C
#define MBEDTLS_SHA256_USE_ARMV8_A_CRYPTO_IF_PRESENT
#endif

/* AEAD. Without MBEDTLS_CIPHER_C, GCM sits right on AES: the generic cipher
 * layer between them would call calloc() for each context. */
#define MBEDTLS_GCM_C
#define MBEDTLS_CHACHA20_C
#define MBEDTLS_POLY1305_C
#define MBEDTLS_CHACHAPOLY_C

/* These three are ours: src/crypto/alt. */
#define MBEDTLS_GCM_ALT
#define MBEDTLS_CHACHA20_ALT
#define MBEDTLS_POLY1305_ALT

/* Hashes, by their own functions: MBEDTLS_MD_C allocates its contexts too.
 * MD5 for the key of the old stream ciphers, SHA-1 for the subkeys of AEAD,
 * SHA-512 for stored passwords. */
#define MBEDTLS_MD5_C
#define MBEDTLS_SHA1_C
#define MBEDTLS_SHA224_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA384_C
#define MBEDTLS_SHA512_C

#endif
