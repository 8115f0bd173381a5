/* chacha_sse2.c - ChaCha20 with SSE2, which each of them has. */
#define NAME chacha_sse2
#include "src/crypto/alt/chacha_four.h"
