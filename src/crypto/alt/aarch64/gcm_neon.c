/* gcm_neon.c - AES-GCM with the NEON that each of them has. */
#include "src/crypto/alt/gcm_neon.h"

const struct gcm_way gcm_neon = { .name = "neon", .set = set, .run = run };
