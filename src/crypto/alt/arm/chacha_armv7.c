/* chacha_armv7.c - ChaCha20 with the NEON that most ARMv7 processors have. */
#define NAME chacha_neon
#include "src/crypto/alt/chacha_four.h"
