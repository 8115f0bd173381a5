/* poly_armv7.c - Poly1305 with the NEON that most ARMv7 processors have. */
#define NAME poly_neon
#define PLAIN poly_32
#define FEW 10
#include "src/crypto/alt/poly_neon.h"
