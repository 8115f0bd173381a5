/* poly_neon.c - Poly1305 with NEON, which each of them has. */
#define NAME poly_neon
#define PLAIN poly_64
#define FEW 22
#include "src/crypto/alt/poly_neon.h"
