/* poly1305_alt.c - mbedTLS's interface to Poly1305 over the best way this
 * processor has. Source: RFC 8439 2.5. */
#include <mbedtls/poly1305.h>

#include "base/endian.h"
#include "ways.h"

static poly_blocks *best(void)
{
	const struct poly_way *w = poly_ways;

	while (w->there != NULL && !w->there())
		w++;
	return w->run;
}

void mbedtls_poly1305_init(mbedtls_poly1305_context *ctx)
{
	memset(ctx, 0, sizeof(*ctx));
	ctx->run = best();
}

void mbedtls_poly1305_free(mbedtls_poly1305_context *ctx)
{
	if (ctx != NULL)
		wipe(ctx, sizeof(*ctx));
}

int mbedtls_poly1305_starts(mbedtls_poly1305_context *ctx,
    const unsigned char key[32])
{
	int i;

	for (i = 0; i < 4; i++) {
		ctx->r[i] = get_u32le(key + 4 * i) &
		    (i == 0 ? 0x0fffffffu : 0x0ffffffcu);
		ctx->s[i] = get_u32le(key + 16 + 4 * i);
	}
	memset(ctx->acc, 0, sizeof(ctx->acc));
	ctx->held_len = 0;
	return 0;
}

int mbedtls_poly1305_update(mbedtls_poly1305_context *ctx,
    const unsigned char *input, size_t ilen)
{
	size_t n, blocks;

	if (ctx->held_len > 0) {
		n = MIN(ilen, POLY_BLOCK - ctx->held_len);
		memcpy(ctx->held + ctx->held_len, input, n);
		ctx->held_len += (uint32_t)n;
		input += n;
		ilen -= n;
		if (ctx->held_len < POLY_BLOCK)
			return 0;
		ctx->run(ctx->acc, ctx->r, ctx->held, 1, 1);
		ctx->held_len = 0;
	}
	blocks = ilen / POLY_BLOCK;
	ctx->run(ctx->acc, ctx->r, input, blocks, 1);
	n = ilen - blocks * POLY_BLOCK;
	if (n > 0)
		memcpy(ctx->held, input + blocks * POLY_BLOCK, n);
	ctx->held_len = (uint32_t)n;
	return 0;
}

/* Modulo 2^130 - 5: what is at or above it is taken off, without a branch. */
static void reduce(uint32_t acc[5])
{
	uint32_t less[5], mask;
	uint64_t c = (uint64_t)(acc[4] >> 2) * 5;
	int i;

	acc[4] &= 3;
	for (i = 0; i < 5; i++) {
		c += acc[i];
		acc[i] = (uint32_t)c;
		c >>= 32;
	}
	c = 5;
	for (i = 0; i < 5; i++) {
		c += acc[i];
		less[i] = (uint32_t)c;
		c >>= 32;
	}
	mask = 0 - (less[4] >> 2);
	for (i = 0; i < 4; i++)
		acc[i] = (acc[i] & ~mask) | (less[i] & mask);
}

int mbedtls_poly1305_finish(mbedtls_poly1305_context *ctx,
    unsigned char mac[16])
{
	uint64_t c = 0;
	int i;

	if (ctx->held_len > 0) {
		ctx->held[ctx->held_len++] = 1;
		memset(ctx->held + ctx->held_len, 0,
		    POLY_BLOCK - ctx->held_len);
		ctx->run(ctx->acc, ctx->r, ctx->held, 1, 0);
		ctx->held_len = 0;
	}
	reduce(ctx->acc);
	for (i = 0; i < 4; i++) {
		c += (uint64_t)ctx->acc[i] + ctx->s[i];
		put_u32le(mac + 4 * i, (uint32_t)c);
		c >>= 32;
	}
	return 0;
}

int mbedtls_poly1305_mac(const unsigned char key[32],
    const unsigned char *input, size_t ilen, unsigned char mac[16])
{
	mbedtls_poly1305_context ctx;

	mbedtls_poly1305_init(&ctx);
	(void)mbedtls_poly1305_starts(&ctx, key);
	(void)mbedtls_poly1305_update(&ctx, input, ilen);
	(void)mbedtls_poly1305_finish(&ctx, mac);
	mbedtls_poly1305_free(&ctx);
	return 0;
}
