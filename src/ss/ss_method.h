/* ss_method.h - the encryption methods by name, and a key for one of them. */
#ifndef SS_METHOD_H
#define SS_METHOD_H

#include "crypto/crypto.h"

/* From SS_STREAM on nothing is authenticated. */
enum ss_kind { SS_AEAD, SS_2022, SS_STREAM, SS_NONE };

struct ss_method {
	const char *name;
	const char *alias;	/* another name of the same wire, or NULL */
	enum ss_kind kind;
	uint8_t cipher;		/* enum aead_kind or enum stream_kind */
	uint8_t key_len;
	uint8_t salt_len;	/* stream: of the IV */
};

#define SS_SALT_MAX 32

/*
 * By name, in either case; "mbedtls:" and "sodium:" of the python original are
 * skipped. NULL = unknown.
 */
const struct ss_method *ss_method_find(const char *name);

/* "aes-128-gcm, aes-192-gcm, ..." for messages. Octets. */
size_t ss_method_list(char *out, size_t room);

struct ss_seen;

/* What all sessions of one port share. */
/* What the salt of a client's requests begins with, to look like something
 * else; it costs randomness. */
#define SS_PREFIX_MAX 16
struct ss_prefix {
	uint8_t len;
	uint8_t octets[SS_PREFIX_MAX];
};

/* Who tags what it sends. */
enum ss_ota_way { SS_OTA_OFF, SS_OTA_IN, SS_OTA_OUT };

struct ss_key {
	const struct ss_method *method;
	uint8_t master[KEY_MAX];
	struct stream_key *stream;	/* SS_STREAM only */
	const struct ss_2022 *shared;	/* SS_2022 only; set by the owner */
	struct ss_seen *seen;	/* SS_AEAD of a server; set by the owner */
	uint8_t ota;		/* enum ss_ota_way; SS_STREAM only, the same */
	const struct ss_prefix *prefix;	/* of a client, or NULL; the same */
};

/* From a master key (its first key_len octets). 0 or -E_FULL. */
int ss_key_make(struct ss_key *k, const struct ss_method *m,
    const uint8_t master[KEY_MAX]);
void ss_key_free(struct ss_key *k);
/* Puts the prefix over the beginning of a random salt, if there is one. */
void ss_key_prefix(const struct ss_key *k, uint8_t *salt);
/* At most so long is a prefix: half of a salt is left to chance. */
size_t ss_prefix_max(const struct ss_method *m);

#endif
