/* ss_packet.c - datagrams of SIP004 and of the stream methods: salt or IV, and
 * one piece of ciphertext. Knows no socket, no clock, and no other packet. */
#include "ss_packet.h"

#include "port/rand.h"
#include "ss_ota.h"
#include "ss_seen.h"

int ss_packet_parse(struct ss_packet *out, uint8_t *body, size_t len)
{
	int n = ss_addr_parse(&out->addr, body, len);

	if (n <= 0)
		return n == 0 ? -E_PROTO : n;
	out->body = body;
	out->head_len = (size_t)n;
	out->payload = body + n;
	out->len = len - (size_t)n;
	return 0;
}

/* ---- salts ---- */

void ss_random_expect(struct ss_random *s, size_t packets)
{
	s->more = packets;
	s->left = 0;
}

static void draw(struct ss_random *s, size_t len)
{
	s->left = MIN(MAX(s->more, 1) * len, sizeof(s->mem));
	port_rand(s->mem + sizeof(s->mem) - s->left, s->left);
}

void ss_random_take(struct ss_random *s, uint8_t *out, size_t len)
{
	if (s == NULL) {
		port_rand(out, len);
		return;
	}
	if (s->left < len)
		draw(s, len);
	memcpy(out, s->mem + sizeof(s->mem) - s->left, len);
	s->left -= len;
	s->more -= s->more > 0;
}

/* ---- one packet ---- */

static void subkey(struct aead_key *out, const struct ss_key *k,
    const uint8_t *salt)
{
	const struct ss_method *m = k->method;
	uint8_t key[KEY_MAX];

	kdf_hkdf_sha1(key, m->key_len, k->master, m->key_len, salt,
	    m->salt_len, "ss-subkey");
	aead_key_set(out, (enum aead_kind)m->cipher, key, m->key_len);
	wipe(key, sizeof(key));
}

static int open_aead(const struct ss_key *k, uint8_t *mem, size_t len)
{
	size_t salt_len = k->method->salt_len;
	struct aead_key key;
	int rc;

	if (len < salt_len + AEAD_TAG)
		return -E_AUTH;
	subkey(&key, k, mem);
	rc = aead_open(&key, mem + salt_len, len - salt_len - AEAD_TAG);
	aead_key_wipe(&key);
	return rc;
}

static int open_stream(const struct ss_key *k, uint8_t *mem, size_t len)
{
	size_t iv_len = k->method->salt_len;

	if (len < iv_len)
		return -E_PROTO;
	if (k->method->kind == SS_STREAM)
		stream_once(k->stream, mem, iv_len, mem + iv_len,
		    len - iv_len, false);
	return 0;
}

int ss_packet_open(struct ss_packet *out, const struct ss_key *k, uint8_t *mem,
    size_t len)
{
	size_t before = k->method->salt_len, after = 0;
	int rc;

	if (k->method->kind == SS_AEAD) {
		rc = open_aead(k, mem, len);
		after = AEAD_TAG;
	} else {
		rc = open_stream(k, mem, len);
	}
	if (rc == 0 && k->ota == SS_OTA_IN) {
		rc = ss_ota_open_packet(mem, before, k->master,
		    k->method->key_len, mem + before, len - before);
		after = OTA_TAG;
	}
	if (rc != 0)
		return rc;
	return ss_packet_parse(out, mem + before, len - before - after);
}

size_t ss_packet_seal(const struct ss_key *k, struct ss_random *random,
    uint8_t **body, size_t len)
{
	size_t salt_len = k->method->salt_len;
	uint8_t *salt = *body - salt_len;
	struct aead_key key;

	ss_random_take(random, salt, salt_len);
	if (k->method->kind == SS_AEAD) {
		if (k->seen != NULL)
			ss_seen_mark(salt, k->master, salt_len);
		subkey(&key, k, salt);
		aead_seal(&key, *body, len);
		aead_key_wipe(&key);
		len += AEAD_TAG;
	} else if (k->method->kind == SS_STREAM) {
		if (k->ota == SS_OTA_OUT) {
			ss_ota_seal_packet(salt, salt_len, k->master,
			    k->method->key_len, *body, len);
			len += OTA_TAG;
		}
		stream_once(k->stream, salt, salt_len, *body, len, true);
	}
	*body = salt;
	return salt_len + len;
}
