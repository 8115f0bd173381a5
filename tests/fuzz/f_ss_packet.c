/* f_ss_packet.c - datagrams: any octets as they come, and any octets sealed as
 * a peer with the key would have. Opened in a copy of just that size. */
#include "src/ss/ss_packet_2022.c"

#include "tests/fuzz/fuzz.h"

#define NOW_S 1700000000

static struct ss_key key_of(const char *name)
{
	static const uint8_t master[KEY_MAX] = { 1, 2, 3 };
	struct ss_key k;

	HOLDS(ss_key_make(&k, ss_method_find(name), master) == 0);
	return k;
}

static void check_packet(const struct ss_packet *p, const uint8_t *mem,
    size_t len)
{
	HOLDS(p->body >= mem && p->payload == p->body + p->head_len);
	HOLDS(p->payload + p->len <= mem + len);
	HOLDS(p->head_len > 0 && p->head_len <= SS_ADDR_MAX);
}

/* SIP004, stream methods, none. */
static void plain(const char *name, const uint8_t *mem, size_t len)
{
	struct ss_key k = key_of(name);
	uint8_t *room = malloc(SS_PACKET_BEFORE + len + SS_PACKET_AFTER);
	uint8_t *copy = fuzz_copy(mem, len), *body = room + SS_PACKET_BEFORE;
	struct ss_packet p;
	size_t n;

	HOLDS(room != NULL);
	if (ss_packet_open(&p, &k, copy, len) == 0)
		check_packet(&p, copy, len);
	free(copy);
	if (len > 0)
		memcpy(body, mem, len);
	n = ss_packet_seal(&k, NULL, &body, len);
	copy = fuzz_copy(body, n);
	if (ss_packet_open(&p, &k, copy, n) == 0)
		check_packet(&p, copy, n);
	free(copy);
	free(room);
	ss_key_free(&k);
}

/* The body of a session's packet, sealed, whatever it says. */
static void body(const struct ss_key *k, const uint8_t *mem, size_t len)
{
	static const uint8_t head[HEAD] = { 9, 8, 7 }, mine[8] = { 5 };
	uint8_t *copy = malloc(len + AEAD_TAG), key[KEY_MAX];
	struct ss_packet_id id = { .sealed = copy, .len = len + AEAD_TAG };
	enum ss_packet_type type = len % 2 == 0 ? SS_PACKET_UP :
	    SS_PACKET_DOWN;
	struct aead_key seal;
	struct ss_packet p;

	HOLDS(copy != NULL);
	memcpy(id.head, head, sizeof(head));
	if (len > 0)
		memcpy(copy, mem, len);
	ss_packet_key(key, k->method, k->master, head);
	body_key(&seal, k->method, key, head);
	aead_seal(&seal, copy, len);
	aead_key_wipe(&seal);
	if (ss_packet_body(&p, k->method, key, &id, type, mine, NOW_S) == 0)
		check_packet(&p, copy, len);
	free(copy);
}

static void session(const char *name, const uint8_t *mem, size_t len)
{
	struct ss_key k = key_of(name);
	uint8_t *copy = fuzz_copy(mem, len), key[KEY_MAX] = { 0 }, hash[16];
	struct ss_packet_id id;
	struct ss_packet p;

	if (ss_packet_id(&id, &k, copy, len) == 0) {
		(void)ss_packet_identity(&id, &k, hash);
		if (ss_packet_body(&p, k.method, key, &id, SS_PACKET_UP,
		    NULL, NOW_S) == 0)
			check_packet(&p, copy, len);
	}
	free(copy);
	if (is_aes(k.method))
		body(&k, mem, len);
	ss_key_free(&k);
}

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	static const char *const names[] = { "aes-128-gcm",
		"chacha20-ietf-poly1305", "aes-256-cfb", "rc4-md5", "none" };

	switch (fuzz_octet(&mem, &len) % 8) {
	case 0:
		session("2022-blake3-chacha20-poly1305", mem, len);
		break;
	case 1:
		session("2022-blake3-aes-128-gcm", mem, len);
		break;
	case 2:
		session("2022-blake3-aes-256-gcm", mem, len);
		break;
	default:
		plain(names[len % LEN(names)], mem, len);
		break;
	}
	return 0;
}
