/* ss_ota.c - tags of ten octets of HMAC-SHA1: of the address header by IV and
 * key, of the chunks by IV and their number. */
#include "ss_ota.h"

#include "base/endian.h"
#include "base/limits.h"
#include "core/pool.h"
#include "crypto/crypto.h"

#define IV_MAX 16

enum stage {
	AT_TYPE,
	AT_NAME,
	AT_HEADER,
	AT_HEADER_TAG,
	AT_LEN,
	AT_TAG,
	AT_DATA
};

struct ss_ota {
	struct hmac_sha1 hmac;
	uint8_t iv[IV_MAX], iv_len;
	uint8_t key[KEY_MAX], key_len;
	uint8_t stage; /* enum stage */
	uint8_t have; /* octets in part */
	uint8_t held; /* the header's last one */
	uint8_t part[OTA_TAG]; /* of a length, then of a tag */
	uint32_t number; /* of the next chunk */
	uint32_t left; /* octets of the header, or of the chunk */
};
POOL_DEFINE(ss_otas, struct ss_ota, LIMIT_OTA);

struct ss_ota *ss_ota_start(
    const uint8_t *iv, size_t iv_len, const uint8_t *key, size_t key_len)
{
	struct ss_ota *o = pool_get(&ss_otas);

	if (o == NULL)
		return NULL;
	ASSERT(iv_len <= IV_MAX && key_len <= KEY_MAX);
	memcpy(o->iv, iv, iv_len);
	o->iv_len = (uint8_t)iv_len;
	memcpy(o->key, key, key_len);
	o->key_len = (uint8_t)key_len;
	return o;
}

void ss_ota_end(struct ss_ota **o)
{
	if (*o != NULL)
		pool_put(&ss_otas, *o);
	*o = NULL;
}

static void start_header(struct ss_ota *o)
{
	uint8_t key[IV_MAX + KEY_MAX];

	memcpy(key, o->iv, o->iv_len);
	memcpy(key + o->iv_len, o->key, o->key_len);
	hmac_sha1_start(&o->hmac, key, (size_t)o->iv_len + o->key_len);
	wipe(key, sizeof(key));
}

static void start_chunk(struct ss_ota *o)
{
	uint8_t key[IV_MAX + 4];

	memcpy(key, o->iv, o->iv_len);
	put_u32be(key + o->iv_len, o->number++);
	hmac_sha1_start(&o->hmac, key, (size_t)o->iv_len + 4);
}

/* ---- opening ---- */

/* The tag that came is the one that was computed. */
static bool is_right(struct ss_ota *o)
{
	uint8_t mac[20], differs = 0;
	size_t i;

	hmac_sha1_end(&o->hmac, mac);
	for (i = 0; i < OTA_TAG; i++)
		differs |= mac[i] ^ o->part[i];
	o->have = 0;
	return differs == 0;
}

/* The first octet, ATYP: how much follows it. */
static int take_type(struct ss_ota *o, uint8_t octet)
{
	static const uint8_t left[] = { [1] = 4 + 2, [4] = 16 + 2 };
	uint8_t type = octet & (uint8_t)~OTA_FLAG;

	if ((octet & OTA_FLAG) == 0)
		return -E_PROTO;
	if (type != 1 && type != 3 && type != 4)
		return -E_PROTO;
	start_header(o);
	o->stage = type == 3 ? AT_NAME : AT_HEADER;
	o->left = type == 3 ? 0 : left[type];
	return 0;
}

/* One octet that is no data. 1: *out is to go on; 0, or -E_*. */
static int take(struct ss_ota *o, uint8_t octet, uint8_t *out)
{
	int rc;

	*out = octet;
	switch (o->stage) {
	case AT_TYPE:
		rc = take_type(o, octet);
		if (rc != 0)
			return rc;
		*out = octet & (uint8_t)~OTA_FLAG;
		break;
	case AT_NAME:
		o->left = octet + 2u;
		o->stage = AT_HEADER;
		break;
	case AT_HEADER:
		if (--o->left > 0)
			break;
		hmac_sha1_add(&o->hmac, &octet, 1);
		o->held = octet;
		o->stage = AT_HEADER_TAG;
		return 0;
	case AT_HEADER_TAG:
		o->part[o->have++] = octet;
		if (o->have < OTA_TAG)
			return 0;
		if (!is_right(o))
			return -E_AUTH;
		*out = o->held;
		o->stage = AT_LEN;
		return 1;
	case AT_LEN:
		o->part[o->have++] = octet;
		if (o->have < 2)
			return 0;
		o->left = get_u16be(o->part);
		o->have = 0;
		o->stage = AT_TAG;
		return 0;
	default:
		o->part[o->have++] = octet;
		if (o->have < OTA_TAG)
			return 0;
		start_chunk(o);
		o->stage = AT_DATA;
		return 0;
	}
	hmac_sha1_add(&o->hmac, &octet, 1);
	return 1;
}

ptrdiff_t ss_ota_open(struct ss_ota *o, uint8_t *mem, size_t n)
{
	size_t i = 0, to = 0, some;
	uint8_t octet;
	int rc;

	while (i < n || (o->stage == AT_DATA && o->left == 0)) {
		if (o->stage != AT_DATA) {
			rc = take(o, mem[i++], &octet);
			if (rc < 0)
				return rc;
			if (rc > 0)
				mem[to++] = octet;
			continue;
		}
		some = MIN(o->left, n - i);
		hmac_sha1_add(&o->hmac, mem + i, some);
		memmove(mem + to, mem + i, some);
		i += some;
		to += some;
		o->left -= (uint32_t)some;
		if (o->left == 0) {
			if (!is_right(o))
				return -E_AUTH;
			o->stage = AT_LEN;
		}
	}
	return (ptrdiff_t)to;
}

bool ss_ota_may_end(const struct ss_ota *o)
{
	return o->stage == AT_TYPE || (o->stage == AT_LEN && o->have == 0);
}

/* ---- sealing ---- */

void ss_ota_seal_header(
    struct ss_ota *o, uint8_t *mem, size_t len, uint8_t *tag)
{
	uint8_t mac[20];

	mem[0] |= OTA_FLAG;
	start_header(o);
	hmac_sha1_add(&o->hmac, mem, len);
	hmac_sha1_end(&o->hmac, mac);
	memcpy(tag, mac, OTA_TAG);
}

void ss_ota_seal_chunk(struct ss_ota *o, uint8_t *data, size_t len)
{
	uint8_t mac[20];

	ASSERT(len <= UINT16_MAX);
	start_chunk(o);
	hmac_sha1_add(&o->hmac, data, len);
	hmac_sha1_end(&o->hmac, mac);
	put_u16be(data - OTA_CHUNK, (uint16_t)len);
	memcpy(data - OTA_TAG, mac, OTA_TAG);
}

/* ---- datagrams ---- */

static void tag_of(uint8_t mac[20], const uint8_t *iv, size_t iv_len,
    const uint8_t *key, size_t key_len, const uint8_t *mem, size_t len)
{
	uint8_t both[IV_MAX + KEY_MAX];

	ASSERT(iv_len <= IV_MAX && key_len <= KEY_MAX);
	memcpy(both, iv, iv_len);
	memcpy(both + iv_len, key, key_len);
	hmac_sha1(mac, both, iv_len + key_len, mem, len);
	wipe(both, sizeof(both));
}

void ss_ota_seal_packet(const uint8_t *iv, size_t iv_len, const uint8_t *key,
    size_t key_len, uint8_t *mem, size_t len)
{
	uint8_t mac[20];

	mem[0] |= OTA_FLAG;
	tag_of(mac, iv, iv_len, key, key_len, mem, len);
	memcpy(mem + len, mac, OTA_TAG);
}

int ss_ota_open_packet(const uint8_t *iv, size_t iv_len, const uint8_t *key,
    size_t key_len, uint8_t *mem, size_t len)
{
	uint8_t mac[20], differs = 0;
	size_t i;

	if (len <= OTA_TAG || (mem[0] & OTA_FLAG) == 0)
		return -E_PROTO;
	len -= OTA_TAG;
	tag_of(mac, iv, iv_len, key, key_len, mem, len);
	for (i = 0; i < OTA_TAG; i++)
		differs |= mac[i] ^ mem[len + i];
	mem[0] &= (uint8_t)~OTA_FLAG;
	return differs == 0 ? 0 : -E_AUTH;
}
