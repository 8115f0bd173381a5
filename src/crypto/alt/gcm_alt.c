/* gcm_alt.c - mbedTLS's interface to AES-GCM over the best way this processor
 * has. Nonces of 12 octets and whole messages only, as TLS and Shadowsocks have
 * them; what comes in pieces is refused. */
#include <mbedtls/gcm.h>

#include "ways.h"

static const struct gcm_way *best(void)
{
	const struct gcm_way *const *w = gcm_ways;

	while ((*w)->there != NULL && !(*w)->there())
		w++;
	return *w;
}

void mbedtls_gcm_init(mbedtls_gcm_context *ctx)
{
	memset(ctx, 0, sizeof(*ctx));
}

int mbedtls_gcm_setkey(mbedtls_gcm_context *ctx, mbedtls_cipher_id_t cipher,
    const unsigned char *key, unsigned int keybits)
{
	if (cipher != MBEDTLS_CIPHER_ID_AES ||
	    (keybits != 128 && keybits != 192 && keybits != 256))
		return MBEDTLS_ERR_GCM_BAD_INPUT;
	ctx->way = best();
	ctx->way->set(&ctx->key, key, keybits / 8);
	return 0;
}

int mbedtls_gcm_crypt_and_tag(mbedtls_gcm_context *ctx, int mode,
    size_t length, const unsigned char *iv, size_t iv_len,
    const unsigned char *add, size_t add_len, const unsigned char *input,
    unsigned char *output, size_t tag_len, unsigned char *tag)
{
	struct gcm_text text = { add, add_len, input, output, length };
	uint8_t whole[16];

	if (ctx->way == NULL || iv_len != 12 || tag_len < 4 || tag_len > 16)
		return MBEDTLS_ERR_GCM_BAD_INPUT;
	ctx->way->run(&ctx->key, mode == MBEDTLS_GCM_ENCRYPT, iv, &text,
	    whole);
	memcpy(tag, whole, tag_len);
	return 0;
}

int mbedtls_gcm_auth_decrypt(mbedtls_gcm_context *ctx, size_t length,
    const unsigned char *iv, size_t iv_len, const unsigned char *add,
    size_t add_len, const unsigned char *tag, size_t tag_len,
    const unsigned char *input, unsigned char *output)
{
	uint8_t ours[16];
	int err = mbedtls_gcm_crypt_and_tag(ctx, MBEDTLS_GCM_DECRYPT, length,
	    iv, iv_len, add, add_len, input, output, tag_len, ours);

	if (err == 0 && !equal_ct(ours, tag, tag_len)) {
		wipe(output, length);
		err = MBEDTLS_ERR_GCM_AUTH_FAILED;
	}
	wipe(ours, sizeof(ours));
	return err;
}

void mbedtls_gcm_free(mbedtls_gcm_context *ctx)
{
	if (ctx != NULL)
		wipe(ctx, sizeof(*ctx));
}

/* ---- in pieces: nobody here does */

int mbedtls_gcm_starts(mbedtls_gcm_context *ctx, int mode,
    const unsigned char *iv, size_t iv_len)
{
	(void)ctx, (void)mode, (void)iv, (void)iv_len;
	return MBEDTLS_ERR_GCM_BAD_INPUT;
}

int mbedtls_gcm_update_ad(mbedtls_gcm_context *ctx, const unsigned char *add,
    size_t add_len)
{
	(void)ctx, (void)add, (void)add_len;
	return MBEDTLS_ERR_GCM_BAD_INPUT;
}

int mbedtls_gcm_update(mbedtls_gcm_context *ctx, const unsigned char *input,
    size_t input_length, unsigned char *output, size_t output_size,
    size_t *output_length)
{
	(void)ctx, (void)input, (void)input_length, (void)output;
	(void)output_size, (void)output_length;
	return MBEDTLS_ERR_GCM_BAD_INPUT;
}

int mbedtls_gcm_finish(mbedtls_gcm_context *ctx, unsigned char *output,
    size_t output_size, size_t *output_length, unsigned char *tag,
    size_t tag_len)
{
	(void)ctx, (void)output, (void)output_size, (void)output_length;
	(void)tag, (void)tag_len;
	return MBEDTLS_ERR_GCM_BAD_INPUT;
}
