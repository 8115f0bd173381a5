/* ways.c - what ARMv7 processors may have. */
#include "port/cpu.h"
#include "src/crypto/alt/ways.h"

static bool has_neon(void)
{
	return port_cpu_has(CPU_NEON);
}

const struct chacha_way chacha_ways[] = {
	{ "neon", has_neon, chacha_neon },
	{ "c", NULL, chacha_c },
};

const struct poly_way poly_ways[] = {
	{ "neon", has_neon, poly_neon },
	{ "32", NULL, poly_32 },
};

const struct gcm_way *const gcm_ways[] = { &gcm_neon, &gcm_c };
