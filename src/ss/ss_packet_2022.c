/* ss_packet_2022.c - datagrams of SIP022. Knows no table of sessions: whose a
 * packet is, and whether it came before, is asked between the steps.
 *
 * AES: the separate header alone under the key of the port, identity headers,
 * the body under the session's key. ChaCha20: one piece under the key of the
 * port and a nonce of 24 octets. */
#include "ss_packet.h"

#include "base/endian.h"
#include "port/rand.h"

#define HEAD 16			/* session id 8 | packet id u64be */
#define IDENTITY 16
#define XNONCE 24
#define FIXED (1 + 8 + 2)	/* type | time u64be | length of padding */

_Static_assert(SS_PACKET_BEFORE >= XNONCE + HEAD + FIXED + SS_SESSION_ID +
    SS_PADDING_MAX, "no room before a body");

static bool is_aes(const struct ss_method *m)
{
	return m->cipher == AEAD_AES_GCM;
}

/* ---- keys ---- */

void ss_packet_key(uint8_t out[KEY_MAX], const struct ss_method *m,
    const uint8_t *psk, const uint8_t session[SS_SESSION_ID])
{
	uint8_t mem[KEY_MAX + SS_SESSION_ID];

	memset(out, 0, KEY_MAX);
	if (!is_aes(m))
		return;
	memcpy(mem, psk, m->key_len);
	memcpy(mem + m->key_len, session, SS_SESSION_ID);
	kdf_blake3(out, "shadowsocks 2022 session subkey", mem,
	    m->key_len + (size_t)SS_SESSION_ID);
	wipe(mem, sizeof(mem));
}

void ss_packet_key_wipe(const struct ss_method *m, uint8_t key[KEY_MAX])
{
	struct aead_key k;

	aead_key_set(&k, (enum aead_kind)m->cipher, key, m->key_len);
	aead_key_wipe(&k);
	wipe(key, KEY_MAX);
}

static void body_key(struct aead_key *out, const struct ss_method *m,
    const uint8_t key[KEY_MAX], const uint8_t head[HEAD])
{
	aead_key_set(out, AEAD_AES_GCM, key, m->key_len);
	memcpy(out->nonce, head + 4, AEAD_NONCE);
}

static void xchacha_key(struct aead_key *out, const uint8_t *psk,
    const uint8_t nonce[XNONCE])
{
	uint8_t key[KEY_MAX];

	hchacha20(key, psk, nonce);
	aead_key_set(out, AEAD_CHACHA20_POLY1305, key, sizeof(key));
	memcpy(out->nonce + 4, nonce + 16, 8);
	wipe(key, sizeof(key));
}

/* ---- receiving ---- */

static int open_all(struct ss_packet_id *out, const struct ss_key *k,
    uint8_t *mem, size_t len)
{
	struct aead_key key;
	int rc;

	if (len < XNONCE + HEAD + AEAD_TAG)
		return -E_PROTO;
	out->sealed = mem + XNONCE + HEAD;
	out->len = len - XNONCE - HEAD - AEAD_TAG;
	xchacha_key(&key, k->master, mem);
	rc = aead_open(&key, mem + XNONCE, HEAD + out->len);
	aead_key_wipe(&key);
	if (rc == 0)
		memcpy(out->head, mem + XNONCE, HEAD);
	return rc;
}

static int open_head(struct ss_packet_id *out, const struct ss_key *k,
    uint8_t *mem, size_t len)
{
	if (len < HEAD + FIXED + AEAD_TAG)
		return -E_PROTO;
	aes_again_decrypt(k->master, k->method->key_len, mem, out->head);
	out->sealed = mem + HEAD;
	out->len = len - HEAD;
	return 0;
}

int ss_packet_id(struct ss_packet_id *out, const struct ss_key *k,
    uint8_t *mem, size_t len)
{
	int rc = is_aes(k->method) ? open_head(out, k, mem, len) :
	    open_all(out, k, mem, len);

	if (rc != 0)
		return rc;
	memcpy(out->session, out->head, SS_SESSION_ID);
	out->number = get_u64be(out->head + SS_SESSION_ID);
	return 0;
}

static void xor_block(uint8_t to[16], const uint8_t with[16])
{
	for (int i = 0; i < 16; i++)
		to[i] ^= with[i];
}

int ss_packet_identity(struct ss_packet_id *id, const struct ss_key *k,
    uint8_t hash[16])
{
	if (!is_aes(k->method) || id->len < IDENTITY + FIXED + AEAD_TAG)
		return -E_PROTO;
	aes_again_decrypt(k->master, k->method->key_len, id->sealed, hash);
	xor_block(hash, id->head);
	id->sealed += IDENTITY;
	id->len -= IDENTITY;
	return 0;
}

static int open_body(const struct ss_method *m, const uint8_t key[KEY_MAX],
    const struct ss_packet_id *id, size_t *len)
{
	struct aead_key k;
	int rc;

	*len = id->len;
	if (!is_aes(m))
		return 0;
	*len -= AEAD_TAG;
	body_key(&k, m, key, id->head);
	rc = aead_open(&k, id->sealed, *len);
	wipe(&k, sizeof(k));
	return rc;
}

static int check_time(int64_t now_s, uint64_t then_s)
{
	uint64_t now = (uint64_t)MAX(now_s, 0);
	uint64_t apart = now > then_s ? now - then_s : then_s - now;

	return apart <= SS_CLOCK_S ? 0 : -E_RANGE;
}

/* type | time | the session that is answered | length of padding | padding |
 * address | payload */
int ss_packet_body(struct ss_packet *out, const struct ss_method *m,
    const uint8_t key[KEY_MAX], const struct ss_packet_id *id,
    enum ss_packet_type type, const uint8_t *mine, int64_t now_s)
{
	size_t before = FIXED + (type == SS_PACKET_DOWN ? SS_SESSION_ID : 0);
	uint8_t *mem = id->sealed;
	size_t len, padding;
	int rc = open_body(m, key, id, &len);

	if (rc != 0)
		return rc;
	if (len < before || mem[0] != type)
		return -E_PROTO;
	rc = check_time(now_s, get_u64be(mem + 1));
	if (rc != 0)
		return rc;
	if (type == SS_PACKET_DOWN &&
	    memcmp(mem + 1 + 8, mine, SS_SESSION_ID) != 0)
		return -E_PROTO;
	padding = get_u16be(mem + before - 2);
	if (padding > len - before)
		return -E_PROTO;
	return ss_packet_parse(out, mem + before + padding,
	    len - before - padding);
}

/* ---- sending ---- */

void ss_packet_tx_start(struct ss_packet_tx *tx, const struct ss_method *m,
    const uint8_t *psk)
{
	uint8_t session[SS_SESSION_ID];

	port_rand(session, sizeof(session));
	ss_packet_tx_resume(tx, m, psk, session, 0);
}

void ss_packet_tx_resume(struct ss_packet_tx *tx, const struct ss_method *m,
    const uint8_t *psk, const uint8_t session[SS_SESSION_ID], uint64_t next)
{
	memcpy(tx->session, session, SS_SESSION_ID);
	tx->next = next;
	ss_packet_key(tx->key, m, psk, session);
}

static uint8_t *put_fixed(uint8_t *body, const uint8_t *theirs, int64_t now_s,
    size_t padding)
{
	uint8_t *at = body - padding - FIXED -
	    (theirs != NULL ? SS_SESSION_ID : 0);
	uint8_t *start = at;

	*at++ = theirs != NULL ? SS_PACKET_DOWN : SS_PACKET_UP;
	put_u64be(at, (uint64_t)MAX(now_s, 0));
	at += 8;
	if (theirs != NULL) {
		memcpy(at, theirs, SS_SESSION_ID);
		at += SS_SESSION_ID;
	}
	put_u16be(at, (uint16_t)padding);
	memset(at + 2, 0, padding);
	return start;
}

/* One for each identity key: who is meant by it, told by the hash of the key
 * behind it in the chain. */
static void put_identities(const struct ss_key *k, uint8_t *at,
    const uint8_t head[HEAD])
{
	const struct ss_2022 *shared = k->shared;
	size_t i, len = k->method->key_len;
	uint8_t hash[32];

	for (i = 0; i < shared->ipsk_n; i++) {
		blake3(hash, i + 1 < shared->ipsk_n ? shared->ipsk[i + 1] :
		    k->master, len);
		xor_block(hash, head);
		aes_again_encrypt(shared->ipsk[i], len, hash,
		    at + i * IDENTITY);
	}
}

static uint8_t *seal_aes(const struct ss_key *k, const uint8_t *psk,
    const struct ss_packet_tx *tx, const uint8_t head[HEAD], bool request,
    uint8_t *mem, size_t len)
{
	size_t n = request ? k->shared->ipsk_n : 0;
	struct aead_key key;

	body_key(&key, k->method, tx->key, head);
	aead_seal(&key, mem, len);
	wipe(&key, sizeof(key));
	mem -= n * IDENTITY;
	if (n > 0) {
		put_identities(k, mem, head);
		psk = k->shared->ipsk[0];
	}
	mem -= HEAD;
	aes_again_encrypt(psk, k->method->key_len, head, mem);
	return mem;
}

static uint8_t *seal_chacha(struct ss_random *random, const uint8_t *psk,
    const uint8_t head[HEAD], uint8_t *mem, size_t len)
{
	struct aead_key key;

	mem -= HEAD;
	memcpy(mem, head, HEAD);
	ss_random_take(random, mem - XNONCE, XNONCE);
	xchacha_key(&key, psk, mem - XNONCE);
	aead_seal(&key, mem, HEAD + len);
	aead_key_wipe(&key);
	return mem - XNONCE;
}

size_t ss_packet_seal_2022(const struct ss_key *k, struct ss_random *random,
    const uint8_t *psk, struct ss_packet_tx *tx, const uint8_t *theirs,
    int64_t now_s, size_t padding, uint8_t **body, size_t len)
{
	uint8_t *end = *body + len, head[HEAD];
	uint8_t *mem = put_fixed(*body, theirs, now_s, padding);

	memcpy(head, tx->session, SS_SESSION_ID);
	put_u64be(head + SS_SESSION_ID, tx->next++);
	len = (size_t)(end - mem);
	if (is_aes(k->method))
		*body = seal_aes(k, psk, tx, head, theirs == NULL, mem, len);
	else
		*body = seal_chacha(random, psk, head, mem, len);
	return (size_t)(end - *body) + AEAD_TAG;
}

#define PORT_DOMAIN 53

size_t ss_packet_padding(uint16_t port, size_t len, size_t max)
{
	size_t room = max > len ? MIN(max - len, SS_PADDING_MAX) : 0;
	uint32_t r;

	if (port != PORT_DOMAIN || room == 0)
		return 0;
	port_rand(&r, sizeof(r));
	return 1 + r % room;
}
