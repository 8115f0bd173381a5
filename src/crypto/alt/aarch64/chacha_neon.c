/* chacha_neon.c - ChaCha20 with NEON, which each of them has. */
#define NAME chacha_neon
#include "src/crypto/alt/chacha_four.h"
