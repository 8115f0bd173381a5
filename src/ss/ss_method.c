/* ss_method.c - one table of methods; everything else asks it. */
#include "ss_method.h"

#include "base/text.h"

static const struct ss_method methods[] = {
	{ "aes-128-gcm", NULL, SS_AEAD, AEAD_AES_GCM, 16, 16 },
	{ "aes-192-gcm", NULL, SS_AEAD, AEAD_AES_GCM, 24, 24 },
	{ "aes-256-gcm", NULL, SS_AEAD, AEAD_AES_GCM, 32, 32 },
	{ "chacha20-ietf-poly1305", NULL, SS_AEAD, AEAD_CHACHA20_POLY1305, 32,
	    32 },
	{ "xchacha20-ietf-poly1305", NULL, SS_AEAD, AEAD_XCHACHA20_POLY1305,
	    32, 32 },
	{ "2022-blake3-aes-128-gcm", NULL, SS_2022, AEAD_AES_GCM, 16, 16 },
	{ "2022-blake3-aes-256-gcm", NULL, SS_2022, AEAD_AES_GCM, 32, 32 },
	{ "2022-blake3-chacha20-poly1305", NULL, SS_2022,
	    AEAD_CHACHA20_POLY1305, 32, 32 },
	{ "aes-128-cfb", "aes-128-cfb128", SS_STREAM, STREAM_AES_CFB, 16, 16 },
	{ "aes-192-cfb", "aes-192-cfb128", SS_STREAM, STREAM_AES_CFB, 24, 16 },
	{ "aes-256-cfb", "aes-256-cfb128", SS_STREAM, STREAM_AES_CFB, 32, 16 },
	{ "aes-128-ctr", NULL, SS_STREAM, STREAM_AES_CTR, 16, 16 },
	{ "aes-192-ctr", NULL, SS_STREAM, STREAM_AES_CTR, 24, 16 },
	{ "aes-256-ctr", NULL, SS_STREAM, STREAM_AES_CTR, 32, 16 },
	{ "aes-128-ofb", NULL, SS_STREAM, STREAM_AES_OFB, 16, 16 },
	{ "aes-192-ofb", NULL, SS_STREAM, STREAM_AES_OFB, 24, 16 },
	{ "aes-256-ofb", NULL, SS_STREAM, STREAM_AES_OFB, 32, 16 },
	{ "aes-128-cfb8", NULL, SS_STREAM, STREAM_AES_CFB8, 16, 16 },
	{ "aes-192-cfb8", NULL, SS_STREAM, STREAM_AES_CFB8, 24, 16 },
	{ "aes-256-cfb8", NULL, SS_STREAM, STREAM_AES_CFB8, 32, 16 },
	{ "aes-128-cfb1", NULL, SS_STREAM, STREAM_AES_CFB1, 16, 16 },
	{ "aes-192-cfb1", NULL, SS_STREAM, STREAM_AES_CFB1, 24, 16 },
	{ "aes-256-cfb1", NULL, SS_STREAM, STREAM_AES_CFB1, 32, 16 },
	{ "camellia-128-cfb", "camellia-128-cfb128", SS_STREAM,
	    STREAM_CAMELLIA_CFB, 16, 16 },
	{ "camellia-192-cfb", "camellia-192-cfb128", SS_STREAM,
	    STREAM_CAMELLIA_CFB, 24, 16 },
	{ "camellia-256-cfb", "camellia-256-cfb128", SS_STREAM,
	    STREAM_CAMELLIA_CFB, 32, 16 },
	{ "chacha20", NULL, SS_STREAM, STREAM_CHACHA20, 32, 8 },
	{ "chacha20-ietf", NULL, SS_STREAM, STREAM_CHACHA20_IETF, 32, 12 },
	{ "salsa20", NULL, SS_STREAM, STREAM_SALSA20, 32, 8 },
	{ "rc4-md5", NULL, SS_STREAM, STREAM_RC4_MD5, 16, 16 },
	{ "none", "plain", SS_NONE, 0, 16, 0 },
};

/* The name without the library that the python original would take it from. */
static const char *without_library(const char *name)
{
	static const char *const libraries[] = { "mbedtls:", "sodium:" };
	size_t i, len;

	for (i = 0; i < LEN(libraries); i++) {
		len = strlen(libraries[i]);
		if (strncmp(name, libraries[i], len) == 0)
			return name + len;
	}
	return name;
}

const struct ss_method *ss_method_find(const char *name)
{
	const struct ss_method *m;

	name = without_library(name);
	for (m = methods; m < methods + LEN(methods); m++)
		if (text_eq_nocase(m->name, name) ||
		    (m->alias != NULL && text_eq_nocase(m->alias, name)))
			return m;
	return NULL;
}

size_t ss_method_list(char *out, size_t room)
{
	size_t i, len = 0;

	out[0] = '\0';
	for (i = 0; i < LEN(methods); i++)
		len += text_fmt(out + len, room - len, "%s%s",
		    i > 0 ? ", " : "", methods[i].name);
	return len;
}

int ss_key_make(struct ss_key *k, const struct ss_method *m,
    const uint8_t master[KEY_MAX])
{
	k->method = m;
	k->stream = NULL;
	k->shared = NULL;
	k->seen = NULL;
	k->prefix = NULL;
	k->ota = SS_OTA_OFF;
	memcpy(k->master, master, KEY_MAX);
	if (m->kind != SS_STREAM)
		return 0;
	return stream_key_make(&k->stream, (enum stream_kind)m->cipher, master,
	    m->key_len);
}

void ss_key_free(struct ss_key *k)
{
	stream_key_free(k->stream);
	wipe(k, sizeof(*k));
}

size_t ss_prefix_max(const struct ss_method *m)
{
	return m->kind == SS_AEAD || m->kind == SS_2022 ?
	    MIN(m->salt_len / 2, SS_PREFIX_MAX) : 0;
}

void ss_key_prefix(const struct ss_key *k, uint8_t *salt)
{
	if (k->prefix != NULL)
		memcpy(salt, k->prefix->octets, k->prefix->len);
}
