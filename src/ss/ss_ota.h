/* ss_ota.h - one-time authentication of the stream methods, as the original has
 * it: what a client sends is tagged, the lengths of its chunks are not. Knows
 * no cipher. Source: shadowsocks.org, "One Time Auth". */
#ifndef SS_OTA_H
#define SS_OTA_H

#include "base/base.h"

#define OTA_TAG 10
#define OTA_FLAG 0x10 /* of ATYP */
#define OTA_CHUNK (2 + OTA_TAG) /* before the data of a chunk */
#define OTA_OPENING (OTA_TAG + OTA_CHUNK) /* after the address header */

struct ss_ota;

/* By a stream's IV and key; both directions. NULL: LIMIT_OTA reached. */
struct ss_ota *ss_ota_start(
    const uint8_t *iv, size_t iv_len, const uint8_t *key, size_t key_len);
void ss_ota_end(struct ss_ota **o);

/*
 * n octets of a client's stream, in any cuts: what is left of them, the address
 * header without flag and the data, stands at mem. The header's last octet
 * comes only when its tag was right; data comes before its tag is looked at.
 * Octets, -E_PROTO or -E_AUTH.
 */
ptrdiff_t ss_ota_open(struct ss_ota *o, uint8_t *mem, size_t n);
/* Between two chunks: a stream may end here. */
bool ss_ota_may_end(const struct ss_ota *o);

/* Header and data lie at mem: the flag is set, and the tag written to tag[]. */
void ss_ota_seal_header(
    struct ss_ota *o, uint8_t *mem, size_t len, uint8_t *tag);
/* The OTA_CHUNK octets before the data. */
void ss_ota_seal_chunk(struct ss_ota *o, uint8_t *data, size_t len);

/* A datagram, once: header and payload, then its tag. */
void ss_ota_seal_packet(const uint8_t *iv, size_t iv_len, const uint8_t *key,
    size_t key_len, uint8_t *mem, size_t len);
/* The flag goes. 0, -E_PROTO, -E_AUTH. */
int ss_ota_open_packet(const uint8_t *iv, size_t iv_len, const uint8_t *key,
    size_t key_len, uint8_t *mem, size_t len);

#endif
