/* ways.c - what every AArch64 processor has. */
#include "src/crypto/alt/ways.h"

const struct chacha_way chacha_ways[] = { { "neon", NULL, chacha_neon } };
const struct poly_way poly_ways[] = { { "neon", NULL, poly_neon } };
const struct gcm_way *const gcm_ways[] = { &gcm_neon };
