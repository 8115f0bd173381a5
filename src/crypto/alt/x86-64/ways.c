/* ways.c - what x86-64 processors have beyond SSE2. */
#include "src/crypto/alt/ways.h"

static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2") != 0;
}

static bool has_avx512(void)
{
	return __builtin_cpu_supports("avx512f") != 0 &&
	    __builtin_cpu_supports("avx512vl") != 0;
}

const struct chacha_way chacha_ways[] = {
	{ "avx512", has_avx512, chacha_avx512 },
	{ "avx2", has_avx2, chacha_avx2 },
	{ "sse2", NULL, chacha_sse2 },
};

const struct poly_way poly_ways[] = {
	{ "avx2", has_avx2, poly_avx2 },
	{ "64", NULL, poly_64 },
};

const struct gcm_way *const gcm_ways[] = { &gcm_aesni, &gcm_c };
