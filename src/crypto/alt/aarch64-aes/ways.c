/* ways.c - what AArch64 processors have, where the system can be asked. */
#include "src/crypto/alt/ways.h"

const struct chacha_way chacha_ways[] = { { "neon", NULL, chacha_neon } };
const struct poly_way poly_ways[] = { { "64", NULL, poly_64 } };
const struct gcm_way *const gcm_ways[] = { &gcm_aesce, &gcm_c };
