/* mbedtls_config.h - what of mbedTLS is compiled: primitives that work on
 * memory of the caller. Nothing here allocates, opens files, or asks for the
 * time. */
#ifndef CRYPTO_MBEDTLS_CONFIG_H
#define CRYPTO_MBEDTLS_CONFIG_H

#include "base/limits.h"

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

/* AEAD. */
#define MBEDTLS_GCM_C
#define MBEDTLS_CHACHA20_C
#define MBEDTLS_POLY1305_C
#define MBEDTLS_CHACHAPOLY_C

/* These three are ours: src/crypto/alt. */
#define MBEDTLS_GCM_ALT
#define MBEDTLS_CHACHA20_ALT
#define MBEDTLS_POLY1305_ALT

/* Hashes. We call their own functions: those of MBEDTLS_MD_C allocate contexts.
 * MD5 for the key of the old stream ciphers, SHA-1 for the subkeys of AEAD,
 * SHA-512 for stored passwords. */
#define MBEDTLS_MD5_C
#define MBEDTLS_SHA1_C
#define MBEDTLS_SHA224_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA384_C
#define MBEDTLS_SHA512_C

/* TLS 1.2 and 1.3, both sides. What it allocates comes from an arena of the
 * caller's (crypto/tls.h): there is no malloc. */
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_CALLOC_MACRO tls_arena_calloc
#define MBEDTLS_PLATFORM_FREE_MACRO tls_arena_free
#include <stddef.h>
void *tls_arena_calloc(size_t n, size_t size);
void tls_arena_free(void *p);

/* Dates of certificates, and the age of tickets. */
#define MBEDTLS_HAVE_TIME
#define MBEDTLS_HAVE_TIME_DATE

#define MBEDTLS_SSL_TLS_C
#define MBEDTLS_SSL_SRV_C
#define MBEDTLS_SSL_CLI_C
#define MBEDTLS_SSL_PROTO_TLS1_2
#define MBEDTLS_SSL_PROTO_TLS1_3
#define MBEDTLS_SSL_TLS1_3_COMPATIBILITY_MODE
#define MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_EPHEMERAL_ENABLED
#define MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_PSK_EPHEMERAL_ENABLED
#define MBEDTLS_KEY_EXCHANGE_ECDHE_ECDSA_ENABLED
#define MBEDTLS_KEY_EXCHANGE_ECDHE_RSA_ENABLED
#define MBEDTLS_SSL_EXTENDED_MASTER_SECRET
#define MBEDTLS_SSL_SESSION_TICKETS
#define MBEDTLS_SSL_TICKET_C
#define MBEDTLS_SSL_KEEP_PEER_CERTIFICATE
#define MBEDTLS_SSL_ALL_ALERT_MESSAGES
#define MBEDTLS_SSL_ALPN
#define MBEDTLS_SSL_SERVER_NAME_INDICATION

/* A peer may send records of 16 KiB; ours are shorter, to have small arenas.
 * Clocks drift apart over a session of days: six seconds of tolerance would
 * turn its tickets down. Nothing depends on it, as there is no early data. */
#define MBEDTLS_SSL_IN_CONTENT_LEN 16384
#define MBEDTLS_SSL_OUT_CONTENT_LEN LIMIT_TLS_RECORD
#define MBEDTLS_SSL_TLS1_3_TICKET_AGE_TOLERANCE 604800000

/* TLS 1.3 goes through PSA, but no key of a session may stay in its table of
 * the process: MBEDTLS_USE_PSA_CRYPTO is off, so that a session can change
 * processes. */
#define MBEDTLS_PSA_CRYPTO_C
#define MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG
#define MBEDTLS_PSA_ASSUME_EXCLUSIVE_BUFFERS
#define MBEDTLS_PSA_KEY_SLOT_COUNT 8
#define MBEDTLS_HKDF_C

#define MBEDTLS_CIPHER_C
#define MBEDTLS_MD_C
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECP_DP_SECP384R1_ENABLED
#define MBEDTLS_ECP_DP_CURVE25519_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECDH_C
#define MBEDTLS_ECDSA_C
#define MBEDTLS_RSA_C
#define MBEDTLS_PKCS1_V15
#define MBEDTLS_PKCS1_V21
#define MBEDTLS_X509_RSASSA_PSS_SUPPORT	/* of RSA keys TLS 1.3 wants that */

/* Certificates and keys, read and made. */
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_OID_C
#define MBEDTLS_BASE64_C
#define MBEDTLS_PEM_PARSE_C
#define MBEDTLS_PEM_WRITE_C
#define MBEDTLS_PK_C
#define MBEDTLS_PK_PARSE_C
#define MBEDTLS_PK_WRITE_C
#define MBEDTLS_X509_USE_C
#define MBEDTLS_X509_CRT_PARSE_C
#define MBEDTLS_X509_TRUSTED_CERTIFICATE_CALLBACK
#define MBEDTLS_X509_CREATE_C
#define MBEDTLS_X509_CRT_WRITE_C
#define MBEDTLS_X509_REMOVE_INFO

#endif
