/* ways.c - processors of 64 bits that have nothing special. */
#include "src/crypto/alt/ways.h"

const struct chacha_way chacha_ways[] = { { "c", NULL, chacha_c } };
const struct poly_way poly_ways[] = { { "64", NULL, poly_64 } };
const struct gcm_way *const gcm_ways[] = { &gcm_c };
