/* chacha20_alt.c - mbedTLS's interface to ChaCha20 over the best way this
 * processor has. */
#include <mbedtls/chacha20.h>

#include "base/endian.h"
#include "ways.h"
#include "words.h"

static chacha_blocks *best(void)
{
	const struct chacha_way *w = chacha_ways;

	while (w->there != NULL && !w->there())
		w++;
	return w->run;
}

void mbedtls_chacha20_init(mbedtls_chacha20_context *ctx)
{
	memset(ctx, 0, sizeof(*ctx));
	ctx->run = best();
}

void mbedtls_chacha20_free(mbedtls_chacha20_context *ctx)
{
	if (ctx != NULL)
		wipe(ctx, sizeof(*ctx));
}

int mbedtls_chacha20_setkey(mbedtls_chacha20_context *ctx,
    const unsigned char key[32])
{
	static const uint8_t constant[16] = "expand 32-byte k";
	int i;

	for (i = 0; i < 4; i++)
		ctx->state[i] = get_u32le(constant + 4 * i);
	for (i = 0; i < 8; i++)
		ctx->state[4 + i] = get_u32le(key + 4 * i);
	return 0;
}

int mbedtls_chacha20_starts(mbedtls_chacha20_context *ctx,
    const unsigned char nonce[12], uint32_t counter)
{
	int i;

	ctx->state[12] = counter;
	for (i = 0; i < 3; i++)
		ctx->state[13 + i] = get_u32le(nonce + 4 * i);
	ctx->rest_len = 0;
	return 0;
}

/* Takes of the rest; octets. */
static size_t from_rest(mbedtls_chacha20_context *ctx, size_t len,
    const uint8_t *in, uint8_t *out)
{
	size_t i = 0, n = MIN(len, ctx->rest_len);
	const uint8_t *stream = ctx->rest + CHACHA_BLOCK - ctx->rest_len;

	for (; i + 4 <= n; i += 4)
		set_word_le(out + i, word_le(in + i) ^ word_le(stream + i));
	for (; i < n; i++)
		out[i] = in[i] ^ stream[i];
	ctx->rest_len -= (uint32_t)n;
	return n;
}

int mbedtls_chacha20_update(mbedtls_chacha20_context *ctx, size_t size,
    const unsigned char *input, unsigned char *output)
{
	size_t n = from_rest(ctx, size, input, output);
	size_t blocks = (size - n) / CHACHA_BLOCK;

	ctx->run(ctx->state, output + n, input + n, blocks);
	n += blocks * CHACHA_BLOCK;
	if (n == size)
		return 0;
	memset(ctx->rest, 0, sizeof(ctx->rest));
	ctx->run(ctx->state, ctx->rest, ctx->rest, 1);
	ctx->rest_len = CHACHA_BLOCK;
	(void)from_rest(ctx, size - n, input + n, output + n);
	return 0;
}

int mbedtls_chacha20_crypt(const unsigned char key[32],
    const unsigned char nonce[12], uint32_t counter, size_t size,
    const unsigned char *input, unsigned char *output)
{
	mbedtls_chacha20_context ctx;

	mbedtls_chacha20_init(&ctx);
	(void)mbedtls_chacha20_setkey(&ctx, key);
	(void)mbedtls_chacha20_starts(&ctx, nonce, counter);
	(void)mbedtls_chacha20_update(&ctx, size, input, output);
	mbedtls_chacha20_free(&ctx);
	return 0;
}
